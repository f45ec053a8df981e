import ArgumentParser
import Foundation
import RuleFiles

/// `switchboard init`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Begin a project: rules that work, tests, configuration, editor support.",
        discussion: """
            Writes a bundle with its tests into rules/, a commented switchboard.yml, and what an \
            editor needs to complete and check rule files. Nothing that is there is overwritten.

            EXAMPLES
              switchboard init --list
              switchboard init --template 预约 my-bot
              cd my-bot && switchboard check && switchboard test
            """)

    @Option(help: "电商售后, 预约 or 软件支持.")
    var template: String = ProjectTemplate.all[0].name

    @Flag(help: "Overwrite what is in the way.")
    var force = false

    @Flag(help: "Say which templates there are, and write nothing.")
    var list = false

    @OptionGroup var languageOptions: LanguageOptions

    @Argument(help: "Where the project is to be.")
    var folder: String = "."

    func run() throws {
        if list {
            for template in ProjectTemplate.all {
                Terminal.line("\(template.name)  \(template.summary[languageOptions.language])")
            }
            return
        }
        let files = ProjectFiles(try wanted())
        let base = URL(fileURLWithPath: folder, isDirectory: true)
        let all = files.all.map {
            (path: $0.path, text: $0.text, url: base.appending(path: $0.path))
        }
        let inTheWay = all.filter { FileManager.default.fileExists(atPath: $0.url.path) }
        guard force || inTheWay.isEmpty else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "these files are there already: "
                        + inTheWay.map(\.path).joined(separator: ", "),
                    zh: "这些文件已经有了：" + inTheWay.map(\.path).joined(separator: "、")),
                cure: Bilingual(
                    en: "name another folder, or overwrite them with --force",
                    zh: "换一个文件夹，或者加 --force 覆盖"))
        }
        for file in all { try write(file.text, to: file.url) }
        Terminal.report(report(all.map(\.path)))
    }

    private func wanted() throws -> ProjectTemplate {
        if let template = ProjectTemplate.all.first(where: { $0.name == template }) {
            return template
        }
        let names = ProjectTemplate.all.map(\.name)
        throw CommandFailure(
            .usage,
            Bilingual(en: "there is no template '\(template)'", zh: "没有模板「\(template)」"),
            cure: Suggestion.help(for: template, among: names)
                ?? Bilingual(
                    en: "one of: \(names.joined(separator: ", "))",
                    zh: "可以写：\(names.joined(separator: "、"))"))
    }

    private func write(_ text: String, to url: URL) throws {
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure(
                .unreadable, Bilingual(en: "can't write \(url.path)", zh: "\(url.path) 写不了"),
                cure: Bilingual(
                    en: "check that the folder exists and is yours", zh: "看看文件夹在不在、有没有权限"))
        }
    }

    private func report(_ paths: [String]) -> String {
        let enter = folder == "." ? "" : "cd \(folder) && "
        let next = Bilingual(
            en: """
                Next:
                  \(enter)switchboard check                what is wrong, where, and how to mend it
                  \(enter)switchboard test                 every example and every conversation
                  \(enter)switchboard chat --rules rules/  talk to it
                """,
            zh: """
                接下来：
                  \(enter)switchboard check                哪里不对、怎么改
                  \(enter)switchboard test                 播放所有例句和对话
                  \(enter)switchboard chat --rules rules/  和它聊一聊
                """)
        return (paths.map { "  \($0)" } + ["", next[languageOptions.language]]).joined(
            separator: "\n")
    }
}
