import ChatModel
import RuleEngine

/// Flows and their steps.
extension BundleReader {
    /// How long a customer may be made to wait for a company's own systems.
    private static let longestTimeout = Duration.seconds(60)

    func readFlows(_ map: MapCursor) -> [FlowSyntax] {
        map.namedEntries.compactMap { entry in
            let noun = SymbolKind.flow.noun
            guard let name = name(entry.key, of: noun) else { return nil }
            var flow = FlowSyntax(name: name)
            if let steps = entry.value.list {
                flow.steps = readSteps(steps)
            } else {
                let what = noun.named(entry.name)
                guard entry.value.map != nil else {
                    MapCursor.report(entry.value, as: what, wanted: .list, log: log)
                    return nil
                }
                guard let map = MapCursor(entry.value, as: what, log: log) else { return nil }
                flow.overrides = map.flag("override") ?? false
                flow.cancel = wordsIfPresent(map, "cancel")
                flow.cancelled = text(map, "cancelled")
                flow.expire = positive(map, "expire")
                if map.requiredValue("steps") != nil {
                    flow.steps = readSteps(map.list("steps") ?? [])
                }
                map.finish()
            }
            if entry.value.list?.isEmpty == true || entry.value[key: "steps"]?.list?.isEmpty == true
            {
                refuse(
                    entry.value, .emptyText, en: "the flow '\(entry.name)' has no steps",
                    zh: "流程「\(entry.name)」没有步骤")
            }
            return flow
        }
    }

    /// The steps of a list, and a finding for what can't be reached.
    private func readSteps(_ nodes: [YAMLNode]) -> [StepSyntax] {
        var steps: [StepSyntax] = []
        var last: Words?
        for node in nodes {
            let found = readStep(node)
            if let last, let first = found.first {
                log.report(
                    first.place.diagnostic(
                        .unreachableStep,
                        Bilingual(
                            en: "this step is never reached: the flow is over in line "
                                + "\(last.place.line)",
                            zh: "走不到这一步：流程在第 \(last.place.line) 行就结束了"),
                        help: Bilingual(
                            en: "put it before; after 'handoff' and 'end' the platform takes no "
                                + "message",
                            zh: "移到前面；转人工或结束之后平台不再让发消息")))
            }
            last = last ?? found.first { $0.action.isOver }?.place
            steps += found
        }
        return steps
    }

    /// What stands after `else`, `then` and `failed`: one step, or a list of them.
    private func readBranch(_ node: YAMLNode) -> [StepSyntax] {
        readSteps(node.list ?? [node])
    }

    /// One element of a flow: the steps it stands for, in the order they are done.
    private func readStep(_ node: YAMLNode) -> [StepSyntax] {
        let what = Bilingual(en: "a step", zh: "步骤")
        guard let map = MapCursor(node, as: what, log: log) else { return [] }
        let kinds = ["ask", "call", "if", "unless"].filter { map.entry($0) != nil }
        let first = kinds.first == "unless" ? "if" : kinds.first
        if kinds.contains(where: { $0 != first && $0 != "unless" }) {
            refuse(
                node, en: "a step does one thing, not \(kinds.joined(separator: " and "))",
                zh: "一个步骤只做一件事，这里有 \(kinds.joined(separator: "、"))",
                help: Bilingual(en: "make a step of each", zh: "分成几个步骤写"))
            return []
        }
        switch first {
        case "ask": return readAsk(map)
        case "call": return readCall(map)
        case "if": return readIf(map)
        default:
            let steps = readActions(map)
            map.finish()
            if steps.isEmpty, node.map?.isEmpty == true {
                _ = onlyKey(
                    map,
                    of: ["ask", "call", "reply", "if", "set", "tag", "start", "handoff", "end"])
            }
            return steps
        }
    }

