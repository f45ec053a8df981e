import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// Plays one test: a world of its own, step after step, every expectation checked.
struct Player {
    var world: World
    let test: ConversationTest
    let rules: PlayableRules
    /// The bundle that serves the account written to.
    let bundle: BundleDefinition
    private(set) var failures: [TestReport.Failure] = []
    /// Where the last act began: what `sent`, `reply` and their like count from.
    private(set) var mark = Mark()

    /// A point of the conversation.
    struct Mark {
        var at: Timestamp?
        /// Whose conversation the act was about.
        var customer = ConversationTest.defaultCustomer
        var bookEntries = 0
        var decisions = 0
        var tokens = 0
    }

    /// A player for `test`; `nil` when the rules don't serve its account.
    init?(_ test: ConversationTest, rules: PlayableRules) {
        let alias = test.account ?? rules.rules.definition.bundles.first?.accounts.first
        guard let alias, let bundle = rules.rules.bundle(serving: alias)?.definition else {
            return nil
        }
        self.test = test
        self.rules = rules
        self.bundle = bundle
        world = World(
            test, rules: rules.rules, account: alias,
            servicers: Self.servicers(of: bundle, and: test))
    }

    /// Everybody the bundle and the test name, in that order; all are receiving.
    private static func servicers(
        of bundle: BundleDefinition, and test: ConversationTest
    ) -> [ServicerID] {
        var servicers: [ServicerID] = []
        func add(_ servicer: ServicerID?) {
            guard let servicer, !servicers.contains(servicer) else { return }
            servicers.append(servicer)
        }
        for rule in bundle.rules {
            if case .servicer(let servicer) = rule.handoff?.to { add(servicer) }
        }
        for step in test.steps {
            guard case .servicer(_, let act) = step.kind else { continue }
            switch act {
            case .picksUp(let servicer), .reopens(let servicer), .ends(let servicer),
                .rejects(_, let servicer):
                add(servicer)
            case .says(_, let servicer), .status(_, let servicer): add(servicer)
            case .transfers(let from, let to):
                add(from)
                add(to)
            }
        }
        return servicers
    }

    /// Plays all steps, or up to the first that is impossible on the platform.
    mutating func play() -> TestReport {
        for step in test.steps {
            if step.isAct { markAct() }
            do throws(Impossible) {
                try perform(step)
            } catch {
                failures.append(
                    TestReport.Failure(
                        place: step.place, step: step.words,
                        expected: "a step that can happen", actual: error.reason))
                break
            }
        }
        world.comeToRest()
        checkConduct()
        return TestReport(
            name: test.name, place: test.place, startsAt: ShanghaiTime.text(test.startsAt),
            seed: test.seed, steps: test.steps.count, failures: failures,
            timeline: world.chronicle.lines.map(line))
    }

    private func line(_ line: Chronicle.Line) -> TestReport.Line {
        var result = line.result
        if line.repeats > 0 {
            let last = ShanghaiTime.text(line.lastAt, since: test.startsAt)
            result = (result.map { $0 + ", " } ?? "") + "\(line.repeats) more until \(last)"
        }
        return TestReport.Line(
            time: ShanghaiTime.text(line.at, since: test.startsAt), actor: line.actor,
            words: line.words, result: result)
    }

    /// People need a moment: an act comes at the earliest this long after the one before.
    ///
    /// The platform speaks in whole seconds, and the bot counts what it sent in the second of a
    /// customer's message against that message; ten answers in one second can't happen.
    private static let pace: Duration = .seconds(1)

    private mutating func markAct() {
        if let last = mark.at { world.advance(to: max(world.now, last + Self.pace)) }
        mark.at = world.now
        mark.bookEntries = world.platform.book.count
        mark.decisions = world.chronicle.decisions.count
        mark.tokens = world.chronicle.tokens.count
    }

