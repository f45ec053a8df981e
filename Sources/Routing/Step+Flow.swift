import ChatModel
import RuleEngine
import SessionMachine

/// Flows: what a rule starts, and what the customer's next messages mean while one is under way.
extension Step {
    /// A flow that runs longer than this without waiting runs in a circle; loading refuses those
    /// it can see.
    private static var mostInstructions: Int { 1000 }
    /// Flows within flows.
    private static var deepest: Int { 16 }

    /// Starts a flow; the message that started it may answer its first question.
    mutating func startFlow(
        _ flow: FlowName, by rule: RuleName, with stimulus: Stimulus,
        _ message: Conversation.Deferred, in id: ConversationID, from parent: Parent,
        _ rules: Rules
    ) {
        leaveFlow(of: id, because: "flow_replaced")
        self[id].memory.flow = Conversation.FlowPosition(
            frames: [Conversation.FlowPosition.Frame(flow: flow, at: 0)], rule: rule,
            version: rules.playbook.version)
        run(id, answeredBy: (stimulus, message), from: parent, rules)
    }

    /// The customer wrote while in a flow.
    mutating func continueFlow(
        with stimulus: Stimulus, _ message: Conversation.Deferred, in id: ConversationID,
        _ rules: Rules
    ) -> Decided {
        guard let position = self[id].memory.flow, let outer = position.frames.first?.flow else {
            return Decided(.noRule)
        }
        let parent = Parent.cause(.inbound(message.msgID))
        guard position.call == nil else {
            if let decided = interrupt(with: stimulus, message, in: id, rules) {
                if self[id].memory.flow?.call == nil, self[id].memory.handover == nil {
                    decideDeferred(id, calledAt: now)
                }
                return decided
            }
            guard self[id].memory.deferred.count < Conversation.Memory.mostDeferred else {
                return Decided(.flow(outer))
            }
            self[id].memory.deferred.append(message)
            return Decided(.deferred)
        }
        guard case .ask(let question, let otherwise)? = instruction(of: id, rules)?.action,
            let slot = rules.bundle.slot(question.slot),
            let acceptor = rules.compiled.acceptor(for: question.slot)
        else {
            // A version without this flow: what the customer says is a question again.
            leaveFlow(of: id, because: "flow_unknown")
            return decide(about: message, in: id)
        }
        let words = message.kind == .text ? FoldedText(message.text).keywords : ""
        let cancels =
            message.menuItem == nil && !words.isEmpty
            && cancelWords(of: position, rules).contains { FoldedText($0).keywords == words }
        // Where anything is an answer, a word that leaves the flow still leaves it.
        if !(cancels && acceptor.acceptsAnything),
            let value = acceptor.value(
                in: stimulus, orderID: message.kind == .shopOrder ? message.text : nil, now: now)
        {
            announce(stimulus, facts(of: id), in: id, from: parent, rules)
            keep(value, as: ValueName(slot.name.rawValue), in: id, rules.bundle)
            self[id].memory.misses = 0
            trace("answered", of: id, rules)
            go(to: nil, in: id)
            run(id, answeredBy: nil, from: parent, rules)
            return Decided(.flow(outer))
        }
        if cancels {
            self[id].memory.misses = 0
            trace("cancelled", of: id, rules)
            sayGoodbye(toFlowOf: id, because: "flow_cancelled", from: parent, rules)
            return Decided(.flow(outer))
        }
        if let decided = interrupt(with: stimulus, message, in: id, rules) { return decided }
        if position.asked >= question.tries ?? slot.tries {
            trace("else", of: id, rules)
            if question.otherwise.isEmpty {
                // Nothing is written for this: an answer like any other beats silence.
                leaveFlow(of: id, because: "flow_gave_up")
                return decide(about: message, in: id)
            }
            go(to: otherwise, in: id)
            run(id, answeredBy: nil, from: parent, rules)
        } else {
            trace("retried", of: id, rules)
            self[id].memory.flow?.asked += 1
            let again =
                question.retry ?? slot.retry ?? question.ask ?? slot.ask
            ask(again, slot, in: id, from: parent, rules)
        }
        return Decided(.flow(outer))
    }