    /// What a step, a branch or a fallback does at once: values, tags, a reply, then a move.
    private func readActions(_ map: MapCursor) -> [StepSyntax] {
        var actions: [(String, StepSyntax.Action)] = []
        if let set = map.map("set") { actions.append(("set", .set(readAssignments(set)))) }
        let tags = words(map, "tag")
        if !tags.isEmpty { actions.append(("tag", .tag(tags))) }
        let reply = map.elements("reply").compactMap(readReply)
        if let node = map.node[key: "reply"], !reply.isEmpty {
            actions.append(("reply", .reply(reply, node)))
        }
        if let start = map.text("start") { actions.append(("start", .start(Words(start)))) }
        if let handoff = map.value("handoff").flatMap(readHandoff) {
            actions.append(("handoff", .handoff(handoff)))
        }
        if let end = map.value("end").flatMap(readEnd) { actions.append(("end", .end(end))) }
        let moves = actions.filter { ["handoff", "end"].contains($0.0) }
        if moves.count > 1 {
            refuse(
                map.node, .handoffAndEnd, en: "a step hands the customer over and ends the session",
                zh: "这一步既转人工又结束会话", help: Bilingual(en: "keep one of them", zh: "只留一个"))
        }
        return actions.map { key, action in
            let place = map.node.map?.first { $0.name == key }?.key ?? map.node
            return StepSyntax(place: Words(place), action: action)
        }
    }

    // MARK: Steps that wait or branch

    private func readAsk(_ map: MapCursor) -> [StepSyntax] {
        defer { map.finish() }
        let slot = map.text("ask")
        let tries = map.integer("tries", in: 1...9)
        let ask = text(map, "text")
        let retry = text(map, "retry")
        let otherwise = map.value("else").map { readBranch($0) } ?? []
        guard let slot else { return [] }
        return [
            StepSyntax(
                place: Words(map.node),
                action: .ask(
                    StepSyntax.Question(
                        slot: Words(slot), tries: tries, ask: ask, retry: retry,
                        otherwise: otherwise)))
        ]
    }

    private func readCall(_ map: MapCursor) -> [StepSyntax] {
        defer { map.finish() }
        let call = map.text("call")
        let parameters = map.map("with").map { readAssignments($0) } ?? []
        let save = map.text("save").flatMap {
            name($0, of: SymbolKind.value.noun, isInPlaceholders: true)
        }
        let timeout = positive(map, "timeout")
        if let timeout, timeout > Self.longestTimeout, let node = map.node[key: "timeout"] {
            refuse(
                node, en: "a customer waits 60 seconds at most", zh: "客户最多等 60 秒",
                help: Bilingual(en: "write 60s or less", zh: "写 60s 以内"))
        }
        let failed = map.value("failed").map { readBranch($0) } ?? []
        guard let call, let text = call.text else { return [] }
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            refuse(
                call, en: "'call' takes system.operation, not '\(text)'",
                zh: "「call」要写“系统.操作”，不是「\(text)」",
                help: Bilingual(en: "for example: 订单系统.查询", zh: "例如：订单系统.查询"))
            return []
        }
        return [
            StepSyntax(
                place: Words(map.node),
                action: .call(
                    StepSyntax.Request(
                        service: parts[0], operation: parts[1], parameters: parameters, save: save,
                        timeout: timeout, failed: failed)))
        ]
    }

    private func readIf(_ map: MapCursor) -> [StepSyntax] {
        defer { map.finish() }
        var conditions = map.map("if").map { readConditions($0) } ?? []
        conditions += (map.map("unless").map { readConditions($0) } ?? []).map { .not($0) }
        var then = readActions(map)
        if let node = map.value("then") {
            if !then.isEmpty {
                refuse(
                    node, en: "what to do stands both under 'then' and beside it",
                    zh: "要做的事既写在「then」里，又写在旁边",
                    help: Bilingual(en: "put all of it under 'then'", zh: "都写到 then 里"))
            }
            then += readBranch(node)
        }
        let otherwise = map.value("else").map { readBranch($0) } ?? []
        if then.isEmpty, otherwise.isEmpty,
            map.node.map?.contains(where: { $0.name == "then" }) != true
        {
            refuse(
                map.node, .missingKey, en: "an 'if' without anything to do",
                zh: "「if」后面没写要做什么",
                help: Bilingual(
                    en: "write 'reply', 'handoff' … beside it, or 'then:' with steps",
                    zh: "在旁边写 reply、handoff…，或用 then: 写几个步骤"))
        }
        return [
            StepSyntax(
                place: Words(map.node),
                action: .branch(conditions, then: then, otherwise: otherwise))
        ]
    }
}

extension StepSyntax.Action {
    /// Whether no step after it can be reached.
    fileprivate var isOver: Bool {
        switch self {
        case .handoff, .end: true
        case .branch(_, let then, let otherwise):
            then.contains { $0.action.isOver } && otherwise.contains { $0.action.isOver }
        case .ask, .call, .reply, .set, .tag, .start: false
        }
    }
}