    /// What holds in every conversation, whether a test asks for it or not.
    private mutating func checkConduct() {
        if let call = world.platform.book.first(where: { $0.verdict == .illegal }) {
            failures.append(
                TestReport.Failure(
                    place: test.place, step: test.name, expected: "no illegal call",
                    actual: "\(call.endpoint.rawValue) \(call.summary) was refused with "
                        + "\(call.errcode) at "
                        + ShanghaiTime.text(call.at, since: test.startsAt)))
        }
        if world.isRestless {
            failures.append(
                TestReport.Failure(
                    place: test.place, step: test.name, expected: "a bot that comes to rest",
                    actual: "it never has nothing to do"))
        }
    }

    mutating func fail(_ failure: TestReport.Failure) { failures.append(failure) }

    // MARK: Steps

    /// Why a step can't happen.
    private struct Impossible: Error {
        var reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private mutating func perform(_ step: Step) throws(Impossible) {
        switch step.kind {
        case .customer(let writings):
            mark.customer = writings.last?.customer ?? mark.customer
            for writing in writings { try write(writing) }
        case .clicks(let customer, let click):
            mark.customer = customer
            try self.click(customer, click)
        case .enters(let customer, let entering):
            mark.customer = customer
            try enter(customer, entering)
        case .wait(let duration):
            world.advance(to: world.now + duration)
            return
        case .servicer(let customer, let act):
            mark.customer = customer
            try self.act(act, in: world.id(of: customer))
        case .platform(let fault):
            try self.apply(fault, words: step.words)
        case .expect(let expectation):
            world.comeToRest()
            check(expectation)
            return
        }
        if world.platform.announces {
            world.callbacksUntil = max(
                world.callbacksUntil, world.now + world.platform.callbackDelay)
        }
        world.settle()
    }

    /// Runs an act of the simulator, whose refusal means that the step is impossible.
    private mutating func act<Answer>(
        _ body: (inout PlatformSimulator) throws(IllegalAct) -> Answer
    ) throws(Impossible) -> Answer {
        do throws(IllegalAct) {
            return try body(&world.platform)
        } catch {
            throw Impossible("impossible on the platform: \(error)")
        }
    }

    private mutating func write(_ writing: Step.Writing) throws(Impossible) {
        let account = world.account
        let msgID = try act { (platform) throws(IllegalAct) in
            try platform.writes(
                writing.customer, account, writing.body, msgID: writing.msgID)
        }
        note(writing.customer, writing.body.words, row: msgID)
    }

    private mutating func note(_ customer: ExternalUserID, _ words: String, row: MsgID) {
        let isDefault = customer == ConversationTest.defaultCustomer
        world.chronicle.note(
            isDefault ? "customer" : "customer \(customer)", words, at: world.now, row: row)
    }

    private mutating func click(
        _ customer: ExternalUserID, _ click: Step.Click
    ) throws(Impossible) {
        let account = world.account
        switch click {
        case .old(let id, let label):
            try write(
                Step.Writing(customer: customer, body: .text(label, menuItem: id)))
        case .item(let menu, let key):
            guard let definition = bundle.menu(menu) else {
                throw Impossible("the rules have no menu '\(menu)'")
            }
            guard let item = definition.items.first(where: { $0.key == key }) else {
                throw Impossible("the menu '\(menu)' has no item '\(key)'")
            }
            guard case .click(let id, let label) = item.item else {
                throw Impossible("the item '\(menu).\(key)' opens a page; it sends nothing")
            }
            let msgID = try act { (platform) throws(IllegalAct) in
                try platform.clicks(customer, account, item: id)
            }
            note(customer, "[\(label)]", row: msgID)
        }
    }

    private mutating func enter(
        _ customer: ExternalUserID, _ entering: Step.Entering
    ) throws(Impossible) {
        let account = world.account
        let msgID = try act { (platform) throws(IllegalAct) in
            try platform.enters(
                customer, account, scene: entering.scene,
                sceneParameter: entering.sceneParameter)
        }
        if !entering.hasCode { world.withheldCodes.insert(msgID) }
        let scene = entering.scene.map { ", scene \($0)" } ?? ""
        note(customer, "enters" + scene, row: msgID)
    }

