import ChatModel
import GRDB
import RuleEngine

/// Writes a rule set as rows: one a bundle, menu, menu item, rule, trigger, reply and example.
struct RuleSetWriter {
    let db: Database
    /// The version's row number.
    let version: Int64

    func write(_ definition: RuleSetDefinition) throws {
        for (index, bundle) in definition.bundles.enumerated() {
            try insert("bundles (version, position, name)", [version, index, bundle.name.rawValue])
            for (position, alias) in bundle.accounts.enumerated() {
                try insert(
                    "bundle_accounts (version, bundle, position, alias)",
                    [version, index, position, alias.rawValue])
            }
            for (position, menu) in bundle.menus.enumerated() {
                try write(menu, at: position, bundle: index)
            }
            for (position, rule) in bundle.rules.enumerated() {
                try write(rule, at: position, bundle: index)
            }
        }
    }

    private func write(_ menu: MenuDefinition, at position: Int, bundle: Int) throws {
        try insert(
            "menus (version, bundle, position, name, head, tail)",
            [version, bundle, position, menu.name.rawValue, menu.head, menu.tail])
        for (index, item) in menu.items.enumerated() {
            let row = MenuItemRow(item.item)
            try insert(
                """
                menu_items (version, bundle, menu, position, key, kind, label, target, page_path,
                    no_newline)
                """,
                [
                    version, bundle, position, index, item.key, row.kind, row.label, row.target,
                    row.pagePath, row.noNewline,
                ])
        }
    }

    private func write(_ rule: RuleDefinition, at position: Int, bundle: Int) throws {
        try insert(
            """
            rules (version, bundle, position, name, priority, file, line, "column", conditions,
                exceptions, handoff, ending)
            """,
            [
                version, bundle, position, rule.name.rawValue, rule.priority.rawValue,
                rule.place.file, rule.place.line, rule.place.column,
                rule.conditions.isEmpty ? nil : try JSON.text(of: rule.conditions),
                rule.exceptions.isEmpty ? nil : try JSON.text(of: rule.exceptions),
                try rule.handoff.map { try JSON.text(of: $0) },
                try rule.end.map { try JSON.text(of: $0) },
            ])
        for (index, trigger) in rule.triggers.enumerated() {
            let row = TriggerRow(trigger)
            try insert(
                "rule_triggers (version, bundle, rule, position, kind, pattern, menu, item)",
                [version, bundle, position, index, row.kind, row.pattern, row.menu, row.item])
        }
        for (index, part) in rule.reply.enumerated() {
            let row = try ReplyRow(part)
            try insert(
                "rule_replies (version, bundle, rule, position, kind, content)",
                [version, bundle, position, index, row.kind, row.content])
        }
        for (wins, sentences) in [(true, rule.examples), (false, rule.notExamples)] {
            for (index, sentence) in sentences.enumerated() {
                try insert(
                    "rule_examples (version, bundle, rule, wins, position, sentence)",
                    [version, bundle, position, wins, index, sentence])
            }
        }
    }

    /// Inserts one row; `target` is a table with the columns that `values` fill.
    private func insert(
        _ target: String, _ values: [(any DatabaseValueConvertible)?]
    ) throws {
        let places = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try db.cachedStatement(sql: "INSERT INTO \(target) VALUES (\(places))").execute(
            arguments: StatementArguments(
                values.map { value -> (any DatabaseValueConvertible)? in
                    if let text = value as? String { text.storable } else { value }
                }))
    }
}
