import ChatModel
import RuleEngine
import SessionMachine

/// What a decision came to: its reason and score, and what it looked at.
struct Decided {
    var reason: Reason
    var score: Double?
    /// `nil` where no rule was asked.
    var facts: Facts?
    /// The version that decided, where it isn't the active one.
    var version: RuleSetVersion?

    init(_ reason: Reason, score: Double? = nil, facts: Facts? = nil) {
        self.reason = reason
        self.score = score
        self.facts = facts
    }
}

/// Asking the rules, and ordering what the winner says.
extension Step {
    /// The rules that serve a conversation, and the version they are of.
    struct Rules {
        let compiled: CompiledBundle
        let playbook: Playbook

        var bundle: BundleDefinition { compiled.definition }
    }

    /// The rules a conversation runs on: the version its flow began with, else the one its
    /// sessions were given, else the active one.
    func rules(for id: ConversationID) -> Rules? {
        let memory = self[id].memory
        return rules(for: id, version: memory.flow?.version ?? memory.version)
    }

    /// The rules of `version` that serve a conversation.
    func rules(for id: ConversationID, version: RuleSetVersion?) -> Rules? {
        guard let alias = router.aliases[id.account],
            let playbook = router.playbook(version),
            let compiled = playbook.rules.bundle(serving: alias)
        else { return nil }
        return Rules(compiled: compiled, playbook: playbook)
    }

    /// Decides about a customer's message that was observed already.
    mutating func decide(about message: Conversation.Deferred, in id: ConversationID) -> Decided {
        if let credited = creditSurvey(message, in: id) { return credited }
        let session = self[id].session
        guard session.state.isBotsTurn else {
            return Decided(.refused(session.refusalOfSending(at: now) ?? .sessionEnded))
        }
        guard let rules = rules(for: id) else { return Decided(.noRulesForAccount) }
        if message.menuItem == nil, let language = LanguageDetection.language(of: message.text),
            self[id].memory.language != language
        {
            self[id].memory.language = language
        }
        restartIdleTimer(for: id, rules.bundle)
        forgetExpired(of: id)
        let stimulus = stimulus(of: message, in: id, rules.bundle)
        var decided =
            self[id].memory.flow == nil
            ? answer(stimulus, message, in: id, rules)
            : continueFlow(with: stimulus, message, in: id, rules)
        // A flow that is left may hand the message on to another version's rules.
        decided.version = decided.version ?? rules.playbook.version
        return decided
    }

    /// What the rules are asked about; the number of an item is a tap on it.
    private func stimulus(
        of message: Conversation.Deferred, in id: ConversationID, _ bundle: BundleDefinition
    ) -> Stimulus {
        guard message.kind == .text else { return .message(message.kind) }
        if message.menuItem == nil, let name = self[id].memory.numberedMenu,
            let menu = bundle.menu(name), let number = Int(FoldedText(message.text).keywords),
            menu.items.indices.contains(number - 1),
            case .click(let item, _) = menu.items[number - 1].item
        {
            return .text(message.text, menuItem: item)
        }
        return .text(message.text, menuItem: message.menuItem)
    }

    /// Asks the rules, outside any flow.
    private mutating func answer(
        _ stimulus: Stimulus, _ message: Conversation.Deferred, in id: ConversationID,
        _ rules: Rules
    ) -> Decided {
        let facts = facts(of: id)
        switch rules.compiled.decision(for: stimulus, facts: facts) {
        case .none:
            self[id].memory.misses += 1
            return Decided(.noRule, facts: facts)
        case .rule(let verdict):
            self[id].memory.misses = verdict.isMiss ? self[id].memory.misses + 1 : 0
            return perform(verdict, on: stimulus, message, facts, in: id, rules)
        case .askBack(let candidates):
            let names = candidates.rules.map { rules.bundle.rules[$0.rule].name }
            var wording = wording(for: id, rules.bundle)
            let offer = wording.offer(candidates)
            let refusal = send(
                [offer], in: id, from: .cause(.inbound(message.msgID)), reason: "asked_back")
            return Decided(
                refusal.map(Reason.refused) ?? .askedBack(names),
                score: candidates.rules.first.map { 40 + 55 * $0.similarity }, facts: facts)
        }
    }