    /// Leaves the flow, with its words for that.
    private mutating func sayGoodbye(
        toFlowOf id: ConversationID, because reason: String = "flow_replaced", from parent: Parent,
        _ rules: Rules
    ) {
        guard let position = self[id].memory.flow, let outer = position.frames.first?.flow else {
            return
        }
        let farewell = innermost(position, rules)?.definition.cancelled
        leaveFlow(of: id, because: reason)
        if let farewell {
            reply([.text(farewell)], in: id, from: parent, "flow:\(outer)", rules)
        }
    }

    /// Whether the customer is in a flow that can't go on: what follows has been decided.
    private mutating func interrupt(
        with stimulus: Stimulus, _ message: Conversation.Deferred, in id: ConversationID,
        _ rules: Rules
    ) -> Decided? {
        let facts = facts(of: id)
        guard case .rule(let verdict) = rules.compiled.decision(for: stimulus, facts: facts),
            !verdict.isMiss, rules.bundle.rules[verdict.rule].interrupts(by: verdict.trigger)
        else { return nil }
        // Whoever taps the button of the flow they are in begins anew, and leaves nothing.
        if let start = rules.bundle.rules[verdict.rule].start,
            start != self[id].memory.flow?.frames.first?.flow
        {
            sayGoodbye(toFlowOf: id, from: .cause(.inbound(message.msgID)), rules)
        }
        let before = self[id].memory.flow
        self[id].memory.misses = 0
        let decided = perform(verdict, on: stimulus, message, facts, in: id, rules)
        // The rule answered beside the flow: back to the question. One that starts this very flow
        // anew has asked it already.
        if let before, rules.bundle.rules[verdict.rule].start == nil,
            self[id].memory.flow == before, before.call == nil,
            case .ask(let question, _)? = instruction(of: id, rules)?.action,
            let slot = rules.bundle.slot(question.slot)
        {
            ask(
                question.ask ?? slot.ask, slot, in: id, from: .cause(.inbound(message.msgID)),
                rules)
        }
        return decided
    }

