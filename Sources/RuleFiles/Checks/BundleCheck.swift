import ChatModel
import RuleEngine

/// Everything that is worth saying about one bundle that could be loaded.
struct BundleCheck {
    let bundle: LoadedBundle
    let compiled: CompiledBundle
    let sources: SourceLines
    let options: CheckOptions
    let log: DiagnosticLog

    func check() {
        LegalityCheck(bundle: bundle, log: log).check()
        let examples = ExampleCheck(bundle: bundle, compiled: compiled, options: options, log: log)
        examples.check()
        let keys = TriggerKeys(bundle.definition.rules)
        KeywordCheck(
            bundle: bundle, compiled: compiled, keys: keys, sources: sources, log: log
        ).check()
        PatternCheck(bundle: bundle, log: log).check()
        DominanceCheck(bundle: bundle, keys: keys, log: log).check()
        UsageCheck(bundle: bundle, log: log).check()
        CompletenessCheck(bundle: bundle, log: log).check()
        TimeCheck(bundle: bundle, compiled: compiled, at: options.at, log: log).check()
        QuestionCheck(
            bundle: bundle, compiled: compiled, isThorough: options.isThorough, log: log
        ).check()
    }
}

/// The lines of the files that were read, for fixes that need to see what is around a word.
struct SourceLines {
    private let files: [String: YAMLText]

    init(_ sources: [RuleSource]) {
        files = Dictionary(
            sources.map { ($0.path, YAMLText($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The characters of a line; empty where there is none.
    func characters(_ file: String, _ line: Int) -> [Character] {
        guard let text = files[file] else { return [] }
        return Array(String(decoding: text.line(line), as: UTF8.self))
    }

    /// The edit that takes a word out of a list in brackets, with its comma; `nil` where the word
    /// stands in another way.
    func removal(of words: Words) -> Fix.Edit? {
        let line = characters(words.place.file, words.place.line)
        var start = words.place.column - 1
        var end = start + words.length
        guard start > 0, end < line.count else { return nil }
        var before = start - 1
        while before >= 0, line[before] == " " { before -= 1 }
        var after = end
        while after < line.count, line[after] == " " { after += 1 }
        guard before >= 0, after < line.count, ",]".contains(line[after]) else { return nil }
        if line[before] == "," {
            start = before
        } else if line[before] == "[", line[after] == "," {
            end = after + 1
            while end < line.count, line[end] == " " { end += 1 }
        } else {
            return nil
        }
        var place = words.place
        place.column = start + 1
        return Fix.Edit(at: place, length: end - start, with: "")
    }
}
