import Foundation

/// The repository's files, found from the place of this one.
enum SourceTree {
    /// The top of the repository.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What is not ours to judge: builds, history, and what a run leaves behind.
    private static let skipped: Set = [".git", ".swiftpm", "data", "Package.resolved"]

    /// Every file below the top, by its path from there, sorted.
    static let paths: [String] = {
        var found: [String] = []
        func visit(_ folder: String) {
            let url = folder.isEmpty ? root : root.appending(path: folder)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
            for name in names.sorted() where !skipped.contains(name) && !name.hasPrefix(".build") {
                let path = folder.isEmpty ? name : folder + "/" + name
                let values = try? root.appending(path: path)
                    .resourceValues(forKeys: [.isDirectoryKey])
                if values?.isDirectory == true { visit(path) } else { found.append(path) }
            }
        }
        visit("")
        return found
    }()

    /// The text of a file; `nil` for what is not UTF-8, such as pictures and databases.
    static func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: root.appending(path: path).path)
        else { return nil }
        return String(data: data, encoding: .utf8)
    }

    /// The Swift files below `folder` that people write.
    static func swiftFiles(in folder: String) -> [SwiftFile] {
        swiftFiles.filter { $0.path.hasPrefix(folder + "/") }
    }

    private static let swiftFiles = paths.filter {
        ($0.hasPrefix("Sources/") || $0.hasPrefix("Tests/")) && $0.hasSuffix(".swift")
    }.compactMap { path -> SwiftFile? in
        // Tables a script writes are read by nobody; their first line names the script.
        guard let text = text(path), !text.prefix(80).contains(" by scripts/") else { return nil }
        return SwiftFile(path: path, text: text)
    }

    /// What each protocol of ours asks for, as `func name(`, by the protocol's name.
    static let requirements: [String: [String]] = {
        var found: [String: [String]] = [:]
        for file in swiftFiles where file.path.hasPrefix("Sources/") {
            var name: String?
            for line in file.code {
                if let match = line.firstMatch(of: /^package protocol (\w+)/) {
                    name = String(match.1)
                } else if line.hasPrefix("}") {
                    name = nil
                } else if let name,
                    let match = line.firstMatch(of: /^    (?:mutating )?(func \w+\()/)
                {
                    found[name, default: []].append(String(match.1))
                }
            }
        }
        return found
    }()

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }
}

/// One Swift file, as written and with its comments and strings blanked out.
struct SwiftFile {
    let path: String
    let lines: [Substring]
    /// The same lines holding only code: a word in a comment or a string is not a finding.
    let code: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let code = SwiftCode.only(in: text)
        self.code = code.split(separator: "\n", omittingEmptySubsequences: false)
        words = Set(
            code.utf8.split { !SwiftCode.isPartOfWord($0) }.map { String(Substring($0)) })
    }

    /// The target a file below `Sources` belongs to.
    var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    /// The words of the code: a cheap look before an expensive one.
    let words: Set<String>

    /// `path:line: what` for each line of code in which `pattern` is found.
    ///
    /// Only files that hold one of `words` are searched.
    func findings<Output>(
        of pattern: Regex<Output>, among words: Set<String>, _ what: String
    ) -> [String] {
        if self.words.isDisjoint(with: words) { return [] }
        // By Unicode's own notion `Int.random` would be one word.
        let pattern = pattern.wordBoundaryKind(.simple)
        return code.enumerated().filter { $0.element.contains(pattern) }
            .map { "\(path):\($0.offset + 1): \(what)" }
    }

    /// Whether the declaration on line `index` (from 0) has a comment right above it, attributes
    /// aside.
    func hasComment(above index: Int, documenting: Bool) -> Bool {
        var above = index - 1
        while above >= 0, lines[above].drop(while: \.isWhitespace).hasPrefix("@") { above -= 1 }
        guard above >= 0 else { return false }
        let line = lines[above].drop(while: \.isWhitespace)
        return line.hasPrefix("///") || !documenting && line.hasPrefix("//")
    }
}

/// Tells code from comments and strings; knows nothing else of Swift.
///
/// Regular-expression literals that hold a quote would confuse it; there are none.
enum SwiftCode {
    private enum Mode {
        /// Code, with the parentheses opened since it began; in an interpolation the last one
        /// closed ends it.
        case code(depth: Int)
        case lineComment
        case blockComment(depth: Int)
        case string(hashes: Int, quotes: Int)
    }

    /// `text` with everything but code and line ends replaced by spaces.
    static func only(in text: String) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var modes = [Mode.code(depth: 0)]
        var index = 0

        func sees(_ byte: UInt8, _ count: Int = 1, at place: Int) -> Bool {
            place + count <= bytes.count && (place..<place + count).allSatisfy { bytes[$0] == byte }
        }
        func skip(_ count: Int) {
            for byte in bytes[index..<min(index + count, bytes.count)] {
                output.append(byte == lineEnd ? byte : UInt8(ascii: " "))
            }
            index += count
        }

        while index < bytes.count {
            let byte = bytes[index]
            switch modes[modes.count - 1] {
            case .code(let depth):
                let hashes = byte == hash ? bytes[index...].prefix { $0 == hash }.count : 0
                if byte == slash, sees(slash, at: index + 1) {
                    modes.append(.lineComment)
                } else if byte == slash, sees(star, at: index + 1) {
                    modes.append(.blockComment(depth: 0))
                } else if sees(quote, at: index + hashes) {
                    let quotes = sees(quote, 3, at: index + hashes) ? 3 : 1
                    modes.append(.string(hashes: hashes, quotes: quotes))
                    skip(hashes + quotes)
                } else {
                    if byte == UInt8(ascii: "(") {
                        modes[modes.count - 1] = .code(depth: depth + 1)
                    } else if byte == UInt8(ascii: ")") {
                        modes[modes.count - 1] = .code(depth: depth - 1)
                        if depth == 1, modes.count > 1 { modes.removeLast() }
                    }
                    output.append(byte)
                    index += 1
                }
            case .lineComment:
                if byte == lineEnd { modes.removeLast() }
                skip(1)
            case .blockComment(let depth):
                if byte == star, sees(slash, at: index + 1) {
                    skip(2)
                    modes[modes.count - 1] = .blockComment(depth: depth - 1)
                    if depth == 1 { modes.removeLast() }
                } else if byte == slash, sees(star, at: index + 1) {
                    skip(2)
                    modes[modes.count - 1] = .blockComment(depth: depth + 1)
                } else {
                    skip(1)
                }
            case .string(let hashes, let quotes):
                if byte == quote, sees(quote, quotes, at: index),
                    sees(hash, hashes, at: index + quotes)
                {
                    skip(quotes + hashes)
                    modes.removeLast()
                } else if byte == backslash, sees(hash, hashes, at: index + 1) {
                    let isInterpolation = sees(UInt8(ascii: "("), at: index + 1 + hashes)
                    skip(2 + hashes)
                    if isInterpolation { modes.append(.code(depth: 1)) }
                } else {
                    skip(1)
                }
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private static let lineEnd = UInt8(ascii: "\n")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let hash = UInt8(ascii: "#")
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
}