    /// Carries out the rule that won.
    mutating func perform(
        _ verdict: Verdict, on stimulus: Stimulus, _ message: Conversation.Deferred,
        _ facts: Facts, in id: ConversationID, _ rules: Rules
    ) -> Decided {
        let rule = rules.bundle.rules[verdict.rule]
        let parent = Parent.cause(.inbound(message.msgID))
        announce(stimulus, facts, in: id, from: parent, rules)
        remember(rule, in: id)
        let refusal = reply(rule.reply, in: id, from: parent, "rule:\(rule.name)", rules)
        if let upgrade = rule.upgrade {
            order(.upgrade(upgrade), for: id, from: parent, reason: "rule:\(rule.name)")
        }
        if let flow = rule.start {
            startFlow(flow, by: rule.name, with: stimulus, message, in: id, from: parent, rules)
        }
        if let handoff = rule.handoff {
            handOver(handoff, for: rule.name, in: id, from: parent, rules)
        } else if let end = rule.end {
            endSession(end, for: rule.name, in: id, from: parent, rules)
        }
        let onlySpoke = rule.handoff == nil && rule.end == nil && rule.start == nil
        return Decided(
            onlySpoke ? refusal.map(Reason.refused) ?? .rule(rule.name) : .rule(rule.name),
            score: verdict.score, facts: facts)
    }

    /// What a rule leaves behind: tags, values, and that it answered.
    private mutating func remember(_ rule: RuleDefinition, in id: ConversationID) {
        self[id].memory.lastRule = rule.name
        if rule.oncePer != nil { self[id].memory.answered[rule.name] = now }
        tag(rule.tags, id)
        set(rule.sets, in: id)
    }

    /// Answers an entrance with its welcome code.
    mutating func welcome(
        with code: EventCode, in id: ConversationID, cause: Cause
    ) -> Decided {
        guard let rules = rules(for: id) else { return Decided(.noRulesForAccount) }
        let facts = facts(of: id)
        guard
            case .rule(let verdict) = rules.compiled.decision(
                for: .event(.enterSession), facts: facts)
        else {
            note("code_unused:welcome: no rule", for: id)
            return Decided(.noRule, facts: facts)
        }
        let rule = rules.bundle.rules[verdict.rule]
        remember(rule, in: id)
        var wording = wording(for: id, rules.bundle)
        let body = rule.reply.first.flatMap { wording.body(of: $0) }
        let refusal = say(
            body, with: code, in: id, from: .cause(cause), reason: "rule:\(rule.name)",
            scene: .welcome)
        if refusal == nil, let part = rule.reply.first { noteShown(part, in: id, rules) }
        var decided = Decided(
            refusal.map(Reason.refused) ?? .rule(rule.name), score: verdict.score, facts: facts)
        decided.version = rules.playbook.version
        return decided
    }

    // MARK: What is known

    /// What conditions look at.
    func facts(of id: ConversationID) -> Facts {
        let conversation = self[id]
        let memory = conversation.memory
        let state = conversation.session.state
        var values =
            memory.lasting.isEmpty
            ? memory.values : memory.lasting.merging(memory.values) { _, latest in latest }
        for name in rules(for: id)?.playbook.profileValues ?? [] where values[name] == nil {
            values[name] = Self.value(name, of: id, memory, conversation.profile)
        }
        return Facts(
            scene: Self.value("场景", of: id, memory, conversation.profile), state: state.number,
            misses: memory.misses, now: now,
            account: router.aliases[id.account],
            values: values,
            flow: memory.flow?.frames.first?.flow,
            isReturning: memory.sessions > (state == .ended ? 0 : 1),
            tags: memory.tags.isEmpty ? [] : Set(memory.tags), language: memory.language,
            answered: memory.answered)
    }

    /// The words of a bundle for a customer.
    func wording(for id: ConversationID, _ bundle: BundleDefinition) -> Wording {
        let memory = self[id].memory
        let profile = self[id].profile
        let now = now
        return Wording(bundle: bundle, language: memory.language) { name in
            if let value = memory.values[name] ?? memory.lasting[name] { return value }
            return switch name {
            case "会话.摘要": memory.summary(in: bundle)
            case "日期", "时间": String(now.seconds)
            default: Self.value(name, of: id, memory, profile)
            }
        }
    }

