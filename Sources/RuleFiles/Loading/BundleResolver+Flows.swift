import ChatModel
import RuleEngine

/// Flows: their steps, what is known at each, and circles.
extension BundleResolver {
    /// Said when a customer leaves a flow that doesn't say otherwise.
    static let cancelled = Template("好的，已取消。")
    /// How long a customer waits for a call that doesn't say.
    static let callTimeout = Duration.seconds(3)

    mutating func flow(_ flow: FlowSyntax) -> FlowDefinition {
        var known = knownAtStart(of: flow.name.text)
        let steps = flow.steps.map { step($0, &known) }
        let defaults = syntax.defaults
        texts.known = nil
        let cancelled = (flow.cancelled ?? defaults.cancelled).map {
            text($0, PlatformLimits.text, Bilingual(en: "the text", zh: "这段文字"))
        }
        let said = (flow.cancel ?? defaults.cancel ?? []).map(\.text)
        return FlowDefinition(
            name: FlowName(flow.name.text), place: flow.name.place,
            cancel: Self.cancelWords + said.filter { !Self.cancelWords.contains($0) },
            cancelled: cancelled ?? Self.cancelled,
            expire: flow.expire ?? defaults.expire ?? defaults.idle
                ?? BundleDefinition.Defaults().idle, steps: steps)
    }

    private mutating func step(_ step: StepSyntax, _ known: inout Set<String>) -> FlowStep {
        texts.known = known
        return FlowStep(place: step.place.place, action: action(step.action, &known))
    }

    private mutating func action(
        _ action: StepSyntax.Action, _ known: inout Set<String>
    ) -> FlowStep.Action {
        switch action {
        case .ask(let question): return .ask(self.question(question, &known))
        case .call(let request): return .call(self.request(request, &known))
        case .reply(let reply, let node):
            let parts = reply.map { part($0) }
            checkCount(parts, node)
            return .reply(parts)
        case .branch(let conditions, let then, let otherwise):
            let guarded = self.conditions(conditions)
            var knownThen = known.union(values.required(by: conditions))
            var knownElse = known
            let thenSteps = then.map { step($0, &knownThen) }
            let elseSteps = otherwise.map { step($0, &knownElse) }
            known = knownThen.union(knownElse)
            return .branch(guarded, then: thenSteps, otherwise: elseSteps)
        case .set(let assignments):
            let resolved = self.assignments(assignments)
            known.formUnion(assignments.map(\.name.text))
            return .set(resolved)
        case .tag(let tags): return .tag(self.tags(tags))
        case .start(let words):
            names.find(.flow, words)
            known.formUnion(flowGraph.produced(by: words.text))
            return .start(FlowName(words.text))
        case .handoff(let handoff):
            return .handoff(self.handoff(handoff) ?? HandoffDefinition(to: .pool))
        case .end(let end): return .end(self.end(end))
        }
    }

    private mutating func question(
        _ question: StepSyntax.Question, _ known: inout Set<String>
    ) -> FlowStep.Question {
        names.find(.slot, question.slot)
        let noun = Bilingual(en: "the question", zh: "问题")
        let limit =
            menuSlots.contains(question.slot.text) ? PlatformLimits.menuHead : PlatformLimits.text
        let ask = question.ask.map { text($0, limit, noun) }
        let retry = question.retry.map { text($0, limit, noun) }
        var knownElse = known
        let otherwise = question.otherwise.map { step($0, &knownElse) }
        known.insert(question.slot.text)
        return FlowStep.Question(
            slot: SlotName(question.slot.text), tries: question.tries, ask: ask, retry: retry,
            otherwise: otherwise)
    }

    private mutating func request(
        _ request: StepSyntax.Request, _ known: inout Set<String>
    ) -> FlowStep.Request {
        let parameters = request.parameters.map {
            Assignment(ValueName($0.name.text), texts.resolve(LocalText($0.value)))
        }
        var knownFailed = known
        let failed = request.failed.map { step($0, &knownFailed) }
        if let save = request.save { known.insert(save.text) }
        return FlowStep.Request(
            service: request.service, operation: request.operation, parameters: parameters,
            save: request.save?.text ?? request.operation,
            timeout: request.timeout ?? Self.callTimeout, failed: failed)
    }

    // MARK: What is known

    /// What whoever starts a flow knows by then.
    private func knownAtStart(of name: String) -> Set<String> {
        flowGraph.producedByStarters(of: name).union(knownByRules[name] ?? [])
    }

    /// What rules that start flows set or require, by flow.
    static func knownByRules(
        _ rules: [RuleSyntax], _ values: ValueNames
    ) -> [String: Set<String>] {
        var known: [String: Set<String>] = [:]
        for rule in rules {
            guard let start = rule.start else { continue }
            known[start.text, default: []].formUnion(rule.sets.map(\.name.text))
            known[start.text, default: []].formUnion(values.required(by: rule.conditions))
        }
        return known
    }

    /// Reports flows that start themselves, by whatever way: they would never be over.
    func checkFlowCycles() {
        for words in flowGraph.circles {
            log.report(
                words.diagnostic(
                    .flowCycle,
                    Bilingual(
                        en: "the flow '\(words.text)' starts itself again",
                        zh: "流程「\(words.text)」又启动了自己"),
                    help: Bilingual(
                        en: "a flow that was started comes back and goes on; start another one, or "
                            + "hand over",
                        zh: "被启动的流程走完会回来接着走；换一个流程，或者转人工")))
        }
    }
}
