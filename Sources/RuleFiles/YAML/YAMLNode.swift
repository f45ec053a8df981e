package import RuleEngine

/// A node of a parsed YAML text, with its place.
///
/// Scalars are texts and nothing else: `12315`, `no`, `09:00` and `2026-11-11` stay what the
/// author wrote. Whoever reads the node knows from the schema what type belongs there.
package struct YAMLNode: Hashable, Sendable {
    /// The three shapes.
    package indirect enum Content: Hashable, Sendable {
        /// A text; quotes and block indicators are resolved.
        case scalar(String, Style)
        case list([YAMLNode])
        case map([Entry])
    }

    /// How a scalar was written.
    package enum Style: Hashable, Sendable {
        case plain
        /// In single or double quotes: certainly meant as a text.
        case quoted
        /// `|` or `>`.
        case block
    }

    /// A key and its value, in the file's order.
    package struct Entry: Hashable, Sendable {
        /// Always a scalar.
        package let key: YAMLNode
        /// The key's text.
        package let name: String
        /// What stands after the key; an empty plain scalar where nothing does.
        package let value: YAMLNode
    }

    /// What it holds.
    package let content: Content
    /// Where it begins: the first character, an opening quote or bracket included.
    package let place: SourcePlace
    /// How many characters of its first line it covers; 1 where the end isn't known.
    package let length: Int
    /// Where each `$(` of a scalar stands in the file; empty where that isn't known.
    package var openings: [SourcePlace] = []

    /// A scalar's text.
    package var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// A list's elements.
    package var list: [YAMLNode]? {
        if case .list(let nodes) = content { nodes } else { nil }
    }

    /// A map's entries.
    package var map: [Entry]? {
        if case .map(let entries) = content { entries } else { nil }
    }

    /// Whether nothing stands there, as after `key:` at the end of a line.
    package var isEmpty: Bool {
        if case .scalar("", .plain) = content { true } else { false }
    }

    /// `a text`, `a list`, `a map` or `nothing`: for messages.
    package var kindName: Bilingual {
        switch content {
        case .scalar:
            isEmpty ? Bilingual(en: "nothing", zh: "空的") : Bilingual(en: "a text", zh: "一段文字")
        case .list: Bilingual(en: "a list", zh: "一个列表")
        case .map: Bilingual(en: "a map", zh: "一组“键: 值”")
        }
    }

    /// The value of `key`, if this is a map that has it.
    package subscript(key key: String) -> YAMLNode? { map?.first { $0.name == key }?.value }
}
