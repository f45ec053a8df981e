import Foundation
import Testing

/// `switchboard test --watch`: plays again when a file changes, until somebody stops it.
@Suite struct WatchTests {
    @Test func playsAgainWhenAFileChanges() async throws {
        try await Binary.withFolder { folder in
            let process = try Started(
                Binary.path, ["test", "service", "--watch", "--run", "期限"], in: folder,
                environment: Binary.environment(in: folder))
            defer { process.kill() }
            try await eventually("the first report") {
                process.output.contains("0 passed, 1 failed") ? true : nil
            }
            let path = folder + "/service/shop.test.yml"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("八天", with: "七天")
                .write(toFile: path, atomically: true, encoding: .utf8)
            try await eventually("the second report") {
                process.output.contains("1 passed, 0 failed") ? true : nil
            }
            // A folder that has no tests for a moment is no reason to stop.
            try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
            try await eventually("a complaint or an empty report") {
                process.output.contains("0 tests: 0 passed") ? true : nil
            }
            #expect(process.status == nil)
        }
    }
}
