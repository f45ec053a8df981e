/// The languages messages are written in.
package enum MessageLanguage: String, Hashable, Sendable, Codable, CaseIterable {
    case en, zh
}

/// A message in English and in Chinese: one meaning, two texts.
package struct Bilingual: Hashable, Sendable, Codable {
    /// In English.
    package var en: String
    /// In Chinese, as a support lead would say it.
    package var zh: String

    /// A message in both languages.
    package init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }

    /// The same text in both: a name, a path, or a message that has only one language so far.
    package init(_ text: String) { self.init(en: text, zh: text) }

    /// A name in quotes: `'name'` and `「name」`.
    package static func quoted(_ name: String) -> Bilingual {
        Bilingual(en: "'\(name)'", zh: "「\(name)」")
    }

    /// The text in one language.
    package subscript(language: MessageLanguage) -> String {
        switch language {
        case .en: en
        case .zh: zh
        }
    }

    /// One after the other.
    package static func + (lhs: Bilingual, rhs: Bilingual) -> Bilingual {
        Bilingual(en: lhs.en + rhs.en, zh: lhs.zh + rhs.zh)
    }
}
