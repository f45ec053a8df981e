import Foundation

/// One `switchboard` process of its own, and the lifeline it hangs on.
///
/// A shell starts it and reads from a pipe whose other end is held here. Whenever that end closes,
/// by ``kill()`` or because this process is gone itself, the shell sends SIGKILL; so nothing is
/// ever left behind, however a test ends.
actor SwitchboardProcess {
    /// What a process that SIGKILL ended leaves in its shell: 128 + 9.
    static let killed: Int32 = 137

    let log: String
    private let process = Process()
    private let lifeline = Pipe()
    private let exits: AsyncStream<Int32>

    /// Starts the binary with `arguments`; what it says goes to the file `log`.
    init(_ arguments: [String], environment: [String: String] = [:], log: String) throws {
        self.log = log
        let binary = try Self.binary()
        let (exits, exit) = AsyncStream<Int32>.makeStream()
        self.exits = exits
        try Data().write(to: URL(fileURLWithPath: log))
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        // A terminal's ^C must not end the shell before it has done its duty.
        let script =
            "trap '' INT TERM; \"$@\" </dev/null & child=$!; read -r _; "
            + "kill -9 $child 2>/dev/null; wait $child"
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, "sh", binary] + arguments
        // What it prints is looked for in English, whatever this machine speaks.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["LC_ALL": "C.UTF-8"]) { $1 }.merging(environment) { $1 }
        process.standardInput = lifeline
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { process in
            exit.yield(process.terminationStatus)
            exit.finish()
        }
        try Self.withoutBlockedSignals { try process.run() }
        try output.close()
    }

    /// SIGKILL, and waits until it has worked.
    ///
    /// - Returns: The exit status: ``killed``, unless the process had ended by itself before.
    func kill() async throws -> Int32 {
        cutLifeline()
        for await status in exits { return status }
        throw CancellationError()
    }

    /// SIGKILL, from any thread; ``kill()`` then says whether it has worked.
    nonisolated func cutLifeline() { try? lifeline.fileHandleForWriting.close() }

    /// Runs `body` with every signal let through.
    ///
    /// A child inherits the mask of the thread that starts it, and the threads tasks run on block
    /// nearly all: the shell would wait for its child's SIGCHLD for ever.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var (none, former) = (sigset_t(), sigset_t())
        // The sets live on this stack for the calls' length, and the calls only fill or read them.
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &former)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &former, nil) }
        try body()
    }

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
