/// A YAML text as the formatter sees it: the values, and everything between them that people
/// wrote for each other.
struct CommentedDocument {
    let root: CommentedNode
    /// Comments before a root that has no items to carry them.
    let before: [Margin]
    /// Comments after the root.
    let after: [Margin]
}

/// A comment and where it stood.
struct Comment: Hashable {
    /// From the `#` on, without the spaces at its end.
    let text: String
    /// Terminal columns before it: what the author aligned by.
    let column: Int
    /// Spaces before it.
    let gap: Int
}

/// A line of its own that holds no value.
enum Margin: Hashable {
    /// One or more empty lines.
    case blank
    /// A comment line, and how far it was indented.
    case comment(String, indentation: Int)

    var isBlank: Bool { self == .blank }
}

/// A value with the comments inside it.
struct CommentedNode {
    indirect enum Content {
        case scalar(SourceScalar)
        case list([CommentedItem])
        case map([CommentedItem])
    }

    var content: Content
    /// Whether a collection is written in brackets.
    var isFlow = false
    /// Comments after the last item that belong to this collection, not to what follows it.
    var closing: [Margin] = []

    var items: [CommentedItem]? {
        switch content {
        case .scalar: nil
        case .list(let items), .map(let items): items
        }
    }

    var isEmptyScalar: Bool {
        if case .scalar(let scalar) = content { scalar.isNothing } else { false }
    }
}

/// An element of a list or an entry of a map.
struct CommentedItem {
    /// Lines above it.
    var before: [Margin]
    /// The key of an entry.
    var key: SourceScalar?
    var value: CommentedNode
    /// The comment at the end of its line.
    var trailing: Comment?
}

/// A text, what it means and how it was written.
struct SourceScalar {
    let text: String
    let style: YAMLNode.Style
    /// The lines as written, without the indentation: quotes included, a block's header not.
    let lines: [String]
    /// `|` or `>`.
    var indicator: Character = "|"
    /// `+` or `-` of a block.
    var chomping: Character?

    /// Whether nothing was written.
    var isNothing: Bool { text.isEmpty && style == .plain }
}
