import RuleEngine

/// Replaces what names or reaches a person by something of the same shape, so that the same rules
/// still match: digits by digits, letters by letters, and nothing else is touched.
///
/// The same text always becomes the same replacement, so that a conversation still hangs together
/// after it; what was replaced can't be told from the replacement.
package enum Redaction {
    /// The words without telephone, order, card and identity numbers, mail addresses, plates,
    /// names after a greeting or `我叫`, and street addresses.
    ///
    /// Another `salt` gives another replacement.
    package static func redacted(_ words: String, salt: UInt64 = 0) -> String {
        var text = words
        for pattern in patterns { text = pattern.replace(in: text, salt) }
        return text
    }

    private struct Pattern: Sendable {
        let regex: RegularExpression
        let replace: @Sendable (String, UInt64) -> String

        /// Replaces every match of the expression, or of its first group.
        func replace(in text: String, _ salt: UInt64) -> String {
            let bytes = Array(text.utf8)
            var result: [UInt8] = []
            var start = 0
            while start < bytes.count {
                let rest = Array(bytes[start...])
                guard let whole = regex.firstMatch(in: rest), !whole.isEmpty,
                    let part = regex.firstValue(in: rest), !part.isEmpty
                else { break }
                result += rest[..<part.lowerBound]
                result += Array(replace(String(decoding: rest[part], as: UTF8.self), salt).utf8)
                result += rest[part.upperBound..<max(part.upperBound, whole.upperBound)]
                start += max(part.upperBound, whole.upperBound)
            }
            result += bytes[start...]
            return String(decoding: result, as: UTF8.self)
        }
    }

    private static let patterns: [Pattern] = {
        func pattern(
            _ expression: String, _ replace: @escaping @Sendable (String, UInt64) -> String
        ) -> Pattern? {
            (try? RegularExpression(expression)).map { Pattern(regex: $0, replace: replace) }
        }
        return [
            // Mail addresses, then long runs of digits and letters (orders, cards, parcels), then
            // telephone numbers with their dashes: what is left of one is not the next.
            pattern(#"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"#) { other($0, $1) },
            pattern(#"\+?[0-9][0-9 -]{4,}[0-9Xx]"#) { other($0, $1) },
            pattern(#"[0-9]*[A-Za-z]+[0-9][0-9A-Za-z]{4,}"#) { other($0, $1) },
            pattern(#"[0-9]{5,}"#) { other($0, $1) },
            pattern(
                #"(?:我叫|我是|姓名[:：]?|名字是|联系人[:：]?|收件人[:：]?)\s*(\p{Han}{2,4}?)(?:$|[，。,. 、；;的先女小])"#
            ) { words, _ in
                name(words)
            },
            pattern(#"(\p{Han})(?:先生|女士|小姐|太太)"#) { words, _ in name(words) },
            pattern(
                #"(\p{Han}{2,12}(?:省|市|区|县|镇|乡|街道|路|街|巷|弄|村|小区|大厦|花园)[\p{Han}0-9A-Za-z-]{0,20}(?:号|栋|幢|楼|室|单元|层|座))"#
            ) { address($0, $1) },
        ].compactMap(\.self)
    }()

    /// A number made from the text by FNV-1a: the same for the same text, on every machine.
    private static func seed(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private struct Sequence64 {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            // SplitMix64 (Steele, Lea, Flood 2014).
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ mixed >> 31) % UInt64(bound))
        }
    }

    /// Other digits and letters; the first digit of a number stays, since prefixes (1 for mobile
    /// telephones, years for orders) are what rules look at.
    private static func other(_ text: String, _ salt: UInt64) -> String {
        var random = Sequence64(state: seed(text) &+ salt)
        var isFirst = true
        return String(
            text.map { character in
                guard let ascii = character.asciiValue else { return character }
                defer { if ascii >= 48 { isFirst = false } }
                switch ascii {
                case 48...57:
                    return isFirst
                        ? character : Character(UnicodeScalar(UInt8(48 + random.next(10))))
                case 65...90: return Character(UnicodeScalar(UInt8(65 + random.next(26))))
                case 97...122: return Character(UnicodeScalar(UInt8(97 + random.next(26))))
                default: return character
                }
            })
    }

    private static func name(_ text: String) -> String {
        String(repeating: "某", count: text.count)
    }

    /// Numbers become others, and the names of places 某; what kind of place it is stays.
    private static func address(_ text: String, _ salt: UInt64) -> String {
        let kinds: Set<Character> = Set("省市区县镇乡街道路巷弄村小区大厦花园号栋幢楼室单元层座")
        return String(
            other(text, salt).map { $0.isASCII || kinds.contains($0) ? $0 : "某" })
    }
}
