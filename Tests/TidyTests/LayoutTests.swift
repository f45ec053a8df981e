import Foundation
import Testing

/// Where files are, what they are called, how long they are, and what no file may say.
@Suite struct LayoutTests {
    /// Beyond this a file is about two things.
    static let mostLines = 500

    @Test func noFileIsTooLong() {
        let files = SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests")
        let long = files.filter { $0.lines.count > Self.mostLines + 1 }
        expectNone(long.map { "\($0.path): \($0.lines.count - 1) lines" }, "split it by topic")
    }

    @Test func nothingIsCalledAfterNothing() {
        expectNone(Self.emptyNames(in: SourceTree.paths), "name it after the noun it holds")
        #expect(
            Self.emptyNames(in: [
                "Sources/Utils/A.swift", "Sources/A/StringHelpers.swift", "Sources/A/B.swift",
                "Sources/A/TokenManager.swift", "Tests/Misc/B.swift",
            ]).count == 4)
    }

    static func emptyNames(in paths: [String]) -> [String] {
        paths.filter { path in
            (path.hasPrefix("Sources/") || path.hasPrefix("Tests/"))
                && path.contains(
                    /(Util|Utils|Utilities|Helper|Helpers|Manager|Misc|Common)(\/|\.swift$)/)
        }
    }

    @Test func everyRoomHasItsTests() {
        let rooms = Room.all.map(\.name).filter { $0 != "switchboard" }
        let missing = rooms.filter { SourceTree.swiftFiles(in: "Tests/\($0)Tests").isEmpty }
        expectNone(missing.map { "Tests/\($0)Tests" }, "every room has a folder of tests")
    }

    @Test func everyFileOfSourcesIsInARoom() {
        let known = Set(Room.all.map(\.name) + Room.cTargets)
        let strays = SourceTree.paths.filter {
            $0.hasPrefix("Sources/") && !known.contains($0.split(separator: "/")[1].description)
        }
        expectNone(strays, "put it in a room, or add the room to Rooms.swift")
    }

    @Test func scriptsCanBeRun() {
        let scripts = SourceTree.paths.filter { $0.hasPrefix("scripts/") || $0 == ".ci/run" }
            .filter { SourceTree.text($0)?.hasPrefix("#!") == true }
        #expect(!scripts.isEmpty)
        expectNone(
            scripts.filter {
                !FileManager.default.isExecutableFile(
                    atPath: SourceTree.root.appending(path: $0).path)
            }, "chmod +x")
    }

    // MARK: Words

    /// Put together here, so that this file doesn't hold them.
    static let notes = ["TO" + "DO", "FIX" + "ME"]
    static let places = ["/" + "work/", "/" + "tmp/sb", "/" + "root/", "sha" + "red/"]

    @Test func nothingIsLeftForLater() {
        let paths = SourceTree.paths.filter {
            $0.hasPrefix("Sources/") || $0.hasPrefix("Tests/") || $0.hasPrefix("scripts/")
        }
        expectNone(Self.mentions(of: Self.notes, in: paths), "do it, or write it in the changelog")
    }

    @Test func noFileNamesAPlaceOfOneMachine() {
        expectNone(
            Self.mentions(of: Self.places, in: SourceTree.paths),
            "a path of one machine means nothing to a reader")
    }

    static func mentions(of words: [String], in paths: [String]) -> [String] {
        paths.flatMap { path -> [String] in
            guard let text = SourceTree.text(path), words.contains(where: text.contains) else {
                return []
            }
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .flatMap { index, line in
                    words.filter(line.contains).map { "\(path):\(index + 1): \($0)" }
                }
        }
    }
}
