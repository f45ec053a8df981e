/// A JSON Schema of the files people write, for editors: what may stand where, and what it means.
///
/// Draft 2020-12, kept to what the YAML language server of editors understands. It is made of
/// ``FileSchema`` and ``KeyNote``, so that a key the formatter knows is one the editor offers. It
/// is lenient where the language is not: names, places and lengths are for `check`.
package struct EditorSchema: Sendable {
    /// The kinds of files.
    package enum File: String, Hashable, Sendable, CaseIterable {
        case rules, tests

        /// How names of such files end.
        package var suffix: String {
            switch self {
            case .rules: ".kf.yml"
            case .tests: ".test.yml"
            }
        }

        var root: FileSchema.MapKind { self == .rules ? .bundle : .testFile }

        var title: String {
            switch self {
            case .rules: "Switchboard 规则文件 (rule file)"
            case .tests: "Switchboard 对话测试 (test conversations)"
            }
        }
    }

    /// The schema, as JSON with a line end.
    package let text: String

    /// The schema of a kind of file.
    package init(_ file: File) {
        var writer = SchemaWriter()
        let root = writer.reference(to: file.root)
        let definitions = writer.definitions()
        text =
            SchemaTree.object([
                ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
                ("title", .text(file.title)), ("$ref", .text(root)),
                ("$defs", .object(definitions)),
            ]).written() + "\n"
    }
}

/// Collects the definitions a schema refers to.
private struct SchemaWriter {
    private var wanted: [FileSchema.MapKind] = []

    /// Where a kind of map is defined.
    mutating func reference(to kind: FileSchema.MapKind) -> String {
        if !wanted.contains(kind) { wanted.append(kind) }
        return "#/$defs/\(kind)"
    }

    /// Every definition that was referred to, and those these refer to, by name.
    mutating func definitions() -> [(String, SchemaTree)] {
        var definitions: [(String, SchemaTree)] = []
        var next = 0
        while next < wanted.count {
            let kind = wanted[next]
            definitions.append(("\(kind)", definition(of: kind)))
            next += 1
        }
        return definitions
    }

    // MARK: Maps

    private mutating func definition(of kind: FileSchema.MapKind) -> SchemaTree {
        var properties: [(String, SchemaTree)] = []
        var required: [SchemaTree] = []
        for key in kind.keys {
            let note = KeyNote.on(key, of: kind)
            let value = schema(of: kind.shape(of: key), note, of: kind)
            properties.append((key, described(value, note)))
            let chinese = KeyVocabulary.chinese(for: key)
            if let chinese {
                // Known, but not offered: one of the two names is enough in a list to choose from.
                properties.append((chinese, described(value, note, isOffered: false)))
            }
            if note?.isRequired == true {
                let names = [key, chinese].compactMap(\.self)
                required.append(
                    .object([
                        (
                            "anyOf",
                            .list(names.map { .object([("required", .list([.text($0)]))]) })
                        )
                    ]))
            }
        }
        var fields: [(String, SchemaTree)] = [
            ("type", .text("object")), ("properties", .object(properties)),
        ]
        if kind.keys.contains("zh") {
            let others = BundleReader.languages.subtracting(["zh", "en"]).sorted()
            fields.append(
                (
                    "patternProperties",
                    .object([("^(\(others.joined(separator: "|")))$", Self.anyText)])
                ))
        }
        // There people are called by their userids, and answers have any fields.
        fields.append(("additionalProperties", .flag([.servicer, .answer, .sends].contains(kind))))
        if !required.isEmpty { fields.append(("allOf", .list(required))) }
        return .object(fields)
    }

    private func described(
        _ schema: SchemaTree, _ note: KeyNote?, isOffered: Bool = true
    ) -> SchemaTree {
        guard let note, case .object(let fields) = schema else { return schema }
        let meaning = SchemaTree.text("\(note.meaning.zh)\n\n\(note.meaning.en)")
        let hidden: [(String, SchemaTree)] = isOffered ? [] : [("doNotSuggest", .flag(true))]
        return .object([("description", meaning)] + hidden + fields)
    }

    // MARK: Values

    /// `1h30m`.
    private static let duration = "([0-9]+(ms|s|m|h|d))+"

