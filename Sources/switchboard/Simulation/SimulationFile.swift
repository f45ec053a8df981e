import ChatModel
import Foundation
import RuleFiles

/// A YAML file that `simulate` is given: all its mistakes are told at once, each with its place and
/// cure.
enum SimulationFile {
    /// What `read` makes of the file at `path`.
    ///
    /// - Parameters:
    ///   - what: What kind of file it is, for messages.
    ///   - option: The option that names it.
    /// - Throws: ``CommandFailure`` with every mistake rendered.
    static func value<Value>(
        at path: String, what: Bilingual, option: String,
        _ read: (YAMLNode, DiagnosticLog) -> Value?
    ) throws -> Value {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(data: data, encoding: .utf8)
        else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "the \(what.en) \(path) can't be read", zh: "\(what.zh) \(path) 读不了"),
                cure: Bilingual(
                    en: "check the path given with \(option)", zh: "看看 \(option) 写的路径对不对"))
        }
        let source = RuleSource(path: path, text: text)
        let log = DiagnosticLog()
        let value = YAMLDocument.parse(source, log: log).flatMap { read($0, log) }
        guard let value, !log.hasErrors else {
            let mistakes = log.diagnostics.sorted()
            func text(_ language: MessageLanguage) -> String {
                let renderer = DiagnosticRenderer(sources: [source], language: language)
                return String(mistakes.map(renderer.text).joined().dropLast())
            }
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "the \(what.en) is wrong\n" + text(.en),
                    zh: "\(what.zh)写错了\n" + text(.zh)))
        }
        return value
    }
}
