import ChatModel
import RuleFiles
import Testing

/// A YAML block of a guide, and the file that it is or that it is a part of.
struct GuideBlock {
    /// Where its text begins: a line of the page.
    let line: Int
    let text: String
    /// What the comment above it says after `<!-- in: `; `nil` for a file of its own.
    let surroundings: String?
    /// What it is called, so that tests on the page can name it.
    let path: String

    var isTests: Bool { text.hasPrefix("tests_for:") }
    var isWhole: Bool { surroundings == nil && !isTests }

    /// The sources to load: the block itself, or one that has it as a part.
    var sources: [RuleSource] {
        guard let surroundings else { return [RuleSource(path: path, text: text)] }
        let body = surroundings.hasPrefix("rules") ? "rules:\n" + text : text
        var sources = [RuleSource(path: path, text: Self.completed(body))]
        if surroundings.hasSuffix("with part") {
            sources.append(RuleSource(path: "docs/部分.kf.yml", text: Self.part))
        }
        // What the samples send is not on anybody's disk.
        let media = sources.flatMap { RuleFiles.mediaPaths(in: $0) }
        let listing = MediaListing(hash: "0", count: 100_000, format: .png, milliseconds: nil)
        return sources + media.map { listing.source(at: $0) }
    }

    // MARK: What parts are completed with

    /// The part together with all it refers to: sections it doesn't have, and names it doesn't
    /// declare.
    private static func completed(_ part: String) -> String {
        var text = "kf: 1\nbundle: 样例\naccounts: [shop]\n" + part
        if !text.contains("\nrules:") {
            text += "rules: [{ rule: 没听懂, when: { no_match: true }, reply: 请再说一次。 }]\n"
        }
        for (section, names) in declarations {
            if part.hasPrefix("\(section):") || part.contains("\n\(section):") {
                continue
            }
            text += "\(section):\n" + names
        }
        return text
    }

    private static let declarations = [
        ("menus", "  主菜单: { head: 请选择：, items: { 订单: 查订单, 退款: 退款, 人工: 转人工 } }\n"),
        ("schedules", "  营业时间: { weekly: { 周一至周五: [09:00-18:00] } }\n"),
        ("surveys", "  满意度: { head: 请评价：, items: { 5: 满意, 1: 不满意 } }\n"),
    ]

    private static let part = """
        rules:
          - rule: 换货政策
            when: { says: 换货 }
            reply: 不能换。
            examples: [可以换货吗]

        """
}

/// The guides for support leads, in both languages.
enum GuidePage: String, CaseIterable {
    case chinese = "docs/rules.zh-CN.md"
    case english = "docs/rules.md"

    func text() throws -> String { try #require(Fixtures.load(rawValue)).text }

    /// Its YAML blocks, in order.
    func blocks() throws -> [GuideBlock] {
        var blocks: [GuideBlock] = []
        var open: (line: Int, text: String)?
        var (surroundings, path): (String?, String?)
        var isCode = false
        let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if let found = line.wholeMatch(of: /<!-- (in|file): (.+) -->/) {
                if found.1 == "in" {
                    surroundings = String(found.2)
                } else {
                    path = "docs/\(found.2)"
                }
            }
            guard line.hasPrefix("```") else {
                open?.text += line + "\n"
                continue
            }
            if let block = open {
                blocks.append(
                    GuideBlock(
                        line: block.line, text: block.text, surroundings: surroundings,
                        path: path ?? "docs/样例.kf.yml"))
                (surroundings, path) = (nil, nil)
                open = nil
            }
            isCode.toggle()
            if isCode, line == "```yaml" { open = (index + 2, "") }
        }
        try #require(!isCode, "a block of \(rawValue) has no end")
        return blocks
    }
}
