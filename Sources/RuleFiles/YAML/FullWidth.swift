/// Full-width punctuation that an input method types where YAML wants the ASCII one.
enum FullWidth {
    /// What to write instead.
    static let halfWidth: [Unicode.Scalar: String] = [
        "：": ": ", "，": ", ", "、": ", ", "“": "\"", "”": "\"", "‘": "'", "’": "'", "（": "(",
        "）": ")", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "＃": "#",
        "－": "-",
    ]

    /// The cure, as a clause.
    static func help(for scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "：": "write ': ' (an ASCII colon and a space)"
        case "，", "、": "write ', ' (an ASCII comma and a space)"
        default: "write '\(halfWidth[scalar] ?? "")' (the ASCII character)"
        }
    }
}
