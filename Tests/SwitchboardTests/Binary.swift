import Foundation
import Glibc

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
/// `timeout` stands above it: whatever becomes of the tests, it is gone after two minutes. Started
/// with `posix_spawn`, as Foundation's `Process` crashes now and then where many are started at
/// once (a memcpy in its `run()`, Swift 6.3.1).
final class Started {
    private let child: pid_t
    private let files: (output: String, error: String)
    private var ended: Int32?

    init(
        _ program: String, _ arguments: [String], in folder: String, environment: [String: String]
    ) throws {
        let name = "\(folder)/.bin/\(UUID().uuidString.prefix(8))"
        files = (name + ".out", name + ".err")
        child = try Self.spawn(
            [
                "/usr/bin/env", "--chdir=\(folder)", "/usr/bin/timeout", "--kill-after=15", "120",
                program,
            ] + arguments, environment: environment.map { "\($0)=\($1)" }, files)
    }

    private static func spawn(
        _ command: [String], environment: [String], _ files: (output: String, error: String)
    ) throws -> pid_t {
        // All of these live on this stack until the call has returned; it copies what it needs.
        var (actions, attributes) = unsafe (posix_spawn_file_actions_t(), posix_spawnattr_t())
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, files.output, writing, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, files.error, writing, 0o600)
        // Another test's pipe that stayed open here would never end there; what isn't open is
        // passed over.
        for descriptor in 3..<Int32(1024) {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // Dispatch's threads block signals, and a child inherits that: `timeout` would be deaf.
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let (words, values) = unsafe (copies(command), copies(environment))
        defer {
            unsafe release(words)
            unsafe release(values)
        }
        var child = pid_t()
        let problem = unsafe posix_spawn(
            &child, command[0], &actions, &attributes, words, values)
        guard problem == 0 else { throw NotStarted(program: command[0], number: problem) }
        return child
    }

    /// The texts as C has them, and what ends their list.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }

    private static func release(_ copies: [UnsafeMutablePointer<CChar>?]) {
        for index in unsafe copies.indices { unsafe free(copies[index]) }
    }

    struct NotStarted: Error {
        let program: String
        let number: Int32
    }

    var output: String { Self.text(files.output) }
    var error: String { Self.text(files.error) }

    /// As a shell has it: 128 and the signal where one ended it; `nil` while it runs.
    var status: Int32? { reap(WNOHANG) }

    private func reap(_ options: Int32) -> Int32? {
        if let ended { return ended }
        var word: Int32 = 0
        // The word lives on this stack for the call's length.
        guard unsafe waitpid(child, &word, options) == child else { return nil }
        ended = word & 0x7F == 0 ? (word >> 8) & 0xFF : 128 + (word & 0x7F)
        return ended
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    func ends(within duration: Duration) async throws {
        try await eventually("the process has ended", within: duration) { self.status }
    }

    /// Asks it to end, as an operator's system does, and returns how it did.
    func terminate() async throws -> Int32 {
        if status == nil { Glibc.kill(child, SIGTERM) }
        return try await eventually("the process ended on SIGTERM", within: .seconds(30)) {
            self.status
        }
    }

    /// Ends it at once.
    func kill() {
        guard status == nil else { return }
        // `timeout` passes SIGTERM on and waits a while before it sends SIGKILL.
        Glibc.kill(child, SIGTERM)
        _ = reap(0)
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
