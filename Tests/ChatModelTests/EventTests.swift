import ChatModel
import Testing

@Suite struct EventTests {
    @Test func everyDeliveryFailureKeepsItsNumber() {
        for number in -2...30 {
            let failure = DeliveryFailure(number: number)
            #expect(failure.number == number)
            #expect(!failure.meaning.isEmpty)
        }
        // wecom-kf reference §8.5: 3 is unused; 7 and 9 went and came.
        #expect(DeliveryFailure(number: 3) == .other(3))
        #expect(DeliveryFailure(number: 6) == .overMessageLimit)
        #expect(DeliveryFailure(number: 10) == .customerRejects)
        #expect(DeliveryFailure(number: 12) == .typeForbidden)
        #expect(DeliveryFailure(number: 13) == .other(13))
    }

    /// The platform's `event_type` of each, and whose it is.
    @Test func namesAndCustomers() {
        let events: [(Event, String, ExternalUserID?)] = [
            (.entered("c", Entrance()), "enter_session", "c"),
            (.sendFailed("c", message: "m", .sessionClosed), "msg_send_fail", "c"),
            (.servicerStatusChanged("s", .stopped), "servicer_status_change", nil),
            (.sessionChanged("c", .unknown(type: 9)), "session_status_change", "c"),
            (.customerRecalled("c", message: "m"), "user_recall_msg", "c"),
            (.servicerRecalled("c", "s", message: "m"), "servicer_recall_msg", "c"),
            (
                .rejectSwitched("c", nil, rejects: true), "reject_customer_msg_switch_change", "c"
            ),
            (.unknown(type: "new", customer: "c"), "new", "c"),
            (.unknown(type: "new", customer: nil), "new", nil),
        ]
        for (event, type, customer) in events {
            #expect(event.type == type)
            #expect(event.customer == customer)
        }
    }

    @Test func rowsKnowTheirConversation() {
        func row(_ content: Inbound.Content) -> Inbound {
            Inbound(
                msgID: "m", account: "wk", sentAt: Timestamp(seconds: 0), content: content)
        }
        let conversation = ConversationID(account: "wk", customer: "wm")
        let body = MessageBody.text("您好", menuItem: nil)
        #expect(row(.fromCustomer("wm", body)).conversation == conversation)
        #expect(row(.fromServicer(nil, to: "wm", body)).conversation == conversation)
        #expect(row(.event(.entered("wm", Entrance()))).conversation == conversation)
        #expect(row(.event(.servicerStatusChanged("s", .paused))).conversation == nil)
        #expect(row(.unknown(origin: 9, customer: nil)).conversation == nil)
    }

    /// The words rule files use after `sends:`.
    @Test func kindsOfMessage() {
        #expect(
            MessageKind.allCases.map(\.rawValue) == [
                "text", "image", "voice", "video", "file", "location", "link", "business_card",
                "miniprogram", "menu", "shop_product", "shop_order", "merged_msg", "channels",
                "other",
            ])
        #expect(MessageBody.text("", menuItem: nil).kind == .text)
        #expect(MessageBody.other(type: "meeting").kind == .other)
        #expect(MessageBody.mergedMessages(.init(title: "")).kind == .mergedMessages)
    }

    @Test func bodiesACodeMayCarry() {
        #expect(OutgoingBody.text("").isTextOrMenu)
        #expect(OutgoingBody.menu(.init(head: nil, items: [], tail: nil)).isTextOrMenu)
        #expect(!OutgoingBody.image("m").isTextOrMenu)
        #expect(OutgoingBody.menu(.init(head: nil, items: [], tail: nil)).type == "msgmenu")
        #expect(OutgoingBody.acquisitionLink("l").type == "ca_link")
    }
}
