import Boundary
import CallbackCrypto
import ChatModel
import CurlTransport
import Foundation
import Hummingbird
import Logging
import NIOCore
import PlatformSimulator
import ServiceLifecycle
import SimulatorServer
import Synchronization
import Testing

/// Takes callbacks without a socket and answers what it was told to.
final class Receiver: HTTPTransport {
    private let answers: Mutex<[Int]>
    let pushes: AsyncStream<Boundary.HTTPRequest>
    private let push: AsyncStream<Boundary.HTTPRequest>.Continuation

    /// Answers these statuses in turn, then 200.
    init(answers: [Int] = []) {
        self.answers = Mutex(answers)
        (pushes, push) = AsyncStream.makeStream()
    }

    func response(
        to request: Boundary.HTTPRequest
    ) async throws(TransportError) -> Boundary.HTTPResponse {
        push.yield(request)
        let status = answers.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
        if status == 0 { throw TransportError(.interrupted, reason: "as told") }
        return Boundary.HTTPResponse(status: status, body: [])
    }
}

@Suite struct CallbackTests {
    static func key() throws -> CallbackKey {
        try CallbackKey(
            token: "kfDemoToken2024",
            encodingAESKey: "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
            receiveID: "ww1436e0e65a779aee")
    }

    /// Verifies and decrypts a push as a bot does.
    static func open(_ request: Boundary.HTTPRequest) throws -> (CallbackEvent, String?) {
        let items = try #require(URLComponents(string: request.url)?.queryItems)
        func value(_ name: String) throws -> String {
            try #require(items.first { $0.name == name }?.value)
        }
        let envelope = try CallbackEnvelope(parsing: request.body)
        let message = try key().open(
            signature: value("msg_signature"), timestamp: value("timestamp"),
            nonce: value("nonce"), encrypted: envelope.encrypted)
        return (try CallbackEvent(parsing: message), envelope.agentID)
    }

