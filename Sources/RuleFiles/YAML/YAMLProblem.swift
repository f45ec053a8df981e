import RuleEngine
import Yams

/// What the YAML library could not read, in words a support lead can act on.
struct YAMLProblem {
    private let diagnostic: Diagnostic

    /// Finds the likeliest cause: full-width punctuation near the place, a bracket left open, else
    /// what the library says.
    init(
        _ error: any Error, text: YAMLText,
        fullWidth: [(mark: YAMLScanner.Mark, scalar: Unicode.Scalar)]
    ) {
        let facts = Self.facts(of: error)
        let (mark, problem) = (facts.mark, facts.problem)
        // The library notices a missing colon only where the next key stands: look from the line
        // it started on, at most a few lines back, to the line it gave up on.
        let first = max(min(facts.context?.line ?? mark.line, mark.line - 1), mark.line - 5)
        let near = fullWidth.filter { found in
            (first...mark.line).contains(found.mark.line)
                && (!Self.isIndentation(problem) || Self.isInKey(found.mark, of: text))
        }
        if let guilty = near.first(where: { $0.scalar == "：" }) ?? near.first {
            diagnostic = Diagnostic(
                .fullWidth,
                at: text.place(line: guilty.mark.line, scalarColumn: guilty.mark.column),
                FullWidth.message(for: guilty.scalar),
                help: FullWidth.help(for: guilty.scalar)
                    + Bilingual(en: "; inside a text use quotes around it", zh: "；如果是正文，就加引号"))
        } else if Self.isOpenBracket(problem), let opening = facts.context {
            let bracket = problem.contains("]") ? "[" : "{"
            diagnostic = Diagnostic(
                .yamlSyntax, at: text.place(line: opening.line, scalarColumn: opening.column),
                Bilingual(
                    en: "the '\(bracket)' that opens here is not closed, or a comma is missing; "
                        + "noticed in line \(mark.line)",
                    zh: "这里的“\(bracket)”没有关上，或者少了逗号（读到第 \(mark.line) 行才发现）"),
                help: Bilingual(
                    en: "close it with '\(bracket == "[" ? "]" : "}")', and put an ASCII comma "
                        + "between the values; a text with a comma or a bracket needs quotes",
                    zh: "用“\(bracket == "[" ? "]" : "}")”关上，值之间用半角逗号；"
                        + "文字里有逗号或括号就加引号"))
        } else {
            diagnostic = Diagnostic(
                .yamlSyntax, at: text.place(line: mark.line, scalarColumn: mark.column),
                Bilingual(
                    en: "not YAML here: \(problem)",
                    zh: "这里读不懂：\(Self.translations[problem] ?? problem)"),
                help: Self.helps[problem])
        }
    }

    func report(to log: DiagnosticLog) { log.report(diagnostic) }

    private static func isOpenBracket(_ problem: String) -> Bool {
        ["did not find expected ',' or ']'", "did not find expected ',' or '}'"].contains(problem)
    }

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
        mark: YAMLScanner.Mark, context: YAMLScanner.Mark?, problem: String
    ) {
        let start = YAMLScanner.Mark(line: 1, column: 1)
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return (
                YAMLScanner.Mark(line: mark.line, column: mark.column),
                context.map { YAMLScanner.Mark(line: $0.mark.line, column: $0.mark.column) },
                problem
            )
        case .duplicatedKeysInMapping(let keys, let context):
            return (
                YAMLScanner.Mark(line: context.mark.line, column: context.mark.column), nil,
                "the key '\(keys.first ?? "")' stands here twice"
            )
        case .reader(let problem, _, _, _): return (start, nil, problem)
        default: return (start, nil, "the text can't be read")
        }
    }

    /// The library's commonest complaints.
    private static let translations = [
        "mapping values are not allowed in this context": "这里不能再出现“键: 值”",
        "could not find expected ':'": "少了冒号",
        "did not find expected key": "这里应该是一个键",
        "did not find expected '-' indicator": "这里应该是“- ”开头的一项",
        "found character that cannot start any token": "文字不能以这个符号开头",
        "found unexpected end of stream": "引号没有关上",
        "found unexpected document indicator": "引号没有关上",
        "did not find expected node content": "这里少了内容",
        "did not find expected <document start>": "这里多出了内容",
        "block sequence entries are not allowed in this context": "这里不能写“- ”开头的列表",
        "the text can't be read": "文字读不出来",
    ]

    private static let helps: [String: Bilingual] = [
        "mapping values are not allowed in this context": Bilingual(
            en: "check the indentation of this line and the one above; a text with ': ' in it "
                + "needs quotes",
            zh: "检查这一行和上一行的缩进；文字里有“: ”就加引号"),
        "could not find expected ':'": Bilingual(en: "a key needs ': ' after it", zh: "键的后面要写“: ”"),
        "did not find expected key": indentation,
        "did not find expected '-' indicator": indentation,
        "found character that cannot start any token": quotes,
        "found unexpected end of stream": Bilingual(
            en: "close the quotes, or leave them out", zh: "把引号关上，或者不用引号"),
    ]

    private static let indentation = Bilingual(
        en: "check the indentation: neighbours begin in the same column", zh: "检查缩进：同一层的内容要对齐")
    private static let quotes = Bilingual(en: "put the text in quotes", zh: "给这段文字加上引号")
}
