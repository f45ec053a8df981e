import ChatModel
import PlatformSimulator
import Routing
import RuleEngine
import RuleFiles

/// Plays one test: a world of its own, step after step, every expectation checked.
struct Player {
    var world: World
    let test: ConversationTest
    /// The account written to.
    let account: AccountAlias
    /// Every set of rules of the test by the version it goes by: the first, and those that steps
    /// publish.
    let versions: [RuleSetVersion: PlayableRules]
    /// The version that is active.
    var active: RuleSetVersion?
    private(set) var failures: [TestReport.Failure] = []
    /// Where the last act began: what `sent`, `reply` and their like count from.
    private(set) var mark = Mark()
    /// The last message of each customer, for taking it back.
    var lastMessage: [ExternalUserID: MsgID] = [:]

    /// A point of the conversation.
    struct Mark {
        var at: Timestamp?
        /// The step that was it.
        var step: Step?
        /// Whose conversation the act was about.
        var customer = ConversationTest.defaultCustomer
        var bookEntries = 0
        var decisions = 0
        var tokens = 0
        var policyBranches = 0
        var calls = 0
    }

    /// A player for `test`; `nil` when the rules don't serve its account.
    ///
    /// - Parameter published: What `publish` steps lead to, by version.
    init?(
        _ test: ConversationTest, rules: PlayableRules,
        published: [RuleSetVersion: PlayableRules] = [:]
    ) {
        let alias = test.account ?? rules.definition.bundles.first?.accounts.first
        guard let alias, let bundle = rules.rules.bundle(serving: alias)?.definition else {
            return nil
        }
        self.test = test
        account = alias
        active = rules.playbook.version
        var versions = published
        if let version = rules.playbook.version { versions[version] = rules }
        self.versions = versions
        let bundles =
            [bundle] + published.values.compactMap { $0.rules.bundle(serving: alias)?.definition }
        world = World(
            test, rules: rules.playbook, account: alias,
            servicers: Self.servicers(of: bundles, and: test),
            upgrades: bundles.flatMap(\.rules).compactMap(\.upgrade), isTraced: rules.map != nil)
        for slot in bundles.flatMap(\.slots) {
            if let mask = slot.mask { world.masks.slots[ValueName(slot.name.rawValue)] = mask }
        }
        if !world.masks.slots.isEmpty { hideValues() }
    }

    /// What the test itself says of masked values is masked too: its steps are quoted.
    private mutating func hideValues() {
        for (name, value) in test.slots { world.masks.hide(value, of: name) }
        for step in test.steps {
            guard case .expect(let expectation) = step.kind else { continue }
            for case .slots(let slots) in expectation.checks.map(\.kind) {
                for slot in slots { world.masks.hide(slot.value, of: ValueName(slot.name)) }
            }
        }
    }

    /// Everybody the bundles and the test name, in that order; all are receiving.
    private static func servicers(
        of bundles: [BundleDefinition], and test: ConversationTest
    ) -> [ServicerID] {
        var servicers: [ServicerID] = []
        func add(_ servicer: ServicerID?) {
            guard let servicer, !servicers.contains(servicer) else { return }
            servicers.append(servicer)
        }
        for bundle in bundles { bundle.servicers.forEach(add) }
        for step in test.steps {
            guard case .servicer(_, let acts) = step.kind else { continue }
            for act in acts {
                switch act {
                case .picksUp(let servicer), .reopens(let servicer), .rejects(_, let servicer):
                    add(servicer)
                case .says(_, let servicer), .status(_, let servicer), .ends(let servicer):
                    add(servicer)
                case .transfers(let from, let to):
                    add(from)
                    add(to)
                }
            }
        }
        return servicers
    }

    /// The bundle that serves the account in the active version.
    var bundle: BundleDefinition? { bundle(of: active) }

    func bundle(of version: RuleSetVersion?) -> BundleDefinition? {
        version.flatMap { versions[$0]?.rules.bundle(serving: account)?.definition }
    }

    /// That bundle in every version, the active one first.
    var bundles: [BundleDefinition] {
        let others = versions.keys.filter { $0 != active }.sorted { $0.rawValue < $1.rawValue }
        return ([active] + others).compactMap { bundle(of: $0) }
    }