    /// A company's system has answered, or hasn't.
    mutating func callCompleted(_ entry: OutboxEntry, _ outcome: Outcome) {
        let id = entry.conversation
        var fields: [String: String]?
        switch outcome {
        case .answered(.fields(let values)):
            fields = values
            settle(entry, .done)
        case .answered(.failed(let why)): settle(entry, .failed, "call_failed:\(why)")
        default: settle(entry, .failed, "call_failed")
        }
        guard self[id].memory.flow?.call == entry.id, let rules = rules(for: id) else { return }
        self[id].memory.flow?.call = nil
        guard case .call(let request, let failed)? = instruction(of: id, rules)?.action else {
            leaveFlow(of: id, because: "flow_unknown")
            return decideDeferred(id, calledAt: now)
        }
        if let fields {
            forget(request.save, in: id)
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
                keep(value, as: ValueName("\(request.save).\(name)"), in: id, rules.bundle)
            }
            trace("answered", of: id, rules)
            go(to: nil, in: id)
        } else {
            trace("failed", of: id, rules)
            go(to: failed, in: id)
        }
        run(id, answeredBy: nil, from: .outcome(of: entry.id), rules)
        decideDeferred(id, calledAt: now)
    }

    /// What an earlier call answered must not be mistaken for this one's answer.
    private mutating func forget(_ save: String, in id: ConversationID) {
        for name in self[id].memory.values.keys where name.rawValue.hasPrefix(save + ".") {
            self[id].memory.values[name] = nil
        }
    }

    /// The customer has been silent for long.
    mutating func flowExpired(_ id: ConversationID) {
        guard let position = self[id].memory.flow, let rules = rules(for: id) else { return }
        let expire = innermost(position, rules)?.definition.expire ?? .zero
        if let wrote = self[id].session.window.openedAt, now - wrote < expire { return }
        leaveFlow(of: id, because: "flow_expired")
    }

    /// Leaves the flow the customer is in, and withdraws the call it waits for.
    mutating func leaveFlow(of id: ConversationID, because reason: String?) {
        guard let position = self[id].memory.flow else { return }
        self[id].memory.flow = nil
        if let reason, let flow = position.frames.first?.flow {
            note("\(reason):\(flow)", for: id)
        }
        guard let call = position.call else { return }
        if let place = place(of: call, in: id) {
            effects.outbox.remove(at: place)
        } else {
            effects.settled.append(
                Effects.Settlement(
                    id: call, conversation: id, status: .cancelled, note: "flow_left", at: now))
        }
    }

    // MARK: Running

    /// Runs instructions until one waits, or the flow is over.
    private mutating func run(
        _ id: ConversationID, answeredBy start: (Stimulus, Conversation.Deferred)?,
        from parent: Parent, _ rules: Rules
    ) {
        var answered: [SlotDefinition.Acceptance] = []
        for _ in 0..<Self.mostInstructions {
            guard let position = self[id].memory.flow, let frame = position.frames.last else {
                return
            }
            guard let program = rules.playbook.program(frame.flow, of: rules.bundle.name) else {
                return leaveFlow(of: id, because: "flow_unknown")
            }
            guard program.instructions.indices.contains(frame.at) else {
                self[id].memory.flow?.frames.removeLast()
                if position.frames.count == 1 { leaveFlow(of: id, because: "flow_done") }
                continue
            }
            let instruction = program.instructions[frame.at]
            switch instruction.action {
            case .ask(let question, _):
                guard let slot = rules.bundle.slot(question.slot) else {
                    return leaveFlow(of: id, because: "flow_unknown")
                }
                let name = ValueName(slot.name.rawValue)
                if let (stimulus, message) = start,
                    let acceptor = rules.compiled.acceptor(for: slot.name),
                    !acceptor.acceptsAnything,
                    !answered.contains(where: slot.accept.mayTakeTheSame(as:)),
                    let value = acceptor.value(
                        in: stimulus, orderID: message.kind == .shopOrder ? message.text : nil,
                        now: now)
                {
                    // What the customer says now counts more than what was said before; and the
                    // same words answer one question: two slots of one shape would both take them.
                    answered.append(slot.accept)
                    keep(value, as: name, in: id, rules.bundle)
                }
                guard value(of: name, in: id) == nil else {
                    trace("known", of: id, rules)
                    go(to: nil, in: id)
                    continue
                }
                self[id].memory.flow?.asked = 1
                trace("asked", of: id, rules)
                return ask(question.ask ?? slot.ask, slot, in: id, from: parent, rules)
            case .call(let request, _):
                trace("called", of: id, rules)
                return call(request, in: id, from: parent, rules)
            case .reply(let parts):
                trace("", of: id, rules)
                reply(parts, in: id, from: parent, reason(of: position), rules)
                go(to: nil, in: id)
            case .require(let conditions, let otherwise):
                let holds = rules.compiled.holds(conditions, facts(of: id))
                trace(holds ? "then" : "else", of: id, rules)
                go(to: holds ? nil : otherwise, in: id)
            case .jump(let target):
                go(to: target, in: id)
            case .set(let assignments):
                trace("", of: id, rules)
                set(assignments, in: id)
                go(to: nil, in: id)
            case .tag(let tags):
                trace("", of: id, rules)
                tag(tags, id)
                go(to: nil, in: id)
            case .start(let flow):
                trace("", of: id, rules)
                go(to: nil, in: id)
                guard position.frames.count < Self.deepest else {
                    return leaveFlow(of: id, because: "flow_runaway")
                }
                self[id].memory.flow?.frames.append(
                    Conversation.FlowPosition.Frame(flow: flow, at: 0))
            case .handoff(let policy):
                trace("", of: id, rules)
                leaveFlow(of: id, because: nil)
                return handOver(policy, for: position.rule, in: id, from: parent, rules)
            case .end(let ending):
                trace("", of: id, rules)
                leaveFlow(of: id, because: nil)
                return endSession(ending, for: position.rule, in: id, from: parent, rules)
            case .leave:
                return leaveFlow(of: id, because: "flow_done")
            }
        }
        leaveFlow(of: id, because: "flow_runaway")
    }

    private mutating func ask(
        _ question: Template, _ slot: SlotDefinition, in id: ConversationID, from parent: Parent,
        _ rules: Rules
    ) {
        guard let position = self[id].memory.flow else { return }
        var wording = wording(for: id, rules.bundle)
        let body = wording.question(question, for: slot)
        _ = send([body], in: id, from: parent, reason: reason(of: position))
        if let expire = innermost(position, rules)?.definition.expire {
            setTimer(Timer(kind: .flowExpires, conversation: id, due: now + expire))
        }
    }

    private mutating func call(
        _ request: FlowStep.Request, in id: ConversationID, from parent: Parent, _ rules: Rules
    ) {
        guard let position = self[id].memory.flow else { return }
        var wording = wording(for: id, rules.bundle)
        let parameters = request.parameters.map {
            CompanyCall.Parameter(name: $0.name.rawValue, value: wording.words(of: $0.value))
        }
        let ordered = order(
            .call(
                CompanyCall(
                    service: request.service, operation: request.operation,
                    parameters: parameters, timeout: request.timeout)),
            for: id, from: parent, reason: reason(of: position))
        self[id].memory.flow?.call = ordered
    }

    /// Moves on in the innermost flow: to an instruction, or to the next one.
    private mutating func go(to target: Int?, in id: ConversationID) {
        guard let last = self[id].memory.flow?.frames.indices.last else { return }
        self[id].memory.flow?.asked = 0
        if let target {
            self[id].memory.flow?.frames[last].at = target
        } else {
            self[id].memory.flow?.frames[last].at += 1
        }
    }

    private func value(of name: ValueName, in id: ConversationID) -> String? {
        self[id].memory.values[name] ?? self[id].memory.lasting[name]
    }

    private func instruction(of id: ConversationID, _ rules: Rules) -> FlowProgram.Instruction? {
        guard let position = self[id].memory.flow, let frame = position.frames.last,
            let program = innermost(position, rules),
            program.instructions.indices.contains(frame.at)
        else { return nil }
        return program.instructions[frame.at]
    }

    private func innermost(
        _ position: Conversation.FlowPosition, _ rules: Rules
    ) -> FlowProgram? {
        position.frames.last.flatMap {
            rules.playbook.program($0.flow, of: rules.bundle.name)
        }
    }

    /// Words that leave any of the flows the customer is in.
    private func cancelWords(
        of position: Conversation.FlowPosition, _ rules: Rules
    ) -> [String] {
        position.frames.flatMap { frame in
            rules.playbook.program(frame.flow, of: rules.bundle.name)?.definition.cancel ?? []
        }
    }

    private func reason(of position: Conversation.FlowPosition) -> String {
        "flow:\(position.frames.first?.flow.rawValue ?? "")"
    }

    private mutating func trace(_ what: String, of id: ConversationID, _ rules: Rules) {
        guard let instruction = instruction(of: id, rules) else { return }
        effects.trace.append(.step(instruction.place, what))
    }
}

extension RuleDefinition {
    /// Whether it may interrupt a flow: what a customer taps, or says in just these words, and
    /// what is urgent, is no slip of an answer.
    fileprivate func interrupts(by trigger: Int) -> Bool {
        if priority == .urgent { return true }
        guard triggers.indices.contains(trigger) else { return false }
        switch triggers[trigger] {
        case .clicks, .saysExactly: return true
        default: return false
        }
    }
}

extension SlotDefinition.Acceptance {
    /// Whether the words that answer one may be those that answer the other: `明天下午剪头发` holds
    /// a day and a choice, but one number only.
    fileprivate func mayTakeTheSame(as other: Self) -> Bool {
        switch (self, other) {
        case (.choice(let mine), .choice(let others)):
            !Set(mine.flatMap(\.words)).isDisjoint(with: others.flatMap(\.words))
        case (.choice, .date), (.date, .choice), (.choice, .phone), (.phone, .choice),
            (.date, .phone), (.phone, .date):
            false
        default: true
        }
    }
}
