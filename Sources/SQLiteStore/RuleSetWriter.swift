import ChatModel
import GRDB
import RuleEngine

/// Writes a rule set as rows: one a bundle, menu, menu item, rule, trigger, reply and example.
///
/// What a bundle has few of (schedules, slots, notices, flows, policies, surveys) is JSON in its
/// row.
struct RuleSetWriter {
    let db: Database
    /// The version's row number.
    let version: Int64

    func write(_ definition: RuleSetDefinition) throws {
        for (index, bundle) in definition.bundles.enumerated() {
            try write(bundle, at: index)
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

    private func write(_ bundle: BundleDefinition, at position: Int) throws {
        let defaults = bundle.defaults
        try insert(
            """
            bundles (version, position, name, owner, valid, defaults, schedules, slots, notices,
                flows, policies, surveys)
            """,
            [
                version, position, bundle.name.rawValue, bundle.owner, try json(bundle.valid),
                try json(defaults == BundleDefinition.Defaults() ? nil : defaults),
                try json(bundle.schedules), try json(bundle.slots), try json(bundle.notices),
                try json(bundle.flows), try json(bundle.policies), try json(bundle.surveys),
            ])
    }

    private func write(_ menu: MenuDefinition, at position: Int, bundle: Int) throws {
        try insert(
            "menus (version, bundle, position, name, head, tail, has_numbers, rest)",
            [
                version, bundle, position, menu.name.rawValue, menu.head?.shown, menu.tail?.shown,
                menu.hasNumbers, try json(MenuRest(menu)),
            ])
        for (index, item) in menu.items.enumerated() {
            let row = MenuItemRow(item)
            try insert(
                """
                menu_items (version, bundle, menu, position, key, kind, label, target, page_path,
                    no_newline, rest)
                """,
                [
                    version, bundle, position, index, row.key, row.kind, row.label, row.target,
                    row.pagePath, row.noNewline, try json(row.rest),
                ])
        }
    }

    private func write(_ rule: RuleDefinition, at position: Int, bundle: Int) throws {
        try insert(
            """
            rules (version, bundle, position, name, priority, file, line, "column", conditions,
                exceptions, handoff, ending, starts, owner, metric_id, candidate_id, rest)
            """,
            [
                version, bundle, position, rule.name.rawValue, rule.priority.rawValue,
                rule.place.file, rule.place.line, rule.place.column,
                try json(rule.conditions), try json(rule.exceptions), try json(rule.handoff),
                try json(rule.end), rule.start?.rawValue, rule.owner, rule.id,
                rule.candidateID?.rawValue, try json(RuleRest(rule)),
            ])
        for (index, trigger) in rule.triggers.enumerated() {
            let row = try TriggerRow(trigger)
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

    private func json(_ value: (some Encodable)?) throws -> String? {
        try value.map { try JSON.text(of: $0) }
    }

    /// NULL for an empty list.
    private func json(_ values: [some Encodable]) throws -> String? {
        values.isEmpty ? nil : try JSON.text(of: values)
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