    /// What the platform tells of the customer, and of the way they came: of the entrance that was
    /// seen, or else of the one their profile speaks of.
    ///
    /// Static, because a wording outlives the call: one that held the step would have every change
    /// after it copy all conversations.
    private static func value(
        _ name: ValueName, of id: ConversationID, _ memory: Conversation.Memory,
        _ profile: CustomerProfile?
    ) -> String? {
        let entrance = memory.hasEntered ? nil : profile
        return switch name {
        case "场景": memory.scene ?? entrance?.scene
        case "场景.参数": entrance?.sceneParameter
        case "视频号.场景": entrance?.channelsScene.flatMap(Entrance.channelsSceneName)
        case "视频号.名称": entrance?.channelsName
        case "客户.昵称": profile?.nickname
        case "客户.性别": profile.flatMap(\.gender.words)
        case "客户.编号": id.customer.rawValue
        default: nil
        }
    }

    mutating func tag(_ tags: [TagName], _ id: ConversationID) {
        for tag in tags where !self[id].memory.tags.contains(tag) {
            self[id].memory.tags.append(tag)
        }
        for tag in tags { note("tag:\(tag)", for: id) }
    }

    mutating func set(_ assignments: [Assignment], in id: ConversationID) {
        guard !assignments.isEmpty, let bundle = rules(for: id)?.bundle else { return }
        for assignment in assignments {
            var wording = wording(for: id, bundle)
            let value = wording.words(of: assignment.value)
            if value.isEmpty {
                self[id].memory.values[assignment.name] = nil
                self[id].memory.lasting[assignment.name] = nil
                self[id].memory.expiries[assignment.name] = nil
            } else {
                keep(value, as: assignment.name, in: id, bundle)
            }
        }
    }

    /// Keeps a value as long as its slot says.
    mutating func keep(
        _ value: String, as name: ValueName, in id: ConversationID, _ bundle: BundleDefinition
    ) {
        let value = String(value.prefix(Self.longestValue))
        if let slot = bundle.slot(SlotName(name.rawValue)), slot.keep == .customer {
            self[id].memory.lasting[name] = value
            self[id].memory.expiries[name] = slot.keepFor.map { now + $0 }
        } else if self[id].memory.values.count < Self.mostValues
            || self[id].memory.values[name] != nil
        {
            self[id].memory.values[name] = value
            restartIdleTimer(for: id, bundle)
        }
    }

    /// Forgets what was to be kept for a time that is over.
    mutating func forgetExpired(of id: ConversationID) {
        guard !self[id].memory.expiries.isEmpty else { return }
        for (name, end) in self[id].memory.expiries where end <= now {
            self[id].memory.lasting[name] = nil
            self[id].memory.expiries[name] = nil
        }
    }

    /// In characters: a platform text has at most 2048 bytes, so no answer is longer.
    private static var longestValue: Int { 2048 }
    /// More values than this are not kept: a backend's answer may have any number of fields.
    private static var mostValues: Int { 200 }

    /// Values of the session are forgotten after `idle`.
    func idleTimer(for id: ConversationID, _ bundle: BundleDefinition) -> Timer {
        Timer(kind: .idle, conversation: id, due: now + bundle.defaults.idle)
    }

    private mutating func restartIdleTimer(for id: ConversationID, _ bundle: BundleDefinition) {
        guard !self[id].memory.values.isEmpty else { return }
        setTimer(idleTimer(for: id, bundle))
    }

    // MARK: Speaking

    /// Sends the notice in force for this question, if there is one, before anything else.
    mutating func announce(
        _ stimulus: Stimulus, _ facts: Facts, in id: ConversationID, from parent: Parent,
        _ rules: Rules
    ) {
        guard !rules.bundle.notices.isEmpty,
            let index = rules.compiled.notice(for: stimulus, facts: facts)
        else { return }
        let notice = rules.bundle.notices[index]
        effects.trace.append(.notice(notice.name))
        reply([notice.reply], in: id, from: parent, "notice:\(notice.name)", rules)
    }

