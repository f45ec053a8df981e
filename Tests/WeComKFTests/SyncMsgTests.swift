import Boundary
import ChatModel
import Foundation
import Testing
import WeComKF

/// What a page of `sync_msg` becomes.
@Suite struct SyncMsgTests {
    private func rows(_ json: [String], of account: OpenKfID = shop) async throws -> [Inbound] {
        let page = try await client(ScriptedTransport(SampleRows.page(json))).api
            .pull(PullRequest(account: account, cursor: nil, token: nil))
        #expect(page.next == "CUR-2" && page.hasMore)
        return page.rows
    }

    private func row(_ json: String) async throws -> Inbound {
        let rows = try await rows([json])
        try #require(rows.count == 1)
        return rows[0]
    }

    @Test(arguments: SampleRows.messages) func message(sample: SampleRows.Sample) async throws {
        #expect(
            try await row(sample.json)
                == Inbound(
                    msgID: "from_msgid_9001", account: shop,
                    sentAt: Timestamp(seconds: 1_700_000_321), content: sample.content,
                    raw: sample.json))
    }

    @Test(arguments: SampleRows.events) func event(sample: SampleRows.Sample) async throws {
        #expect(
            try await row(sample.json)
                == Inbound(
                    msgID: "ev-1", account: shop, sentAt: Timestamp(seconds: 1_700_000_400),
                    content: sample.content, raw: sample.json))
    }

    @Test func aWholePageInOrder() async throws {
        let samples = SampleRows.messages + SampleRows.events
        let rows = try await rows(samples.map(\.json))
        #expect(rows.map(\.content) == samples.map(\.content))
        #expect(rows.map(\.raw) == samples.map(\.json))
    }

    /// Numbers may come as strings, and strings that look like numbers as numbers.
    @Test(arguments: SampleRows.messages + SampleRows.events)
    func typesOfScalarsDoNotMatter(sample: SampleRows.Sample) async throws {
        let strings = try WireTests.rewritten(sample.json) { value in
            (value as? NSNumber).map { "\($0)" } ?? value
        }
        let numbers = try WireTests.rewritten(sample.json) { value in
            (value as? String).flatMap { Int($0) } ?? value
        }
        #expect(strings != sample.json)
        let rows = try await rows([strings, numbers])
        #expect(rows.map(\.content) == [sample.content, sample.content])
    }

    /// A member left out, whichever, makes less of a row and holds up no page.
    @Test(arguments: SampleRows.messages + SampleRows.events)
    func missingMembersPass(sample: SampleRows.Sample) async throws {
        let names = Set(
            sample.json.matches(of: /"([a-z_]+)":/).map { String($0.output.1) })
        let good = SampleRows.messages[0]
        for name in names {
            let less = try WireTests.rewritten(sample.json) { value in
                guard var object = value as? [String: Any] else { return value }
                object[name] = nil
                return object
            }
            #expect(
                try await rows([less, good.json])[1].content == good.content, "without \(name)")
        }
    }

    @Test func servicersSpeakToo() async throws {
        let json = #"""
            { "msgid" : "m1", "external_userid": "wmDEMO00000000000000aa", "send_time":"1700000321",
              "origin": 5, "servicer_userid":"anna", "msgtype":"text", "text": {"content":"hi"} }
            """#
        let row = try await row(json)
        #expect(row.content == .fromServicer("anna", to: lin, .text("hi", menuItem: nil)))
        #expect(row.account == shop && row.sentAt == Timestamp(seconds: 1_700_000_321))
        #expect(row.raw == json)
        let anonymous = try await self.row(
            SampleRows.envelope(#""text","text":{"content":"hi"}"#, origin: "5"))
        #expect(anonymous.content == .fromServicer(nil, to: lin, .text("hi", menuItem: nil)))
    }

    /// Nothing that a row says may hold up its page.
    static let odd: [(String, Inbound.Content)] = [
        (SampleRows.envelope(#""text","text":{}"#), .fromCustomer(lin, .other(type: "text"))),
        (SampleRows.envelope(#""text""#), .fromCustomer(lin, .other(type: "text"))),
        (SampleRows.envelope(#""text","text":"words""#), .fromCustomer(lin, .other(type: "text"))),
        (
            SampleRows.envelope(#""text","text":{"content":"","menu_id":""}"#),
            .fromCustomer(lin, .text("", menuItem: nil))
        ),
        (
            SampleRows.envelope(#""text","text":{"content":12.50,"menu_id":7}"#),
            .fromCustomer(lin, .text("12.50", menuItem: "7"))
        ),
        (
            SampleRows.envelope(#""image","image":{"media_id":null}"#),
            .fromCustomer(lin, .other(type: "image"))
        ),
        (
            SampleRows.envelope(#""location","location":{"latitude":"31.5","longitude":"-7"}"#),
            .fromCustomer(
                lin, .location(.init(latitude: 31.5, longitude: -7, name: "", address: "")))
        ),
        (
            SampleRows.envelope(#""location","location":{"latitude":"north","longitude":1}"#),
            .fromCustomer(lin, .other(type: "location"))
        ),
        (
            SampleRows.envelope(
                #""channels_shop_product","channels_shop_product":{"product_id":10001}"#),
            .fromCustomer(lin, .shopProduct(.init(id: "10001", title: "")))
        ),
        (
            SampleRows.envelope(
                #""channels_shop_product","channels_shop_product":{"product_id":"1","sales_price":1990}"#
            ),
            .fromCustomer(lin, .shopProduct(.init(id: "1", title: "", priceFen: 1990)))
        ),
        (
            SampleRows.envelope(
                #""channels_shop_product","channels_shop_product":{"product_id":"1","sales_price":"cheap"}"#
            ),
            .fromCustomer(lin, .shopProduct(.init(id: "1", title: "")))
        ),
        (
            SampleRows.envelope(#""channels","channels":{"sub_type":9,"nickname":7}"#),
            .fromCustomer(lin, .channels(.init(nickname: "7", title: "")))
        ),
        (
            SampleRows.envelope(#""msgmenu","msgmenu":{"list":[{"type":"click"},{},7,null]}"#),
            .fromCustomer(
                lin, .menu(.init(head: nil, items: [.click(id: "", label: "")], tail: nil)))
        ),
        // Histories whose parts are no JSON, of another type than said, or a history themselves.
        (
            SampleRows.envelope(
                #""merged_msg","merged_msg":{"item":[{"msgtype":"text","msg_content":"{\"text"},{},7,{"msgtype":"meeting"},{"msgtype":"text","msg_content":"{\"msgtype\":\"voice\",\"voice\":{\"media_id\":\"V\"}}"},{"msgtype":"merged_msg","msg_content":"{\"merged_msg\":{\"title\":\"in\",\"item\":[{\"msgtype\":\"note\"}]}}"}]}"#
            ),
            .fromCustomer(
                lin,
                .mergedMessages(
                    .init(
                        title: "",
                        items: [
                            .init(body: .other(type: "text")), .init(body: .other(type: "meeting")),
                            .init(body: .voice("V")),
                            .init(
                                body: .mergedMessages(
                                    .init(title: "in", items: [.init(body: .other(type: "note"))])
                                )),
                        ])))
        ),
        (SampleRows.envelope("null"), .fromCustomer(lin, .other(type: ""))),
        (
            SampleRows.envelope(#""text","text":{"content":"x"}"#, origin: #""3""#),
            .fromCustomer(lin, .text("x", menuItem: nil))
        ),
        (
            SampleRows.envelope(#""text","text":{"content":"x"}"#, origin: "6"),
            .unknown(origin: 6, customer: lin)
        ),
        (
            SampleRows.envelope(#""text","text":{"content":"x"}"#, origin: "[]"),
            .unknown(origin: 0, customer: lin)
        ),
        (
            SampleRows.envelope(#""text","text":{"content":"x"}"#, origin: "4"),
            .unknown(origin: 4, customer: lin)
        ),
        // The object before the type that selects it, among others of known names.
        (
            #"{"image":{"media_id":"M"},"text":{"content":"x"},"msgtype":"text","origin":3,"external_userid":"wmDEMO00000000000000aa"}"#,
            .fromCustomer(lin, .text("x", menuItem: nil))
        ),
        (
            #"{"event":{"event_type":"user_recall_msg","external_userid":"wmDEMO00000000000000aa","recall_msgid":"m"},"msgtype":"event"}"#,
            .event(.customerRecalled(lin, message: "m"))
        ),
        // Names and values written with escapes.
        (
            #"{"m\u0073gtype":"te\u0078t","t\u0065xt":{"cont\u0065nt":"\u4f60\ud83d\ude9a\/"},"origin":3,"external_userid":"wmDEMO00000000000000aa"}"#,
            .fromCustomer(lin, .text("你🚚/", menuItem: nil))
        ),
        (
            #"{"msgtype":"text","origin":3,"text":{"content":"x"}}"#,
            .unknown(origin: 3, customer: nil)
        ),
        (
            #"{"msgtype":"text","origin":3,"external_userid":""}"#,
            .unknown(origin: 3, customer: nil)
        ),
        ("{}", .unknown(origin: 0, customer: nil)),
        ("null", .unknown(origin: 0, customer: nil)),
        ("[1,[2]]", .unknown(origin: 0, customer: nil)),
        (#""words""#, .unknown(origin: 0, customer: nil)),
        (#"{"msgtype":"event"}"#, .event(.unknown(type: "", customer: nil))),
        (#"{"msgtype":"event","event":[]}"#, .event(.unknown(type: "", customer: nil))),
        (
            #"{"msgtype":"event","external_userid":"wmDEMO00000000000000aa","event":{"event_type":"enter_session"}}"#,
            .event(.entered(lin, Entrance()))
        ),
        (
            SampleRows.event(#"{"event_type":"enter_session",K}"#),
            .event(.unknown(type: "enter_session", customer: nil))
        ),
        (
            SampleRows.event(#"{"event_type":"msg_send_fail",K,C}"#),
            .event(.unknown(type: "msg_send_fail", customer: lin))
        ),
        (
            SampleRows.event(
                #"{"event_type":"servicer_status_change",K,"servicer_userid":"a","status":7}"#),
            .event(.unknown(type: "servicer_status_change", customer: nil))
        ),
        (
            SampleRows.event(#"{"event_type":"session_status_change",K,C,"change_type":1}"#),
            .event(.sessionChanged(lin, .unknown(type: 1)))
        ),
        (
            SampleRows.event(#"{"event_type":"session_status_change",K,C,"change_type":"3"}"#),
            .event(.sessionChanged(lin, .ended(by: nil, code: nil)))
        ),
        (
            SampleRows.event(#"{"event_type":"servicer_recall_msg",K,C}"#),
            .event(.unknown(type: "servicer_recall_msg", customer: lin))
        ),
        (
            SampleRows.event(#"{"event_type":"reject_customer_msg_switch_change",K,C}"#),
            .event(.unknown(type: "reject_customer_msg_switch_change", customer: lin))
        ),
    ]

    @Test(arguments: odd) func oddRows(json: String, content: Inbound.Content) async throws {
        // Between two good rows, so that a reader that loses its place is caught.
        let good = SampleRows.messages[0]
        let rows = try await rows([good.json, json, good.json])
        #expect(rows.map(\.content) == [good.content, content, good.content])
        #expect(rows[1].raw == json)
    }

    @Test func aRowWithoutAnIDGetsOneOfItsOwn() async throws {
        for json in [#"{"origin":3}"#, #"{"msgid":"","origin":3}"#, "null"] {
            #expect(try await row(json).msgID == MsgID("raw:hash\(json.utf8.count)"))
        }
    }

    @Test func accountsFromRowEventOrPull() async throws {
        let rows = try await rows(
            [
                #"{"msgid":"a","open_kfid":"wk1","msgtype":"event","event":{"open_kfid":"wk2"}}"#,
                #"{"msgid":"b","msgtype":"event","event":{"open_kfid":"wk2"}}"#,
                #"{"msgid":"c","msgtype":"event","event":{}}"#, #"{"msgid":"d","open_kfid":"wk9"}"#,
            ], of: "wk9")
        #expect(rows.map(\.account) == ["wk1", "wk2", "wk9", "wk9"])
    }

    @Test(arguments: [
        (#"{"errcode":0,"has_more":0}"#, "OLD", false),
        (#"{"errcode":0,"has_more":0,"next_cursor":"","msg_list":null}"#, "OLD", false),
        (#"{"errcode":0,"next_cursor":"N","has_more":"1","msg_list":[]}"#, "N", true),
        (#"{"msg_list":[],"has_more":true,"next_cursor":"N","errcode":"0"}"#, "N", true),
        (#"{"errcode":0,"next_cursor":"N"}"#, "N", false),
    ])
    func positions(reply: String, next: SyncCursor, hasMore: Bool) async throws {
        let page = try await client(ScriptedTransport(reply)).api
            .pull(PullRequest(account: shop, cursor: "OLD", token: nil))
        #expect(page == PulledPage(next: next, hasMore: hasMore, rows: []))
    }

    @Test func moreWithoutACursorIsNoAnswer() async {
        let transport = ScriptedTransport(#"{"errcode":0,"has_more":1,"msg_list":[]}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api
                .pull(PullRequest(account: shop, cursor: "OLD", token: nil))
        }
        #expect(failure?.isOutcomeUnknown == true)
    }

    @Test func aRefusedPullSaysWhy() async {
        let transport = ScriptedTransport(#"{"errcode":95007,"errmsg":"invalid msg token"}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api
                .pull(PullRequest(account: shop, cursor: nil, token: "T"))
        }
        #expect(failure?.code == 95007 && failure?.handling == .withoutToken)
    }
}
