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
        try rows("SELECT name FROM bundles WHERE version = ? ORDER BY position") { row in
            bundles.append(
                BundleDefinition(name: BundleName(row[0]), accounts: [], menus: [], rules: []))
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
            SELECT bundle, name, head, tail FROM menus WHERE version = ?
            ORDER BY bundle, position
            """
        ) { row in
            bundles[try index(row[0], in: bundles)].menus.append(
                MenuDefinition(name: MenuName(row[1]), head: row[2], items: [], tail: row[3]))
        }
        try rows(
            """
            SELECT bundle, menu, key, kind, label, target, page_path, no_newline FROM menu_items
            WHERE version = ? ORDER BY bundle, menu, position
            """
        ) { row in
            let bundle = try index(row[0], in: bundles)
            let menu = try index(row[1], in: bundles[bundle].menus)
            let item = try MenuItemRow(
                kind: row[3], label: row[4], target: row[5], pagePath: row[6], noNewline: row[7]
            ).item()
            bundles[bundle].menus[menu].items.append(MenuDefinition.Item(key: row[2], item: item))
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
        try rows(
            """
            SELECT bundle, position, name, priority, file, line, "column", conditions, exceptions,
                handoff, ending
            FROM rules WHERE version = ? ORDER BY bundle, position
            """
        ) { row in
            let bundle: Int = row[0]
            let position: Int = row[1]
            guard let priority = RuleDefinition.Priority(rawValue: row[3]) else {
                throw StoreError.damaged("a rule's priority")
            }
            let examples = examples.next(bundle: bundle, rule: position)
            bundles[try index(bundle, in: bundles)].rules.append(
                RuleDefinition(
                    name: RuleName(row[2]),
                    place: SourcePlace(file: row[4], line: row[5], column: row[6]),
                    priority: priority, triggers: triggers.next(bundle: bundle, rule: position),
                    conditions: try json([Condition].self, row[7]) ?? [],
                    exceptions: try json([Condition].self, row[8]) ?? [],
                    reply: replies.next(bundle: bundle, rule: position),
                    handoff: try json(HandoffDefinition.self, row[9]),
                    end: try json(EndDefinition.self, row[10]),
                    examples: examples.filter(\.wins).map(\.sentence),
                    notExamples: examples.filter { !$0.wins }.map(\.sentence)))
        }
    }

    private func rows(_ sql: String, _ body: (Row) throws -> Void) throws {
        let cursor = try Row.fetchCursor(db, sql: sql, arguments: [version])
        while let row = try cursor.next() { try body(row) }
    }

    private func json<Value: Decodable>(_ type: Value.Type, _ text: String?) throws -> Value? {
        try text.map { try JSON.value(type, of: $0) }
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
