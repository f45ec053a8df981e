/// Writes random files of the YAML that rule files allow, as carelessly as people do.
///
/// The same seed gives the same text. Indentations, quotes, comments, blank lines, folded texts
/// and brackets over several lines come in every mixture; now and then the result isn't YAML.
struct RandomYAML {
    private var state: UInt64
    private var lines: [String] = []

    private static let schemaKeys = [
        "rule", "when", "if", "unless", "reply", "handoff", "examples", "not_examples", "priority",
        "says", "clicks", "head", "items", "tail", "steps", "ask", "tries", "expect", "menus",
        "rules", "tests", "texts", "flows", "test", "at", "当", "回复", "规则",
    ]
    private static let words = [
        "退款", "怎么退款？", "你好，世界", "主菜单.退款", "12315", "no", "09:00", "a b", "don't", "x#y",
        "a:b", "https://shop.example.com/a?b=c", "-1", "- x", "#1", "a: b", "[1]", "{x}", "“引号”",
        "真的，是吗", "50%", "@me", "!", "*star", "&and", "?", "? x", ":", "--- x", "...", "<<", "~",
        "back\\slash", "\"double\"", "'single'", "tail ", " head", "a, b", "中文：冒号", "👨‍👩‍👧 家",
        "x #y", "e\u{301}", "|", "> q", "$(订单号)", "$(客户.昵称 | 默认 亲)", "%", "`", "a]", "b}", "=",
    ]

    init(seed: UInt64) { state = seed }

    mutating func text() -> String {
        lines = []
        if chance(10) { comment(0) }
        if chance(15) { lines.append(chance(2) ? "---" : "--- # 开始") }
        map(indent: chance(20) ? 1 : 0, depth: 0)
        if chance(12) {
            if chance(3) { lines.append("...") }
            lines.append("---")
            map(indent: 0, depth: 2)
        }
        if chance(6) { comment(Int(next() % 6)) }
        if chance(20) { lines.append("...") }
        var text = lines.joined(separator: chance(15) ? "\r\n" : "\n")
        if !chance(10) { text += "\n" }
        if chance(15) { text = "\u{FEFF}" + text }
        return text
    }

