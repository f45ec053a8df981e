import ChatModel
import Foundation
import Testing

@Suite struct IdentifierTests {
    @Test func isAStringInJSON() throws {
        let ids: [OpenKfID] = ["wkDEMO0000000000000001", "", "a\"b"]
        let json = try JSONEncoder().encode(ids)
        #expect(String(decoding: json, as: UTF8.self) == #"["wkDEMO0000000000000001","","a\"b"]"#)
        #expect(try JSONDecoder().decode([OpenKfID].self, from: json) == ids)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([OpenKfID].self, from: Data("[7]".utf8))
        }
    }

    @Test func readsAsItsText() {
        #expect("\(RuleName("退款政策"))" == "退款政策")
        #expect(MsgID("a") < MsgID("b"))
        #expect(MsgID("a") != MsgID("A"))
    }

    @Test func conversationsSortByAccountThenCustomer() {
        let sorted = [
            ConversationID(account: "wk1", customer: "wm2"),
            ConversationID(account: "wk2", customer: "wm1"),
            ConversationID(account: "wk2", customer: "wm2"),
        ]
        #expect(sorted.reversed().sorted() == sorted)
    }
}

@Suite struct ActionTests {
    @Test func causesOfDifferentKindsNeverMeet() {
        #expect(Cause.inbound("7").key == "7")
        #expect(Cause.timer("7").key == "timer:7")
    }

    /// What three generations of one cause order has different ordinals, whoever orders how many.
    @Test func followUpsNeverMeet() {
        var seen: Set<Int> = []
        func add(_ id: ActionID) {
            let isNew = seen.insert(id.ordinal).inserted
            #expect(isNew, "ordinal \(id.ordinal) twice")
        }
        for sibling in 0..<ActionID.mostSiblings {
            let first = ActionID(cause: .inbound("m"), ordinal: sibling)
            add(first)
            for index in 0..<ActionID.mostSiblings {
                let second = first.followUp(index)
                #expect(second.cause == first.cause)
                add(second)
                for index in 0..<ActionID.mostSiblings { add(second.followUp(index)) }
            }
        }
        #expect(seen.count == 32 + 32 * 32 + 32 * 32 * 32)
    }

    @Test func actionsSurviveJSON() throws {
        let actions: [Action] = [
            .send(.text("您好")), .sendOnEvent("code", .text("再见")), .transfer(.assistant),
            .transfer(.pool), .transfer(.human("anna")), .transfer(.ended),
            .send(
                .menu(
                    OutgoingBody.Menu(
                        head: "要哪个？",
                        items: [
                            .click(id: "1", label: "退款"), .view(url: "https://a", label: "官网"),
                            .miniprogram(appID: "wx", pagePath: "p", label: "小程序"),
                            .text("——", noNewline: true),
                        ], tail: nil))),
            .send(
                .location(
                    MessageBody.Location(
                        latitude: 31.2, longitude: 121.5, name: "店", address: ""))),
        ]
        let json = try JSONEncoder().encode(actions)
        #expect(try JSONDecoder().decode([Action].self, from: json) == actions)
    }
}
