import Boundary
import ChatModel
import CurlTransport
import Foundation
import FoundationNetworking
import PlatformSimulator
import SimulatorServer
import Testing

@Suite struct ControlTests {
    static let send =
        #"{"touser":"\#(lin)","open_kfid":"\#(shop)","msgid":"m1","msgtype":"msgmenu","#
        + #""msgmenu":{"head_content":"请选","list":[{"type":"click","click":{"id":"track","content":"查订单"}}]}}"#

    @Test func whatThereIsToSee() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            let waiting = try await bench.get("/simulator/unanswered")
            #expect(waiting.number("total") == 1)
            #expect(waiting.objects("messages").first?["unanswered"] as? Bool == true)
            #expect(try await bench.call("send_msg", Self.send).errcode == 0)
            #expect(
                try await bench.call("send_msg", Self.send).errcode == PlatformRules.duplicateMsgID)
            #expect(try await bench.get("/simulator/unanswered").number("total") == 0)
            _ = try await bench.post(
                "/simulator/customers/\(lin)/messages", #"{"click":"track"}"#)

            let list = try await bench.get("/simulator/conversations")
            let brief = try #require(list.objects("conversations").first)
            #expect(brief["state"] as? Int == 1)
            #expect(brief["budget_left"] as? Int == 5)
            #expect(brief["timeline"] == nil)
            let one = try await bench.get("/simulator/conversations?customer=\(lin)")
            let timeline = try #require(
                one.objects("conversations").first?["timeline"] as? [[String: Any]])
            #expect(
                timeline.map { $0["who"] as? String } == [
                    "customer", "customer", "send", "api", "customer",
                ])
            #expect(timeline.last?["menu_item"] as? String == "track")

            let marked = try await bench.get("/simulator/book?mark=repeat&endpoint=send_msg")
            #expect(marked.objects("entries").map { $0["msgid"] as? String } == ["m1"])
            let next = try #require(marked.number("next"))
            #expect(try await bench.get("/simulator/book?since=\(next)").objects("entries").isEmpty)
            let summary = try await bench.get("/simulator/summary")
            #expect(summary.number("sends") == 1)
            #expect(summary.number("customer_messages") == 2)
            let refusals = try #require(summary.json["refusals"] as? [String: Int])
            #expect(refusals == ["repeat": 1, "raced": 0, "illegal": 0, "limited": 0])
        }
    }

    @Test func codesShowTheirSlack() async throws {
        try await Bench.with { bench in
            _ = try await bench.post("/simulator/customers/\(lin)/enter")
            let code = try #require(
                try await bench.get("/simulator/codes").objects("codes").first?["code"] as? String)
            bench.clock.move(by: .seconds(3))
            let sent = try await bench.call(
                "send_msg_on_event",
                #"{"code":"\#(code)","msgtype":"text","text":{"content":"欢迎"}}"#)
            #expect(sent.errcode == 0)
            let used = try await bench.get("/simulator/codes").objects("codes").first
            #expect(used?["slack_milliseconds"] as? Int == 17_000)
            #expect(used?["wasted"] as? Bool == false)
        }
    }

    @Test(arguments: [
        ("servicers/anna/pick-up", #"{"customer":"wmNobody"}"#, 409),
        ("servicers/anna/pick-up", #"{}"#, 400), ("servicers/anna/status", #"{"status":"x"}"#, 400),
        ("servicers/zoe/status", #"{"status":"stopped"}"#, 409),
        ("customers/a/messages", "{}", 400), ("customers/a/messages", #"{"type":"song"}"#, 400),
        ("customers/a/messages", #"{"text":7}"#, 400), ("customers/a/messages", "{", 400),
        ("customers/a/messages", #"{"click":"x"}"#, 409),
        ("customers/a/enter", #"{"account":"wkNo"}"#, 409),
        ("customers/a/recall", #"{"msgid":"m"}"#, 409),
        ("inject", #"{"endpoint":"x","errcode":-1}"#, 400),
        ("inject", #"{"endpoint":"send_msg"}"#, 400), ("token", #"{"errcode":7}"#, 400),
        ("redeliver", #"{"msgid":"m"}"#, 409), ("crowd", #"{"count":100001}"#, 400),
        ("clock", #"{"advance_seconds":-1}"#, 400), ("clock", #"{"advance_seconds":1e300}"#, 400),
        ("answers", #"{"delay_milliseconds":-1}"#, 400),
        ("callback-target", #"{"app":"kf","url":"file:///etc/passwd"}"#, 400),
        ("callback-target", #"{"app":"kf","url":"http://127.0.0.1","token":"t"}"#, 400),
    ])
    func mistakesAreNamed(path: String, body: String, status: Int) async throws {
        try await Bench.with { bench in
            let reply = try await bench.post("/simulator/\(path)", body)
            #expect(reply.status == status)
            #expect(reply.text("error")?.isEmpty == false)
        }
    }

    @Test func webPagesAreKeptOut() async throws {
        try await Bench.with { bench in
            let url = try #require(URL(string: "http://127.0.0.1:\(bench.port)/simulator/token"))
            var request = URLRequest(url: url)
            request.httpMethod = "POST"
            request.setValue("https://evil.example", forHTTPHeaderField: "Origin")
            let (_, response) = try await URLSession.shared.data(for: request)
            #expect((response as? HTTPURLResponse)?.statusCode == 403)
            #expect(try await bench.post("/simulator/token").status == 200)
        }
    }

    @Test func injectedFailures() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            _ = try await bench.post(
                "/simulator/inject", #"{"endpoint":"send_msg","count":2,"errcode":-1}"#)
            #expect(try await bench.call("send_msg", Self.send).errcode == -1)
            #expect(try await bench.call("send_msg", Self.send).errcode == -1)
            #expect(try await bench.call("send_msg", Self.send).errcode == 0)
        }
    }

    @Test func aLostAnswerWasStillCarriedOut() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            let token = try await bench.accessToken()
            _ = try await bench.post("/simulator/answers", #"{"lose":1}"#)
            let url = "http://127.0.0.1:\(bench.port)/cgi-bin/kf/send_msg?access_token=\(token)"
            let lost = try await bench.transport.response(
                to: .init(method: .post, url: url, body: Array(Self.send.utf8)))
            #expect(lost.status == 502 && lost.body.isEmpty)
            #expect(
                try await bench.call("send_msg", Self.send).errcode == PlatformRules.duplicateMsgID)
        }
    }

    @Test func redelivery() async throws {
        try await Bench.with { bench in
            _ = try await bench.post(
                "/simulator/customers/\(lin)/messages", #"{"text":"你好","msgid":"m1"}"#)
            _ = try await bench.post("/simulator/redeliver", #"{"msgid":"m1","times":2}"#)
            #expect(try await bench.rows().map { $0["msgid"] as? String } == ["m1", "m1", "m1"])
        }
    }

    @Test func aCrowd() async throws {
        try await Bench.with { bench in
            _ = try await bench.post(
                "/simulator/crowd", #"{"count":1500,"text":"在吗","enter":true}"#)
            let rows = try await bench.rows()
            #expect(rows.count == 1000)
            let summary = try await bench.get("/simulator/summary")
            #expect(summary.number("unanswered") == 1500)
            #expect(summary.number("codes") == 1500)
        }
    }

    @Test func timeMovesOnlyWithAFollower() async throws {
        try await Bench.with { bench in
            let refused = try await bench.post("/simulator/clock", #"{"advance_seconds":60}"#)
            #expect(refused.status == 409)
            #expect(refused.text("hint") == "start the bot with clock: simulator")
            // Looking alone is not following.
            #expect(try await bench.get("/simulator/clock").number("ahead_milliseconds") == 0)
            let unfollowed = try await bench.post(
                "/simulator/clock", #"{"advance_seconds":60}"#)
            #expect(unfollowed.status == 409)

            _ = try await bench.get("/simulator/clock?follow=1")
            bench.clock.move(by: .seconds(10))
            let moved = try await bench.post("/simulator/clock", #"{"advance_seconds":1.5}"#)
            #expect(moved.number("ahead_milliseconds") == 1500)
            #expect(
                moved.number("now_milliseconds")
                    == Int((ten + .milliseconds(11_500)).milliseconds))
            bench.clock.move(by: .milliseconds(1))
            let late = try await bench.post("/simulator/clock", #"{"advance_seconds":60}"#)
            #expect(late.status == 409)
        }
    }
}
