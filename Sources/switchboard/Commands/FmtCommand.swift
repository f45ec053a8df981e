import ArgumentParser
import Foundation
import RuleFiles

/// `switchboard fmt`.
struct FmtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Bring rule files and tests into canonical form.",
        discussion: """
            Indentation, order of keys, quotes and line ends become the same everywhere; every \
            comment stays with its neighbour, and the meaning never changes. With --fix, \
            full-width punctuation, tabs and odd spaces outside of texts are repaired first, \
            also in files that can't be read because of them.

            Of folders, .kf.yml and .test.yml files are taken; '-' is standard input, whose \
            result goes to standard output.

            Exit status: 0 done, or nothing to do; 1 with --check or --diff, something would \
            change; 3 a file can't be read.

            EXAMPLES
              switchboard fmt
              switchboard fmt rules/ fixtures/ --check
              switchboard fmt rules/shop.kf.yml --fix --diff
              switchboard fmt rules/shop.kf.yml --keys zh
              switchboard fmt - < shop.kf.yml > tidy.kf.yml
            """)

    @Argument(help: "Rule files and tests, folders of them, or -.")
    var paths: [String] = ["rules/"]

    @Flag(help: "Write nothing; name the files that would change.")
    var check = false

    @Flag(help: "Write nothing; show what would change.")
    var diff = false

    @Flag(help: "Repair full-width punctuation, tabs and odd spaces first.")
    var fix = false

    @Option(help: "Write the format's keys in this language: zh or en.")
    var keys: KeyVocabulary.Language?

    @Flag(help: "Rewrite older formats first. Format 1 is the first there is.")
    var upgrade = false

    @OptionGroup var languageOptions: LanguageOptions

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    func validate() throws {
        if paths.contains("-"), paths.count > 1 {
            throw ValidationError(
                Bilingual(en: "'-' is standard input, and stands alone", zh: "- 是标准输入，要单独写"))
        }
    }

    func run() throws {
        let isStream = paths == ["-"]
        let sources = try isStream ? [Self.standardInput()] : Self.sources(at: paths)
        let tidying = RuleTidying(
            repairs: fix, upgrades: upgrade, keys: keys, language: languageOptions.language,
            usesColor: color.isWanted, isDry: check || diff)
        var tally = FmtTally(files: sources.count)
        for source in sources {
            let tidy = tidying.tidy(source)
            if !tidy.isCanonical { tally.unreadable += 1 }
            if tidy.text != source.text { tally.changed += 1 }
            try show(tidy, of: source, isStream: isStream)
        }
        if !isStream { Terminal.line(tally.line(isDry: check || diff)[languageOptions.language]) }
        if tally.unreadable > 0 { throw CommandEnd(status: .unreadable) }
        if tally.changed > 0, check || diff { throw CommandEnd(status: .findings) }
    }

    private func show(_ tidy: RuleTidying.Tidy, of source: RuleSource, isStream: Bool) throws {
        let isChanged = tidy.text != source.text
        if diff {
            if isChanged {
                let path = isStream ? "-" : source.path
                Terminal.report(UnifiedDiff.text(from: source.text, to: tidy.text, path: path))
            }
        } else if check {
            if isChanged { Terminal.line(source.path) }
        } else if isStream {
            // Half a result would overwrite what an editor holds.
            if tidy.isCanonical { Terminal.report(tidy.text) }
        } else if isChanged {
            try write(tidy.text, to: source.path)
            Terminal.line(source.path)
        }
    }

    // MARK: Files

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path))
        } catch {
            throw CommandFailure.unwritable(path)
        }
    }

    /// The files named, and the rule files and tests of the folders named.
    private static func sources(at paths: [String]) throws -> [RuleSource] {
        var sources: [RuleSource] = []
        var seen: Set<String> = []
        for path in paths {
            let isFolder = RuleFolder.isFolder(path)
            let found = try RuleFolder.sources(at: [path], suffix: ".yml").filter {
                !isFolder || $0.path.hasSuffix(".kf.yml") || $0.path.hasSuffix(".test.yml")
            }
            guard !found.isEmpty else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "no file ends in .kf.yml or .test.yml at \(path)",
                        zh: "\(path) 里没有以 .kf.yml 或 .test.yml 结尾的文件"),
                    cure: Bilingual(
                        en: "name a file or a folder that holds some",
                        zh: "写一个这样的文件，或者放着它们的文件夹"))
            }
            sources += found.filter { seen.insert($0.path).inserted }
        }
        return sources
    }

    private static func standardInput() throws -> RuleSource {
        // One byte more than is read anyway: the reader refuses it with the reason.
        let limit = YAMLDocument.maximumBytes + 1
        var data = Data()
        while data.count < limit,
            let part = try? FileHandle.standardInput.read(upToCount: limit - data.count),
            !part.isEmpty
        {
            data += part
        }
        guard let text = String(data: data, encoding: .utf8) ?? Self.cut(data, at: limit) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "standard input is not UTF-8", zh: "标准输入不是 UTF-8 编码"),
                cure: Bilingual(en: "save it as UTF-8", zh: "存成 UTF-8"))
        }
        return RuleSource(path: "-", text: text)
    }

    /// Too long a text may have been cut within a character; it is refused anyway.
    private static func cut(_ data: Data, at limit: Int) -> String? {
        data.count == limit ? String(decoding: data, as: UTF8.self) : nil
    }
}

extension KeyVocabulary.Language: ExpressibleByArgument {}

/// What a run of `fmt` came to.
private struct FmtTally {
    let files: Int
    var changed = 0
    var unreadable = 0

    init(files: Int) { self.files = files }

    /// The last line.
    func line(isDry: Bool) -> Bilingual {
        var line =
            isDry
            ? Bilingual(
                en: "\(changed) of \(counted(files, "file")) would change",
                zh: "\(files) 个文件中有 \(changed) 个会改动")
            : Bilingual(
                en: "formatted \(changed) of \(counted(files, "file"))",
                zh: "\(files) 个文件中整理了 \(changed) 个")
        if unreadable > 0 {
            line =
                line
                + Bilingual(
                    en: ", \(unreadable) can't be formatted", zh: "，\(unreadable) 个没法整理")
        }
        return line
    }
}
