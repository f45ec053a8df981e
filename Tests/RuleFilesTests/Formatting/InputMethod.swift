import Foundation

/// Somebody who writes rule files with a Chinese input method left on.
struct InputMethod {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    private mutating func chance(_ count: UInt64) -> Bool {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % count == 0
    }

    /// Keys whose lists are keywords, where a full-width comma is a slip.
    private static let wordKeys = [
        "says:", "says_exactly:", "clicks:", "sends:", "accounts:", "fold:", "tag:", "team:",
    ]

    /// The text with some of its syntax full-width; sentences, quotes and comments stay.
    mutating func type(_ text: String) -> String {
        var lines: [String] = []
        var isFirst = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append(isFirst && !line.isEmpty ? String(line) : type(line: String(line)))
            isFirst = false
        }
        // Whatever chance says, one thing is wrong.
        if let first = lines.firstIndex(where: {
            $0.hasPrefix("bundle: ") || $0.hasPrefix("tests:")
        }) {
            lines[first] = lines[first].replacing(":", with: "：", maxReplacements: 1)
        }
        return lines.joined(separator: "\n")
    }

    private mutating func type(line: String) -> String {
        // The lines of a text, and quoted texts.
        if line.contains("$(客户") || line.contains("我的订单 →") || line.contains("'") { return line }
        var parts = line.components(separatedBy: " #")
        var code = parts.removeFirst()
        if code.hasPrefix("#") { return line }
        if code.contains("- "), chance(6) {
            code = code.replacing("- ", with: chance(2) ? "－ " : "— ", maxReplacements: 1)
        }
        code = colons(code)
        code = brackets(code)
        if !parts.isEmpty, chance(4), code.hasSuffix("]") || code.hasSuffix("}") {
            return code + " ＃" + parts.joined(separator: " #")
        }
        return ([code] + parts).joined(separator: " #")
    }

    /// `key: ` becomes `key：`, `key:　` or, for words of the language, `key:`.
    private mutating func colons(_ code: String) -> String {
        var typed = ""
        var rest = code[...]
        while let colon = rest.firstRange(of: ": ") {
            typed += rest[..<colon.lowerBound]
            // Behind a text of its own a colon belongs to the text.
            typed += chance(3) ? "：" : chance(8) ? ":　" : ": "
            rest = rest[colon.upperBound...]
        }
        typed += rest
        if typed.hasSuffix(":"), chance(4) { typed = typed.dropLast() + "：" }
        return typed
    }

    private mutating func brackets(_ code: String) -> String {
        guard let key = Self.wordKeys.first(where: { code.contains($0) }),
            let start = code.firstRange(of: key + " ["),
            let end = code[start.upperBound...].firstRange(of: "]")
        else { return code }
        var inner = String(code[start.upperBound..<end.lowerBound])
        if chance(2) { inner = inner.replacing(", ", with: chance(2) ? "，" : "、") }
        let isWide = chance(3)
        return code[..<start.lowerBound] + key + " " + (isWide ? "［" : "[") + inner
            + (isWide ? "］" : "]") + code[end.upperBound...]
    }
}
