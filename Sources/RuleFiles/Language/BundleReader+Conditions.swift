import ChatModel
import RuleEngine

/// `if` and `unless`.
extension BundleReader {
    /// Keys of `if`, which are written under `when` by mistake, and the other way round.
    static let conditionKeys = keys(of: .conditions, but: .triggers)
    static let triggerKeys = keys(of: .triggers, but: .conditions)

    private static func keys(
        of kind: FileSchema.MapKind, but other: FileSchema.MapKind
    ) -> Set<String> {
        Set(kind.keys).subtracting(other.keys)
    }

    /// Every key of a condition map, as one condition each.
    func readConditions(_ map: MapCursor) -> [ConditionSyntax] {
        var conditions: [ConditionSyntax] = []
        /// A list inside a key is alternatives, and one condition.
        func add(_ alternatives: [ConditionSyntax]) {
            if let first = alternatives.first {
                conditions.append(alternatives.count == 1 ? first : .any(alternatives))
            }
        }
        add(map.texts("scene").map { .plain(.scene($0.text ?? "")) })
        let states = map.choices("state", of: StateName.self).map(\.0)
        if !states.isEmpty { conditions.append(.plain(.state(Set(states)))) }
        if let misses = map.integer("misses", in: 1...99) {
            conditions.append(.plain(.misses(misses)))
        }
        add(readHours(map))
        conditions += readValues(map)
        add(
            map.texts("in_flow").map {
                $0.text == "any" ? .plain(.inFlow(nil)) : .inFlow(Words($0))
            })
        if let returning = map.flag("returning") {
            conditions.append(.plain(.returning(returning)))
        }
        add(words(map, "tagged").map { .plain(.tagged(TagName($0.text))) })
        add(map.texts("language").compactMap(readLanguage))
        if let any = map.list("any") { conditions.append(.any(any.compactMap(readAlternative))) }
        if let all = map.list("all") { conditions.append(.all(all.compactMap(readAlternative))) }
        if let not = map.map("not") {
            let inner = readConditions(not)
            conditions.append(.not(inner.count == 1 ? inner[0] : .all(inner)))
        }
        map.finish(elsewhere: ["when": Self.triggerKeys])
        if map.node.map?.isEmpty == true {
            refuse(
                map.node, .emptyText, en: "\(map.what.en) names no condition",
                zh: "\(map.what.zh)里没有条件")
        }
        return conditions
    }

    /// One element of `any` or `all`: a map whose keys add up.
    private func readAlternative(_ node: YAMLNode) -> ConditionSyntax? {
        let what = Bilingual(en: "a condition", zh: "条件")
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        let inner = readConditions(map)
        return inner.count == 1 ? inner[0] : .all(inner)
    }

    /// `hours: 营业时间`, `{ open: 营业时间 }` or `{ closed: 营业时间 }`.
    private func readHours(_ map: MapCursor) -> [ConditionSyntax] {
        guard let node = map.value("hours") else { return [] }
        guard node.map != nil else {
            return map.texts("hours").map { .hours(Words($0), isOpen: true) }
        }
        guard let map = MapCursor(node, as: .quoted("hours"), log: log) else { return [] }
        let open = map.texts("open").map { ConditionSyntax.hours(Words($0), isOpen: true) }
        let closed = map.texts("closed").map { ConditionSyntax.hours(Words($0), isOpen: false) }
        map.finish()
        _ = node.map?.isEmpty == true ? onlyKey(map, of: ["open", "closed"]) : nil
        return open + closed
    }

    private func readLanguage(_ node: YAMLNode) -> ConditionSyntax? {
        let code = node.text ?? ""
        if Self.languages.contains(code) { return .plain(.speaks(Language(code))) }
        refuse(
            node, en: "'\(code)' is no language", zh: "没有「\(code)」这种语言",
            help: Bilingual(en: "for example: zh, en", zh: "例如：zh、en"))
        return nil
    }

    // MARK: Values

    /// `slot: 订单号` asks whether it is known; `slot: { 订单.状态: 已发货 }` what it is.
    private func readValues(_ map: MapCursor) -> [ConditionSyntax] {
        guard let node = map.value("slot") else { return [] }
        guard node.map != nil, let map = MapCursor(node, as: .quoted("slot"), log: log) else {
            let known = map.texts("slot").map { ConditionSyntax.value(Words($0), .known(true)) }
            return known.count > 1 ? [.any(known)] : known
        }
        if node.map?.isEmpty == true {
            refuse(node, .emptyText, en: "'slot' names no value", zh: "「slot」下面是空的")
        }
        return map.namedEntries.flatMap { entry -> [ConditionSyntax] in
            let name = Words(entry.key)
            return readTests(entry).map { .value(name, $0) }
        }
    }

    private func readTests(_ entry: YAMLNode.Entry) -> [ValueTest] {
        guard entry.value.map != nil else {
            let texts = texts(entry.value, of: entry.name).compactMap(\.text)
            return texts.isEmpty ? [] : [.isAny(texts)]
        }
        guard let tests = MapCursor(entry.value, as: .quoted(entry.name), log: log) else {
            return []
        }
        var found: [ValueTest] = []
        if let known = tests.flag("known") { found.append(.known(known)) }
        if tests.node[key: "is"] != nil {
            found.append(.isAny(tests.texts("is").compactMap(\.text)))
        }
        let range = -1e15...1e15
        if let low = tests.decimal("at_least", in: range) { found.append(.atLeast(low)) }
        if let high = tests.decimal("at_most", in: range) { found.append(.atMost(high)) }
        tests.finish()
        if entry.value.map?.isEmpty == true {
            refuse(
                entry.value, .emptyText, en: "'\(entry.name)' has no test",
                zh: "「\(entry.name)」后面是空的",
                help: Bilingual(
                    en: "write a value, or { known: true }, { at_least: 1 }, { at_most: 9 }",
                    zh: "写一个值，或 { known: true }、{ at_least: 1 }、{ at_most: 9 }"))
        }
        return found
    }
}
