import Foundation

/// The built program these tests drive, and the world it is run in.
enum Binary {
    /// Next to the test executable; `SWITCHBOARD_BINARY` names another.
    static let path: String = {
        if let path = ProcessInfo.processInfo.environment["SWITCHBOARD_BINARY"] { return path }
        return URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "switchboard").path
    }()

    /// The whole environment of a run: nothing of whoever runs the tests gets in.
    static func environment(in folder: String) -> [String: String] {
        [
            "PATH": "\(folder)/.bin:/usr/local/bin:/usr/bin:/bin", "HOME": folder,
            "TMPDIR": folder, "LANG": "C.UTF-8", "SWITCHBOARD_USER": "mia",
        ]
    }

    /// A fresh folder with the files of `Golden/Files`, and `switchboard` on its `PATH`; taken
    /// away afterwards.
    static func withFolder<Value>(
        _ body: (_ folder: String) async throws -> Value
    ) async throws -> Value {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Missing(path: path)
        }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "switchboard-tests-\(UUID().uuidString.prefix(8))")
        try FileManager.default.copyItem(at: golden.appending(path: "Files"), to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tools = folder.appending(path: ".bin")
        try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: tools.appending(path: "switchboard").path, withDestinationPath: path)
        return try await body(folder.path)
    }

    static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String {
            "there is no program at \(path); build it ('swift build --product switchboard'), or "
                + "name it in SWITCHBOARD_BINARY"
        }
    }
}

/// What a command left.
struct Run {
    var output: String
    var error: String
    var status: Int32

    /// Runs `script` with a shell in `folder` until it ends, or for 120 seconds at most: `timeout`
    /// ends it then with all its children, and 124 is its status.
    static func shell(_ script: String, in folder: String) async throws -> Run {
        let process = try Started(
            "/bin/sh", ["-c", script], in: folder, environment: Binary.environment(in: folder))
        try await process.ends(within: .seconds(150))
        return Run(
            output: process.output, error: process.error, status: process.status ?? -1)
    }
}

/// A process that runs beside the test, its output in files.
///
/// `timeout` stands above it: whatever becomes of the tests, it is gone after two minutes.
final class Started {
    private let process = Process()
    private let files: (output: String, error: String)

    init(
        _ program: String, _ arguments: [String], in folder: String, environment: [String: String]
    ) throws {
        let name = "\(folder)/.bin/\(UUID().uuidString.prefix(8))"
        files = (name + ".out", name + ".err")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--kill-after=15", "120", program] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(files.output)
        process.standardError = try Self.file(files.error)
        try Self.withSignalsUnblocked { try process.run() }
    }

    /// Dispatch's threads block signals, and a child inherits that: `timeout` would be deaf.
    private static func withSignalsUnblocked(_ body: () throws -> Void) throws {
        // Both sets live on this stack for the calls' length.
        var (none, before) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    var output: String { Self.text(files.output) }
    var error: String { Self.text(files.error) }
    /// `nil` while it runs.
    var status: Int32? { process.isRunning ? nil : process.terminationStatus }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    func ends(within duration: Duration) async throws {
        try await eventually("the process has ended", within: duration) { self.status }
    }

    /// Asks it to end, as an operator's system does, and returns how it did.
    func terminate() async throws -> Int32 {
        process.terminate()
        return try await eventually("the process ended on SIGTERM", within: .seconds(30)) {
            self.status
        }
    }

    /// Ends it at once.
    func kill() {
        guard process.isRunning else { return }
        // `timeout` passes SIGTERM on and waits a while before it sends SIGKILL.
        process.terminate()
        process.waitUntilExit()
    }
}

/// Asks again and again until there is an answer; fails when there is none in time.
@discardableResult
func eventually<Value>(
    _ what: String, within duration: Duration = .seconds(30), _ ask: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + duration
    while true {
        if let value = try await ask() { return value }
        guard ContinuousClock.now < deadline else { throw NotInTime(what: what) }
        try await Task.sleep(for: .milliseconds(30))
    }
}

struct NotInTime: Error, CustomStringConvertible {
    let what: String
    var description: String { "not in time: \(what)" }
}