    /// Numbers, `true` and dates are texts, too, if they stand where one belongs.
    private static let anyText = SchemaTree.object([
        ("type", .list([.text("string"), .text("number"), .text("boolean")]))
    ])

    private mutating func schema(
        of shape: FileSchema.Shape, _ note: KeyNote?, of kind: FileSchema.MapKind
    ) -> SchemaTree {
        var one = alternatives(of: shape, note)
        if kind == .test, note?.key == "test.steps" {
            one.append(oneOf(["enters", "recall", "ends"].map(SchemaTree.text)))
        }
        let element = anyOf(one)
        let array = SchemaTree.object([("type", .text("array")), ("items", element)])
        switch note?.list ?? usualList(shape.scalar) {
        case .never: return element
        case .also, .inside: return anyOf(one + [array])
        case .only: return array
        case .nested:
            let groups = SchemaTree.object([("type", .text("array")), ("items", array)])
            return anyOf(one + [array, groups])
        }
    }

    private func usualList(_ scalar: FileSchema.Scalar) -> KeyNote.ListUse {
        switch scalar {
        case .words, .sentences: .also
        case .text, .name, .number, .choice, .none, .unknown: .never
        }
    }

    private mutating func alternatives(
        of shape: FileSchema.Shape, _ note: KeyNote?
    ) -> [SchemaTree] {
        var found: [SchemaTree] = []
        if let form = note?.form {
            found.append(schema(of: form))
        } else if shape.scalar != .none {
            found.append(shape.scalar == .unknown ? .flag(true) : Self.anyText)
        }
        switch shape.map {
        case .named(let inner):
            let value = alternatives(of: inner, note?.inner)
            let isList = note?.list == .inside || [.words, .sentences].contains(inner.scalar)
            let array = SchemaTree.object([("type", .text("array")), ("items", anyOf(value))])
            found.append(
                .object([
                    ("type", .text("object")),
                    ("additionalProperties", anyOf(isList ? value + [array] : value)),
                ]))
        case .flow?:
            let steps = SchemaTree.object([
                ("type", .text("array")),
                ("items", .object([("$ref", .text(reference(to: .step)))])),
            ])
            found += [steps, .object([("$ref", .text(reference(to: .flow)))])]
        case let kind?: found.append(.object([("$ref", .text(reference(to: kind)))]))
        case nil: break
        }
        return found.isEmpty ? [.flag(true)] : found
    }

    private func schema(of form: KeyNote.Form) -> SchemaTree {
        switch form {
        case .flag: oneOf([.flag(true), .flag(false)])
        case .onlyTrue: oneOf([.flag(true)])
        case .integer(let range):
            .object([
                ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
                ("maximum", .number(range.upperBound)),
            ])
        case .decimal(let range):
            .object([
                ("type", .text("number")), ("minimum", .decimal(range.lowerBound)),
                ("maximum", .decimal(range.upperBound)),
            ])
        case .duration: pattern("^\(Self.duration)$")
        case .durationOr(let words): pattern("^(\(Self.duration)|\(words.joined(separator: "|")))$")
        case .hours:
            pattern("^([0-9]{1,2}:[0-9]{2} *[-–~～至] *[0-9]{1,2}:[0-9]{2}|closed|休息|关|不营业)$")
        // `kf: 1` is a number to an editor.
        case .oneOf(["1"]): oneOf([.number(1), .text("1")])
        case .oneOf(let words): oneOf(words.map(SchemaTree.text))
        case .text: Self.anyText
        }
    }

    private func pattern(_ pattern: String) -> SchemaTree {
        .object([("type", .text("string")), ("pattern", .text(pattern))])
    }

    private func oneOf(_ values: [SchemaTree]) -> SchemaTree { .object([("enum", .list(values))]) }

    private func anyOf(_ alternatives: [SchemaTree]) -> SchemaTree {
        alternatives.count == 1 ? alternatives[0] : .object([("anyOf", .list(alternatives))])
    }
}

extension KeyNote {
    /// What holds for each value below a name.
    fileprivate var inner: KeyNote? {
        switch form {
        case .hours, .text: self
        default: nil
        }
    }
}