    // MARK: Chance

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// True once in `count` times.
    private mutating func chance(_ count: UInt64) -> Bool { next() % count == 0 }
    private mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }

    // MARK: Lines

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    private mutating func comment(_ indent: Int) {
        lines.append(spaces(indent) + pick(["# 说明", "#", "# a: b", "#紧挨着", "#  - x  "]))
    }

    private mutating func margin(_ indent: Int) {
        while chance(6) {
            if chance(2) {
                lines.append(chance(4) ? spaces(3) : "")
            } else {
                comment(chance(4) ? Int(next() % 8) : indent)
            }
        }
    }

    private mutating func trailing() -> String {
        chance(6) ? spaces(1 + Int(next() % 12)) + "# 尾注" : chance(10) ? "  " : ""
    }

    // MARK: Blocks

    private mutating func map(indent: Int, depth: Int, lead: String? = nil) {
        var used: Set<String> = []
        let count = 1 + Int(next() % 4)
        for index in 0..<count {
            var key = chance(2) ? pick(Self.schemaKeys) : "名\(next() % 9)"
            while !used.insert(key).inserted { key += "甲" }
            if index > 0 || lead == nil { margin(indent) }
            let start = index == 0 ? lead ?? spaces(indent) : spaces(indent)
            let written = chance(8) ? "\"\(key)\"" : chance(8) ? "'\(key)'" : key
            value(start + written + (chance(12) ? " :" : ":"), indent: indent, depth: depth)
        }
    }

    private mutating func list(indent: Int, depth: Int, lead: String? = nil) {
        for index in 0...(next() % 3) {
            if index > 0 || lead == nil { margin(indent) }
            let start = (index == 0 ? lead ?? spaces(indent) : spaces(indent)) + "-"
            if depth < 5, chance(3) {
                let gap = 1 + Int(next() % 3)
                map(indent: indent + 1 + gap, depth: depth + 1, lead: start + spaces(gap))
            } else if depth < 5, chance(10) {
                list(indent: indent + 2, depth: depth + 1, lead: start + " ")
            } else {
                value(start, indent: indent, depth: depth, isElement: true)
            }
        }
    }

    private mutating func value(
        _ head: String, indent: Int, depth: Int, isElement: Bool = false
    ) {
        switch next() % (depth < 5 ? 12 : 8) {
        case 0: lines.append(head + trailing())
        case 1: block(head, indent: indent)
        case 2: folded(head, indent: indent)
        case 3:
            let flow = flow(depth: 0, indent: indent + 2)
            lines.append(head + " " + flow + trailing())
        case 4...7:
            let word = scalar(inFlow: false)
            if chance(15) {
                lines.append(head + trailing())
                margin(indent + 2)
                lines.append(spaces(indent + 1 + Int(next() % 3)) + word + trailing())
            } else {
                lines.append(head + spaces(1 + (chance(6) ? 2 : 0)) + word + trailing())
            }
        default:
            lines.append(head + trailing())
            let deeper = indent + 1 + Int(next() % 4)
            if chance(2) {
                map(indent: deeper, depth: depth + 1)
            } else {
                list(indent: !isElement && chance(3) ? indent : deeper, depth: depth + 1)
            }
        }
    }

    private mutating func block(_ head: String, indent: Int) {
        let header = pick(["|", "|-", "|+", ">", ">-", ">+"])
        let digit = chance(8)
        lines.append(head + " " + header + (digit ? "2" : "") + (chance(8) ? " # 头注" : ""))
        let inner = indent + (digit ? 2 : 1 + Int(next() % 4))
        for index in 0..<Int(next() % 4) {
            if chance(5) { lines.append(chance(3) ? spaces(inner + 2) : "") }
            let extra = chance(5) && (index > 0 || digit) ? "  " : ""
            lines.append(spaces(inner) + extra + pick(["第一行", "# 不是注释", "a: b", "- x", "尾  "]))
        }
        if chance(4) { lines.append("") }
    }

    private mutating func folded(_ head: String, indent: Int) {
        let quote = pick(["", "'", "\""])
        lines.append(head + " " + quote + "第一句")
        for _ in 0...(next() % 2) {
            if chance(5) { lines.append("") }
            lines.append(spaces(indent + 1 + Int(next() % 5)) + pick(["接着说", "- 也是", "完 了"]))
        }
        lines[lines.count - 1] += quote + trailing()
    }

    // MARK: Texts

    private mutating func scalar(inFlow: Bool) -> String {
        let word = pick(Self.words)
        switch next() % 4 {
        case 0: return "'" + word.replacing("'", with: "''") + "'"
        case 1:
            let escaped = word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\"" + escaped + pick(["", "\\n", "\\t", "\\u200b"]) + "\""
        default:
            let isPlain = !word.contains { ":[]{},#&*!|>'\"%@`\\".contains($0) }
            return isPlain && word.first != " " && word.first != "-" && word.first != "?"
                ? word : "退款"
        }
    }

    private mutating func flow(depth: Int, indent: Int) -> String {
        let isMap = chance(2)
        var text = isMap ? "{" : "["
        let count = Int(next() % (chance(8) ? 25 : 4))
        for index in 0..<count {
            if chance(8) { text += (chance(4) ? " # 内注" : "") + "\n" + spaces(indent) }
            if chance(2) { text += " " }
            if isMap { text += pick(Self.schemaKeys) + "\(index == 0 ? "" : "\(index)"): " }
            if !isMap, chance(12) { text += "单: " }
            if isMap, chance(12) {
                text += index + 1 < count ? ", " : ""
                continue
            }
            text +=
                depth < 3 && chance(5)
                ? flow(depth: depth + 1, indent: indent) : scalar(inFlow: true)
            if index + 1 < count || chance(8) { text += "," }
        }
        if chance(8) { text += "\n" + spaces(indent) }
        return text + (isMap ? "}" : "]")
    }
}
