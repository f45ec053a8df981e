import Foundation
import Spawning

/// One `switchboard` process of its own, and the lifeline it hangs on.
///
/// A shell starts it and reads from a pipe whose other end is held here. Whenever that end closes,
/// by ``kill()`` or because this process is gone itself, the shell sends SIGKILL; so nothing is
/// ever left behind, however a test ends.
actor SwitchboardProcess {
    /// What a process that SIGKILL ended leaves in its shell: 128 + 9.
    static let killed: Int32 = 137

    let log: String
    private let process: SpawnedProcess
    private let lifeline: Pipe

    /// Starts the binary with `arguments`; what it says goes to the file `log`.
    init(_ arguments: [String], environment: [String: String] = [:], log: String) throws {
        self.log = log
        let binary = try Self.binary()
        // A terminal's ^C must not end the shell before it has done its duty.
        let script =
            "trap '' INT TERM; \"$@\" </dev/null & child=$!; read -r _; "
            + "kill -9 $child 2>/dev/null; wait $child"
        // What it prints is looked for in English, whatever this machine speaks.
        let environment = ProcessInfo.processInfo.environment
            .merging(["LC_ALL": "C.UTF-8"]) { $1 }.merging(environment) { $1 }
        let lifeline = Pipe()
        self.lifeline = lifeline
        process = try SpawnedProcess(
            ["/bin/sh", "-c", script, "sh", binary] + arguments, environment: environment,
            input: lifeline.fileHandleForReading.fileDescriptor, output: log, error: log)
        try lifeline.fileHandleForReading.close()
    }

    /// SIGKILL, and waits until it has worked.
    ///
    /// - Returns: The exit status: ``killed``, unless the process had ended by itself before.
    func kill() async throws -> Int32 {
        cutLifeline()
        while true {
            if let status = process.status { return status }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// SIGKILL, from any thread; ``kill()`` then says whether it has worked.
    nonisolated func cutLifeline() { try? lifeline.fileHandleForWriting.close() }

    /// The first port after `words` in what the process has said so far.
    func port(after words: String) -> Int? {
        guard let data = FileManager.default.contents(atPath: log) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard let place = text.range(of: words) else { return nil }
        let digits = text[place.upperBound...].prefix { $0.isNumber }
        // Only a complete line holds the complete number.
        guard text[digits.endIndex...].contains("\n") else { return nil }
        return Int(digits)
    }

    /// The last words of the log, for a failure's message.
    func lastWords() -> String {
        let data = FileManager.default.contents(atPath: log) ?? Data()
        return String(String(decoding: data, as: UTF8.self).suffix(1500))
    }

    /// `SWITCHBOARD_BINARY`, or the executable that was built beside the running tests.
    private static func binary() throws -> String {
        let named = ProcessInfo.processInfo.environment["SWITCHBOARD_BINARY"]
        let path =
            named
            ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("switchboard").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw CrashTestError(
                "there is no executable \(path): build it with `swift build --product switchboard`,"
                    + " or name another with SWITCHBOARD_BINARY")
        }
        return path
    }
}

/// Why the crash test can't go on.
struct CrashTestError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
