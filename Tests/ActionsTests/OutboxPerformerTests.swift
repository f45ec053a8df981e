import Actions
import Boundary
import ChatModel
import Routing
import Synchronization
import Testing

@Suite struct OutboxPerformerTests {
    private let platform = ScriptedPlatform()

    @Test func aConversationsEntriesArePerformedInOrder() async {
        await performing { performer, reports in
            await performer.enqueue([
                .test("a", 0, .send(.text("1"))), .test("a", 1, .send(.text("2"))),
                .test("a", 2, .sendOnEvent("code", .text("3"))),
            ])
            let completed = await reports.next(3)
            #expect(completed.map(\.entry.id.ordinal) == [0, 1, 2])
            #expect(platform.calls == ["send 1 m-a/0", "send 2 m-a/1", "event code 3 m-a/2"])
        }
    }

    @Test func aTransfersCodeIsHandedOnAndItsConversationHeldUntilRelease() async {
        platform.answer { $0 == "trans 2" ? .success("CODE") : .success(nil) }
        await performing { performer, reports in
            await performer.enqueue([
                .test("a", 0, .transfer(.pool)), .test("a", 1, .send(.text("after"))),
                .test("b", 0, .send(.text("other"))),
            ])
            let first = await reports.next(2)
            let transfer = first.first { $0.entry.conversation.customer == "a" }
            #expect(transfer?.outcome == .accepted(code: "CODE", at: ScriptedPlatform.start))
            #expect(Set(platform.calls) == ["trans 2", "send other m-b/0"])
            await performer.release(transfer.map { [$0.entry] } ?? [])
            #expect(await reports.next(1).map(\.entry.id.ordinal) == [1])
        }
    }

