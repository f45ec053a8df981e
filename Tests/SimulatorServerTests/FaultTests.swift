import Boundary
import CallbackCrypto
import ChatModel
import Foundation
import FoundationNetworking
import PlatformSimulator
import SimulatorServer
import Testing

@Suite struct FaultTests {
    private static let send =
        #"{"touser":"\#(lin)","open_kfid":"\#(shop)","msgid":"m1","msgtype":"text","#
        + #""text":{"content":"您好"}}"#

    /// Runs blocking work on a thread of its own.
    static func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value)
        async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
        }
    }

    private static func path(_ bench: Bench) async throws -> String {
        "/cgi-bin/kf/send_msg?access_token=\(try await bench.accessToken())"
    }

    /// Sends over a raw connection and reads to the end.
    private static func sent(_ bench: Bench) async throws -> ([String], RawConnection.End) {
        let (path, port) = (try await path(bench), bench.port)
        return try await blocking {
            let connection = try RawConnection(port: port)
            defer { connection.close() }
            connection.post(path, Self.send)
            let (pieces, end) = connection.read()
            return (pieces, end)
        }
    }

    private static func plan(_ bench: Bench, _ plan: String) async throws {
        let reply = try await bench.post("/simulator/faults", plan)
        #expect(reply.status == 200, "\(reply.json)")
    }

    // MARK: On the wire

    @Test(arguments: [("reset_before", 0), ("reset_after", PlatformRules.duplicateMsgID)])
    func aResetReallyClosesTheConnection(fault: String, second: Int) async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            try await Self.plan(
                bench, #"{"calls":[{"endpoint":"send_msg","fault":"\#(fault)","count":1}]}"#)
            let (pieces, end) = try await Self.sent(bench)
            #expect(pieces.isEmpty)
            #expect(end == .reset)
            #expect(try await bench.call("send_msg", Self.send).errcode == second)
            let entry = try #require(
                try await bench.get("/simulator/book?injected=1").objects("entries").first)
            #expect(entry["injected"] as? [String] == [fault])
            #expect(entry["msgid"] as? String == "m1")
        }
    }

    @Test(arguments: [("timeout_before", 0), ("timeout_after", PlatformRules.duplicateMsgID)])
    func aTimeoutNeverAnswers(fault: String, second: Int) async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            try await Self.plan(
                bench, #"{"calls":[{"endpoint":"send_msg","fault":"\#(fault)","count":1}]}"#)
            let (path, port) = (try await Self.path(bench), bench.port)
            let end = try await Self.blocking {
                let connection = try RawConnection(port: port, patience: 1)
                defer { connection.close() }
                connection.post(path, Self.send)
                return connection.read().end
            }
            #expect(end == .silent)
            #expect(try await bench.call("send_msg", Self.send).errcode == second)
        }
    }

    @Test func aServerThatEndsEndsItsSilence() async throws {
        // `Bench.with` waits for the server's end; a silence that outlived it would hang here.
        let end = Received<RawConnection.End>()
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            try await Self.plan(
                bench, #"{"calls":[{"endpoint":"send_msg","fault":"timeout_after"}]}"#)
            let (path, port) = (try await Self.path(bench), bench.port)
            Thread.detachNewThread {
                guard let connection = try? RawConnection(port: port, patience: 60) else { return }
                connection.post(path, Self.send)
                end.put(connection.read().end)
                connection.close()
            }
            // The call has been carried out, so the silence has begun.
            while bench.server.withSimulator({ $0.faultsStruck }) == 0 { await Task.yield() }
        }
        let how = await end.value
        #expect(how == .closed || how == .reset)
    }

    @Test func aSlowBodyDribbles() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            try await Self.plan(
                bench,
                #"{"calls":[{"endpoint":"send_msg","fault":"slow_body","seconds":0.4}]}"#)
            let (pieces, end) = try await Self.sent(bench)
            #expect(end == .closed)
            #expect(pieces.count > 3, "\(pieces)")
            #expect(pieces.joined().hasSuffix(#""msgid":"m1"}"#))
        }
    }

    @Test func aLostAnswerIsABadGateway() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            try await Self.plan(
                bench, #"{"calls":[{"endpoint":"send_msg","fault":"lost_answer","count":1}]}"#)
            let (pieces, _) = try await Self.sent(bench)
            #expect(pieces.first?.hasPrefix("HTTP/1.1 502 ") == true)
            #expect(
                try await bench.call("send_msg", Self.send).errcode == PlatformRules.duplicateMsgID)
        }
    }

    // MARK: The plan over the control API

    @Test func thePlanIsShownAndTakenAway() async throws {
        try await Bench.with { bench in
            try await Self.plan(
                bench,
                #"""
                {"seed":7,"calls":[{"endpoint":["service_state/get","send_msg"],"errcode":-1,
                "chance":0.5,"count":3,"from_seconds":1.5,"to_seconds":60},{"fault":"delay",
                "seconds":0}],"callbacks":[{"fault":"duplicate","copies":2},{"fault":"reorder"}]}
                """#)
            let shown = try await bench.get("/simulator/faults")
            let call = try #require(shown.objects("calls").first)
            #expect(call["endpoint"] as? [String] == ["send_msg", "service_state/get"])
            #expect(call["fault"] as? String == "errcode" && call["errcode"] as? Int == -1)
            #expect(call["chance"] as? Double == 0.5 && call["count"] as? Int == 3)
            #expect(call["from_seconds"] as? Double == 1.5 && call["to_seconds"] as? Double == 60)
            #expect(call["struck"] as? Int == 0)
            #expect(
                shown.objects("callbacks").map { $0["fault"] as? String } == [
                    "duplicate", "reorder",
                ])
            #expect(shown.objects("callbacks").last?["seconds"] as? Double == 5)
            _ = try await bench.post(
                "/simulator/inject", #"{"endpoint":"send_msg","count":5,"errcode":-1}"#)
            #expect(try await bench.get("/simulator/faults").objects("calls").count == 3)
            var request = URLRequest(
                url: try #require(URL(string: "http://127.0.0.1:\(bench.port)/simulator/faults")))
            request.httpMethod = "DELETE"
            _ = try await URLSession.shared.data(for: request)
            #expect(try await bench.get("/simulator/faults").objects("calls").isEmpty)
        }
    }

    @Test(arguments: [
        ("{", "the body is no JSON object"), ("[]", "this is no JSON object"),
        (#"{"call":[]}"#, "there is no 'call' here"),
        (
            #"{"calls":[{"fault":"delay","seconds":1},{"chnce":1}]}"#,
            "calls[1]: there is no 'chnce'"
        ),
        (#"{"calls":[{"fault":"reset"}]}"#, "calls[0]: fault is not one of errcode, lost_answer"),
        (#"{"calls":[{}]}"#, "calls[0]: fault is missing"),
        (#"{"calls":[{"fault":"slow_body"}]}"#, "calls[0]: seconds is missing"),
        (
            #"{"calls":[{"fault":"reset_after","seconds":1}]}"#,
            "calls[0]: this fault takes no seconds"
        ),
        (#"{"calls":[{"errcode":-1,"chance":2}]}"#, "calls[0]: chance is not a number from 0 to 1"),
        (#"{"calls":[{"errcode":-1,"count":0}]}"#, "calls[0]: count is not a whole number from 1"),
        (#"{"calls":[{"errcode":"x"}]}"#, "calls[0]: errcode is not a whole number"),
        (#"{"calls":[{"errcode":-1,"endpoint":"sendmsg"}]}"#, "no endpoint of this name"),
        (
            #"{"callbacks":[{"fault":"drop","copies":1}]}"#,
            "callbacks[0]: this fault takes no copies"
        ),
        (#"{"seed":-1}"#, "seed is not a whole number from 0"),
    ])
    func mistakesInAPlanNameRuleAndKey(plan: String, words: String) async throws {
        try await Bench.with { bench in
            let reply = try await bench.post("/simulator/faults", plan)
            #expect(reply.status == 400)
            #expect(reply.text("error")?.hasPrefix(words) == true, "\(reply.json)")
        }
    }

    // MARK: Callbacks

    @Test func duplicatesArePushedAndNoted() async throws {
        let receiver = Receiver()
        try await Bench.with(transport: receiver) { bench in
            bench.server.setCallbackTarget(
                .init(url: "http://bot.example/a", key: try CallbackTests.key()), for: "kf")
            try await Self.plan(bench, #"{"callbacks":[{"fault":"duplicate","copies":2}]}"#)
            try await bench.customerWrites("在吗")
            var pushes = receiver.pushes.makeAsyncIterator()
            var kinds: Set<String> = []
            for _ in 1...3 {
                kinds.insert("\(try CallbackTests.open(try #require(await pushes.next())).0.kind)")
            }
            #expect(kinds.count == 1)
            while try await bench.get("/simulator/callbacks").number("total") != 3 {
                await Task.yield()
            }
            let noted = try await bench.get("/simulator/callbacks").objects("callbacks")
            #expect(
                noted.map { $0["injected"] as? String } == Array(repeating: "duplicate", count: 3))
            #expect(noted.map { $0["status"] as? Int } == [200, 200, 200])
            #expect(noted.filter { $0["copy"] as? Bool == true }.count == 2)
            #expect(try await bench.get("/simulator/summary").number("injected") == 1)
        }
    }

    @Test(arguments: [([200], 409), ([403], 409)])
    func aURLThatDoesNotAnswerTheCheckIsRefused(answers: [Int], status: Int) async throws {
        let receiver = Receiver(answers: answers)
        try await Bench.with(transport: receiver) { bench in
            let reply = try await bench.post(
                "/simulator/callback-target",
                #"{"url":"http://bot.example/a","token":"kfDemoToken2024","verify":true,"#
                    + #""encoding_aes_key":"6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"}"#)
            #expect(reply.status == status)
            #expect(reply.text("error")?.hasPrefix("the URL did not pass the check") == true)
        }
    }

    // MARK: Addresses, routing, clock

    @Test func anotherAddressIsNotTrusted() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("你好")
            _ = try await bench.post(
                "/simulator/trusted-addresses", #"{"addresses":["127.0.0.1"],"after_seconds":0}"#)
            #expect(try await bench.call("send_msg", Self.send).errcode == 0)
            let (path, port) = (try await Self.path(bench), bench.port)
            let answer = try await Self.blocking {
                let connection = try RawConnection(port: port, from: "127.0.0.2")
                defer { connection.close() }
                connection.post(path, Self.send)
                return connection.read().pieces.joined()
            }
            #expect(answer.contains(#""errcode":60020"#))
            #expect(answer.contains("from ip: 127.0.0.2, more info"))
        }
    }

    @Test func routingChanges() async throws {
        try await Bench.with { bench in
            #expect(
                try await bench.post("/simulator/routing", #"{"routing":"human_first"}"#).status
                    == 200)
            try await bench.customerWrites("你好")
            let list = try await bench.get("/simulator/conversations")
            #expect(list.objects("conversations").first?["state"] as? Int == 3)
            #expect(try await bench.post("/simulator/routing", #"{"routing":"x"}"#).status == 400)
        }
    }

    @Test func theClockMovesWithoutAFollowerWhenAskedTo() async throws {
        try await Bench.with { bench in
            let moved = try await bench.post(
                "/simulator/clock", #"{"advance_seconds":60,"anyway":true}"#)
            #expect(moved.status == 200)
            #expect(moved.number("ahead_milliseconds") == 60_000)
        }
    }
}

/// One value that another thread brings.
final class Received<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func put(_ value: Value) {
        continuation.yield(value)
        continuation.finish()
    }

    var value: Value? { get async { await stream.first { _ in true } } }
}
