import ChatModel
import Operations
import RuleFiles
import Testing

/// Which of Token, EncodingAESKey and corp id is wrong, from what fits.
@Suite struct DoctorCallbackTests {
    private static let app = "main/kf"

    private func trial(
        tokens: [String] = [app], keys: [String] = [app], receiver: String? = "ww1",
        corps: [String] = ["main"], isWhole: Bool = true, late: Int64? = nil
    ) -> CallbackTrial {
        CallbackTrial(
            app: Self.app, corp: "main", source: "12:00",
            receivedAt: late.map { Timestamp(seconds: 1_700_000_000 + $0) },
            sentAt: Timestamp(seconds: 1_700_000_000), isWhole: isWhole, tokens: tokens,
            keys: keys, receiver: receiver, corps: corps)
    }

    private func judged(_ trials: CallbackTrial...) -> [DoctorFinding] {
        DoctorFinding.callbacks(of: Self.app, trials: trials)
    }

    private func only(_ trial: CallbackTrial) throws -> DoctorFinding {
        let found = judged(trial)
        #expect(found.count == 1)
        return try #require(found.first)
    }

    @Test func withNoneRecordedItSaysHowToGetOne() throws {
        let found = judged()
        #expect(found.map(\.id) == [.recorded])
        #expect(found.first?.severity == nil)
        #expect(found.first?.evidence.en.contains("press save") == true)
    }

    @Test func oneThatFitsIsWell() throws {
        let finding = try only(trial())
        #expect(finding.id == .recorded)
        #expect(finding.severity == nil)
    }

    @Test func onlyTheTokenIsWrong() throws {
        let finding = try only(trial(tokens: []))
        #expect(finding.id == .callbackToken)
        #expect(finding.severity == .error)
        #expect(finding.evidence.en.contains("decrypts with the aes_key"))
    }

    @Test func anotherAppsTokenIsNamed() throws {
        let finding = try only(trial(tokens: ["main/help"], keys: ["main/help"]))
        #expect(finding.id == .callbackToken)
        #expect(finding.evidence.en.contains("signed with the Token of main/help"))
    }

    @Test func anotherAppsKeyIsNamed() throws {
        let stray = try only(trial(tokens: [], keys: ["main/help"]))
        #expect(stray.id == .callbackToken)
        #expect(stray.evidence.en.contains("aes_key of main/help"))
        let swapped = try only(trial(keys: ["main/help"]))
        #expect(swapped.id == .callbackAESKey)
        #expect(swapped.evidence.en.contains("that of main/help opens it"))
    }

    @Test func nothingFits() throws {
        let finding = try only(trial(tokens: [], keys: [], receiver: nil, corps: []))
        #expect(finding.id == .callbackToken)
        #expect(finding.evidence.en.contains("no configured token and no aes_key"))
    }

    @Test func onlyTheKeyIsWrong() throws {
        let finding = try only(trial(keys: [], receiver: nil, corps: []))
        #expect(finding.id == .callbackAESKey)
        #expect(finding.severity == .error)
        #expect(!finding.evidence.en.contains("opens it"))
    }

    @Test func onlyTheCorpIsWrong() throws {
        let unknown = try only(trial(receiver: "ww2", corps: []))
        #expect(unknown.id == .callbackCorp)
        #expect(unknown.evidence.en.contains("“ww2”"))
        let other = try only(trial(receiver: "ww2", corps: ["second"]))
        #expect(other.evidence.en.contains("the corp 'second'"))
    }

    @Test func aWrongTokenDoesNotHideAWrongCorp() throws {
        let both = judged(trial(tokens: [], receiver: "ww2", corps: []))
        #expect(both.map(\.id) == [.callbackToken, .callbackCorp])
        let corp = try #require(both.last)
        #expect(corp.evidence.en == "a callback (12:00) decrypts, but is meant for “ww2”")
        guard case .trouble(_, let cause, _) = corp.standing else {
            Issue.record("it is well")
            return
        }
        #expect(cause.en.hasSuffix("; the aes_key is right"))
    }

    @Test func aRequestThatIsNoneIsOnlyMentioned() throws {
        let finding = try only(trial(tokens: [], isWhole: false))
        #expect(finding.id == .callbackChanged)
        #expect(finding.severity == .warning)
    }

    @Test(
        arguments: [(600, nil), (-600, nil), (601, .error), (-601, .error)]
            as [(Int64, DoctorFinding.Severity?)])
    func genuineButFarFromOurClock(late: Int64, severity: DoctorFinding.Severity?) throws {
        let finding = try only(trial(late: late))
        #expect(finding.severity == severity)
        #expect((finding.id == .callbackClock) == (severity != nil))
    }

    @Test func whatCameBeforeOneThatFitsSaysNothing() {
        #expect(judged(trial(), trial(tokens: [])).map(\.id) == [.recorded])
        let both = judged(
            trial(isWhole: false), trial(keys: []), trial(keys: []), trial(tokens: []))
        #expect(both.map(\.id) == [.callbackChanged, .callbackAESKey, .callbackToken])
    }
}
