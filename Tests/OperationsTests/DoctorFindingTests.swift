import Boundary
import ChatModel
import Operations
import RuleEngine
import RuleFiles
import Testing

/// What doctor makes of facts: each finding where it belongs, and not where it doesn't.
@Suite struct DoctorFindingTests {
    // MARK: The clock

    @Test(
        arguments: [
            (0, nil), (2000, nil), (-2000, nil), (2001, .warning), (-4000, .warning),
            (5000, .warning), (5001, .error), (-90_000, .error),
        ] as [(Int, DoctorFinding.Severity?)])
    func aClockIsJudgedByItsDistance(ahead: Int, severity: DoctorFinding.Severity?) {
        let finding = DoctorFinding.clock("api", ahead: .milliseconds(ahead))
        #expect(finding.id == .clock)
        #expect(finding.severity == severity)
        if severity != nil {
            #expect(finding.evidence.en.contains(ahead > 0 ? "ahead" : "behind"))
            #expect(finding.evidence.zh.contains(ahead > 0 ? "快" : "慢"))
        }
    }

    @Test func messagesFromTheFutureAccuseTheClock() throws {
        #expect(DoctorFinding.messages(shortestDelay: nil) == nil)
        #expect(DoctorFinding.messages(shortestDelay: .milliseconds(-2000)) == nil)
        let small = try #require(DoctorFinding.messages(shortestDelay: .seconds(-3)))
        #expect(small.severity == .warning)
        #expect(small.evidence.en.contains("3 s before"))
        #expect(DoctorFinding.messages(shortestDelay: .seconds(-6))?.severity == .error)
    }

    // MARK: Calls

    private func failure(
        _ code: Int?, _ handling: PlatformFailure.Handling = .stop, _ meaning: String = "?",
        calling call: String = "gettoken"
    ) -> DoctorFinding {
        .failure(
            PlatformFailure(code: code, handling: handling, meaning: meaning), of: "main/kf",
            calling: call)
    }

    private func cure(_ finding: DoctorFinding) -> Bilingual {
        if case .trouble(_, _, let cure) = finding.standing { cure } else { Bilingual("") }
    }

    @Test func anUntrustedAddressIsNamedInTheCure() {
        let finding = failure(
            60020, .stop,
            "this server's IP is not in the app's list of trusted IPs; the platform "
                + "saw 203.0.113.7", calling: "kf/account/list")
        #expect(finding.id == .trustedIP)
        #expect(finding.severity == .error)
        #expect(cure(finding).en.contains("enter 203.0.113.7 under 企业可信IP"))
        #expect(cure(finding).zh.contains("203.0.113.7"))
        #expect(cure(failure(60020)).en.contains("outgoing address"))
    }

    @Test(
        arguments: [
            (40001, .token, "Secret"), (40091, .token, "Secret"), (40013, .token, "企业ID"),
            (41004, .token, "Secret"), (95011, .token, "自建应用"), (50003, .token, "应用管理"),
            (45009, .quotaRefused, "quotas"), (nil, .reachable, "https_proxy"),
            (301042, .trustedIP, "企业可信IP"), (99999, .token, "query?e=99999"),
        ] as [(Int?, DoctorFinding.ID, String)])
    func everyRefusalOfATokenHasItsCure(code: Int?, id: DoctorFinding.ID, word: String) {
        let finding = failure(code, code == nil ? .retry : .stop)
        #expect(finding.id == id)
        #expect(cure(finding).en.contains(word))
    }

    /// Whether it left or not, a call without an answer is the network's.
    @Test(arguments: ["gettoken", "kf/account/list"]) func noAnswerIsNoRefusal(call: String) {
        var nothing = PlatformFailure(code: nil, handling: .retry, meaning: "no connection")
        nothing.wasSent = false
        let finding = DoctorFinding.failure(nothing, of: "main/kf", calling: call)
        #expect(finding.id == .reachable)
        #expect(finding.severity == .error)
        #expect(cure(finding).en.contains("https_proxy"))
    }

    @Test func aRefusedCallIsNoTokenUnlessTheTokenIsMeant() {
        #expect(failure(48002, calling: "kf/account/list").id == .calls)
        #expect(failure(40014, calling: "kf/account/list").id == .token)
        #expect(failure(48007, calling: "kf/servicer/list").evidence.en.contains("48007"))
        #expect(failure(-1, .retry, calling: "kf/account/list").severity == .warning)
        #expect(failure(45009, .wait).severity == .warning)
    }

    @Test(arguments: [(nil, "doesn't run"), (40001, "refuses")] as [(Int?, String)])
    func aTokenServiceIsNamedInThePlatformsStead(code: Int?, word: String) {
        let finding = DoctorFinding.tokenService(
            PlatformFailure(code: code, handling: .retry, meaning: "no"), of: "main/kf",
            at: "https://tokens.example.com")
        #expect(finding.id == .token)
        #expect(finding.severity == .error)
        #expect(finding.evidence.en.hasPrefix("https://tokens.example.com: "))
        #expect(cure(finding).en.contains("access_token"))
        guard case .trouble(_, let cause, _) = finding.standing else { return }
        #expect(cause.en.contains(word))
    }

    // MARK: Accounts

    private let shop: OpenKfID = "wkSHOP"

    private func accounts(_ listed: [ListedAccount]) -> [DoctorFinding] {
        DoctorFinding.accounts(
            of: "main/kf", configured: ["shop": shop], elsewhere: ["wkOTHER"], listed: listed)
    }

