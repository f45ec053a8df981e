import Foundation

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
    static func output(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

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

    /// What went wrong and what to do.
    static func complain(_ failure: CommandFailure) {
        standardError("error: \(failure.description)")
    }
}
