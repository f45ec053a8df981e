/// Writes a commented tree in canonical form.
struct TreePrinter {
    /// Brackets that don't fit within so many terminal columns become a block.
    static let maximumColumns = 100

    /// A line, and the comment at its end.
    struct Line {
        var text: String
        var comment: Comment?
    }

    /// The language to write keys in; `nil` leaves each as it is.
    let keys: KeyVocabulary.Language?
    private(set) var lines: [Line] = []

    typealias Shape = FileSchema.Shape

    init(keys: KeyVocabulary.Language? = nil) { self.keys = keys }

    // MARK: Documents

    mutating func write(_ documents: [CommentedDocument]) {
        for (index, document) in documents.enumerated() {
            if index > 0 || (document.root.isEmptyScalar && documents.count > 1) {
                lines.append(Line(text: "---"))
            }
            let start = lines.count
            printMargin(document.before, indentation: 0, dropsBlank: true)
            let root = document.root
            let names = root.items?.compactMap(\.key?.text) ?? []
            let shape = Shape(.unknown, FileSchema.root(names))
            if root.isFlow || root.items == nil {
                printValue(of: root, after: "", indentation: -2, shape: shape, trailing: nil)
            } else {
                printItems(root, indentation: 0, shape: shape, isRoot: true)
            }
            printMargin(
                document.after, indentation: 0, dropsBlank: lines.count == start)
        }
        while let last = lines.last, last.text.isEmpty, last.comment == nil, !endsInKeptBlock {
            lines.removeLast()
        }
    }

    /// Whether the last line is the end of a text that keeps its empty lines.
    private var endsInKeptBlock = false

    private mutating func append(_ text: String, _ comment: Comment? = nil) {
        lines.append(Line(text: text, comment: comment))
        endsInKeptBlock = false
    }

    // MARK: Margins

    private mutating func printMargin(
        _ margin: [Margin], indentation: Int, dropsBlank: Bool = false
    ) {
        var canBlank = !dropsBlank && !endsInKeptBlock
        for line in margin {
            switch line {
            case .blank:
                if canBlank { append("") }
                canBlank = false
            case .comment(let text, _):
                append(spaces(indentation) + text)
                canBlank = true
            }
        }
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    // MARK: Blocks

    /// The items of a block collection in their order, each on lines of its own.
    ///
    /// - Parameters:
    ///   - lead: What stands before the first item on its line already: the dashes of the lists
    ///     around it. Its comments are printed above them.
    private mutating func printItems(
        _ node: CommentedNode, indentation: Int, shape: Shape, lead: String? = nil,
        isRoot: Bool = false
    ) {
        let isMap = if case .map = node.content { true } else { false }
        let items = ordered(node, shape: shape)
        let spacesSections = isRoot && shape.map == .bundle
        var isFirst = true
        var previousIsSection = false
        for item in items {
            let itemShape =
                isMap ? shape.map?.shape(of: item.key?.text ?? "") ?? .unknown : shape.element
            let start = isFirst ? lead ?? spaces(indentation) : spaces(indentation)
            let head = start + (isMap ? key(item, in: shape, inFlow: false) + ":" : "-")
            let isBlock = isBlock(item.value, after: head, shape: itemShape)
            if !isFirst || lead == nil {
                var margin = isMap ? item.before : hoisted(item, indentation, itemShape)
                let isSection = isBlock && isMap
                if spacesSections, !isFirst, isSection || previousIsSection,
                    margin.first?.isBlank != true
                {
                    margin.insert(.blank, at: 0)
                }
                previousIsSection = isSection
                printMargin(margin, indentation: indentation, dropsBlank: isFirst)
            }
            let isHoisted = !isMap && isBlock && item.value.items != nil
            printValue(
                of: item.value, after: head, indentation: indentation, shape: itemShape,
                trailing: isHoisted ? nil : item.trailing, inList: !isMap)
            isFirst = false
        }
        printMargin(node.closing, indentation: indentation)
    }

    /// The comments above a list's item, those inside that must stand above its dash included.
    private func hoisted(_ item: CommentedItem, _ indentation: Int, _ shape: Shape) -> [Margin] {
        let head = spaces(indentation) + "-"
        guard item.value.items != nil, isBlock(item.value, after: head, shape: shape) else {
            return item.before
        }
        var margin = item.before
        if let comment = item.trailing { margin.append(.comment(comment.text, indentation: 0)) }
        guard let first = ordered(item.value, shape: shape).first else { return margin }
        var inner = first.before
        if case .list = item.value.content {
            inner = hoisted(first, indentation + 2, shape.element)
        }
        return margin + inner.drop(while: \.isBlank)
    }

    /// The items in canonical order; those the format doesn't know follow in theirs.
    private func ordered(_ node: CommentedNode, shape: Shape) -> [CommentedItem] {
        guard case .map(let items) = node.content, let kind = shape.map, kind.ordersKeys else {
            return node.items ?? []
        }
        let ranks = items.map { kind.rank(of: $0.key?.text ?? "") }
        if zip(ranks, ranks.dropFirst()).allSatisfy(<=) { return items }
        return items.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }.map { items[$0] }
    }

    private func key(_ item: CommentedItem, in shape: Shape, inFlow: Bool) -> String {
        guard let key = item.key else { return "" }
        if let keys, let english = shape.map?.english(for: key.text) {
            return keys == .en ? english : KeyVocabulary.chinese(for: english) ?? english
        }
        return ScalarForm.oneLine(key, inFlow: inFlow, isSentence: false)
    }

