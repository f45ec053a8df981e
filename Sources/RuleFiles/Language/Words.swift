import ChatModel
import RuleEngine

/// A text of a rule file and its place.
struct Words: Hashable, Sendable {
    let text: String
    let place: SourcePlace
    let length: Int
    /// How far behind `place` the text's first character stands: 1 behind a quote.
    ///
    /// `nil` unless the text is written on one line just as it is.
    private let verbatimOffset: Int?
    /// Where each `$(` of the text stands in the file.
    private let openings: [SourcePlace]

    init(_ node: YAMLNode) {
        text = node.text ?? ""
        place = node.place
        length = node.length
        openings = node.openings
        switch node.content {
        case .scalar(let text, .plain) where text.count == node.length: verbatimOffset = 0
        case .scalar(let text, .quoted) where text.count + 2 == node.length: verbatimOffset = 1
        default: verbatimOffset = nil
        }
    }

    /// A text that stands for what is written at `source`: an element of a word list, as a rule
    /// that names the list has it.
    init(_ text: String, writtenAs source: Words) {
        self.text = text
        place = source.place
        length = source.length
        verbatimOffset = source.text == text ? source.verbatimOffset : nil
        openings = []
    }

    /// A text without a node: a row of a sheet.
    init(_ text: String, at place: SourcePlace, length: Int = 1) {
        self.text = text
        self.place = place
        self.length = length
        verbatimOffset = nil
        openings = []
    }

    /// Where a part of the text is; the whole where the part's place isn't known.
    func extent(of range: Range<String.Index>) -> (place: SourcePlace, length: Int) {
        var start = place
        let distance = text.distance(from: text.startIndex, to: range.lowerBound)
        if let verbatimOffset {
            start.column += verbatimOffset + distance
            return (start, text[range].count)
        }
        guard !openings.isEmpty, !text[range].contains(where: \.isNewline) else {
            return (place, length)
        }
        var count = 0
        var last: String.Index?
        var rest = text[..<range.upperBound]
        while let next = rest.firstRange(of: "$("), next.lowerBound <= range.lowerBound {
            last = next.lowerBound
            count += 1
            rest = rest[next.upperBound...]
        }
        guard let last, count <= openings.count,
            !text[last..<range.lowerBound].contains(where: \.isNewline)
        else { return (place, length) }
        start = openings[count - 1]
        start.column += text.distance(from: last, to: range.lowerBound)
        return (start, text[range].count)
    }

    /// A part of the text whose place the caller counted: `offset` characters from the text's
    /// beginning, `distance` from the `opening`-th `$(`.
    func part(
        _ range: Range<String.Index>, at offset: Int, opening: Int, behind distance: Int
    ) -> Words {
        let text = String(text[range])
        var start = place
        if let verbatimOffset {
            start.column += verbatimOffset + offset
        } else if opening < openings.count, !text.contains(where: \.isNewline) {
            start = openings[opening]
            start.column += distance
        } else {
            return Words(text, at: place, length: length)
        }
        return Words(text, at: start, length: text.count)
    }

    /// The part of the text at an extent's range, as a text of its own.
    func part(_ range: Range<String.Index>) -> Words {
        let extent = extent(of: range)
        return Words(String(text[range]), at: extent.place, length: extent.length)
    }

    /// A finding about the whole text.
    func diagnostic(
        _ id: DiagnosticID, _ message: Bilingual, help: Bilingual? = nil
    ) -> Diagnostic {
        Diagnostic(id, at: place, length: length, message, help: help)
    }

    /// A finding about the whole text, in one language.
    func diagnostic(_ id: DiagnosticID, _ message: String, help: String? = nil) -> Diagnostic {
        Diagnostic(id, at: place, length: length, message, help: help)
    }

    /// A finding about a part of the text; about the whole where the part's place isn't known.
    func diagnostic(
        _ id: DiagnosticID, in range: Range<String.Index>, _ message: Bilingual,
        help: Bilingual? = nil
    ) -> Diagnostic {
        let extent = extent(of: range)
        return Diagnostic(id, at: extent.place, length: extent.length, message, help: help)
    }
}

/// Words for customers, in one language or several; never empty.
struct LocalText: Sendable {
    struct Variant: Sendable {
        /// `nil` for the only variant of a text that names no language.
        var language: Language?
        var words: Words
    }

    var variants: [Variant]

    /// A text that names no language.
    init(_ words: Words) { variants = [Variant(language: nil, words: words)] }

    init(_ variants: [Variant]) { self.variants = variants }

    /// Where it is written: the first variant.
    var words: Words { variants[0].words }
}
