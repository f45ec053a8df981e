import ArgumentParser
import RuleFiles

/// `switchboard export`: out of rule files, for programs other people work with.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write questions and answers as a sheet.",
        discussion: """
            EXAMPLES
              switchboard export csv > faq.csv
            """,
        subcommands: [ExportCSVCommand.self])
}

/// `switchboard export csv`.
struct ExportCSVCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv",
        abstract: "Write the questions of the rules as a CSV sheet that Excel opens.",
        discussion: """
            Every entry of 'faq:' and every rule with 'asks_like' whose reply is one text becomes \
            a row: 编号, 问题, 相似问法 (one a line), 回答, 标签, 有效期, 备注. Sheets the rules \
            include keep their ids and comments. What a sheet can't hold is said on standard error.

            Exit status: 0 done, 1 the rules have errors, 3 they can't be read.

            EXAMPLES
              switchboard export csv > faq.csv
              switchboard export csv rules/shop.kf.yml > faq.csv
            """)

    @Argument(help: "Rule files, or folders of them.")
    var paths: [String] = ["rules/"]

    @OptionGroup var languageOptions: LanguageOptions

    func run() throws {
        let loaded = RuleFiles.load(
            try RuleFolder.ruleSources(at: paths), calibrates: false)
        guard !loaded.hasErrors else {
            Terminal.standardError(loaded.report(language: languageOptions.language))
            throw CommandEnd(status: .findings)
        }
        let sheet = loaded.sheet
        Terminal.output(FAQEntry.csv(sheet.entries))
        if sheet.entries.isEmpty {
            say(
                Bilingual(
                    en: "no questions found: there is neither an 'faq' nor 'asks_like' here",
                    zh: "没有找到问题：这里既没有 faq，也没有 asks_like"))
        }
        for (names, message) in [
            (
                sheet.left,
                Bilingual(
                    en: "not written, their reply isn't one text", zh: "没有写出，回复不是一段文字")
            ),
            (
                sheet.reduced,
                Bilingual(
                    en: "only question, answer and tags written, they do more",
                    zh: "只写出了问题、回答和标签，它们还有别的内容")
            ),
        ] where !names.isEmpty {
            say(Self.list(message, names))
        }
        if sheet.losesComments {
            say(
                Bilingual(
                    en: "comments of rule files are not written; those of sheets are",
                    zh: "规则文件里的注释不会写出，表格里的备注会"))
        }
    }

    /// Names after a message: the first ten.
    private static func list(_ message: Bilingual, _ names: [String]) -> Bilingual {
        let shown = names.prefix(10)
        let more = names.count > shown.count
        return Bilingual(
            en: "\(counted(names.count, "rule")) \(message.en): "
                + shown.joined(separator: ", ") + (more ? " …" : ""),
            zh: "\(names.count) 条规则\(message.zh)：" + shown.joined(separator: "、")
                + (more ? "……" : ""))
    }

    private func say(_ message: Bilingual) {
        Terminal.standardError(message[languageOptions.language])
    }
}
