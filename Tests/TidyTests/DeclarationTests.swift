import Testing

/// How declarations are written: documented, argued, and without a trap door.
@Suite struct DeclarationTests {
    @Test func everythingOthersUseIsDocumented() {
        expectNone(
            SourceTree.swiftFiles(in: "Sources").flatMap(Self.undocumented),
            "say in a `///` what the signature can't")
    }

    @Test func nothingTraps() {
        let files = SourceTree.swiftFiles(in: "Sources")
        expectNone(files.flatMap(Self.traps), "throw, return an optional, or state a precondition")
    }

    @Test func everySilencedCheckIsArgued() {
        let files = SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests")
        expectNone(
            files.flatMap(Self.unargued), "say in a comment above what makes it safe all the same")
    }

    @Test func pureRoomsAskNobody() {
        let pure = Room.all.filter(\.isPure).map(\.name)
        expectNone(
            pure.flatMap { SourceTree.swiftFiles(in: "Sources/" + $0) }.flatMap(Self.impurities),
            "time, chance and the outside world are arguments here")
    }

    /// Members every Swift programmer knows: witnesses of protocols documented elsewhere.
    private static func isWitness(_ line: Substring) -> Bool {
        line.contains(/func (?:==|<)|func (?:hash|encode)\b/)
            || line.contains(/init\??\((?:from|stringLiteral|stringValue|intValue)\b/)
            || line.contains(/(?:let|var) (?:description|debugDescription|errorDescription)\b/)
            || line.contains(/var customMirror\b/)
            || line.contains(/(?:let|var) rawValue\b|init\??\((?:_ )?rawValue\b/)
    }

    static func undocumented(in file: SwiftFile) -> [String] {
        let declaration =
            /^\s*(@\w+(\([^)]*\))?\s+)*((nonisolated|static|final|indirect|mutating|override|required|convenience|lazy|weak|unowned|borrowing|consuming|prefix|postfix|infix)\s+)*(package|public)\s+(?!import\b|extension\b)/
        // What a protocol of ours promises is documented there.
        let promised = SourceTree.requirements.filter { file.words.contains($0.key) }
            .flatMap(\.value)
        return file.code.indices.compactMap { index in
            let line = file.code[index]
            guard line.words.contains(where: { $0 == "package" || $0 == "public" }),
                line.contains(declaration),
                !isWitness(line), !promised.contains(where: line.contains),
                !file.hasComment(above: index, documenting: true)
            else { return nil }
            return "\(file.path):\(index + 1): \(file.lines[index].trimmed)"
        }
    }

    static func traps(in file: SwiftFile) -> [String] {
        file.findings(of: /\btry!/, among: ["try"], "try!")
            + file.findings(of: /\bas!/, among: ["as"], "as!")
            + file.findings(of: /\bfatalError\(/, among: ["fatalError"], "fatalError")
            + file.code.enumerated().filter {
                $0.element.utf8.contains(UInt8(ascii: "!"))
                    && $0.element.contains(/[\w)\]}]!(?![=\w])/)
                    && !$0.element.contains(/(?:try|as)!/)
            }.map { "\(file.path):\($0.offset + 1): force unwrap" }
    }

    static func unargued(in file: SwiftFile) -> [String] {
        if file.words.isDisjoint(with: ["unchecked", "unsafe"]) { return [] }
        return file.code.indices.compactMap { index in
            guard file.code[index].contains(/[@]unchecked\b|nonisolated[(]unsafe[)]/),
                !file.hasComment(above: index, documenting: false)
            else { return nil }
            return "\(file.path):\(index + 1): \(file.lines[index].trimmed)"
        }
    }

    static func impurities(in file: SwiftFile) -> [String] {
        file.findings(of: /\b(async|await)\b/, among: ["async", "await"], "waits")
            + file.findings(
                of: /\bDate\(\)|\bDate\.now\b|Clock\b|\bclock_gettime\b/,
                among: ["Date", "ContinuousClock", "SuspendingClock", "clock_gettime"],
                "asks a clock")
            + file.findings(
                of: /\brandom\(|\brandomElement\(\)|\bshuffled\(\)|\bUUID\(\)/,
                among: ["random", "randomElement", "shuffled", "UUID"], "draws by itself")
            + file.findings(
                of: /\b(FileManager|FileHandle|ProcessInfo|URLSession)\b|\bprint\(|\bTask\s*\{/,
                among: ["FileManager", "FileHandle", "ProcessInfo", "URLSession", "print", "Task"],
                "reaches outside")
    }

    // MARK: The rules bite

    @Test func aMissingCommentIsSeen() {
        let file = SwiftFile(
            path: "A.swift",
            text: """
                package import ChatModel
                /// Documented.
                package struct A {
                    package let id: Int
                    /// Documented.
                    @inlinable
                    package static func make() {}
                    package static func < (lhs: A, rhs: A) -> Bool { true }
                    package private(set) var count = 0
                    let own = "package let"
                }
                """)
        #expect(
            Self.undocumented(in: file) == [
                "A.swift:4: package let id: Int", "A.swift:9: package private(set) var count = 0",
            ])
    }

    @Test func aTrapIsSeen() {
        let file = SwiftFile(
            path: "A.swift",
            text: #"""
                let a = try! b()
                let c = d as! E
                fatalError("no")
                let f = g!.h + i()! + j[0]!
                if a != b, !c, a! == b { print("try! \(k!) as!") }
                // try! as! fatalError( x!
                """#)
        let seen = Set(
            Self.traps(in: file).compactMap { $0.split(separator: ":").dropFirst().first })
        #expect(seen == ["1", "2", "3", "4", "5"])
    }

    @Test func anImpurityIsSeen() {
        let file = SwiftFile(
            path: "A.swift",
            text: """
                func a() async {}
                let b = Date()
                let c = Int.random(in: 0..<2)
                /// async Date() random(
                let asynchronous = "async"
                """)
        #expect(
            Self.impurities(in: file) == [
                "A.swift:1: waits", "A.swift:2: asks a clock", "A.swift:3: draws by itself",
            ])
    }

    @Test func anUnarguedPromiseIsSeen() {
        let file = SwiftFile(
            path: "A.swift",
            text: """
                // Guarded by the mutex.
                final class A: @unchecked Sendable {}

                final class B: @unchecked Sendable {}
                nonisolated(unsafe) var c = 0
                """)
        #expect(Self.unargued(in: file).map { $0.prefix(9) } == ["A.swift:4", "A.swift:5"])
    }

    @Test func codeIsToldFromCommentsAndStrings() {
        let text = ###"""
            let a = "x // \(b("y")) z" // c
            /* d /* e */ f */ let g = ##"h " \#(i) \##(j)"## + """
              k " \(l) m
              """
            let n = "\\" + o
            """###
        let code = SwiftCode.only(in: text).split(separator: "\n").map(\.words)
            .filter { !$0.isEmpty }
        #expect(
            code == [
                ["let", "a", "=", "b(", "))"], ["let", "g", "=", "j)", "+"], ["l)"],
                ["let", "n", "=", "+", "o"],
            ]
        )
    }
}

extension Substring {
    /// Without the blanks around it.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// The pieces between blanks.
    var words: [String] { split(whereSeparator: \.isWhitespace).map(String.init) }
}
