/// Characters that look like YAML's own signs and aren't.
enum LookAlike {
    /// Kinds of blanks: how many columns each takes as indentation, 0 for those nobody sees.
    ///
    /// A tab's width is its author's; `nil` here.
    static func blankWidth(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar.value {
        case 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F: 1
        case 0x3000: 2
        case _ where isInvisible(scalar): 0
        default: nil
        }
    }

    /// Controls of writing direction, zero-width spaces, soft hyphens: what the scanner refuses.
    ///
    /// Joiners stay: emoji are made with them.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: true
        default: false
        }
    }

    /// Blanks of any kind, tabs included.
    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || blankWidth(scalar) != nil
    }

    static let dashes: Set<Unicode.Scalar> = ["－", "—", "–", "−", "‐", "﹣"]
    static let colons: Set<Unicode.Scalar> = ["：", "﹕", "︰"]
    static let commas: Set<Unicode.Scalar> = ["，", "、", "﹐", "､"]
    static let hashes: Set<Unicode.Scalar> = ["＃", "﹟"]
    static let openings: [Unicode.Scalar: Unicode.Scalar] = [
        "［": "[", "【": "[", "〔": "[", "｛": "{", "﹛": "{",
    ]
    static let closings: [Unicode.Scalar: Unicode.Scalar] = [
        "］": "]", "】": "]", "〕": "]", "｝": "}", "﹜": "}",
    ]
    /// What closes a quotation; a hurried author mixes widths.
    static let quotes: [Unicode.Scalar: Set<Unicode.Scalar>] = [
        "“": ["”", "“", "\""], "”": ["”", "“", "\""], "＂": ["＂", "\""], "‘": ["’", "‘", "'"],
        "’": ["’", "‘", "'"],
    ]

    /// The ASCII form of full-width letters, digits and the signs of numbers and dates.
    static func ascii(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A, 0xFF1A, 0xFF0B, 0xFF0D...0xFF0F,
            0xFF3F:
            Unicode.Scalar(scalar.value - 0xFEE0)
        default: nil
        }
    }
}
