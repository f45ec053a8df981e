import Foundation
import Testing

@testable import RuleFiles

/// The schema editors use agrees with the files people write.
@Suite struct EditorSchemaTests {
    private static func schema(_ file: EditorSchema.File) throws -> SchemaCheck {
        try SchemaCheck(EditorSchema(file).text)
    }

    private static func complaints(_ text: String, _ file: EditorSchema.File) throws -> [String] {
        let log = DiagnosticLog()
        let source = RuleSource(path: "a.yml", text: text)
        let roots = YAMLDocument.parse(source, allowsSeveral: true, log: log)
        let schema = try schema(file)
        return roots.filter { !$0.isEmpty }.flatMap { schema.complaints(about: $0) }
    }

    /// Every rule file and test file of the repository.
    static let files: [String] = {
        ["rules", "fixtures/conversations"].flatMap { folder in
            let path = root.appending(path: folder).resolvingSymlinksInPath().path
            let found = FileManager.default.enumerator(atPath: path)
            return (found?.compactMap { $0 as? String } ?? []).sorted().map { "\(folder)/\($0)" }
        }.filter { $0.hasSuffix(".kf.yml") || $0.hasSuffix(".test.yml") }
    }()

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test(arguments: files) func takesEveryFile(_ path: String) throws {
        let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        let file: EditorSchema.File = path.hasSuffix(".test.yml") ? .tests : .rules
        let complaints = try Self.complaints(text, file)
        #expect(complaints == [])
    }

    @Test func takesTheWholeLanguage() throws {
        let complaints = try Self.complaints(richFile, .rules)
        #expect(complaints == [])
        #expect(Self.files.count > 30)
    }

    /// The keys may be Chinese, and the editor knows them, too.
    @Test func takesChineseKeys() throws {
        let text = """
            格式: 1
            规则包: 花店
            规则:
              - 规则: 营业时间
                当: { 说: [几点开门] }
                回复: 九点。
            """
        let complaints = try Self.complaints(text, .rules)
        #expect(complaints == [])
    }

    @Test(arguments: [
        ("rules: [{ rule: 一, when: { say: 退款 } }]", "say"),
        ("rules: [{ rule: 一 }]", "when"),
        ("rules: [{ rule: 一, when: { says: 退款 }, priority: highest }]", "highest"),
        ("rules: { 一: 二 }", "rules"),
        ("slots: { 日期: { ask: 哪天, keep: forever } }", "forever"),
        ("flows: { 查: [{ asks: 订单号 }] }", "asks"),
        ("handoff: { 售后: { to: somebody } }", "somebody"),
        ("defaults: { idle: 30 }", "idle"),
        ("schedules: { 营业: { weekly: { 周一: 九点到五点 } } }", "九点到五点"),
        ("menus: { 主: { head: 请选 } }", "items"),
    ])
    func marksMistakes(_ text: String, _ about: String) throws {
        let complaints = try Self.complaints(text, .rules)
        #expect(complaints.contains { $0.contains(about) }, "\(complaints)")
    }

    @Test(arguments: [
        ("tests_for: a.kf.yml\ntests: [{ test: 一, steps: [{ customers: 你好 }] }]", "customers"),
        ("tests_for: a.kf.yml\ntests: [{ test: 一, steps: [{ wait: 5 }] }]", "wait"),
        ("tests_for: a.kf.yml\ntests: [{ steps: [] }]", "test"),
    ])
    func marksMistakesOfTests(_ text: String, _ about: String) throws {
        let complaints = try Self.complaints(text, .tests)
        #expect(complaints.contains { $0.contains(about) }, "\(complaints)")
    }

    /// No key without its explanation in both languages, and no explanation without a key.
    @Test func everyKeyIsExplained() {
        var used: Set<String> = []
        for (kind, table) in FileSchema.tables {
            for key in table.keys {
                let note = KeyNote.on(key, of: kind)
                #expect(note != nil, "\(kind).\(key) has no note")
                if let note { used.insert(note.key) }
            }
        }
        #expect(Set(KeyNote.all.keys).subtracting(used) == [])
    }

