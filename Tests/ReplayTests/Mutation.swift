import RuleFiles

/// Spoils files people wrote, a little or a lot; the same seed spoils in the same way.
struct Mutation {
    private var state: UInt64
    private let corpus: [(path: String, lines: [String])]

    /// What hurts parsers: marks of YAML, look-alikes, marks that join, turn or hide, and much.
    private static let hostile: [String] = [
        "：", "，", "“", "”", "‘", "【", "　", "\t", "\u{0}", "\u{7}", "\u{85}", "\u{A0}",
        "\u{200B}", "\u{202E}", "\u{2028}", "\u{FEFF}", "\u{FFFD}", "e\u{301}\u{301}\u{301}",
        "👨‍👩‍👧‍👦", "\u{1F1E8}", "\r", "\r\n", "\n", "\n\n", "- ", ": ", "# ", "? ", "&a ", "*a",
        "!!str ", "!x ", "| ", ">-\n", "<<: *a", "---\n", "...\n", "[", "]", "{", "}", ",", "'",
        "\"", "\\", "%", "@", "`", "$(", ")", "$(订单号 | 掩码)", "(", "(a+)+$", "[^", "\\p{", "~",
        "null", "true", "0x1F", "1e999", "-1", "99999999999999999999", "2026-02-30", "25:61",
        "9999d", "0s", "-5m", "100%", "::", "..", "主菜单.退款", "不存在",
        String(repeating: "长", count: 3000), String(repeating: "[", count: 200),
        String(repeating: "- ", count: 200), String(repeating: " ", count: 300),
        String(repeating: "$(a)", count: 200), String(repeating: "退", count: 20_000),
    ]

    init(seed: UInt64, corpus: [RuleSource]) {
        state = seed
        self.corpus = corpus.map {
            let lines = $0.text.split(separator: "\n", omittingEmptySubsequences: false)
            return ($0.path, lines.map(String.init))
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }

    /// A file of the corpus, spoiled in one place, as people do, or in up to eight.
    mutating func file() -> RuleSource {
        var (path, lines) = pick(corpus)
        for _ in 0...(below(2) == 0 ? 0 : below(8)) where !lines.isEmpty { spoil(&lines) }
        return RuleSource(
            path: path, text: lines.joined(separator: below(20) == 0 ? "\r\n" : "\n"))
    }

    private mutating func spoil(_ lines: inout [String]) {
        let at = below(lines.count)
        switch below(16) {
        case 0: lines.remove(at: at)
        case 1: lines.insert(lines[at], at: below(lines.count))
        case 2: lines.swapAt(at, below(lines.count))
        case 3: lines[at] = String(repeating: " ", count: below(9)) + lines[at].drop { $0 == " " }
        case 4: lines[at] = String(lines[at].dropLast(below(lines[at].count + 1)))
        case 5: lines.insert(pick(pick(corpus).lines), at: at)
        case 6, 9, 10, 11: lines[at] = swappedValue(of: lines[at], for: pick(pick(corpus).lines))
        case 7:
            let from = pick(corpus).lines
            let start = below(from.count)
            lines.insert(contentsOf: from[start..<min(from.count, start + below(20))], at: at)
        case 8: lines.removeSubrange(at..<min(lines.count, at + below(10)))
        default:
            var characters = Array(lines[at])
            characters.insert(contentsOf: pick(Self.hostile), at: below(characters.count + 1))
            lines[at] = String(characters)
        }
    }

    /// The value of another line behind this one's key.
    private func swappedValue(of line: String, for other: String) -> String {
        guard let mine = line.firstRange(of: ": "), let theirs = other.firstRange(of: ": ") else {
            return other
        }
        return String(line[..<mine.upperBound] + other[theirs.upperBound...])
    }
}
