package import ChatModel
package import RuleEngine

/// Two rule sets compared by meaning: order of keys, comments and layout make no difference.
package struct VersionDiff: Hashable, Sendable {
    /// Rules, menus, flows … that differ, in the order of their bundles and declarations.
    package var changes: [Change]
    /// Sentences that another rule answers now; see ``Sentence``.
    package var sentences: [Sentence]
    /// How many sentences were asked of both.
    package var compared: Int

    /// What kind of thing differs.
    package enum Subject: String, Hashable, Sendable, Codable, CaseIterable {
        case bundle, rule, menu, schedule, slot, flow, policy, survey, notice, defaults
    }

    /// One difference.
    package struct Change: Hashable, Sendable, Codable {
        /// The bundle it belongs to.
        package var bundle: BundleName
        /// What kind of thing.
        package var subject: Subject
        /// Its name now, or before it went.
        package var name: String
        /// What became of it.
        package var kind: Kind
        /// The keys that differ, as rule files call them; empty unless it changed.
        package var aspects: [String]
        /// Messages a reply takes of the customer's allowance, before and now, where that changed.
        package var budget: [Int]

        /// What became of something.
        package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
            case added, removed, changed, renamed
        }
    }

    /// A sentence that changes hands.
    package struct Sentence: Hashable, Sendable, Codable {
        /// What a customer says.
        package var text: String
        /// Who answers it before: a rule, `asked back`, or nobody.
        package var before: String?
        /// Who answers it now.
        package var after: String?
        /// The rule that promises it now as an example, if one does.
        package var promisedBy: RuleName?
        /// Whether the new answer is what the examples promise; `nil` where none speaks of it, or
        /// only one of a rule whose conditions are not met.
        package var isPromised: Bool?

        /// A sentence that changes hands.
        package init(
            text: String, before: String?, after: String?, promisedBy: RuleName? = nil,
            isPromised: Bool? = nil
        ) {
            self.text = text
            self.before = before
            self.after = after
            self.promisedBy = promisedBy
            self.isPromised = isPromised
        }
    }

    /// Compares two rule sets.
    ///
    /// The sentences are the examples and counterexamples of both; each is asked of the bundle of
    /// the same name, where there is one. The cost is that of deciding each sentence twice.
    package init(from before: RuleSet, to after: RuleSet) {
        changes = []
        sentences = []
        compared = 0
        let old = Dictionary(
            before.bundles.map { ($0.definition.name, $0) }, uniquingKeysWith: { first, _ in first }
        )
        var seen: Set<BundleName> = []
        for bundle in after.bundles {
            let name = bundle.definition.name
            seen.insert(name)
            guard let previous = old[name] else {
                changes.append(
                    Change(
                        bundle: name, subject: .bundle, name: name.rawValue, kind: .added,
                        aspects: [], budget: []))
                continue
            }
            compare(previous.definition, bundle.definition)
            compareSentences(previous, bundle)
        }
        for bundle in before.bundles where !seen.contains(bundle.definition.name) {
            let name = bundle.definition.name
            changes.append(
                Change(
                    bundle: name, subject: .bundle, name: name.rawValue, kind: .removed,
                    aspects: [], budget: []))
        }
    }

    /// Whether nothing differs.
    package var isEmpty: Bool { changes.isEmpty && sentences.isEmpty }

    // MARK: Things

    private mutating func compare(_ old: BundleDefinition, _ new: BundleDefinition) {
        compareRules(old, new)
        let bundle = new.name
        pair(bundle, .menu, old.menus, new.menus, \.name.rawValue)
        pair(bundle, .schedule, old.schedules, new.schedules, \.name.rawValue)
        pair(bundle, .slot, old.slots, new.slots, \.name.rawValue)
        pair(
            bundle, .flow, old.flows.map(\.withoutPlaces), new.flows.map(\.withoutPlaces),
            \.name.rawValue)
        pair(
            bundle, .policy, old.policies, new.policies, { $0.name?.rawValue ?? "" })
        pair(
            bundle, .survey, old.surveys.map(\.withoutPlaces), new.surveys.map(\.withoutPlaces),
            \.name.rawValue)
        pair(
            bundle, .notice, old.notices.map(\.withoutPlaces), new.notices.map(\.withoutPlaces),
            \.name.rawValue)
        var aspects: [String] = []
        if Set(old.accounts) != Set(new.accounts) { aspects.append("accounts") }
        if old.owner != new.owner { aspects.append("owner") }
        if old.valid != new.valid { aspects.append("valid") }
        if old.defaults.asWritten != new.defaults.asWritten { aspects.append("defaults") }
        if !aspects.isEmpty {
            changes.append(
                Change(
                    bundle: bundle, subject: .bundle, name: bundle.rawValue, kind: .changed,
                    aspects: aspects, budget: []))
        }
    }

    private mutating func pair<Thing: Hashable>(
        _ bundle: BundleName, _ subject: Subject, _ old: [Thing], _ new: [Thing],
        _ name: (Thing) -> String
    ) {
        let before = Dictionary(
            old.map { (name($0), $0) }, uniquingKeysWith: { first, _ in first })
        let after = Set(new.map(name))
        for thing in new {
            let kind: Change.Kind? =
                switch before[name(thing)] {
                case nil: .added
                case let previous?: previous == thing ? nil : .changed
                }
            if let kind {
                changes.append(
                    Change(
                        bundle: bundle, subject: subject, name: name(thing), kind: kind,
                        aspects: [], budget: []))
            }
        }
        for thing in old where !after.contains(name(thing)) {
            changes.append(
                Change(
                    bundle: bundle, subject: subject, name: name(thing), kind: .removed,
                    aspects: [], budget: []))
        }
    }

    private mutating func compareRules(_ old: BundleDefinition, _ new: BundleDefinition) {
        let before = Dictionary(
            old.rules.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let kept = Set(new.rules.map(\.name))
        var renamed: Set<RuleName> = []
        for rule in new.rules {
            let former = rule.renamedFrom.first { before[$0] != nil && !kept.contains($0) }
            if before[rule.name] == nil, let former { renamed.insert(former) }
            guard let previous = before[rule.name] ?? former.flatMap({ before[$0] }) else {
                changes.append(
                    Change(
                        bundle: new.name, subject: .rule, name: rule.name.rawValue, kind: .added,
                        aspects: [], budget: []))
                continue
            }
            let aspects = rule.aspects(differingFrom: previous)
            let isRenamed = previous.name != rule.name
            guard isRenamed || !aspects.isEmpty else { continue }
            let budget = [previous.reply.count, rule.reply.count]
            changes.append(
                Change(
                    bundle: new.name, subject: .rule, name: rule.name.rawValue,
                    kind: isRenamed ? .renamed : .changed, aspects: aspects,
                    budget: budget[0] == budget[1] ? [] : budget))
        }
        for rule in old.rules where !kept.contains(rule.name) && !renamed.contains(rule.name) {
            changes.append(
                Change(
                    bundle: new.name, subject: .rule, name: rule.name.rawValue, kind: .removed,
                    aspects: [], budget: []))
        }
        let order = new.rules.map(\.name).filter { before[$0] != nil }
        let oldOrder = old.rules.map(\.name).filter { kept.contains($0) }
        if order != oldOrder {
            changes.append(
                Change(
                    bundle: new.name, subject: .bundle, name: new.name.rawValue, kind: .changed,
                    aspects: ["order of rules"], budget: []))
        }
    }

    // MARK: Sentences

    private mutating func compareSentences(_ old: CompiledBundle, _ new: CompiledBundle) {
        var promises: [String: RuleName] = [:]
        var forbidden: [String: Set<RuleName>] = [:]
        for rule in new.definition.rules {
            // What holds for members only, or at night, says nothing about anybody at any time.
            if new.mayAnswer(rule, Facts()) {
                for example in rule.examples where promises[example] == nil {
                    promises[example] = rule.name
                }
            }
            for example in rule.notExamples { forbidden[example, default: []].insert(rule.name) }
        }
        // A rule under a new name is the rule it was.
        var renamed: [String: String] = [:]
        for rule in new.definition.rules {
            for name in rule.renamedFrom { renamed[name.rawValue] = rule.name.rawValue }
        }
        var seen: Set<String> = []
        for rules in [old.definition.rules, new.definition.rules] {
            for sentence in rules.lazy.flatMap({ $0.examples + $0.notExamples })
            where seen.insert(sentence).inserted {
                compared += 1
                let stimulus = Stimulus.text(sentence, menuItem: nil)
                let before = old.answerer(of: stimulus, Facts())
                let after = new.answerer(of: stimulus, Facts())
                guard before.map({ renamed[$0] ?? $0 }) != after else { continue }
                let promise = promises[sentence]
                let isForbidden = forbidden[sentence].map { names in
                    after.map { names.contains(RuleName($0)) } ?? false
                }
                sentences.append(
                    Sentence(
                        text: sentence, before: before, after: after, promisedBy: promise,
                        isPromised: promise.map { $0.rawValue == after } ?? isForbidden.map(!)))
            }
        }
    }
}

