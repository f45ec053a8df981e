import RuleEngine

/// A log of the Static Analysis Results Interchange Format, version 2.1.0.
///
/// The part of it that code hosts read; properties are named as the standard names them.
struct SARIF: Encodable {
    let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    let version = "2.1.0"
    let runs: [Run]

    enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    struct Run: Encodable {
        let tool: Tool
        /// Columns count characters, as an editor does.
        let columnKind = "unicodeCodePoints"
        let results: [Result]
    }

    struct Tool: Encodable { let driver: Driver }

    struct Driver: Encodable {
        let name = "switchboard"
        let version: String
        let informationUri: String?
        let rules: [Rule]
    }

    struct Message: Encodable { let text: String }

    struct Rule: Encodable {
        let id: String
        let name: String
        let shortDescription: Message
        let fullDescription: Message
        let help: Message
        let helpUri: String
        let defaultConfiguration: Configuration

        struct Configuration: Encodable { let level: String }
    }

    struct Result: Encodable {
        let ruleId: String
        let ruleIndex: Int
        let level: String
        let message: Message
        let locations: [Location]
        let fixes: [FixObject]?
    }

    struct Location: Encodable { let physicalLocation: PhysicalLocation }

    struct PhysicalLocation: Encodable {
        let artifactLocation: ArtifactLocation
        let region: Region
    }

    struct ArtifactLocation: Encodable { let uri: String }

    struct Region: Encodable {
        let startLine: Int
        let startColumn: Int
        /// The column behind the last character.
        let endColumn: Int
    }

    struct FixObject: Encodable {
        let description: Message
        let artifactChanges: [ArtifactChange]
    }

    struct ArtifactChange: Encodable {
        let artifactLocation: ArtifactLocation
        let replacements: [Replacement]
    }

    struct Replacement: Encodable {
        let deletedRegion: Region
        let insertedContent: Message
    }

    init(
        _ diagnostics: [Diagnostic], language: MessageLanguage, version: String,
        documentation: String?
    ) {
        let ids = Set(diagnostics.map(\.id)).sorted { $0.rawValue < $1.rawValue }
        let base = documentation.map { $0 + "/" } ?? ""
        let rules = ids.map { id in
            Rule(
                id: id.rawValue, name: "\(id)",
                shortDescription: Message(text: id.title[language]),
                fullDescription: Message(text: id.title[language]),
                help: Message(
                    text: Bilingual(
                        en: "\(id.title.en). See \(id.anchor).",
                        zh: "\(id.title.zh)。详见 \(id.anchor)。")[
                            language]), helpUri: base + id.anchor,
                defaultConfiguration: Rule.Configuration(level: id.severity.rawValue))
        }
        let indexes = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        let driver = Driver(version: version, informationUri: documentation, rules: rules)
        runs = [
            Run(
                tool: Tool(driver: driver),
                results: diagnostics.map { Result($0, language, indexes[$0.id] ?? 0) })
        ]
    }
}

extension SARIF.Result {
    fileprivate init(_ diagnostic: Diagnostic, _ language: MessageLanguage, _ index: Int) {
        ruleId = diagnostic.id.rawValue
        ruleIndex = index
        level = diagnostic.severity.rawValue
        let lines =
            [diagnostic.message[language]] + (diagnostic.notes ?? []).map { $0[language] }
            + (diagnostic.help.map { [$0[language]] } ?? [])
        message = SARIF.Message(text: lines.joined(separator: "\n"))
        locations = [
            SARIF.Location(
                physicalLocation: SARIF.PhysicalLocation(
                    artifactLocation: SARIF.ArtifactLocation(uri: diagnostic.place.file.asURI),
                    region: SARIF.Region(diagnostic.place, diagnostic.length)))
        ]
        fixes = diagnostic.fix.map { fix in
            let files = Dictionary(grouping: fix.edits, by: \.place.file)
            return [
                SARIF.FixObject(
                    description: SARIF.Message(text: fix.title[language]),
                    artifactChanges: files.sorted { $0.key < $1.key }.map { file, edits in
                        SARIF.ArtifactChange(
                            artifactLocation: SARIF.ArtifactLocation(uri: file.asURI),
                            replacements: edits.map {
                                SARIF.Replacement(
                                    deletedRegion: SARIF.Region($0.place, $0.length),
                                    insertedContent: SARIF.Message(text: $0.replacement))
                            })
                    })
            ]
        }
    }
}

extension SARIF.Region {
    fileprivate init(_ place: SourcePlace, _ length: Int) {
        self.init(
            startLine: place.line, startColumn: place.column, endColumn: place.column + length)
    }
}

extension String {
    /// A path as a relative reference: bytes that a URI can't have are written as `%E5`.
    fileprivate var asURI: String {
        var uri = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                uri += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return uri
    }
}