    @Test func aCallbackIsSealedAndItsTokenPulls() async throws {
        let receiver = Receiver()
        try await Bench.with(transport: receiver) { bench in
            bench.server.setCallbackTarget(
                .init(url: "http://bot.example/callback/kf", key: try Self.key()), for: "kf")
            try await bench.customerWrites("在吗")
            let push = try #require(await receiver.pushes.first { _ in true })
            #expect(push.url.hasPrefix("http://bot.example/callback/kf?msg_signature="))
            let (event, agentID) = try Self.open(push)
            #expect(event.createdAt == ten && event.toUserName == "ww1436e0e65a779aee")
            #expect(agentID == "1000007")
            guard case .news(shop, let token?) = event.kind else {
                Issue.record("not news of the account: \(event.kind)")
                return
            }
            let page = try await bench.call(
                "sync_msg", #"{"open_kfid":"\#(shop)","token":"\#(token)"}"#)
            #expect(page.objects("msg_list").count == 1)
            // Older clients send the token alone, which names the account, too.
            let unnamed = try await bench.call("sync_msg", #"{"token":"\#(token)"}"#)
            #expect(unnamed.objects("msg_list").count == 1)
            #expect(try await bench.call("sync_msg", #"{"token":"forged"}"#).errcode == 95000)
            #expect(try await bench.call("sync_msg", "{}").errcode == 40058)
        }
    }

    @Test("§17.2: the padding varies, a whole block of 32 included, and every callback opens")
    func thePaddingVaries() async throws {
        let receiver = Receiver()
        try await Bench.with(transport: receiver) { bench in
            bench.server.setCallbackTarget(
                .init(url: "http://bot.example/callback/kf", key: try Self.key()), for: "kf")
            var pushes = receiver.pushes.makeAsyncIterator()
            var paddings: Set<Int> = []
            for _ in 0..<400 {
                try bench.server.withSimulator { simulator in
                    try simulator.pushEmptyCallback(shop)
                }
                let push = try #require(await pushes.next())
                let (message, cipher) = try Self.decrypted(push)
                // 16 random bytes, 4 of length, the message, the corp's id.
                paddings.insert(cipher - (16 + 4 + message + "ww1436e0e65a779aee".utf8.count))
                guard case .news(shop, let token?) = try Self.open(push).0.kind else {
                    Issue.record("not news of the account")
                    return
                }
                #expect(token.rawValue.utf8.count <= 128)
                let account = bench.server.withSimulator { $0.account(of: token) }
                #expect(account == shop)
            }
            #expect(paddings == Set(1...32))
        }
    }

    /// The bytes of a push's message, and those of what it came in.
    private static func decrypted(_ push: Boundary.HTTPRequest) throws -> (Int, Int) {
        let items = try #require(URLComponents(string: push.url)?.queryItems)
        func value(_ name: String) throws -> String {
            try #require(items.first { $0.name == name }?.value)
        }
        let encrypted = try CallbackEnvelope(parsing: push.body).encrypted
        let message = try key().open(
            signature: value("msg_signature"), timestamp: value("timestamp"),
            nonce: value("nonce"), encrypted: encrypted)
        return (message.count, try #require(Data(base64Encoded: encrypted)).count)
    }

    @Test func aFailedPushIsMadeAgainFiveSecondsLaterThreeTimes() async throws {
        let receiver = Receiver(answers: [500, 0, 204, 500, 500])
        try await Bench.with(transport: receiver) { bench in
            bench.server.setCallbackTarget(
                .init(url: "http://bot.example/callback/kf", key: try Self.key()), for: "kf")
            try await bench.customerWrites("在吗")
            var pushes = receiver.pushes.makeAsyncIterator()
            var kinds: Set<CallbackEvent.Kind> = []
            for attempt in 1...4 {
                let push = try #require(await pushes.next())
                kinds.insert(try Self.open(push).0.kind)
                if attempt < 4 {
                    // The failure is noted a moment after the answer; then the next push is due.
                    while bench.server.withSimulator({ $0.nextCallbackDue }) == nil {
                        await Task.yield()
                    }
                    bench.server.advance(by: .seconds(5))
                }
            }
            // Every attempt announced the same news; the next one is other news.
            #expect(kinds.count == 1)
            bench.server.advance(by: .seconds(60))
            try await bench.customerWrites("还在吗")
            let next = try #require(await pushes.next())
            #expect(!kinds.contains(try Self.open(next).0.kind))
        }
    }

    @Test("kf_account_auth_change: an account withdrawn is 48007 until it is granted again")
    func anAccountIsWithdrawnAndGranted() async throws {
        let receiver = Receiver()
        try await Bench.with(transport: receiver) { bench in
            bench.server.setCallbackTarget(
                .init(url: "http://bot.example/callback/kf", key: try Self.key()), for: "kf")
            var pushes = receiver.pushes.makeAsyncIterator()
            for isGranted in [false, true] {
                try bench.server.withSimulator { simulator in
                    try simulator.grant(shop, isGranted)
                }
                let event = try Self.open(try #require(await pushes.next())).0
                #expect(
                    event.kind
                        == .authorizationChanged(
                            granted: isGranted ? [shop] : [], withdrawn: isGranted ? [] : [shop]))
                let refusal = bench.server.withSimulator { simulator in
                    if case .failure(let refusal) = simulator.servicers(of: shop, by: "kf") {
                        refusal.verdict == .limited ? refusal.errcode : -1
                    } else {
                        0
                    }
                }
                #expect(refusal == (isGranted ? 0 : 48007))
                let list = try await bench.call("account/list", "{}").objects("account_list")
                #expect(list.map { $0["manage_privilege"] as? Bool } == [isGranted])
            }
        }
    }

    @Test func aDelayedCallbackWaits() async throws {
        let receiver = Receiver()
        try await Bench.with(transport: receiver) { bench in
            _ = try await bench.post(
                "/simulator/callback-target",
                #"{"app":"kf","url":"http://bot.example/a","token":"kfDemoToken2024","#
                    + #""encoding_aes_key":"6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"}"#)
            _ = try await bench.post("/simulator/callbacks", #"{"delay_seconds":25}"#)
            try await bench.customerWrites("一")
            _ = try await bench.post("/simulator/callbacks", #"{"delay_seconds":0}"#)
            bench.clock.move(by: .seconds(2))
            try await bench.customerWrites("二")
            var pushes = receiver.pushes.makeAsyncIterator()
            #expect(
                try Self.open(try #require(await pushes.next())).0.createdAt == ten + .seconds(2))
            bench.server.advance(by: .seconds(25))
            #expect(try Self.open(try #require(await pushes.next())).0.createdAt == ten)
        }
    }

    @Test func overRealSockets() async throws {
        let seen = AsyncStream<Boundary.HTTPRequest>.makeStream()
        let router = Router()
        router.post("callback/kf") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            // However many of them there are: a second one would be a mistake, too.
            let types = request.headers[values: .contentType]
            seen.continuation.yield(
                Boundary.HTTPRequest(
                    method: .post, url: request.uri.string,
                    headers: types.map { .init(name: "Content-Type", value: $0) },
                    body: Array(buffer: body)))
            return "success"
        }
        let ports = AsyncStream<Int>.makeStream()
        let receiver = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ports.continuation.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup { group in
            group.addTask { try await receiver.run() }
            let port = try #require(await ports.stream.first { _ in true })
            try await Bench.with { bench in
                bench.server.setCallbackTarget(
                    .init(url: "http://127.0.0.1:\(port)/callback/kf", key: try Self.key()),
                    for: "kf")
                try await bench.customerWrites("在吗")
                let push = try #require(await seen.stream.first { _ in true })
                #expect(push.headers.map(\.value) == ["text/xml"])
                guard case .news(shop, _) = try Self.open(push).0.kind else {
                    Issue.record("not news of the account")
                    return
                }
            }
            group.cancelAll()
            _ = await group.nextResult()
        }
    }

    @Test func aGracefulShutdownEndsIt() async throws {
        let listening = AsyncStream<Int>.makeStream()
        let transport = CurlTransport()
        defer { transport.shutDown() }
        let server = SimulatorServer(
            PlatformSimulator(
                settings: SimulatorSettings(apps: [], accounts: []), startingAt: ten, seed: 1),
            wallClock: { ten }, transport: transport,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { listening.continuation.yield($0) })
        let group = ServiceGroup(
            services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let end: Void = group.run()
        _ = await listening.stream.first { _ in true }
        await group.triggerGracefulShutdown()
        try await end
    }
}
