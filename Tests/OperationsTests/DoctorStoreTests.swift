import ChatModel
import Operations
import RuleFiles
import Testing

/// What doctor makes of the database, the rules and the server.
@Suite struct DoctorStoreTests {
    @Test func damageIsAnError() {
        #expect(DoctorFinding.integrity([], of: "a.db").severity == nil)
        let damaged = DoctorFinding.integrity(["row 3 missing from index", "x"], of: "a.db")
        #expect(damaged.severity == .error)
        #expect(damaged.evidence.en.contains("(2): row 3"))
    }

    @Test func theTablesAreOfThisProgramsTime() {
        func severity(_ applied: [String]) -> DoctorFinding.Severity? {
            DoctorFinding.schema("a.db", applied: applied, known: ["v1", "v2"]).severity
        }
        #expect(severity(["v1", "v2"]) == nil)
        #expect(severity(["v1"]) == .warning)
        #expect(severity(["v1", "v2", "v3"]) == .error)
    }

    @Test(
        arguments: [
            (2 << 30, 0, nil, nil), ((1 << 30) - 1, 0, .warning, nil), (1 << 20, 0, .error, nil),
            (2 << 30, 257 << 20, nil, .warning), (2 << 30, 256 << 20, nil, nil),
        ] as [(Int64, Int64, DoctorFinding.Severity?, DoctorFinding.Severity?)])
    func spaceAndWAL(
        free: Int64, wal: Int64, room: DoctorFinding.Severity?, log: DoctorFinding.Severity?
    ) {
        let findings = DoctorFinding.space("a.db", free: free, wal: wal)
        #expect(findings.map(\.id) == [.space, .wal])
        #expect(findings.map(\.severity) == [room, log])
    }

    @Test(
        arguments: [
            (0o600, nil), (0o400, nil), (0o100600, nil), (0o640, .warning), (0o644, .warning),
        ] as [(Int, DoctorFinding.Severity?)])
    func filesAreForTheirOwner(mode: Int, severity: DoctorFinding.Severity?) {
        let finding = DoctorFinding.rights(.secretFiles, "key", mode: mode)
        #expect(finding.severity == severity)
        if mode & 0o007 != 0 { #expect(finding.evidence.en.contains("everybody")) }
    }

    @Test func aCursorLagsOnlyWhereSomethingWaits() {
        func cursor(
            _ age: Duration?, serving: Bool = false, waiting: DoctorFinding.Waiting? = nil
        ) -> DoctorFinding {
            .cursor(
                of: "shop", sinceNews: age, isServing: serving,
                waiting: waiting.map { .success($0) })
        }
        #expect(cursor(nil).severity == nil)
        #expect(cursor(nil, serving: true).severity == .warning)
        #expect(cursor(.seconds(900_000), serving: true).severity == nil)
        let some = DoctorFinding.Waiting(count: 3000, isMore: true)
        #expect(cursor(.seconds(60), waiting: some).severity == .warning)
        #expect(cursor(.seconds(60), waiting: some).evidence.en.contains("3000 or more waiting"))
        #expect(cursor(.seconds(2 * 86_400 + 1), waiting: some).severity == .error)
        let none = DoctorFinding.Waiting(count: 0, isMore: false)
        #expect(cursor(.seconds(900_000), waiting: none).standing == .well)
    }

    @Test func whereThePlatformWontSayNothingIsWell() {
        let refusal = PlatformFailure(code: 45009, handling: .wait, meaning: "called too often")
        let refused = DoctorFinding.cursor(
            of: "shop", sinceNews: .seconds(60), isServing: false, waiting: .failure(refusal))
        #expect(refused.standing == .skipped)
        #expect(
            refused.evidence.en
                == "last news 60 s ago; kf/sync_msg: 45009 called too often")
        let unasked = DoctorFinding.cursor(
            of: "shop", sinceNews: .seconds(60), isServing: false, waiting: nil)
        #expect(unasked.standing == .skipped)
    }

    @Test func aBacklogIsJudgedByItsOldest() {
        func backlog(_ pending: Int, _ age: Duration?, serving: Bool) -> DoctorFinding.Severity? {
            DoctorFinding.backlog(pending: pending, oldest: age, isServing: serving).severity
        }
        #expect(backlog(0, nil, serving: false) == nil)
        #expect(backlog(900, .seconds(59), serving: true) == nil)
        #expect(backlog(1, .seconds(61), serving: true) == .warning)
        #expect(backlog(1, .seconds(601), serving: true) == .error)
        #expect(backlog(1, .seconds(9000), serving: false) == .warning)
    }

    @Test func whatWasGivenUpIsCountedByReason() {
        #expect(DoctorFinding.failures([]).severity == nil)
        let failures = DoctorFinding.failures([
            (why: "code_expired", count: 4), (why: "platform_dropped 40096", count: 1),
        ])
        #expect(failures.severity == .warning)
        #expect(
            failures.evidence.en
                == "5 given up in the last day: code_expired ×4, platform_dropped 40096 ×1")
    }

    @Test(
        arguments: [
            (0, 0, nil), (0, 100, nil), (1, 100, .warning), (2, 4, .error), (20, 1000, .error),
        ] as [(Int, Int, DoctorFinding.Severity?)])
    func peopleFirst(taken: Int, wrote: Int, severity: DoctorFinding.Severity?) {
        let finding = DoctorFinding.peopleFirst(of: "shop", taken: taken, wrote: wrote)
        #expect(finding.id == .peopleFirst)
        #expect(finding.severity == severity)
    }

    @Test func quotasWarnAtFourFifths() {
        func severity(_ minute: Int, _ hour: Int) -> DoctorFinding.Severity? {
            DoctorFinding.quota("kf/send_msg", lastMinute: minute, lastHour: hour).severity
        }
        #expect(severity(7999, 119_999) == nil)
        #expect(severity(8000, 8000) == .warning)
        #expect(severity(0, 120_000) == .warning)
        #expect(DoctorFinding.quotaRefused(count: 0).severity == nil)
        #expect(DoctorFinding.quotaRefused(count: 1).severity == .error)
    }

    @Test func rulesAreActiveAndPublished() {
        func rules(_ active: RuleSetVersion?, _ files: RuleSetVersion?) -> [DoctorFinding] {
            DoctorFinding.rules(active: active, files: files, path: "rules/")
        }
        #expect(rules(nil, "v1").map(\.severity) == [.error])
        #expect(rules("v1", "v1").map(\.severity) == [nil, nil])
        #expect(rules("v1", "v2").map(\.severity) == [nil, .warning])
        #expect(rules("v1", nil).last?.standing == .skipped)
        #expect(DoctorFinding.served("shop", isServed: true).severity == nil)
        #expect(DoctorFinding.served("shop", isServed: false).severity == .error)
    }

    @Test func aServerRunsAndIsReady() {
        #expect(DoctorFinding.server(holder: nil).severity == .warning)
        #expect(DoctorFinding.server(holder: Bilingual("process 7")).severity == nil)
        #expect(DoctorFinding.ready(at: "a", failing: []).severity == nil)
        let failing = DoctorFinding.ready(
            at: "a", failing: [(name: "token kf", detail: Bilingual("no"))])
        #expect(failing.severity == .error)
        #expect(failing.evidence.en == "not ready: token kf: no")
        #expect(DoctorFinding.silent(at: "a", "timeout").severity == .error)
        let blocked = DoctorFinding.blocked("ww1 kf/sync_msg", Bilingual("blocked for 40 s more"))
        #expect(blocked.id == .quotaRefused)
        #expect(blocked.severity == .warning)
    }
}
