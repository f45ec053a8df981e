import Boundary
import ChatModel
import GRDB
import RuleEngine

/// Reads a rule set back from its rows, equal to what was written.
///
/// One ordered query a table, whatever the number of rules: 10 000 of them must load within a
/// start's 50 ms.
struct RuleSetReader {
    let db: Database
    /// The version's row number.
    let version: Int64

    func definition() throws -> RuleSetDefinition {
        var bundles: [BundleDefinition] = []
        try rows(
            """
            SELECT name, owner, valid, defaults, schedules, slots, notices, flows, policies, surveys
            FROM bundles WHERE version = ? ORDER BY position
            """
        ) { row in
            bundles.append(
                BundleDefinition(
                    name: BundleName(row[0]), accounts: [], owner: row[1], valid: try json(row[2]),
                    defaults: try json(row[3]) ?? BundleDefinition.Defaults(),
                    schedules: try json(row[4]) ?? [], menus: [], slots: try json(row[5]) ?? [],
                    notices: try json(row[6]) ?? [], rules: [], flows: try json(row[7]) ?? [],
                    policies: try json(row[8]) ?? [], surveys: try json(row[9]) ?? []))
        }
        try rows(
            "SELECT bundle, alias FROM bundle_accounts WHERE version = ? ORDER BY bundle, position"
        ) { row in
            bundles[try index(row[0], in: bundles)].accounts.append(AccountAlias(row[1]))
        }
        try readMenus(into: &bundles)
        try readRules(into: &bundles)
        return RuleSetDefinition(bundles: bundles)
    }

    private func readMenus(into bundles: inout [BundleDefinition]) throws {
        try rows(
            """
            SELECT bundle, name, head, tail, has_numbers, rest FROM menus WHERE version = ?
            ORDER BY bundle, position
            """
        ) { row in
            let rest: MenuRest? = try json(row[5])
            bundles[try index(row[0], in: bundles)].menus.append(
                MenuDefinition(
                    name: MenuName(row[1]), head: Template(shown: row[2], whole: rest?.head),
                    items: [], tail: Template(shown: row[3], whole: rest?.tail),
                    hasNumbers: row[4]))
        }
        try rows(
            """
            SELECT bundle, menu, key, kind, label, target, page_path, no_newline, rest
            FROM menu_items WHERE version = ? ORDER BY bundle, menu, position
            """
        ) { row in
            let bundle = try index(row[0], in: bundles)
            let menu = try index(row[1], in: bundles[bundle].menus)
            let item = try MenuItemRow(
                key: row[2], kind: row[3], label: row[4], target: row[5], pagePath: row[6],
                noNewline: row[7], rest: try json(row[8])
            ).item()
            bundles[bundle].menus[menu].items.append(item)
        }
    }

    private func readRules(into bundles: inout [BundleDefinition]) throws {
        var triggers = RuleChildren<Trigger>()
        try rows(
            """
            SELECT bundle, rule, kind, pattern, menu, item FROM rule_triggers WHERE version = ?
            ORDER BY bundle, rule, position
            """
        ) { row in
            let trigger = TriggerRow(kind: row[2], pattern: row[3], menu: row[4], item: row[5])
            triggers.append(try trigger.trigger(), bundle: row[0], rule: row[1])
        }
        var replies = RuleChildren<ReplyPart>()
        try rows(
            """
            SELECT bundle, rule, kind, content FROM rule_replies WHERE version = ?
            ORDER BY bundle, rule, position
            """
        ) { row in
            let reply = ReplyRow(kind: row[2], content: row[3])
            replies.append(try reply.part(), bundle: row[0], rule: row[1])
        }
        var examples = RuleChildren<(wins: Bool, sentence: String)>()
        try rows(
            """
            SELECT bundle, rule, wins, sentence FROM rule_examples WHERE version = ?
            ORDER BY bundle, rule, wins, position
            """
        ) { row in
            examples.append((row[2], row[3]), bundle: row[0], rule: row[1])
        }
        var conditions = JSONMemo<[Condition]>()
        var handoffs = JSONMemo<HandoffDefinition>()
        var endings = JSONMemo<EndDefinition>()
        var rests = JSONMemo<RuleRest>()
        try rows(
            """
            SELECT bundle, position, name, priority, file, line, "column", conditions, exceptions,
                handoff, ending, starts, owner, metric_id, candidate_id, rest
            FROM rules WHERE version = ? ORDER BY bundle, position
            """
        ) { row in
            let bundle: Int = row[0]
            let position: Int = row[1]
            guard let priority = RuleDefinition.Priority(rawValue: row[3]) else {
                throw StoreError.damaged("a rule's priority")
            }
            let examples = examples.next(bundle: bundle, rule: position)
            let rest = try rests.value(of: row[15])
            bundles[try index(bundle, in: bundles)].rules.append(
                RuleDefinition(
                    name: RuleName(row[2]),
                    place: SourcePlace(file: row[4], line: row[5], column: row[6]),
                    priority: priority, triggers: triggers.next(bundle: bundle, rule: position),
                    conditions: try conditions.value(of: row[7]) ?? [],
                    exceptions: try conditions.value(of: row[8]) ?? [],
                    reply: replies.next(bundle: bundle, rule: position),
                    handoff: try handoffs.value(of: row[9]), end: try endings.value(of: row[10]),
                    upgrade: rest?.upgrade, tags: rest?.tags ?? [], sets: rest?.sets ?? [],
                    start: (row[11] as String?).map { FlowName($0) }, valid: rest?.valid,
                    oncePer: rest?.oncePer, accounts: rest?.accounts, id: row[13],
                    renamedFrom: rest?.renamedFrom ?? [], owner: row[12],
                    candidateID: (row[14] as String?).map { WireID($0) },
                    examples: examples.filter(\.wins).map(\.sentence),
                    notExamples: examples.filter { !$0.wins }.map(\.sentence)))
        }
    }

    private func rows(_ sql: String, _ body: (Row) throws -> Void) throws {
        let cursor = try Row.fetchCursor(db, sql: sql, arguments: [version])
        while let row = try cursor.next() { try body(row) }
    }

    private func json<Value: Decodable>(_ text: String?) throws -> Value? {
        try text.map { try JSON.value(Value.self, of: $0) }
    }

    private func index(_ position: Int, in values: [some Any]) throws -> Int {
        guard values.indices.contains(position) else {
            throw StoreError.damaged("a rule-set version")
        }
        return position
    }
}

/// The rows that hang on rules, read in the rules' order and dealt out in it.
private struct RuleChildren<Child> {
    private var children: [(bundle: Int, rule: Int, child: Child)] = []
    private var position = 0

    mutating func append(_ child: Child, bundle: Int, rule: Int) {
        children.append((bundle, rule, child))
    }

    /// The children of the next rule; rules must come in ascending order.
    mutating func next(bundle: Int, rule: Int) -> [Child] {
        var found: [Child] = []
        while position < children.count, children[position].bundle == bundle,
            children[position].rule == rule
        {
            found.append(children[position].child)
            position += 1
        }
        return found
    }
}
