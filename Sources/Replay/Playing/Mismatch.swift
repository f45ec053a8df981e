import RuleFiles

/// What was expected and what came instead.
struct Mismatch {
    var expected: Bilingual
    var actual: Bilingual
    /// The texts of replies, for showing them side by side.
    var replies: TestReport.Replies?

    init(_ expected: Bilingual, _ actual: Bilingual, replies: TestReport.Replies? = nil) {
        self.expected = expected
        self.actual = actual
        self.replies = replies
    }

    /// `「甲」 「乙」`.
    static func listed(_ texts: [String]) -> String {
        texts.map { "「\($0)」" }.joined(separator: " ")
    }

    /// The texts, or that there are none.
    static func listed(_ texts: [String], orNone none: Bilingual) -> Bilingual {
        texts.isEmpty ? none : Bilingual(listed(texts))
    }

    static func messages(_ count: Int) -> Bilingual {
        Bilingual(en: count == 1 ? "1 message" : "\(count) messages", zh: "\(count) 条消息")
    }

    static let noMessage = Bilingual(en: "no message", zh: "没有发消息")
}

extension Duration {
    /// `20s`, `1.5s`, as tests write spans of time.
    var words: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if milliseconds != 0 {
            let digits = String(1000 + milliseconds).dropFirst()
            return "\(seconds).\(String(digits.reversed().drop { $0 == "0" }.reversed()))s"
        }
        return "\(seconds)s"
    }
}
