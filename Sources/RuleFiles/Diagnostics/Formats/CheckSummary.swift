import RuleEngine

/// How much was checked and what came of it: the last line of every report.
package struct CheckSummary: Hashable, Sendable {
    /// Files read.
    package let files: Int
    /// Rules, questions of `faq` included; `nil` where the files couldn't be understood.
    package let rules: Int?
    /// Flows; `nil` where the files couldn't be understood.
    package let flows: Int?
    /// Examples and counterexamples; `nil` where the files couldn't be understood.
    package let examples: Int?
    /// Findings that stop a publication.
    package let errors: Int
    /// Findings worth a look.
    package let warnings: Int

    /// What a check of `loaded` came to; `diagnostics` are those that are shown, if not all.
    package init(_ loaded: LoadedRules, showing diagnostics: [Diagnostic]? = nil) {
        files = loaded.sources.count
        let bundles = loaded.definition?.bundles
        rules = bundles.map { $0.reduce(0) { $0 + $1.rules.count } }
        flows = bundles.map { $0.reduce(0) { $0 + $1.flows.count } }
        examples = bundles.map { bundles in
            bundles.reduce(0) { sum, bundle in
                sum + bundle.rules.reduce(0) { $0 + $1.examples.count + $1.notExamples.count }
            }
        }
        let shown = diagnostics ?? loaded.diagnostics
        errors = shown.count { $0.severity == .error }
        warnings = shown.count - errors
    }

    /// `检查 6 个文件 · 128 条规则 · 9 个流程 · 412 条例句   3 错误 2 提醒   0.06 秒`, or the same in
    /// English.
    package func line(_ language: MessageLanguage, seconds: Double) -> String {
        let hundredths = Int((seconds * 100).rounded())
        let time =
            "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
        switch language {
        case .zh:
            let parts = [
                "\(files) 个文件", rules.map { "\($0) 条规则" },
                flows.flatMap { $0 > 0 ? "\($0) 个流程" : nil }, examples.map { "\($0) 条例句" },
            ].compactMap(\.self)
            return "检查 \(parts.joined(separator: " · "))   \(errors) 错误 \(warnings) 提醒   \(time) 秒"
        case .en:
            let parts = [
                Self.counted(files, "file"), rules.map { Self.counted($0, "rule") },
                flows.flatMap { $0 > 0 ? Self.counted($0, "flow") : nil },
                examples.map { Self.counted($0, "example") },
            ].compactMap(\.self)
            return "checked \(parts.joined(separator: " · "))   "
                + "\(Self.counted(errors, "error")), \(Self.counted(warnings, "warning"))   \(time) s"
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