    /// Plays all steps, or up to the first that is impossible on the platform.
    mutating func play() -> TestReport {
        for step in test.steps {
            if step.isAct { markAct(step) }
            do throws(Impossible) {
                try perform(step)
            } catch {
                fail(
                    step.place, step.words,
                    Bilingual(en: "a step that can happen", zh: "可能发生的一步"), error.reason)
                break
            }
            checkMocks(step)
        }
        world.comeToRest()
        if let last = mark.step ?? test.steps.last { checkMocks(last) }
        checkConduct()
        return TestReport(
            name: test.name, place: test.place, startsAt: ShanghaiTime.text(test.startsAt),
            seed: test.seed, steps: test.steps.count, failures: failures.map(masked),
            timeline: world.chronicle.lines.map(line))
    }

    private func line(_ line: Chronicle.Line) -> TestReport.Line {
        var result = line.result
        if line.repeats > 0 {
            let last = ShanghaiTime.text(line.lastAt, since: test.startsAt)
            let comma = result.map { $0 + Bilingual(en: ", ", zh: "，") } ?? Bilingual("")
            result =
                comma
                + Bilingual(
                    en: "\(line.repeats) more until \(last)", zh: "到 \(last) 又 \(line.repeats) 次")
        }
        let masks = world.masks
        return TestReport.Line(
            time: ShanghaiTime.text(line.at, since: test.startsAt), actor: line.actor.label,
            words: masks.isEmpty ? line.words : masks.masked(line.words),
            result: masks.isEmpty ? result : result.map(masks.masked))
    }

    private func masked(_ failure: TestReport.Failure) -> TestReport.Failure {
        let masks = world.masks
        guard !masks.isEmpty else { return failure }
        var failure = failure
        failure.step = masks.masked(failure.step)
        failure.expected = masks.masked(failure.expected)
        failure.actual = masks.masked(failure.actual)
        failure.replies = failure.replies.map { replies in
            TestReport.Replies(
                expected: replies.expected.map(masks.masked),
                actual: replies.actual.map(masks.masked))
        }
        return failure
    }

    /// People need a moment: an act comes at the earliest this long after the one before.
    ///
    /// The platform speaks in whole seconds, and the bot counts what it sent in the second of a
    /// customer's message against that message; ten answers in one second can't happen.
    private static let pace: Duration = .seconds(1)

    private mutating func markAct(_ step: Step) {
        if let last = mark.at { world.advance(to: max(world.now, last + Self.pace)) }
        mark.at = world.now
        mark.step = step
        mark.bookEntries = world.platform.book.count
        mark.decisions = world.chronicle.decisions.count
        mark.tokens = world.chronicle.tokens.count
        mark.policyBranches = world.chronicle.policyBranches.count
        mark.calls = world.chronicle.calls.count
    }

    mutating func attend(_ customer: ExternalUserID) { mark.customer = customer }

    // MARK: Failing

    mutating func fail(_ failure: TestReport.Failure) { failures.append(failure) }

    mutating func fail(
        _ place: SourcePlace, _ words: String, _ expected: Bilingual, _ actual: Bilingual
    ) {
        fail(TestReport.Failure(place: place, step: words, expected: expected, actual: actual))
    }

    /// A request that no step answers: nobody can say what the rules would have done with it.
    private mutating func checkMocks(_ step: Step) {
        guard !world.unmocked.isEmpty else { return }
        let cause = mark.step ?? step
        for call in world.unmocked {
            fail(
                cause.place, cause.words,
                Bilingual(en: "an answer for the call \(call)", zh: "外部查询 \(call) 有答复"),
                Bilingual(
                    en: "nobody answers it; write '- answers: { \(call): { … } }' before this step",
                    zh: "没人答复它；在这一步之前写「- answers: { \(call): { … } }」"))
        }
        world.unmocked = []
    }

    /// What holds in every conversation, whether a test asks for it or not.
    private mutating func checkConduct() {
        if let call = world.platform.book.first(where: { $0.verdict == .illegal }) {
            let at = ShanghaiTime.text(call.at, since: test.startsAt)
            let what = "\(call.name) \(call.summary)"
            fail(
                test.place, test.name, Bilingual(en: "no illegal call", zh: "没有违规调用"),
                Bilingual(
                    en: "\(what) was refused with \(call.errcode) at \(at)",
                    zh: "\(at) 的 \(what) 被平台以 \(call.errcode) 拒绝"))
        }
        if world.isRestless {
            fail(
                test.place, test.name,
                Bilingual(en: "a bot that comes to rest", zh: "机器人做完事会停下"),
                Bilingual(en: "it never has nothing to do", zh: "它一直停不下来"))
        }
    }
}