    private mutating func act(
        _ act: Step.ServicerAct, in id: ConversationID
    ) throws(Impossible) {
        let account = world.account
        let (actor, words): (String, String)
        var rows: [MsgID] = []
        switch act {
        case .picksUp(let servicer):
            (actor, words) = ("servicer \(servicer)", "picks up")
            rows = [try self.act { (p) throws(IllegalAct) in try p.picksUp(servicer, id) }]
        case .says(let text, let named):
            guard let servicer = named ?? world.platform.conversation(id)?.servicer else {
                throw Impossible("nobody has the session; write 'who:'")
            }
            (actor, words) = ("servicer \(servicer)", text)
            rows = [
                try self.act { (p) throws(IllegalAct) in
                    try p.servicerWrites(servicer, id, .text(text, menuItem: nil))
                }
            ]
        case .transfers(let from, let to):
            (actor, words) = ("servicer \(from)", "transfers to \(to)")
            rows = [try self.act { (p) throws(IllegalAct) in try p.transfers(from, id, to: to) }]
        case .reopens(let servicer):
            (actor, words) = ("servicer \(servicer)", "re-opens")
            rows = [try self.act { (p) throws(IllegalAct) in try p.reopens(servicer, id) }]
        case .ends(let servicer):
            (actor, words) = ("servicer \(servicer)", "ends")
            rows = [try self.act { (p) throws(IllegalAct) in try p.ends(servicer, id) }]
        case .rejects(let rejects, let servicer):
            (actor, words) = (
                "servicer \(servicer)", rejects ? "rejects the customer" : "accepts the customer"
            )
            rows = [
                try self.act { (p) throws(IllegalAct) in
                    try p.switchesRejection(servicer, id, rejects: rejects)
                }
            ]
        case .status(let status, let named):
            let servicers =
                named.map { [$0] } ?? world.platform.settings.accounts[0].servicers.map(\.id)
            (actor, words) = ("servicer \(named?.rawValue ?? "all")", "\(status)")
            for servicer in servicers {
                rows.append(
                    try self.act { (p) throws(IllegalAct) in
                        try p.changesStatus(servicer, on: account, to: status)
                    })
            }
        }
        world.chronicle.note(actor, words, at: world.now, row: rows.last)
    }

    private mutating func apply(_ fault: Step.Fault, words: String) throws(Impossible) {
        let what = words.split(separator: ":", maxSplits: 1).last.map { $0.trimmed } ?? words
        world.chronicle.note("platform", what, at: world.now)
        switch fault {
        case .redeliver(let msgID, let times):
            try act { (p) throws(IllegalAct) in try p.redeliver(msgID, times: times) }
        case .delayCallbacks(let delay): world.platform.callbackDelay = delay
        case .missCallbacks(let misses): world.platform.announces = !misses
        case .fail(let endpoint, let errcode, let times):
            world.platform.inject(endpoint, count: times, errcode: errcode)
        case .loseReply(let endpoint, let times):
            world.calls.loseReplies(of: endpoint, times: times)
        case .slow(let endpoint, let delay, let times):
            world.calls.slow(endpoint, by: delay, times: times)
        case .expireToken: world.platform.withdrawAccessTokens(as: 42001)
        case .restart: world.restart()
        case .undeliverable(let failure, let times):
            world.platform.failDeliveries(times, as: failure, after: .zero)
        }
    }
}

extension MessageBody {
    /// The words of a message, or its kind.
    fileprivate var words: String {
        switch self {
        case .text(let text, let item): item == nil ? text : "[\(text)]"
        case .other(let type): "(\(type))"
        default: "(\(kind.rawValue))"
        }
    }
}