    @Test func aRefusalOfTheSessionIsReadAndReported() async {
        let refusal = PlatformFailure(code: 95018, handling: .reconcile, meaning: "state")
        platform.answer { _ in .failure(refusal) }
        await performing { performer, reports in
            await performer.enqueue([.test("a", 0, .send(.text("1")))])
            let completed = await reports.next(1)
            #expect(
                completed.map(\.outcome)
                    == [.refused(refusal, actual: .init(number: 3, servicer: "anna"))])
            #expect(platform.calls == ["send 1 m-a/0", "session"])
            #expect(platform.failures == [95018])
        }
    }

    @Test func aFailureIsTriedAgainAfterItsPauseUnderTheSameName() async {
        platform.answer { [platform] _ in
            platform.calls.count == 1
                ? .failure(PlatformFailure(code: nil, handling: .retry, meaning: "time-out"))
                : .success(nil)
        }
        await performing { performer, reports in
            await performer.enqueue([.test("a", 0, .send(.text("1")))])
            #expect(
                await reports.next(1).map(\.outcome)
                    == [.accepted(code: nil, at: ScriptedPlatform.start + .milliseconds(500))])
            #expect(platform.calls == ["send 1 m-a/0", "send 1 m-a/0"])
        }
    }

    @Test func anExpiredCodeIsReportedWithoutACall() async {
        await performing { performer, reports in
            await performer.enqueue([
                .test("a", 0, .sendOnEvent("code", .text("late")), deadline: .seconds(-1))
            ])
            #expect(await reports.next(1).map(\.outcome) == [.expired])
            #expect(platform.calls.isEmpty)
        }
    }

    @Test func whatIsWithdrawnIsNotPerformed() async {
        platform.answer { _ in .success(nil) }
        let performer = performer(reporting: Reports())
        let id = ConversationID(account: "wk1", customer: "a")
        await performer.enqueue([
            .test("a", 0, .send(.text("1"))), .test("a", 1, .send(.text("2"))),
        ])
        await performer.withdraw([(ActionID(cause: .inbound("m-a"), ordinal: 0), id)])
        #expect(await performer.count == 1)
        await performer.cancel([id])
        #expect(await performer.count == 0)
    }

    @Test func stoppingLetsTheCallUnderWayComeBack() async {
        let (started, isUnderWay) = AsyncStream<Void>.makeStream()
        let (stopped, comesBack) = AsyncStream<Void>.makeStream()
        platform.answer { _ in
            isUnderWay.finish()
            for await _ in stopped {}
            return .success(nil)
        }
        let reports = Reports()
        let performer = performer(reporting: reports)
        await withTaskGroup { group in
            group.addTask { await performer.run() }
            await performer.enqueue([
                .test("a", 0, .send(.text("1"))), .test("a", 1, .send(.text("2"))),
            ])
            for await _ in started {}
            await performer.stop()
            comesBack.finish()
        }
        #expect(await reports.next(1).map(\.entry.id.ordinal) == [0])
        #expect(platform.calls == ["send 1 m-a/0"], "nothing new is started")
    }

    @Test func aCancelledPerformerEnds() async {
        platform.answer { _ in
            .failure(PlatformFailure(code: 45009, handling: .wait, meaning: "often"))
        }
        let performer = performer(reporting: Reports())
        await performer.enqueue([.test("a", 0, .send(.text("1")))])
        let running = Task { await performer.run() }
        // Until the only thing left is to wait for the end of the block.
        while await performer.count == 1, platform.failures.isEmpty { await Task.yield() }
        platform.stopTime()
        running.cancel()
        await running.value
    }

    // MARK: What the quota ledger hears

    /// What the ledger has of `send_msg` after one message, whose call does `answer`.
    private func booked(
        _ answer: @escaping @Sendable (CallRecord?, Environment) async -> ScriptedPlatform.Answer
    ) async -> QuotaStatus? {
        var limits = QuotaLimits.off
        limits.corp.perMinute = 1000
        let gate = QuotaGate(limits, environment: platform.environment)
        platform.answer { [platform] _ in await answer(CallRecord.current, platform.environment) }
        await performing(with: gate) { performer, reports in
            await performer.enqueue([.test("a", 0, .send(.text("1")))])
            _ = await reports.next(1)
        }
        return gate.report().first { $0.endpoint == .send }
    }

    @Test func whatACallWaitsForFirstIsNotItsLatency() async {
        let status = await booked { record, environment in
            // An upload.
            await environment.sleep(.seconds(3))
            record?.note(at: environment.now())
            await environment.sleep(.milliseconds(40))
            return .success(nil)
        }
        #expect(status?.latency == .milliseconds(40))
        #expect(status?.inMinute.calls == 1)
    }

    @Test func aRepeatedRequestIsBookedTwice() async {
        let status = await booked { record, environment in
            record?.note(at: environment.now())
            // A token refused, or a file forgotten and uploaded once more.
            await environment.sleep(.seconds(2))
            record?.note(at: environment.now())
            await environment.sleep(.milliseconds(30))
            return .success(nil)
        }
        #expect(status?.latency == .milliseconds(30))
        #expect(status?.inMinute.calls == 2 && status?.inFlight == 0)
    }

    @Test func aMessageThatNeverLeftIsNoCall() async {
        let status = await booked { [platform] _, environment in
            guard platform.calls.count == 1 else { return .success(nil) }
            await environment.sleep(.seconds(1))
            var failure = PlatformFailure(code: nil, handling: .retry, meaning: "uploading")
            failure.wasSent = false
            return .failure(failure)
        }
        #expect(platform.calls.count == 2)
        #expect(status?.inMinute.calls == 1 && status?.inFlight == 0)
        #expect(status?.latency == .zero)
    }

    // MARK: Running

    private func performer(
        reporting reports: Reports, through gate: QuotaGate? = nil
    ) -> OutboxPerformer {
        OutboxPerformer(
            accounts: ["wk1": .init(api: platform.api, corp: "ww1")],
            gate: gate ?? QuotaGate(.off, environment: platform.environment),
            environment: platform.environment,
            sink: OutcomeSink(
                completed: { reports.add($0) },
                failed: { [platform] in platform.failed($1) }))
    }

    private func performing(
        with gate: QuotaGate? = nil,
        _ body: @escaping @Sendable (OutboxPerformer, Reports) async -> Void
    ) async {
        let reports = Reports()
        let performer = performer(reporting: reports, through: gate)
        await withTaskGroup { group in
            group.addTask { await performer.run() }
            await body(performer, reports)
            await performer.stop()
        }
    }
}

