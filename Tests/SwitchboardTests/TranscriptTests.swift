import Foundation
import Testing

/// Every `Golden/*.txt` is a session at a terminal: commands after `$ `, and what they print.
///
/// Standard error is marked with `! `, an exit status other than 0 with `[exit N]`. Each runs in a
/// folder of its own with the files of `Golden/Files`. After a wanted change run the tests with
/// `UPDATE_GOLDEN=1` and read the difference.
@Suite struct TranscriptTests {
    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: Binary.golden.path)
        return (files ?? []).filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }()

    @Test(arguments: names) func printsWhatIsExpected(_ name: String) async throws {
        let file = Binary.golden.appending(path: "\(name).txt")
        let expected = try String(contentsOf: file, encoding: .utf8)
        let actual = try await Self.play(expected)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try actual.write(to: file, atomically: true, encoding: .utf8)
        }
        // Whatever a golden file says: what the commands call seeded is secret.
        let leaks = actual.split(separator: "\n").filter {
            !$0.hasPrefix("$ ") && $0.contains("seeded")
        }
        #expect(leaks == [])
        let (was, wanted) = (Self.blocks(actual), Self.blocks(expected))
        #expect(was.count == wanted.count)
        for (was, wanted) in zip(was, wanted) where was != wanted {
            Issue.record("expected\n\(wanted)\nbut it is\n\(was)")
        }
    }

    @Test func thereAreTranscripts() { #expect(Self.names.count >= 10) }

    /// What the commands of `transcript` print now, in the same form.
    private static func play(_ transcript: String) async throws -> String {
        try await Binary.withFolder { folder in
            var lines: [String] = []
            for line in transcript.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("# ") {
                    lines.append(String(line))
                } else if line.hasPrefix("$ ") {
                    let run = try await Run.shell(String(line.dropFirst(2)), in: folder)
                    lines.append(String(line))
                    lines += Self.lines(run.output)
                    lines += Self.lines(run.error).map { $0.isEmpty ? "!" : "! \($0)" }
                    if run.status != 0 { lines.append("[exit \(run.status)]") }
                }
            }
            let text = lines.joined(separator: "\n") + "\n"
            return Self.normalised(text.replacing(folder, with: "FOLDER"))
        }
    }

    private static func lines(_ text: String) -> [String] {
        if text.isEmpty { return [] }
        let text = text.hasSuffix("\n") ? String(text.dropLast()) : text
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Without what differs from run to run: times, durations, and the program's version.
    private static func normalised(_ text: String) -> String {
        text.replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\+[0-9]{4}/, with: "TIME")
            .replacing(/20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}/, with: "TIME")
            .replacing(/\b17[0-9]{11}\b/, with: "MILLISECONDS")
            .replacing(/\b[0-9]+\.[0-9]{2} s\b/, with: "N s")
            .replacing(#/(?m)^\x20\x20[0-9]{2}:[0-9]{2}:[0-9]{2}\x20\x20/#, with: "  HH:MM:SS  ")
            .replacing(/(?m)^[0-9]+\.[0-9]+\.[0-9]+$/, with: "VERSION")
    }

    /// A command with what it prints, for a difference that can be read.
    private static func blocks(_ text: String) -> [String] {
        text.components(separatedBy: "\n$ ")
    }
}
