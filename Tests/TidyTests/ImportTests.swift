import Testing

/// Arrows point down only: the manifest and the imports against the table of rooms.
@Suite struct ImportTests {
    let manifest = Manifest(text: SourceTree.text("Package.swift") ?? "")

    @Test func theManifestHasTheRoomsOfTheTable() {
        let names = manifest.targets.filter { !$0.isTest }.map(\.name)
        let rooms = names.filter { !(Room.cTargets + Room.beside).contains($0) }
        #expect(rooms == Room.all.map(\.name), "the same rooms in the same order, bottom up")
        #expect(Set(names).isSuperset(of: Room.cTargets))
    }

    @Test func theManifestNamesOnlyAllowedRoomsAbove() {
        expectNone(Self.arrowsAstray(in: manifest), "see Rooms.swift for what a room may know")
    }

    @Test func everyImportIsAllowed() {
        expectNone(
            SourceTree.swiftFiles(in: "Sources").flatMap(Self.importsAstray),
            "see Rooms.swift for what a room may know")
    }

    @Test func everyFolderOfTestsIsInTheManifest() {
        let declared = Set(manifest.targets.map(\.name))
        let folders = Set(SourceTree.swiftFiles(in: "Tests").map(\.target))
        expectNone(
            folders.subtracting(declared).sorted().map { "Tests/\($0): not in Package.swift" },
            "tests outside the manifest never run")
    }

    /// The lists are matched by name, so that a rule that never bites is noticed.
    @Test func aForbiddenArrowIsSeen() {
        let manifest = Manifest(
            text: """
                let yams = Target.Dependency.product(
                    name: "Yams", package: "Yams")
                .target(name: "ChatModel", dependencies: ["Engine", yams]),
                .target(
                    name: "RuleFiles",
                    dependencies: ["Routing", .product(name: "GRDB", package: "GRDB.swift")]),
                .target(name: "SessionMachine"),
                """)
        #expect(
            Self.arrowsAstray(in: manifest) == [
                "Package.swift: ChatModel → Engine", "Package.swift: ChatModel → Yams",
                "Package.swift: RuleFiles → GRDB",
            ])
        let file = SwiftFile(
            path: "Sources/SessionMachine/A.swift",
            text: """
                package import ChatModel
                import struct Foundation.Date
                @preconcurrency private import Engine
                // import Yams
                """)
        #expect(
            Self.importsAstray(in: file) == [
                "Sources/SessionMachine/A.swift:2: SessionMachine imports Foundation",
                "Sources/SessionMachine/A.swift:3: SessionMachine imports Engine",
            ])
    }

    static func arrowsAstray(in manifest: Manifest) -> [String] {
        manifest.targets.filter { !$0.isTest }.flatMap { target -> [String] in
            guard let room = Room.named(target.name) else { return [] }
            return
                (target.rooms.filter { !room.reach.contains($0) }
                + target.products.filter { !room.outside.contains($0) })
                .map { "Package.swift: \(target.name) → \($0)" }
        }
    }

    static func importsAstray(in file: SwiftFile) -> [String] {
        guard let room = Room.named(file.target) else { return ["\(file.path): in no room"] }
        let kinds = "struct|class|enum|protocol|func|var|let|typealias"
        guard
            let pattern = try? Regex(
                #"^\s*(?:(?:@\w+|package|public|internal|fileprivate|private)\s+)*import\s+"#
                    + "(?:(?:\(kinds))\\s+)?(\\w+)", as: (Substring, Substring).self)
        else { return ["the pattern for imports is wrong"] }
        return file.code.enumerated().compactMap { index, line in
            guard line.words.contains("import"), let module = line.firstMatch(of: pattern)?.1,
                !room.reach.contains(String(module)), !room.outside.contains(String(module))
            else { return nil }
            return "\(file.path):\(index + 1): \(room.name) imports \(module)"
        }
    }
}

/// Expects that nothing was found, and prints what was, with the cure.
func expectNone(
    _ findings: [String], _ cure: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    let list = findings.map { "\n  " + $0 }.joined()
    #expect(
        findings.isEmpty, "\(findings.count) found: \(cure)\(list)", sourceLocation: sourceLocation)
}