    /// Whether the value goes on lines of its own below its head.
    private func isBlock(_ node: CommentedNode, after head: String, shape: Shape) -> Bool {
        guard let items = node.items else {
            return if case .scalar(let scalar) = node.content { scalar.style == .block } else {
                false
            }
        }
        if items.isEmpty && node.closing.isEmpty { return false }
        return !node.isFlow || flow(node, after: head, shape: shape) == nil
    }

    // MARK: Values

    /// Prints `head` and the value that belongs to it.
    ///
    /// - Parameter indentation: Of the block that holds the value; what is inside goes two further.
    private mutating func printValue(
        of node: CommentedNode, after head: String, indentation: Int, shape: Shape,
        trailing: Comment?, inList: Bool = false
    ) {
        let space = head.isEmpty ? "" : " "
        switch node.content {
        case .scalar(let scalar):
            printScalar(
                scalar, after: head, indentation: indentation, shape: shape, trailing: trailing)
        case .list(let items), .map(let items):
            if let text = flow(node, after: head, shape: shape) {
                append(head + space + text, trailing)
            } else if items.isEmpty {
                // Nothing but comments between the brackets: they go above.
                printMargin(node.closing.filter { !$0.isBlank }, indentation: max(indentation, 0))
                append(head + space + (node.isList ? "[]" : "{}"), trailing)
            } else if inList {
                printItems(node, indentation: indentation + 2, shape: shape, lead: head + " ")
            } else {
                if !head.isEmpty { append(head, trailing) }
                printItems(node, indentation: indentation + 2, shape: shape)
            }
        }
    }

    private mutating func printScalar(
        _ scalar: SourceScalar, after head: String, indentation: Int, shape: Shape,
        trailing: Comment?
    ) {
        let space = head.isEmpty ? "" : " "
        let inner = spaces(indentation + 2)
        if scalar.style == .block {
            let header = ScalarForm.header(scalar)
            append(head + space + header, trailing)
            for line in scalar.lines { append(line.isEmpty ? "" : inner + line) }
            for _ in 0..<ScalarForm.keptLines(scalar) { append("") }
            // An empty line after it would be part of the text.
            endsInKeptBlock = header.hasSuffix("+")
        } else if let several = ScalarForm.severalLines(scalar) {
            append(head + space + several[0])
            for line in several.dropFirst() { append(line.isEmpty ? "" : inner + line) }
            lines[lines.count - 1].comment = trailing
        } else {
            let text = ScalarForm.oneLine(
                scalar, inFlow: false, isSentence: shape.scalar.isSentence)
            append(text.isEmpty ? head : head + space + text, trailing)
        }
    }

    // MARK: Brackets

    /// A collection in brackets on the line that begins with `head`; `nil` if it doesn't fit, holds
    /// comments, or is a block.
    private func flow(_ node: CommentedNode, after head: String, shape: Shape) -> String? {
        guard node.isFlow else { return nil }
        var budget = Self.maximumColumns - DisplayWidth.columns(of: head) - (head.isEmpty ? 0 : 1)
        return flow(node, shape: shape, budget: &budget)
    }

    /// Gives up as soon as the budget is used, so that a wide collection costs no more than what
    /// fits.
    private func flow(_ node: CommentedNode, shape: Shape, budget: inout Int) -> String? {
        guard node.closing.isEmpty else { return nil }
        switch node.content {
        case .scalar(let scalar):
            let text = ScalarForm.oneLine(scalar, inFlow: true, isSentence: shape.scalar.isSentence)
            budget -= DisplayWidth.columns(of: text)
            return budget < 0 ? nil : text
        case .list(let items):
            return flow(items, "[", "]", budget: &budget) { item, budget in
                flow(item.value, shape: shape.element, budget: &budget)
            }
        case .map:
            return flow(ordered(node, shape: shape), "{ ", " }", budget: &budget) { item, budget in
                let key = key(item, in: shape, inFlow: true) + ":"
                budget -= DisplayWidth.columns(of: key)
                guard budget >= 0 else { return nil }
                budget -= 1
                // `b:,` is no YAML.
                if item.value.isEmptyScalar { return key + " " }
                let shape = shape.map?.shape(of: item.key?.text ?? "") ?? .unknown
                return flow(item.value, shape: shape, budget: &budget).map { key + " " + $0 }
            }
        }
    }

    private func flow(
        _ items: [CommentedItem], _ opening: String, _ closing: String, budget: inout Int,
        text: (CommentedItem, inout Int) -> String?
    ) -> String? {
        if items.isEmpty {
            budget -= 2
            return budget < 0 ? nil : opening.first == "[" ? "[]" : "{}"
        }
        budget -= opening.utf8.count + closing.utf8.count + 2 * (items.count - 1)
        guard budget >= 0 else { return nil }
        var texts: [String] = []
        for item in items {
            guard item.trailing == nil, item.before.allSatisfy(\.isBlank),
                let text = text(item, &budget)
            else { return nil }
            texts.append(text)
        }
        var text = opening + texts.joined(separator: ", ")
        while text.hasSuffix(" "), closing.hasPrefix(" ") { text.removeLast() }
        return text + closing
    }
}

extension CommentedNode {
    fileprivate var isList: Bool { if case .list = content { true } else { false } }
}
