import Boundary
import ChatModel
import Synchronization
import Testing
import WeComKF

/// The access token: when it is asked for, and above all when it is not.
@Suite struct TokenTests {
    private static let ok = #"{"errcode":0,"errmsg":"ok"}"#
    private static func refusal(_ code: Int) -> String {
        #"{"errcode":\#(code),"errmsg":"no, hint: [1700000000000000123], more info"}"#
    }

    @Test func oneTokenServesAllCalls() async throws {
        let transport = ScriptedTransport(Self.ok)
        let api = client(transport).api
        for _ in 0..<5 { _ = try await api.send(conversation, "m", .text("x")) }
        #expect(transport.tokenRequests == 1 && transport.calls.count == 5)
    }

    @Test func fiftyAtOnceAskOnce() async throws {
        let started = Counter()
        let transport = ScriptedTransport(
            token: { _ in
                // Until every caller is on its way, or has had ample turns to be.
                for _ in 0..<10_000 where started.value < 50 { await Task.yield() }
                for _ in 0..<200 { await Task.yield() }
                return .success(#"{"errcode":0,"access_token":"T","expires_in":7200}"#)
            }, answer: { _ in .success(Self.ok) })
        let api = client(transport).api
        try await withThrowingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    started.increment()
                    _ = try await api.send(conversation, "m", .text("x"))
                }
            }
            try await group.waitForAll()
        }
        #expect(transport.tokenRequests == 1 && transport.calls.count == 50)
    }

    @Test func replacedFiveMinutesBeforeItExpires() async throws {
        let clock = TestClock()
        let transport = ScriptedTransport(Self.ok)
        let api = client(transport, clock: clock).api
        try await api.authenticate()
        clock.advance(by: .seconds(7200 - 301))
        try await api.authenticate()
        #expect(transport.tokenRequests == 1)
        clock.advance(by: .seconds(1))
        try await api.authenticate()
        #expect(transport.tokenRequests == 2)
    }

    @Test func aShortLifeIsNotAskedForTwiceACall() async throws {
        let clock = TestClock()
        let transport = ScriptedTransport(
            token: { _ in .success(#"{"errcode":0,"access_token":"T","expires_in":10}"#) },
            answer: { _ in .success(Self.ok) })
        let api = client(transport, clock: clock).api
        for _ in 0..<59 {
            try await api.authenticate()
            clock.advance(by: .seconds(1))
        }
        #expect(transport.tokenRequests == 1)
    }

    @Test(arguments: [40014, 42001, 41001])
    func aRefusedTokenIsReplacedOnce(code: Int) async throws {
        let transport = ScriptedTransport { request in
            .success(request.url.contains("TOKEN-1") ? Self.refusal(code) : Self.ok)
        }
        let api = client(transport).api
        let record = CallRecord()
        let id = try await CallRecord.$current.withValue(record) {
            try await api.send(conversation, "m", .text("x"))
        }
        #expect(id == "m")
        #expect(transport.tokenRequests == 2)
        // Both count against the quota; gettoken's is another.
        #expect(record.requests == 2)
        #expect(transport.calls.map(\.text)[0] == transport.calls.map(\.text)[1])
        _ = try await api.send(conversation, "m2", .text("x"))
        #expect(transport.tokenRequests == 2 && transport.calls.count == 3)
    }

    /// All 50 calls fail with the first token, at different times; one replacement must do.
    @Test func onlyTheTokenThatFailedIsForgotten() async throws {
        let transport = ScriptedTransport { request in
            for _ in 0..<Int(request.text.count) % 7 { await Task.yield() }
            return .success(request.url.contains("TOKEN-1") ? Self.refusal(42001) : Self.ok)
        }
        let api = client(transport).api
        try await api.authenticate()
        try await withThrowingTaskGroup { group in
            for index in 0..<50 {
                group.addTask {
                    let text = String(repeating: "x", count: 1 + index)
                    _ = try await api.send(conversation, "m", .text(text))
                }
            }
            try await group.waitForAll()
        }
        #expect(transport.tokenRequests == 2)
    }

    @Test func aSecondTokenErrorStops() async {
        let clock = TestClock()
        let transport = ScriptedTransport(Self.refusal(42001))
        let api = client(transport, clock: clock).api
        let first = await failure { () throws(PlatformFailure) in
            _ = try await api.send(conversation, "m", .text("x"))
        }
        #expect(first?.code == 42001 && first?.handling == .stop)
        #expect(first?.hint == "1700000000000000123")
        #expect(transport.tokenRequests == 2 && transport.calls.count == 2)
        // And the next callers don't start over.
        let second = await failure { () throws(PlatformFailure) in
            _ = try await api.send(conversation, "m", .text("x"))
        }
        #expect(second?.code == 42001 && second?.handling == .stop && second?.wasSent == false)
        #expect(transport.requests.count == 4)
        clock.advance(by: .seconds(60))
        _ = await failure { () throws(PlatformFailure) in _ = try await api.session(conversation) }
        #expect(transport.requests.count > 4)
    }

    @Test(arguments: [40001, 40013, 40091, 41002, 41004])
    func aWrongSecretIsAskedEverMoreSeldom(code: Int) async {
        let clock = TestClock()
        let transport = ScriptedTransport(
            token: { _ in .success(Self.refusal(code)) }, answer: { _ in .success(Self.ok) })
        let api = client(transport, clock: clock).api
        // 60 s, doubling, at most 1 h: 60 120 240 480 960 1920 3600 3600 …
        var asked: [Int] = []
        for second in stride(from: 0, to: 20_000, by: 20) {
            let before = transport.tokenRequests
            let failure = await failure { () throws(PlatformFailure) in try await api.authenticate()
            }
            #expect(failure?.code == code && failure?.handling == .stop)
            if transport.tokenRequests > before { asked.append(second) }
            clock.advance(by: .seconds(20))
        }
        #expect(asked == [0, 60, 180, 420, 900, 1860, 3780, 7380, 10980, 14580, 18180])
        #expect(transport.calls.isEmpty)
    }

    @Test func anotherSecretIsTriedAtOnce() async throws {
        let current = Mutex("wrong")
        let transport = ScriptedTransport(
            token: { request in
                .success(
                    request.url.hasSuffix("=right")
                        ? #"{"errcode":0,"access_token":"T","expires_in":7200}"#
                        : Self.refusal(40001))
            }, answer: { _ in .success(Self.ok) })
        let api = client(transport, secret: { current.withLock { $0 } }).api
        _ = await failure { () throws(PlatformFailure) in try await api.authenticate() }
        _ = await failure { () throws(PlatformFailure) in try await api.authenticate() }
        #expect(transport.tokenRequests == 1)
        current.withLock { $0 = "right" }
        try await api.authenticate()
        #expect(transport.tokenRequests == 2)
    }

    @Test(arguments: [nil, ""]) func withoutASecretNothingIsSent(secret: String?) async {
        let transport = ScriptedTransport(Self.ok)
        let api = client(transport, secret: { secret }).api
        let failure = await failure { () throws(PlatformFailure) in try await api.authenticate() }
        #expect(failure?.code == 41004 && failure?.handling == .stop)
        #expect(transport.requests.isEmpty)
    }

    @Test func aBusyGettokenIsAskedAgainAfterASecond() async throws {
        let clock = TestClock()
        let isBusy = Mutex(true)
        let transport = ScriptedTransport(
            token: { _ in
                .success(
                    isBusy.withLock { $0 }
                        ? Self.refusal(-1) : #"{"errcode":0,"access_token":"T","expires_in":7200}"#)
            }, answer: { _ in .success(Self.ok) })
        let api = client(transport, clock: clock).api
        for _ in 0..<10 {
            let failure = await failure { () throws(PlatformFailure) in
                try await api.authenticate()
            }
            #expect(failure?.code == -1 && failure?.handling == .retry)
        }
        #expect(transport.tokenRequests == 1)
        isBusy.withLock { $0 = false }
        clock.advance(by: .seconds(1))
        try await api.authenticate()
        #expect(transport.tokenRequests == 2)
    }

    @Test(arguments: [
        #"{"errcode":0,"errmsg":"ok"}"#, #"{"errcode":0,"access_token":""}"#, "<html>", "",
    ])
    func gettokenWithoutATokenIsNoAnswer(reply: String) async {
        let transport = ScriptedTransport(
            token: { _ in .success(reply) }, answer: { _ in .success(Self.ok) })
        let failure = await failure { () throws(PlatformFailure) in
            try await client(transport).api.authenticate()
        }
        #expect(failure?.isOutcomeUnknown == true && failure?.handling == .retry)
    }

    @Test func secretAndTokenStayOutOfFailures() async {
        for code in [40001, 42001, 95018, -77] {
            let refusing: ScriptedTransport.Answer = { _ in .success(Self.refusal(code)) }
            let transport = ScriptedTransport(
                token: code == 40001 ? refusing : nil,
                answer: { request in
                    .success(#"{"errcode":\#(code),"errmsg":"bad \#(request.url) \#(secret)"}"#)
                })
            let failure = await failure { () throws(PlatformFailure) in
                _ = try await client(transport).api.send(conversation, "m", .text("客户的话"))
            }
            let shown = "\(String(reflecting: failure))"
            #expect(!shown.contains(secret) && !shown.contains("s3cr3t"))
            #expect(!shown.contains("TOKEN-") && !shown.contains("客户的话"))
        }
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }
    func increment() { count.withLock { $0 += 1 } }
}
