import Foundation
import RuleFiles

/// What the command line writes, and where colours are welcome.
enum Terminal {
    /// `--color`: `auto` means on a terminal, and not when `NO_COLOR` is set.
    enum Color: String, CaseIterable {
        case auto, always, never

        /// Whether to write colours to standard output.
        var isWanted: Bool {
            switch self {
            case .always: true
            case .never: false
            case .auto:
                isatty(STDOUT_FILENO) == 1
                    && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
            }
        }
    }

    /// A line on standard output, which a reader of a pipe sees at once.
    ///
    /// Past C's buffers: flushing all of them would wait for a thread that reads standard input.
    /// Whoever went away has read enough.
    static func line(_ text: String = "") {
        try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }

    /// A report of many lines on standard output, whether or not its last one is ended.
    static func report(_ text: String) {
        line(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    /// A text on standard output as it is, to the byte.
    static func output(_ text: String) { output(Data(text.utf8)) }

    /// A file on standard output.
    static func output(_ data: Data) { try? FileHandle.standardOutput.write(contentsOf: data) }

    /// A value as JSON on standard output: keys sorted, so that scripts can compare runs.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// A line on standard error.
    static func standardError(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    }

    /// Words of people we don't know, without what would move the cursor, colour the terminal or
    /// turn the line's direction.
    static func printable(_ words: String) -> String {
        String(
            String.UnicodeScalarView(
                words.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 0x0A: "⏎"
                    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069:
                        "\u{FFFD}"
                    default: scalar
                    }
                }))
    }

    // MARK: In the reader's language

    static let errorLabel = Bilingual(en: "error: ", zh: "错误：")
    static let warningLabel = Bilingual(en: "warning: ", zh: "提醒：")
    static let helpLabel = Bilingual(en: "help: ", zh: "改法：")

    /// What went wrong and what to do.
    ///
    /// In the language of this run, not one that is handed in: a command may fail before its
    /// options are known.
    static func complain(_ failure: CommandFailure) {
        let language = LanguageOptions.ofRun
        standardError(errorLabel[language] + failure.text(language))
    }

    /// A line on standard output.
    static func say(_ message: Bilingual, in language: MessageLanguage) { line(message[language]) }

    /// What didn't stop the command, but should be known.
    static func warn(_ message: Bilingual, in language: MessageLanguage) {
        standardError(warningLabel[language] + message[language])
    }
}
