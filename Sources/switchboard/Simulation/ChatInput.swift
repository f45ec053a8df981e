import CEditShim
import Foundation

/// What is typed into a chat, line by line, read on a thread of its own: reading blocks.
///
/// At a terminal lines are edited, remembered and completed (Tab); from a pipe they are taken as
/// they come. The next line is asked for only when somebody wants it, so that the prompt stands
/// below the answer to the line before.
final class ChatInput: Sendable {
    /// The lines until the input ends, or a signal comes.
    let lines: AsyncStream<String>
    private let wanted = DispatchSemaphore(value: 0)

    /// Starts reading; `words` are what Tab completes.
    init(isTerminal: Bool, words: [String], until signals: AsyncStream<Void>) {
        let (lines, continuation) = AsyncStream<String>.makeStream()
        self.lines = lines
        Task {
            for await _ in signals {}
            continuation.finish()
        }
        let wanted = wanted
        Thread.detachNewThread {
            if isTerminal { for word in words { unsafe edit_shim_offer(word) } }
            while true {
                wanted.wait()
                guard let line = Self.line(isTerminal) else { break }
                continuation.yield(line)
            }
            continuation.finish()
        }
    }

    /// Asks for one more line.
    func next() { wanted.signal() }

    /// Leaves the terminal as it was.
    func end() { edit_shim_restore() }

    /// The next line that says something; `nil` at the end.
    private static func line(_ isTerminal: Bool) -> String? {
        while let line = isTerminal ? edited() : readLine() {
            if !line.allSatisfy(\.isWhitespace) { return line }
        }
        return nil
    }

    private static func edited() -> String? {
        guard let line = unsafe edit_shim_line("> ") else { return nil }
        // libedit's copy, ours to free.
        defer { unsafe free(line) }
        return unsafe String(cString: line)
    }
}
