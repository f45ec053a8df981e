import RuleEngine

/// Questions of a sheet (`.csv`), which a bundle includes.
enum FAQSheet {
    /// The rules that the rows of `source` stand for, each as ``BundleReader/readQuestion(_:)``
    /// makes one: a name that is the question, a trigger `asksLike` for each wording, a reply.
    static func read(_ source: RuleSource, log: DiagnosticLog) -> [RuleSyntax] {
        log.report(
            Diagnostic(
                .unsupported, at: SourcePlace(file: source.path, line: 1, column: 1),
                Bilingual(
                    en: "sheets are not supported by this version", zh: "这个版本还不能读表格"),
                help: Bilingual(
                    en: "write the questions under 'faq:'", zh: "把问题写在 faq: 下面")))
        return []
    }
}
