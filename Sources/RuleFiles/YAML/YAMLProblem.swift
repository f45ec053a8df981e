import RuleEngine
import Yams

/// What the YAML library could not read, in words a support lead can act on.
struct YAMLProblem {
    private let diagnostic: Diagnostic

    /// Finds the likeliest cause: full-width punctuation near the place, else what the library
    /// says.
    init(
        _ error: any Error, text: YAMLText,
        fullWidth: [(mark: YAMLScanner.Mark, scalar: Unicode.Scalar)]
    ) {
        let (mark, contextLine, problem) = Self.facts(of: error)
        // The library notices a missing colon only where the next key stands: look from the line
        // it started on, at most a few lines back, to the line it gave up on.
        let first = max(min(contextLine, mark.line - 1), mark.line - 5)
        let near = fullWidth.filter { found in
            (first...mark.line).contains(found.mark.line)
                && (!Self.isIndentation(problem) || Self.isInKey(found.mark, of: text))
        }
        if let guilty = near.first(where: { $0.scalar == "：" }) ?? near.first {
            diagnostic = Diagnostic(
                .fullWidth,
                at: text.place(line: guilty.mark.line, scalarColumn: guilty.mark.column),
                "full-width '\(guilty.scalar)' where YAML wants the ASCII character",
                help: FullWidth.help(for: guilty.scalar) + "; inside a text use quotes around it")
        } else {
            diagnostic = Diagnostic(
                .yamlSyntax, at: text.place(line: mark.line, scalarColumn: mark.column),
                "not YAML here: \(problem)", help: Self.help(for: problem))
        }
    }

    func report(to log: DiagnosticLog) { log.report(diagnostic) }

    /// Whether the library stumbled over where a line begins, which no mark inside a text causes.
    private static func isIndentation(_ problem: String) -> Bool {
        ["did not find expected key", "did not find expected '-' indicator"].contains(problem)
    }

    /// Whether the mark stands where a key's colon would: nothing before it on its line is a
    /// colon or opens a bracket.
    private static func isInKey(_ mark: YAMLScanner.Mark, of text: YAMLText) -> Bool {
        let before = String(decoding: text.line(mark.line), as: UTF8.self).unicodeScalars
            .prefix(mark.column - 1)
        return !before.contains { $0 == ":" || $0 == "[" || $0 == "{" }
    }

    private static func facts(of error: any Error) -> (
        mark: YAMLScanner.Mark, contextLine: Int, problem: String
    ) {
        let start = YAMLScanner.Mark(line: 1, column: 1)
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return (
                YAMLScanner.Mark(line: mark.line, column: mark.column),
                context?.mark.line ?? mark.line, problem
            )
        case .duplicatedKeysInMapping(let keys, let context):
            return (
                YAMLScanner.Mark(line: context.mark.line, column: context.mark.column),
                context.mark.line, "the key '\(keys.first ?? "")' stands here twice"
            )
        case .reader(let problem, _, _, _): return (start, 1, problem)
        default: return (start, 1, "the text can't be read")
        }
    }

    private static func help(for problem: String) -> String? {
        switch problem {
        case "mapping values are not allowed in this context":
            "check the indentation of this line and the one above; a text with ': ' in it "
                + "needs quotes"
        case "could not find expected ':'": "a key needs ': ' after it"
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            "a bracket is not closed, or a comma is missing"
        case "did not find expected key", "did not find expected '-' indicator":
            "check the indentation: neighbours begin in the same column"
        case "found character that cannot start any token":
            "put the text in quotes"
        default: nil
        }
    }
}
