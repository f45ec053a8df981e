package import ChatModel
import RuleEngine

/// The ids menu items were given, kept in a file beside the rules, so that renaming an item or
/// giving its old name to another one never makes an old menu on a customer's screen mean
/// something else.
///
///     lock: 1
///     bundles:
///       "小店客服":
///         "主菜单.订单": { id: sb5ee5ada6d5ae770f, label: "查订单" }
///
/// The program writes it, people commit it. A bundle without an entry has the ids of ``WireIDs``.
package struct WireLock: Hashable, Sendable {
    /// The file's name, in whatever folder.
    package static let fileName = "wire-ids.lock.yml"

    /// What is kept of one item.
    package struct Entry: Hashable, Sendable {
        /// Its id; never another item's again.
        package var id: WireID
        /// What it last showed: a new key with the same label is the same item, renamed.
        package var label: String
        /// Ids of its earlier names.
        package var formerIDs: [WireID]
        /// Whether the item is no longer there.
        package var isGone: Bool
    }

    /// By bundle and `menu.item`.
    package var bundles: [BundleName: [String: Entry]] = [:]

    /// A lock that knows nothing.
    package init() {}

    // MARK: Reading

    /// Whether a source is a lock file.
    static func isLock(_ source: RuleSource) -> Bool {
        source.path == fileName || source.path.hasSuffix("/" + fileName)
    }

    /// What a lock file says; what is wrong with it goes to the log.
    package init(reading source: RuleSource, log: DiagnosticLog) {
        guard let root = YAMLDocument.parse(source, log: log),
            let map = MapCursor(root, as: Bilingual(en: "the lock file", zh: "编号锁定文件"), log: log)
        else { return }
        if map.text("lock")?.text != "1" {
            report(root, log, en: "'lock: 1' is missing", zh: "少了 lock: 1")
        }
        var owners: [WireID: String] = [:]
        for bundle in map.map("bundles")?.namedEntries ?? [] {
            guard let items = MapCursor(bundle.value, as: .quoted(bundle.name), log: log) else {
                continue
            }
            var entries: [String: Entry] = [:]
            for item in items.namedEntries {
                guard let entry = Self.readEntry(item, log) else { continue }
                entries[item.name] = entry
                for id in [entry.id] + entry.formerIDs {
                    let owner = owners.updateValue(item.name, forKey: id)
                    guard let owner else { continue }
                    report(
                        item.key, log, en: "'\(owner)' has the id \(id) already",
                        zh: "编号 \(id) 已经给了「\(owner)」")
                }
            }
            bundles[BundleName(bundle.name)] = entries
        }
        map.finish()
    }

    private static func readEntry(_ item: YAMLNode.Entry, _ log: DiagnosticLog) -> Entry? {
        guard let map = MapCursor(item.value, as: .quoted(item.name), log: log),
            let id = map.requiredText("id")
        else { return nil }
        let entry = Entry(
            id: WireID(id.text ?? ""), label: map.node[key: "label"]?.text ?? "",
            formerIDs: map.texts("former").map { WireID($0.text ?? "") },
            isGone: map.flag("gone") ?? false)
        _ = map.entry("label")
        map.finish()
        for id in [entry.id] + entry.formerIDs where !isUsable(id) {
            log.report(
                .wireLock, at: item.value,
                Bilingual(en: "'\(id)' can't be an id", zh: "「\(id)」不能做编号"), help: restore)
            return nil
        }
        return entry
    }

    /// 1…64 bytes of ASCII letters, digits, `-` and `_` (wecom-kf reference §9.4).
    private static func isUsable(_ id: WireID) -> Bool {
        (1...64).contains(id.rawValue.utf8.count)
            && id.rawValue.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
            }
    }

    private static let restore = Bilingual(
        en: "take the file from your version control; the program writes it, nobody else should",
        zh: "从版本库恢复这个文件；它由程序维护，不要手改")

    private func report(_ node: YAMLNode, _ log: DiagnosticLog, en: String, zh: String) {
        log.report(.wireLock, at: node, Bilingual(en: en, zh: zh), help: Self.restore)
    }

    // MARK: Writing

    /// The lock after `loaded` was published.
    ///
    /// New items are added, vanished ones marked as gone, renamed ones joined to what they were.
    /// Bundles that weren't loaded stay as they are.
    package func updated(with loaded: LoadedRules) -> WireLock {
        var lock = self
        for bundle in loaded.bundles {
            let name = bundle.definition.name
            var entries = lock.bundles[name] ?? [:]
            let assigned = bundle.wireIDs
            let owners = Dictionary(
                entries.map { ($0.value.id, $0.key) }, uniquingKeysWith: { first, _ in first })
            for id in assigned.values.flatMap(\.formerIDs) {
                if let old = owners[id] { entries[old] = nil }
            }
            for key in entries.keys where assigned[key] == nil { entries[key]?.isGone = true }
            for (key, item) in assigned { entries[key] = item }
            lock.bundles[name] = entries.isEmpty ? nil : entries
        }
        return lock
    }

    /// The file's text: sorted, so that the same items give the same bytes.
    package var text: String {
        var text = """
            # 菜单项的线上编号：由程序维护，和规则文件一起提交，不要手改。
            # Ids of menu items on the wire: kept by the program, committed with the rules.
            lock: 1
            bundles:

            """
        if bundles.isEmpty { return String(text.dropLast()) + " {}\n" }
        for (bundle, entries) in bundles.sorted(by: { $0.key < $1.key }) {
            text += "  \(Self.quoted(bundle.rawValue)):\n"
            for (item, entry) in entries.sorted(by: { $0.key < $1.key }) {
                text += "    \(Self.quoted(item)): { id: \(entry.id)"
                text += ", label: \(Self.quoted(entry.label))"
                if !entry.formerIDs.isEmpty {
                    text += ", former: [\(entry.formerIDs.map(\.rawValue).joined(separator: ", "))]"
                }
                if entry.isGone { text += ", gone: true" }
                text += " }\n"
            }
        }
        return text
    }

    /// A YAML text in double quotes, on one line whatever is in it.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where needsEscape(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Controls, separators and marks that nobody sees, which a file may not hold as they are.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
            .surrogate:
            true
        default: false
        }
    }
}

extension LoadedRules {
    /// What the lock file should say once these rules are published.
    package var updatedWireLock: WireLock { wireLock.updated(with: self) }
}