    /// Hovers are in both languages, and names are offered once.
    @Test func propertiesAreDescribed() throws {
        let schema = try Self.schema(.rules)
        let rule = try #require(schema.definition("rule"))
        let properties = try #require(rule["properties"] as? [String: Any])
        let reply = try #require(properties["reply"] as? [String: Any])
        let text = try #require(reply["description"] as? String)
        #expect(text.contains("回复") && text.contains("the reply"))
        #expect(reply["doNotSuggest"] == nil)
        let chinese = try #require(properties["回复"] as? [String: Any])
        #expect(chinese["doNotSuggest"] as? Bool == true)
    }
}

/// As much of JSON Schema as ours uses, on YAML as an editor reads it.
struct SchemaCheck {
    private let root: [String: Any]

    init(_ json: String) throws {
        root = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    func definition(_ name: String) -> [String: Any]? {
        (root["$defs"] as? [String: Any])?[name] as? [String: Any]
    }

    func complaints(about node: YAMLNode) -> [String] { check(node, root, "") }

    private func check(_ node: YAMLNode, _ schema: Any?, _ path: String) -> [String] {
        if let allowed = schema as? Bool { return allowed ? [] : ["\(path): not allowed"] }
        guard let schema = schema as? [String: Any] else { return ["\(path): no schema"] }
        var found: [String] = []
        if let reference = schema["$ref"] as? String {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            found += definition(name).map { check(node, $0, path) } ?? ["\(path): \(reference)"]
        }
        if let type = schema["type"] {
            let types = type as? [String] ?? [type as? String ?? ""]
            if !types.contains(where: { Self.types(of: node).contains($0) }) {
                found.append("\(path): '\(node.text ?? "")' is no \(types)")
            }
        }
        if let values = schema["enum"] as? [Any], !values.contains(where: { Self.is(node, $0) }) {
            found.append("\(path): '\(node.text ?? "")' is none of \(values)")
        }
        if let pattern = schema["pattern"] as? String, let text = node.text,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            found.append("\(path): '\(text)' does not match")
        }
        if let alternatives = schema["anyOf"] as? [Any] {
            let each = alternatives.map { check(node, $0, path) }
            if !each.contains([]) { found += each.flatMap(\.self) }
        }
        for part in schema["allOf"] as? [Any] ?? [] { found += check(node, part, path) }
        if let elements = node.list, let items = schema["items"] {
            for (index, element) in elements.enumerated() {
                found += check(element, items, "\(path)[\(index)]")
            }
        }
        if let entries = node.map { found += checkMap(entries, schema, path) }
        return found
    }

    private func checkMap(
        _ entries: [YAMLNode.Entry], _ schema: [String: Any], _ path: String
    ) -> [String] {
        var found: [String] = []
        for name in schema["required"] as? [String] ?? []
        where !entries.contains(where: { $0.name == name }) {
            found.append("\(path): needs \(name)")
        }
        let properties = schema["properties"] as? [String: Any] ?? [:]
        let patterns = schema["patternProperties"] as? [String: Any] ?? [:]
        for entry in entries {
            let place = "\(path).\(entry.name)"
            if let property = properties[entry.name] {
                found += check(entry.value, property, place)
            } else if let (_, property) = patterns.first(where: {
                entry.name.range(of: $0.key, options: .regularExpression) != nil
            }) {
                found += check(entry.value, property, place)
            } else if let others = schema["additionalProperties"] {
                found += check(entry.value, others, place)
            }
        }
        return found
    }

    /// What YAML 1.2 makes of a scalar that isn't quoted.
    private static func types(of node: YAMLNode) -> Set<String> {
        switch node.content {
        case .map: return ["object"]
        case .list: return ["array"]
        case .scalar(let text, .plain):
            if text.isEmpty || text == "null" || text == "~" { return ["null"] }
            if text == "true" || text == "false" { return ["boolean"] }
            if text.wholeMatch(of: /[-+]?[0-9]+/) != nil { return ["integer", "number"] }
            if text.wholeMatch(of: /[-+]?[0-9]+\.[0-9]+/) != nil { return ["number"] }
            return ["string"]
        case .scalar: return ["string"]
        }
    }

    private static func `is`(_ node: YAMLNode, _ value: Any) -> Bool {
        switch types(of: node) {
        case ["boolean"]: (value as? Bool).map { "\($0)" == node.text } ?? false
        case ["string"]: value as? String == node.text
        default: (value as? Int).map { "\($0)" == node.text } ?? false
        }
    }
}
