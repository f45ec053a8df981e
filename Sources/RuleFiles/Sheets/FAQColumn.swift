import RuleEngine

/// The columns of a sheet, in the order they are written.
enum FAQColumn: CaseIterable {
    case id, question, similar, answer, tag, valid, comment

    /// What it is called where we write it.
    var header: String { names[0] }

    /// What people call it, Chinese first; compared without case and spaces.
    private var names: [String] {
        switch self {
        case .id: ["编号", "id"]
        case .question: ["问题", "标准问题", "标准问", "问", "question", "ask"]
        case .similar: ["相似问法", "相似问题", "相似问", "similar", "like"]
        case .answer: ["回答", "答案", "答复", "答", "answer", "reply"]
        case .tag: ["标签", "tag", "tags"]
        case .valid: ["有效期", "valid"]
        case .comment: ["备注", "comment", "note"]
        }
    }

    /// The column a header names; `相似问法1` … `相似问法9` are one column spread over several.
    init?(header: String) {
        let name = Self.normal(header)
        let base = String(name.reversed().drop(while: \.isNumber).reversed())
        let column = Self.allCases.first {
            $0.names.contains(name) || $0 == .similar && $0.names.contains(base)
        }
        guard let column else { return nil }
        self = column
    }

    /// The cure for a header that nearly names a column.
    static func suggestion(for header: String) -> Bilingual? {
        // A header like "备注2" is a column of its own, "回复" is none of ours.
        Suggestion.help(for: normal(header), among: allCases.flatMap(\.names))
    }

    private static func normal(_ header: String) -> String {
        header.lowercased().filter { !$0.isWhitespace }
    }
}
