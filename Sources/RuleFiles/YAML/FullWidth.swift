/// Full-width punctuation that an input method types where YAML wants the ASCII one.
enum FullWidth {
    /// What to write instead.
    static let halfWidth: [Unicode.Scalar: String] = [
        "：": ": ", "，": ", ", "、": ", ", "“": "\"", "”": "\"", "‘": "'", "’": "'", "（": "(",
        "）": ")", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "＃": "#",
        "－": "-",
    ]

    /// The finding, wherever it stands.
    static func message(for scalar: Unicode.Scalar) -> Bilingual {
        Bilingual(
            en: "full-width '\(scalar)' where YAML wants the ASCII character",
            zh: "全角“\(scalar)”：这里要用半角符号")
    }

    /// The cure, as a clause.
    static func help(for scalar: Unicode.Scalar) -> Bilingual {
        switch scalar {
        case "：":
            Bilingual(
                en: "write ': ' (an ASCII colon and a space)", zh: "写成 “: ”（半角冒号加空格）")
        case "，", "、":
            Bilingual(
                en: "write ', ' (an ASCII comma and a space)", zh: "写成 “, ”（半角逗号加空格）")
        default:
            Bilingual(
                en: "write '\(halfWidth[scalar] ?? "")' (the ASCII character)",
                zh: "写成 \(halfWidth[scalar] ?? "")（半角）")
        }
    }
}