/// Completed actions, in the order they came.
final class Reports: Sendable {
    private let stream: AsyncStream<CompletedAction>
    private let continuation: AsyncStream<CompletedAction>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func add(_ action: CompletedAction) { continuation.yield(action) }

    /// The next `count`, waiting for them.
    func next(_ count: Int) async -> [CompletedAction] {
        var actions: [CompletedAction] = []
        for await action in stream {
            actions.append(action)
            if actions.count == count { break }
        }
        return actions
    }
}

/// A platform that answers as the test says, on a clock that only waiting moves.
final class ScriptedPlatform: Sendable {
    typealias Answer = Result<EventCode?, PlatformFailure>

    static let start = Timestamp(seconds: 1_700_000_000)

    private struct State {
        var now = ScriptedPlatform.start
        var isStopped = false
        var calls: [String] = []
        var failures: [Int?] = []
        var answer: @Sendable (String) async -> Answer = { _ in .success(nil) }
    }

    private let state = Mutex(State())

    var calls: [String] { state.withLock { $0.calls } }
    var failures: [Int?] { state.withLock { $0.failures } }

    func answer(_ answer: @escaping @Sendable (String) async -> Answer) {
        state.withLock { $0.answer = answer }
    }

    func failed(_ failure: PlatformFailure) {
        state.withLock { $0.failures.append(failure.code) }
    }

    /// From now on waiting takes no time, and time stands still.
    func stopTime() { state.withLock { $0.isStopped = true } }

    var environment: Environment {
        Environment(
            now: { self.state.withLock { $0.now } }, random: { 0 },
            sleep: { duration in
                self.state.withLock { if !$0.isStopped { $0.now = $0.now + duration } }
                await Task.yield()
            },
            shortHash: { bytes in
                String(decoding: bytes, as: UTF8.self).split(separator: "\0").dropFirst()
                    .joined(separator: "/")
            })
    }

    private func call(_ words: String) async -> Answer {
        let answer = state.withLock { state in
            state.calls.append(words)
            return state.answer
        }
        return await answer(words)
    }

    var api: PlatformAPI {
        PlatformAPI(
            pull: { _ async throws(PlatformFailure) in
                PulledPage(next: "", hasMore: false, rows: [])
            },
            send: { _, msgID, body async throws(PlatformFailure) in
                _ = try await self.call("send \(body.words) \(msgID)").get()
                return msgID
            },
            sendOnEvent: { code, msgID, body async throws(PlatformFailure) in
                _ = try await self.call("event \(code) \(body.words) \(msgID)").get()
                return msgID
            },
            session: { _ async throws(PlatformFailure) in
                self.state.withLock { $0.calls.append("session") }
                return Outcome.ActualSession(number: 3, servicer: "anna")
            },
            transfer: { _, target async throws(PlatformFailure) in
                try await self.call("trans \(target.number)").get()
            },
            servicers: { _ async throws(PlatformFailure) in [] },
            accounts: { () async throws(PlatformFailure) in [] },
            customers: { _, _ async throws(PlatformFailure) in
                CustomerBatch(profiles: [], unknown: [])
            },
            upgrade: { _, _ async throws(PlatformFailure) in },
            upload: { _ async throws(PlatformFailure) in
                UploadedMedia(id: "MEDIA", createdAt: Timestamp(seconds: 0))
            },
            download: { _ async throws(PlatformFailure) in
                DownloadedMedia(filename: nil, contentType: "image/png", bytes: [])
            },
            authenticate: { () async throws(PlatformFailure) in })
    }
}

extension OutgoingBody {
    fileprivate var words: String { if case .text(let text) = self { text } else { type } }
}

extension OutboxEntry {
    /// An entry decided at the start; a deadline makes it one that expires.
    static func test(
        _ customer: ExternalUserID, _ ordinal: Int, _ action: Action, deadline: Duration? = nil
    ) -> OutboxEntry {
        OutboxEntry(
            id: ActionID(cause: .inbound(MsgID("m-\(customer)")), ordinal: ordinal),
            conversation: ConversationID(account: "wk1", customer: customer), action: action,
            decidedAt: ScriptedPlatform.start,
            deadline: ScriptedPlatform.start + (deadline ?? .seconds(2)),
            expires: deadline != nil, reason: "test")
    }
}
