import Foundation
import Glibc
import Spawning

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
    private let process: SpawnedProcess
    private let files: (output: String, error: String)

    /// - Parameter input: What it reads: `nil` for nothing.
    init(
        _ program: String, _ arguments: [String], in folder: String,
        environment: [String: String], input: Int32? = nil
    ) throws {
        let name = "\(folder)/.bin/\(UUID().uuidString.prefix(8))"
        files = (name + ".out", name + ".err")
        process = try SpawnedProcess(
            [
                "/usr/bin/env", "--chdir=\(folder)", "/usr/bin/timeout", "--kill-after=15", "120",
                program,
            ] + arguments, environment: environment, input: input, output: files.output,
            error: files.error)
    }

    var output: String { Self.text(files.output) }
    var error: String { Self.text(files.error) }

    /// As a shell has it: 128 and the signal where one ended it; `nil` while it runs.
    var status: Int32? { process.status }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    func ends(within duration: Duration) async throws {
        try await eventually("the process has ended", within: duration) { self.status }
    }

    /// Asks it to end, as an operator's system does, and returns how it did.
    func terminate() async throws -> Int32 {
        process.signal(SIGTERM)
        return try await eventually("the process ended on SIGTERM", within: .seconds(30)) {
            self.status
        }
    }

    /// Ends it at once.
    func kill() {
        guard status == nil else { return }
        // `timeout` passes SIGTERM on and waits a while before it sends SIGKILL.
        process.signal(SIGTERM)
        process.wait()
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
