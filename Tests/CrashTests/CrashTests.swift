import Foundation
import Testing

/// The bot killed with SIGKILL while it works, the real process on a real socket and database.
///
/// `CRASH_SEED` repeats a run's choices, as far as two processes and a clock can be repeated.
@Suite(.serialized)
struct CrashTests {
    private static let kills = 28
    private static let leastMessages = 3000
    private static let customers = 300

    private static func seed() -> UInt64 {
        let named = ProcessInfo.processInfo.environment["CRASH_SEED"].flatMap(UInt64.init)
        return named ?? UInt64.random(in: 1...999_999)
    }

    @Test("After a restart the bot goes on by itself, without a callback", .timeLimit(.minutes(10)))
    func goesOnUnasked() async throws {
        try await onStage(seed: Self.seed()) { stage in
            let control = stage.control
            try await stage.startBot()
            try await stage.connectCallbacks()
            // Slow enough that the kill finds messages that are ordered and not sent yet, and
            // quick enough that the bot doesn't try again by itself.
            try await control.delayAnswers(milliseconds: 5000)
            let customers = (0..<300).map { "wmSILENT\($0)" }
            for customer in customers.prefix(250) {
                try await control.write(customer, CrashRules.question(1))
            }
            try await stage.killBotWithWorkPending()
            try await control.sendCallbacks(to: nil)
            let pending = try await stage.pendingEntries()
            #expect(pending > 0, "the kill came too late to interrupt anything")
            try await control.delayAnswers(milliseconds: 0)
            // And some that nobody ever tells the bot of.
            for customer in customers.suffix(50) {
                try await control.write(customer, CrashRules.question(2))
            }

            try await stage.startBot()
            let isQuiet = try await waitUntilQuiet(stage)
            let problems =
                isQuiet ? [] : ["the bot does not go on: " + (await stage.botsLastWords())]
            let expected = customers.enumerated().map { place, customer in
                (customer, ["text " + CrashRules.answer(place < 250 ? 1 : 2)])
            }
            return (try await Judgement(of: stage, expected: expected), problems)
        }
    }

    @Test("Killed at random points, every message is answered once", .timeLimit(.minutes(10)))
    func survivesKills() async throws {
        let seed = Self.seed()
        try await onStage(seed: seed) { stage in
            try await stage.startBot()
            try await stage.connectCallbacks()
            async let killing: Void = killAgainAndAgain(stage, seed: seed)
            var crowd = Crowd(size: Self.customers, seed: seed, control: stage.control)
            var problems: [String] = []
            while true {
                let isOver = await stage.isKillingOver
                if isOver, crowd.messages >= Self.leastMessages { break }
                try await crowd.round(isClosing: false)
                try await Task.sleep(for: .milliseconds(50))
            }
            try await killing
            let deadline = Date().addingTimeInterval(40)
            while !crowd.isIdle, Date() < deadline {
                try await crowd.round(isClosing: true)
                try await Task.sleep(for: .milliseconds(100))
            }
            if !crowd.isIdle { problems.append("still waiting: \(crowd.waiting.prefix(10))") }
            if !(try await waitUntilQuiet(stage)) {
                problems.append("the bot's outbox does not become empty")
            }
            let judgement = try await Judgement(of: stage, expected: crowd.expected)
            return (judgement, problems)
        }
    }

    // MARK: Parts

    private func onStage(
        seed: UInt64, _ play: (Stage) async throws -> (Judgement, [String])
    ) async throws {
        print("crash test: seed \(seed)")
        let stage = try await Stage.setUp(seed: seed)
        var isFine = false
        do {
            let (judgement, problems) = try await play(stage)
            print("crash test: " + judgement.summary)
            for problem in problems + judgement.problems {
                Issue.record("seed \(seed): \(problem)")
            }
            isFine = problems.isEmpty && judgement.problems.isEmpty
        } catch {
            await stage.tearDown(keeping: true)
            throw error
        }
        await stage.tearDown(keeping: !isFine)
    }

    /// Kills and restarts the bot: now and then at once, often while it takes up what is left,
    /// else in full flow.
    private func killAgainAndAgain(_ stage: Stage, seed: UInt64) async throws {
        do {
            try await killAgainAndAgainUntilDone(stage, seed: seed)
        } catch {
            await stage.endKilling()
            throw error
        }
        await stage.endKilling()
    }

    private func killAgainAndAgainUntilDone(_ stage: Stage, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed &+ 1)
        for _ in 0..<Self.kills {
            let moment: Duration =
                switch Int.random(in: 0..<100, using: &random) {
                case ..<25: .milliseconds(Int.random(in: 0...250, using: &random))
                case ..<55: .milliseconds(Int.random(in: 250...1200, using: &random))
                default: .milliseconds(Int.random(in: 800...3200, using: &random))
                }
            let start = ContinuousClock.now
            let connecting = Task { try await stage.connectCallbacks() }
            try await Task.sleep(until: start.advanced(by: moment))
            connecting.cancel()
            _ = await connecting.result
            try await stage.killBot()
            try await stage.startBot()
        }
        try await stage.connectCallbacks()
    }

    /// Waits until nothing is unanswered and nothing is left to do.
    ///
    /// - Returns: Whether that came about within half a minute.
    private func waitUntilQuiet(_ stage: Stage) async throws -> Bool {
        var quietLooks = 0
        for _ in 0..<300 {
            let unanswered = try await stage.control.summary().unanswered
            let pending = try await stage.pendingEntries()
            quietLooks = unanswered + pending == 0 ? quietLooks + 1 : 0
            if quietLooks == 5 { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }
}