    /// Orders the messages of a reply.
    ///
    /// - Returns: Why not a single one could be ordered; `nil` when one could, or there is none.
    @discardableResult
    mutating func reply(
        _ parts: [ReplyPart], in id: ConversationID, from parent: Parent, _ reason: String,
        _ rules: Rules
    ) -> Refusal? {
        guard !parts.isEmpty else { return nil }
        var wording = wording(for: id, rules.bundle)
        let bodies = parts.compactMap { wording.body(of: $0) }
        for name in Set(wording.missing).sorted() {
            note("value_missing:\(name) \(reason)", for: id)
        }
        let refusal = send(bodies, in: id, from: parent, reason: reason)
        if refusal == nil { for part in parts { noteShown(part, in: id, rules) } }
        return refusal
    }

    /// What was shown decides what a number, or a tap, means next.
    private mutating func noteShown(_ part: ReplyPart, in id: ConversationID, _ rules: Rules) {
        switch part {
        case .menu(let name) where rules.bundle.menu(name)?.hasNumbers == true:
            self[id].memory.numberedMenu = name
        case .survey(let name):
            asked(name, about: nil, endedAt: now, rule: self[id].memory.lastRule, in: id, rules)
        default: break
        }
    }

    /// Orders messages, joining texts where the customer's allowance is too small for all.
    ///
    /// - Returns: Why not a single one could be ordered; `nil` when one could, or there is none.
    mutating func send(
        _ bodies: [OutgoingBody], in id: ConversationID, from parent: Parent, reason: String
    ) -> Refusal? {
        var (ordered, refused) = (0, Refusal?.none)
        let left = self[id].session.window.left
        for body in bodies.count > left && left > 0 ? bodies.joined(into: left) : bodies {
            if let refusal = self[id].session.refusalOfSending(at: now) {
                refused = refusal
                note("unsent:\(refusal.rawValue) \(reason)", for: id)
                continue
            }
            self[id].session.orderedSend(at: now)
            // The platform moves an untreated session to the assistant when the call arrives.
            self[id].session.observed(.sendAccepted, at: now)
            order(.send(body), for: id, from: parent, reason: reason)
            ordered += 1
        }
        return ordered == 0 ? refused : nil
    }

    /// Orders `body` with `code`, or notes why the code stays unused.
    ///
    /// - Returns: Why it was not ordered.
    @discardableResult
    mutating func say(
        _ body: OutgoingBody?, with code: EventCode, in id: ConversationID, from parent: Parent,
        reason: String, scene: CodeScene
    ) -> Refusal? {
        guard let body else {
            self[id].session.orderedSend(with: code)
            note("code_unused:\(scene.rawValue): nothing to say", for: id)
            return nil
        }
        if let refusal = self[id].session.refusal(ofSending: body, with: code, at: now) {
            self[id].session.orderedSend(with: code)
            note("code_unused:\(scene.rawValue): \(refusal.rawValue)", for: id)
            return refusal
        }
        let deadline = self[id].session.codes.entry(of: code)?.usableUntil
        self[id].session.orderedSend(with: code)
        let ordered = order(
            .sendOnEvent(code, body), for: id, from: parent, deadline: deadline, reason: reason)
        if scene == .ended { self[id].memory.closing = ordered }
        return nil
    }
}

extension [OutgoingBody] {
    /// The same messages in at most `count`, as far as neighbouring texts can be joined: 2048
    /// bytes is all a text may have.
    fileprivate func joined(into count: Int) -> [OutgoingBody] {
        var joined: [OutgoingBody] = []
        var excess = self.count - count
        for body in self {
            if excess > 0, case .text(let next) = body, case .text(let last) = joined.last,
                last.utf8.count + next.utf8.count < 2048
            {
                joined[joined.count - 1] = .text(last + "\n" + next)
                excess -= 1
            } else {
                joined.append(body)
            }
        }
        return joined
    }
}

extension CustomerProfile {
    /// The names rules give its parts.
    static let valueNames: [ValueName] = [
        "客户.昵称", "客户.性别", "客户.编号", "场景.参数", "视频号.场景", "视频号.名称",
    ]
}

extension CustomerProfile.Gender {
    /// As texts say it; `nil` where WeChat doesn't.
    fileprivate var words: String? {
        switch self {
        case .unknown: nil
        case .male: "男"
        case .female: "女"
        }
    }
}