extension CompiledBundle {
    /// Whether a rule's conditions let it answer.
    fileprivate func mayAnswer(_ rule: RuleDefinition, _ facts: Facts) -> Bool {
        holds(rule.conditions, facts) && !rule.exceptions.contains { holds([$0], facts) }
    }

    /// The rule that answers, `asked back`, or `nil` for nobody.
    func answerer(of stimulus: Stimulus, _ facts: Facts) -> String? {
        switch decision(for: stimulus, facts: facts) {
        case .rule(let verdict): definition.rules[verdict.rule].name.rawValue
        case .askBack: VersionDiff.askedBack
        case .none: nil
        }
    }
}

extension VersionDiff {
    /// What stands for the question back, where a rule's name would stand.
    package static let askedBack = "asked back"
}

extension RuleDefinition {
    /// The keys in which it differs, as rule files call them.
    fileprivate func aspects(differingFrom other: RuleDefinition) -> [String] {
        var aspects: [String] = []
        func note(_ key: String, _ differs: Bool) { if differs { aspects.append(key) } }
        // Triggers are alternatives, conditions add up: their order says nothing. Of questions
        // the first is the one that a customer is asked back with.
        note(
            "when",
            Set(triggers) != Set(other.triggers) || firstQuestion != other.firstQuestion)
        note("if", Set(conditions) != Set(other.conditions))
        note("unless", Set(exceptions) != Set(other.exceptions))
        note("reply", reply != other.reply)
        note("handoff", handoff?.asNamed != other.handoff?.asNamed)
        note("end", end != other.end)
        note("priority", priority != other.priority)
        note("upgrade", upgrade != other.upgrade)
        note("tag", Set(tags) != Set(other.tags))
        note("set", sets != other.sets)
        note("start", start != other.start)
        note("valid", valid != other.valid)
        note("once_per", oncePer != other.oncePer)
        note("accounts", accounts.map(Set.init) != other.accounts.map(Set.init))
        note("id", id != other.id)
        note("owner", owner != other.owner)
        note("examples", Set(examples) != Set(other.examples))
        note("not_examples", Set(notExamples) != Set(other.notExamples))
        return aspects
    }
}