    @Test func anAccountIsListedAndManaged() {
        let well = accounts([ListedAccount(id: shop, name: "小店", isManaged: true)])
        #expect(well.map(\.severity) == [nil])
        #expect(well.first?.evidence.en.contains("小店") == true)
        let silent = accounts([ListedAccount(id: shop, name: "小店", isManaged: nil)])
        #expect(silent.map(\.severity) == [nil])
    }

    @Test func anAccountIsMissingOrNotGranted() throws {
        let missing = try #require(accounts([]).first)
        #expect(missing.severity == .error)
        #expect(missing.subject == "shop")
        let foreign = try #require(
            accounts([ListedAccount(id: shop, name: "小店", isManaged: false)]).first)
        #expect(foreign.severity == .error)
        #expect(cure(foreign).zh.contains("通过API管理微信客服账号"))
    }

    @Test func accountsNobodyAnswersAreMentioned() {
        let others = accounts([
            ListedAccount(id: shop, name: "小店", isManaged: true),
            ListedAccount(id: "wkNEW", name: "新店", isManaged: true),
            ListedAccount(id: "wkOTHER", name: "别的应用的", isManaged: true),
            ListedAccount(id: "wkHR", name: "人事", isManaged: false),
        ]).filter { $0.id == .otherAccounts }
        #expect(others.count == 1)
        #expect(others.first?.evidence.en.contains("1 managed") == true)
        #expect(others.first?.evidence.en.contains("新店 (wkNEW)") == true)
    }

    // MARK: Servicers

    private func servicers(
        _ listed: [ListedServicer], handsOver: Bool = true, named: [ServicerID] = []
    ) -> [DoctorFinding.ID: DoctorFinding] {
        let found = DoctorFinding.servicers(
            of: "shop", listed: listed, handsOver: handsOver, named: named)
        return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func nobodyOnDutyMattersWhereRulesHandOver() {
        let away: [ListedServicer] = [.member("li", .stopped), .member("wu", .paused)]
        #expect(servicers(away)[.onDuty]?.severity == .warning)
        #expect(servicers(away)[.onDuty]?.evidence.en.contains("0 of 2") == true)
        #expect(servicers(away, handsOver: false)[.onDuty]?.severity == nil)
        #expect(servicers(away + [.department(7)])[.onDuty]?.severity == nil)
        #expect(servicers(away + [.department(7)])[.onDuty]?.evidence.en.contains("7") == true)
        #expect(servicers([.member("li", .receiving)])[.onDuty]?.severity == nil)
    }

    @Test func peopleWhomRulesNameAreServicers() {
        let listed: [ListedServicer] = [.member("li", .receiving), .member("wu", .stopped)]
        #expect(servicers(listed)[.named] == nil)
        #expect(servicers(listed, named: ["li", "wu"])[.named]?.severity == nil)
        let stranger = servicers(listed, named: ["li", "zhao"])[.named]
        #expect(stranger?.severity == .error)
        #expect(stranger?.evidence.en.contains("zhao,") == true)
        // Somebody of a department isn't listed by name.
        let maybe = servicers(listed + [.department(7)], named: ["zhao"])[.named]
        #expect(maybe?.severity == .warning)
        #expect(servicers(listed, named: ["wu"])[.named]?.severity == .warning)
    }

    @Test func whoRulesHandOverToIsFoundWhereverItStands() throws {
        let rules = """
            kf: 1
            bundle: 小店
            accounts: [shop]
            handoff:
              售后: { team: [zhang, li], overdue: { to: servicer, who: wu }, pick_up_within: 5m }
            rules:
              - { rule: 转人工, when: { says_exactly: 人工 }, handoff: 售后 }
              - { rule: 投诉, when: { says: 投诉 }, handoff: { to: servicer, who: zhao } }

            """
        let loaded = RuleFiles.load([RuleSource(path: "a.kf.yml", text: rules)])
        let definition = try #require(loaded.definition)
        let people = HandoverPeople(definition, account: "shop")
        #expect(people.handsOver)
        #expect(Set(people.named) == ["zhang", "li", "wu", "zhao"])
        #expect(!HandoverPeople(definition, account: "other").handsOver)
    }

    // MARK: Everything

    @Test func everyCureIsSaidInBothLanguages() {
        let findings =
            [
                DoctorFinding.clock("api", ahead: .seconds(9)), failure(40001), failure(60020),
                .integrity(["row 3 missing"], of: "a.db"), .server(holder: nil),
                .served("shop", isServed: false), .peopleFirst(of: "shop", taken: 3, wrote: 4),
                .quota("kf/send_msg", lastMinute: 9000, lastHour: 9000),
                .backlog(pending: 3, oldest: .seconds(700), isServing: true),
            ] + accounts([]) + servicers([], named: ["li"]).values
        for finding in findings {
            guard case .trouble(_, let cause, let cure) = finding.standing else {
                Issue.record("\(finding.id) is well")
                continue
            }
            for text in [finding.evidence, cause, cure] {
                #expect(!text.en.isEmpty && !text.zh.isEmpty)
                #expect(text.zh.contains(/[\u{4E00}-\u{9FFF}]/) || text.en == text.zh)
            }
        }
    }

    @Test func idsAreStableNames() {
        let names = DoctorFinding.ID.allCases.map(\.rawValue)
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z]+\.[a-z_]+/) != nil })
    }
}
