package import ChatModel

/// Guesses what language a customer writes in, by the script alone.
package enum LanguageDetection {
    /// `ja` for kana (more than an ornamental の), else `ko` for hangul, `zh` for Han, `ru` for
    /// Cyrillic, `en` for Latin; `nil` where there are no such letters.
    package static func language(of text: String) -> Language? {
        var kana = 0
        var hangul = 0
        var han = 0
        var cyrillic = 0
        var latin = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x3041...0x3096, 0x30A1...0x30FA, 0xFF66...0xFF9D: kana += 1
            case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3131...0x318E: hangul += 1
            case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: han += 1
            case 0x0400...0x052F: cyrillic += 1
            case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0xFF21...0xFF3A, 0xFF41...0xFF5A:
                latin += scalar.value == 0xD7 || scalar.value == 0xF7 ? 0 : 1
            default: break
            }
        }
        if kana > 1 || (kana > 0 && han == 0) { return "ja" }
        if hangul > han { return "ko" }
        if han > 0 { return "zh" }
        if cyrillic > latin { return "ru" }
        return latin > 0 ? "en" : nil
    }
}
