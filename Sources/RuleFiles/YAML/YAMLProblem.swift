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
        let near = fullWidth.filter { (first...mark.line).contains($0.mark.line) }
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
