package import ChatModel

/// Words for a customer: literal text and `$(placeholders)`, in one language or several.
///
/// A string literal makes a template without placeholders.
package struct Template: Hashable, Sendable, Codable, ExpressibleByStringLiteral {
    /// What the words are in each language; at least one, the first is the fallback.
    package var variants: [Variant]

    /// The words in one language.
    package struct Variant: Hashable, Sendable, Codable {
        /// `nil` for the only variant of a text that names no language.
        package var language: Language?
        /// In order.
        package var parts: [Part]

        /// The words in one language.
        package init(language: Language?, parts: [Part]) {
            self.language = language
            self.parts = parts
        }
    }

    /// A stretch of a template.
    package enum Part: Hashable, Sendable, Codable {
        case literal(String)
        /// A value, and what is done to it before it is shown, in order.
        case value(ValueName, [Filter])
    }

    /// What is done to a value: `$(name | filter argument)`.
    package struct Filter: Hashable, Sendable, Codable {
        /// Which.
        package var kind: Kind
        /// What follows the filter's name.
        package var argument: String?

        /// A filter.
        package init(_ kind: Kind, _ argument: String? = nil) {
            self.kind = kind
            self.argument = argument
        }

        /// The filters there are, by their names in rule files (English names are accepted too).
        package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
            /// What to show when the value isn't known.
            case orElse = "默认"
            /// A date or a moment as a date; the argument is a pattern such as `M月d日`.
            case date = "日期"
            /// A moment as a time of day.
            case time = "时间"
            /// The middle replaced by `*`.
            case mask = "打码"
            /// With two decimals and thousands' commas.
            case money = "金额"
            /// The first so many characters.
            case first = "前"
            /// The last so many characters.
            case last = "后"
            case uppercase = "大写"
            case lowercase = "小写"
        }
    }

    /// A template of variants; at least one.
    package init(variants: [Variant]) { self.variants = variants }

    /// A text without placeholders.
    package init(_ literal: String) {
        variants = [Variant(language: nil, parts: [.literal(literal)])]
    }

    package init(stringLiteral value: String) { self.init(value) }

    /// The text, if it has one language and no placeholders.
    package var literal: String? {
        guard variants.count == 1, variants[0].parts.count <= 1 else { return nil }
        switch variants[0].parts.first {
        case .literal(let text): return text
        case nil: return ""
        case .value: return nil
        }
    }

    /// The values it refers to.
    package var valueNames: Set<ValueName> {
        Set(
            variants.flatMap(\.parts).compactMap { part in
                if case .value(let name, _) = part { name } else { nil }
            })
    }
}
