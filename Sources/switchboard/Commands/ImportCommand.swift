import ArgumentParser
import Boundary
import Foundation
import RuleFiles

/// `switchboard import`: rule files out of what other programs keep.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make rules of a sheet of questions and answers.",
        discussion: """
            EXAMPLES
              switchboard import csv faq.csv --into rules/faq.kf.yml
            """,
        subcommands: [ImportCSVCommand.self])
}

/// `switchboard import csv`.
struct ImportCSVCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv",
        abstract: "Make an 'faq:' list of a CSV sheet.",
        discussion: """
            The first row names the columns, in Chinese or English and in any order: 问题 and 回答 \
            must be there; 编号, 相似问法 (one a line, or columns 相似问法1, 相似问法2 …), 标签, \
            有效期 and 备注 may be. UTF-8, UTF-16 and GB18030 are read, with commas, semicolons or \
            tabs. From Excel, save as "CSV UTF-8"; xlsx is not read.

            With --into the questions are added to a file, which is made if it isn't there; those \
            it has already stay as they are. Without it the list goes to standard output. A bundle \
            can also include a sheet as it is: include: faq.csv

            Exit status: 0 done, 1 the sheet has mistakes, 3 a file can't be read or written.

            EXAMPLES
              switchboard import csv faq.csv --into rules/faq.kf.yml
              switchboard import csv faq.csv > rules/faq.kf.yml
            """)

    @Argument(help: "The sheet, a .csv file.")
    var file: String

    @Option(help: "The rule file to add the questions to.")
    var into: String?

    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws {
        if let into, !into.hasSuffix(".yml") {
            throw ValidationError(
                Bilingual(
                    en: "--into names a rule file, such as rules/faq.kf.yml",
                    zh: "--into 要写规则文件，比如 rules/faq.kf.yml"))
        }
    }

    func run() throws {
        let source = try Self.sheet(at: file)
        let (entries, diagnostics) = RuleFiles.questions(ofSheet: source)
        try report(diagnostics, of: source)
        let target = try into.map { path in
            FileManager.default.fileExists(atPath: path)
                ? try RuleFolder.source(at: path) : RuleSource(path: path, text: "")
        }
        let log = DiagnosticLog()
        let rules = target ?? RuleSource(path: "-", text: "")
        let addition = RuleFiles.adding(entries, to: rules, log: log)
        try report(log.diagnostics, of: rules)
        guard let addition else { throw CommandEnd(status: .findings) }
        guard let into else { return Terminal.report(addition.text) }
        if addition.added > 0 { try write(addition.text, to: into) }
        say(
            Bilingual(
                en: "\(into): added \(counted(addition.added, "question")), "
                    + "\(addition.present.count) there already",
                zh: "\(into)：加了 \(addition.added) 个问题，\(addition.present.count) 个已经有了"))
        if rules.text.isEmpty {
            let name = PathParts(into).name
            say(
                Terminal.helpLabel
                    + Bilingual(
                        en: "write 'include: \(name)' in the bundle it belongs to",
                        zh: "在它所属的规则包里写 include: \(name)"))
        }
    }

    /// Half a sheet is worse than none: with any error nothing is written.
    private func report(_ diagnostics: [Diagnostic], of source: RuleSource) throws {
        guard !diagnostics.isEmpty else { return }
        let renderer = DiagnosticRenderer(
            sources: [source], language: languageOptions.language, usesColor: false)
        Terminal.standardError(renderer.text(diagnostics))
        if diagnostics.contains(where: { $0.severity == .error }) {
            throw CommandEnd(status: .findings)
        }
    }

    private static func sheet(at path: String) throws -> RuleSource {
        guard !path.lowercased().hasSuffix(".xlsx"), !path.lowercased().hasSuffix(".xls") else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "\(path) is a workbook, which is not read", zh: "\(path) 是 Excel 工作簿，不能直接读"),
                cure: Bilingual(
                    en: "save it as 'CSV UTF-8' and import that", zh: "另存为“CSV UTF-8”再导入"))
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "\(path) can't be read", zh: "\(path) 读不了"),
                cure: Bilingual(en: "check the path and its rights", zh: "看看路径和权限"))
        }
        defer { try? file.close() }
        let limit = YAMLDocument.maximumBytes
        guard let data = try? file.read(upToCount: limit + 1) ?? Data() else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "\(path) can't be read", zh: "\(path) 读不了"),
                cure: Bilingual(en: "name a file", zh: "写一个文件"))
        }
        guard data.count <= limit else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "\(path) is larger than \(limit) bytes", zh: "\(path) 超过 \(limit) 字节"),
                cure: Bilingual(en: "split it into several sheets", zh: "拆成几张表"))
        }
        guard let text = SheetBytes.text(data) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "\(path) is neither UTF-8 nor GB18030",
                    zh: "\(path) 既不是 UTF-8 也不是 GB18030 编码"),
                cure: Bilingual(en: "save it as 'CSV UTF-8'", zh: "另存为“CSV UTF-8”"))
        }
        return RuleSource(path: path, text: text)
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path))
        } catch {
            throw CommandFailure(
                .unreadable, Bilingual(en: "\(path) can't be written", zh: "\(path) 写不了"),
                cure: Bilingual(
                    en: "check its folder and its rights", zh: "看看它的文件夹和权限"))
        }
    }

    private func say(_ message: Bilingual) {
        Terminal.standardError(message[languageOptions.language])
    }
}
