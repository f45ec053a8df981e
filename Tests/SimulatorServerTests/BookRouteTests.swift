import ChatModel
import Foundation
import PlatformSimulator
import Testing

/// What `GET /simulator/book` tells of refusals.
@Suite struct BookRouteTests {
    private static func last(_ bench: Bench) async throws -> [String: Any] {
        try #require(try await bench.get("/simulator/book").objects("entries").last)
    }

    static func text(_ bytes: Int) -> String { String(repeating: "a", count: bytes) }

    /// A path, a body and the reason the book gives for refusing it.
    static let reasons: [(String, String, String)] = [
        (
            "kf/send_msg",
            EndpointErrorTests.message(#""text","text":{"content":"\#(text(2049))"}"#),
            "text.content: 2049 bytes, at most 2048"
        ),
        (
            "kf/send_msg",
            EndpointErrorTests.message(#""text","text":{"content":"a"},"msgid":"a b""#),
            "msgid: not of [0-9a-zA-Z_-]"
        ),
        (
            "kf/send_msg", EndpointErrorTests.message(#""msgmenu","msgmenu":{"list":[]}"#),
            "msgmenu.list: empty"
        ),
        (
            "kf/send_msg", EndpointErrorTests.message(#""image","image":{"media_id":"M"}"#),
            "media_id: unknown, or older than 3 days"
        ),
        ("kf/send_msg", #"{"touser":"a"}"#, "open_kfid is missing"),
        (
            "kf/sync_msg", #"{\#(EndpointErrorTests.account),"limit":1001}"#,
            "limit: 1001, 1 to 1000"
        ),
        (
            "kf/add_contact_way", #"{\#(EndpointErrorTests.account),"scene":"\#(text(33))"}"#,
            "scene: 33 bytes, at most 32"
        ),
        ("kf/account/list", #"{"limit":101}"#, "limit: 101, 1 to 100"),
        (
            "kf/service_state/trans", #"{\#(ShapeTests.talk),"service_state":0}"#,
            "from 0 to 0"
        ),
        (
            "kf/servicer/add", #"{"open_kfid":"wkNo","userid_list":["a"]}"#,
            "open_kfid: none of the corp's"
        ),
        (
            "kf/customer/upgrade_service",
            #"{\#(ShapeTests.talk),"type":2,"groupchat":{"chat_id":"wr"}}"#,
            "groupchat.chat_id: not offered"
        ),
    ]

    @Test func aRefusalHasItsReason() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("在吗")
            for (path, body, reason) in Self.reasons {
                _ = try await bench.platform(path, body)
                let entry = try await Self.last(bench)
                #expect(entry["reason"] as? String == reason, "\(entry)")
            }
            #expect(
                try await bench.call(
                    "send_msg", EndpointErrorTests.message(#""text","text":{"content":"您好"}"#)
                ).errcode == 0)
            #expect(try await Self.last(bench)["reason"] == nil)
        }
    }

    @Test func oneMessageIsOneThing() async throws {
        try await Bench.with { bench in
            let reply = try await bench.post(
                "/simulator/customers/wmLin/messages", #"{"text":"在吗","type":"image"}"#)
            #expect(reply.status == 400)
            #expect(reply.text("error") == "text and type together")
        }
    }

    @Test func anAcceptedCallTellsWhatOfItWasNotDone() async throws {
        try await Bench.with { bench in
            _ = try await bench.post(
                "/simulator/world",
                #"{"corps":[{"corp_id":"\#(WorldRouteTests.corp)","members":["anna"],"#
                    + #""departments":[]}]}"#)
            _ = try await bench.call(
                "servicer/add",
                #"{"open_kfid":"\#(shop)","userid_list":["anna","ghost"],"#
                    + #""department_id_list":[7]}"#)
            var entry = try await Self.last(bench)
            #expect(entry["errcode"] as? Int == 0 && entry["mark"] == nil)
            #expect(entry["reason"] as? String == "ghost: 60111, department 7: 60003")
            _ = try await bench.call(
                "servicer/add", #"{"open_kfid":"\#(shop)","userid_list":["anna"]}"#)
            entry = try await Self.last(bench)
            #expect(entry["reason"] == nil)
            _ = try await bench.call("customer/batchget", #"{"external_userid_list":["wmNo"]}"#)
            entry = try await Self.last(bench)
            #expect(entry["reason"] as? String == "1 not met within 48 hours")
        }
    }

    @Test func wrongMethodsAndUnknownPathsAreInTheBook() async throws {
        try await Bench.with { bench in
            let token = try await bench.accessToken()
            for method in ["GET", "PUT", "DELETE", "PATCH"] {
                let raw = try await bench.raw(
                    method, "/cgi-bin/kf/send_msg?access_token=\(token)")
                #expect(raw.status == 200 && raw.errcode == 40058, "\(method)")
                let entry = try await Self.last(bench)
                #expect(entry["endpoint"] as? String == "send_msg")
                #expect(entry["reason"] as? String == "HTTP method", "\(method)")
                #expect(entry["mark"] as? String == "illegal")
            }
            let raw = try await bench.raw("POST", "/cgi-bin/kf/sendmsg?access_token=\(token)")
            #expect(raw.status == 404)
            let entry = try await Self.last(bench)
            #expect(entry["endpoint"] as? String == "POST /cgi-bin/kf/sendmsg")
            #expect(entry["errcode"] as? Int == 404 && entry["mark"] as? String == "illegal")
            #expect("\(entry)".contains(token) == false)
            // Whoever left `/cgi-bin` out is told, too; a wrong control path is nobody's call.
            for path in [
                "/cgi-bin", "/cgi-bin/kf/account", "/cgi-bin/kf/send_msg/x", "/gettoken",
            ] {
                #expect(try await bench.raw("GET", path + "?corpid=a").status == 404)
                #expect(try await Self.last(bench)["endpoint"] as? String == "GET \(path)")
            }
            #expect(try await bench.raw("GET", "/simulator/nothing").status == 404)
            // Whether anybody is there is no call.
            #expect(try await bench.raw("GET", "/").status == 404)
            #expect(try await Self.last(bench)["endpoint"] as? String == "GET /gettoken")
            let found = try await bench.raw(
                "GET", "/simulator/book?endpoint=POST%20/cgi-bin/kf/sendmsg")
            #expect(try found.reply().objects("entries").count == 1)
        }
    }

    @Test func aLongTextIsCutInTheBookAndWholeInTheTimeline() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("在吗")
            let text = String(repeating: "好", count: 600)
            let sent = try await bench.call(
                "send_msg", EndpointErrorTests.message(#""text","text":{"content":"\#(text)"}"#))
            #expect(sent.errcode == 0)
            let summary = try #require(try await Self.last(bench)["summary"] as? String)
            #expect(summary == "text " + String(repeating: "好", count: 195) + "…")
            let whole = try await bench.raw("GET", "/simulator/conversations?customer=\(lin)")
            #expect(whole.text.contains(text))
        }
    }
}
