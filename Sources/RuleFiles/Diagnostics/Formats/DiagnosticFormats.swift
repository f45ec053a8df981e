import Foundation
import RuleEngine

/// Findings for other programs: one text a format.
package enum DiagnosticFormats {
    /// A list of findings, keys in English, messages in `language`.
    ///
    ///     [{ "id": "KF301", "severity": "error",
    ///        "place": { "file": "rules/a.kf.yml", "line": 74, "column": 13 }, "length": 4,
    ///        "message": "…", "help": "…", "notes": ["…"], "fix": { … },
    ///        "url": "docs/findings.md#kf301" }]
    package static func json(
        _ diagnostics: [Diagnostic], language: MessageLanguage
    ) throws -> String {
        if diagnostics.isEmpty { return "[]" }
        return try encoded(diagnostics.map { JSONFinding($0, language) })
    }

    /// SARIF 2.1.0: one run with the rules that are met, their results, and fixes.
    ///
    /// - Parameters:
    ///   - version: The program's.
    ///   - documentation: The address that `docs/findings.md` is found below, without a slash at
    ///     its end; `nil` for addresses relative to the repository.
    package static func sarif(
        _ diagnostics: [Diagnostic], language: MessageLanguage, version: String,
        documentation: String? = nil
    ) throws -> String {
        try encoded(
            SARIF(
                diagnostics, language: language, version: version, documentation: documentation))
    }

    /// Workflow commands of GitHub Actions, one line a finding, which its page shows beside the
    /// lines of a change.
    package static func github(_ diagnostics: [Diagnostic], language: MessageLanguage) -> String {
        diagnostics.map { diagnostic in
            var message = diagnostic.message[language]
            for note in diagnostic.notes ?? [] { message += "\n" + note[language] }
            if let help = diagnostic.help { message += "\n" + help[language] }
            let place = diagnostic.place
            let properties = [
                ("file", place.file), ("line", "\(place.line)"), ("col", "\(place.column)"),
                ("endColumn", "\(place.column + diagnostic.length - 1)"),
                ("title", "\(diagnostic.id.rawValue) \(diagnostic.id.title[language])"),
            ].map { "\($0)=\(escaped($1, isProperty: true))" }
            return "::\(diagnostic.severity.rawValue) \(properties.joined(separator: ","))"
                + "::\(escaped(message, isProperty: false))\n"
        }.joined()
    }

    /// The characters a workflow command gives a meaning to, written as it asks.
    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25"
            case "\r": escaped += "%0D"
            case "\n": escaped += "%0A"
            case ":" where isProperty: escaped += "%3A"
            case "," where isProperty: escaped += "%2C"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

private struct JSONFinding: Encodable {
    let id: DiagnosticID
    let severity: Diagnostic.Severity
    let place: SourcePlace
    let length: Int
    let message: String
    let help: String?
    let notes: [String]?
    let fix: JSONFix?
    let url: String

    struct JSONFix: Encodable {
        let title: String
        let edits: [Fix.Edit]
    }

    init(_ diagnostic: Diagnostic, _ language: MessageLanguage) {
        id = diagnostic.id
        severity = diagnostic.severity
        place = diagnostic.place
        length = diagnostic.length
        message = diagnostic.message[language]
        help = diagnostic.help?[language]
        notes = diagnostic.notes.map { $0.map { $0[language] } }
        fix = diagnostic.fix.map { JSONFix(title: $0.title[language], edits: $0.edits) }
        url = diagnostic.id.anchor
    }
}