extension RuleDefinition {
    private var firstQuestion: Trigger? {
        triggers.first { if case .asksLike = $0 { true } else { false } }
    }
}

extension HandoffDefinition {
    /// A policy with a name is compared once, not with every rule that refers to it.
    fileprivate var asNamed: HandoffDefinition {
        name == nil ? self : HandoffDefinition(name: name, to: .pool)
    }
}

extension BundleDefinition.Defaults {
    /// Without what was worked out from the rules' own questions.
    fileprivate var asWritten: Self {
        var copy = self
        copy.similar.calibration = nil
        return copy
    }
}

// Where something is written is not what it means.

private let nowhere = SourcePlace(file: "", line: 0, column: 0)

extension FlowDefinition {
    fileprivate var withoutPlaces: FlowDefinition {
        var copy = self
        copy.place = nowhere
        copy.steps = steps.map(\.withoutPlaces)
        return copy
    }
}

extension FlowStep {
    fileprivate var withoutPlaces: FlowStep {
        let action: Action =
            switch action {
            case .ask(var question):
                {
                    question.otherwise = question.otherwise.map(\.withoutPlaces)
                    return .ask(question)
                }()
            case .call(var request):
                {
                    request.failed = request.failed.map(\.withoutPlaces)
                    return .call(request)
                }()
            case .branch(let conditions, let then, let otherwise):
                .branch(
                    conditions, then: then.map(\.withoutPlaces),
                    otherwise: otherwise.map(\.withoutPlaces))
            case .handoff(let handoff): .handoff(handoff.asNamed)
            case .reply, .set, .tag, .start, .end: action
            }
        return FlowStep(place: nowhere, action: action)
    }
}

extension SurveyDefinition {
    fileprivate var withoutPlaces: SurveyDefinition {
        var copy = self
        copy.place = nowhere
        return copy
    }
}

extension NoticeDefinition {
    fileprivate var withoutPlaces: NoticeDefinition {
        var copy = self
        copy.place = nowhere
        return copy
    }
}
