/// Finds the comments and the written form of values whose meaning is known already.
///
/// The YAML library says what a text means, but drops comments, blank lines and quotes. This
/// reader walks the text along the library's tree: it knows at every point what must come next, so
/// that it needs no grammar of its own. Where the text doesn't go along with the tree it says where
/// and gives up.
struct CommentedTreeReader {
    /// Where text and tree part.
    struct Mismatch: Error {
        let line: Int
    }

    let bytes: [UInt8]
    var position = 0
    /// Own-line comments and blank lines nobody has taken yet.
    var margin: [Margin] = []
    /// A comment at the end of the line of the last token.
    var sameLine: Comment?
    /// Whether a token stood on this line.
    private var lineHasToken = false
    private var lineStart = 0

    init(_ text: YAMLText) { bytes = text.bytes }

    // MARK: Documents

    /// The text as a sequence of documents, `roots` being what the library made of it.
    mutating func documents(_ roots: [YAMLNode]) throws(Mismatch) -> [CommentedDocument] {
        var documents: [CommentedDocument] = []
        for root in roots {
            skipSpace()
            skipMarkers()
            noteSameLineAsMargin()
            var before: [Margin] = []
            if root.isEmpty || root.text != nil || isFlowStart { before = takeMargin() }
            let node = try node(root, parentColumn: 0)
            skipSpace()
            noteSameLineAsMargin()
            documents.append(
                CommentedDocument(root: node, before: before, after: takeClosing(from: 0)))
        }
        while byte != nil {
            guard isMarker("...") else { throw mismatch }
            consume(3)
            skipSpace()
        }
        return documents
    }

    /// Steps over `...` and one `---`.
    private mutating func skipMarkers() {
        while isMarker("...") {
            consume(3)
            skipSpace()
        }
        if isMarker("---") {
            consume(3)
            skipSpace()
        }
    }

    private func isMarker(_ marker: String) -> Bool {
        guard position == lineStart, position + 3 <= bytes.count,
            bytes[position..<position + 3].elementsEqual(marker.utf8)
        else { return false }
        return isBlank(at: position + 3)
    }

    // MARK: Nodes

    /// The node at the position, which its comments above lie before.
    private mutating func node(
        _ node: YAMLNode, parentColumn: Int, inFlow: Bool = false
    ) throws(Mismatch) -> CommentedNode {
        switch node.content {
        case .scalar(let text, let style):
            let scalar = try scalar(text, style, parentColumn: parentColumn)
            return CommentedNode(content: .scalar(scalar))
        case .list(let elements):
            if isFlowStart { return try flowList(elements) }
            if inFlow { throw mismatch }
            return try blockList(elements, parentColumn: parentColumn)
        case .map(let entries):
            if byte == UInt8(ascii: "{") { return try flowMap(entries) }
            if inFlow {
                // `[a: b]` holds a map of one entry.
                guard entries.count == 1 else { throw mismatch }
                return CommentedNode(
                    content: .map([try flowEntry(entries[0], before: [])]), isFlow: true)
            }
            return try blockMap(entries, parentColumn: parentColumn)
        }
    }

    private mutating func blockMap(
        _ entries: [YAMLNode.Entry], parentColumn: Int
    ) throws(Mismatch) -> CommentedNode {
        let column = position - lineStart + 1
        var items: [CommentedItem] = []
        for entry in entries {
            skipSpace()
            guard position - lineStart + 1 == column else { throw mismatch }
            var item = CommentedItem(
                before: takeMargin(), key: try key(entry.key),
                value: CommentedNode(content: .list([])))
            try consume(":")
            try readValue(entry.value, of: &item, column: column)
            items.append(item)
        }
        return CommentedNode(
            content: .map(items), closing: takeClosing(from: max(column, parentColumn + 1)))
    }

    private mutating func blockList(
        _ elements: [YAMLNode], parentColumn: Int
    ) throws(Mismatch) -> CommentedNode {
        let column = position - lineStart + 1
        var items: [CommentedItem] = []
        for element in elements {
            skipSpace()
            guard position - lineStart + 1 == column else { throw mismatch }
            var item = CommentedItem(
                before: takeMargin(), value: CommentedNode(content: .list([])))
            try consume("-")
            try readValue(element, of: &item, column: column)
            items.append(item)
        }
        return CommentedNode(
            content: .list(items), closing: takeClosing(from: max(column, parentColumn + 1)))
    }

    /// What follows a key's colon or a dash, to the end of its last line.
    private mutating func readValue(
        _ value: YAMLNode, of item: inout CommentedItem, column: Int
    ) throws(Mismatch) {
        skipSpace()
        if value.isEmpty {
            item.value = CommentedNode(
                content: .scalar(SourceScalar(text: "", style: .plain, lines: [])))
        } else if value.text == nil, !isFlowStart {
            item.trailing = takeSameLine()
            item.value = try node(value, parentColumn: column)
            return
        } else {
            // Comments between a key and its value go above the key.
            let early = takeSameLine()
            let between = takeMargin().filter { !$0.isBlank }
            item.value = try node(value, parentColumn: column)
            skipSpace()
            if let early {
                if sameLine == nil, between.isEmpty {
                    sameLine = early
                } else {
                    item.before.append(.comment(early.text, indentation: 0))
                }
            }
            item.before += between
        }
        item.trailing = takeSameLine()
    }

    private mutating func key(_ node: YAMLNode) throws(Mismatch) -> SourceScalar {
        guard case .scalar(let text, let style) = node.content else { throw mismatch }
        let key = try scalar(text, style, parentColumn: 0)
        while byte == .space { position += 1 }
        return key
    }

    // MARK: Brackets

    private var isFlowStart: Bool {
        byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{")
    }

    private mutating func flowList(_ elements: [YAMLNode]) throws(Mismatch) -> CommentedNode {
        try consume("[")
        var items: [CommentedItem] = []
        for element in elements {
            skipSpace()
            noteSameLineAsMargin()
            let before = takeMargin()
            let value = try node(element, parentColumn: 0, inFlow: true)
            items.append(CommentedItem(before: before, value: value))
            finishFlowItem(&items[items.count - 1])
        }
        return try closeFlow("]", content: .list(items))
    }

    private mutating func flowMap(_ entries: [YAMLNode.Entry]) throws(Mismatch) -> CommentedNode {
        try consume("{")
        var items: [CommentedItem] = []
        for entry in entries {
            skipSpace()
            noteSameLineAsMargin()
            items.append(try flowEntry(entry, before: takeMargin()))
            finishFlowItem(&items[items.count - 1])
        }
        return try closeFlow("}", content: .map(items))
    }

    private mutating func flowEntry(
        _ entry: YAMLNode.Entry, before: [Margin]
    ) throws(Mismatch) -> CommentedItem {
        var before = before
        let key = try key(entry.key)
        skipSpace()
        if byte == UInt8(ascii: ":") { try consume(":") }
        skipSpace()
        noteSameLineAsMargin()
        var value = CommentedNode(
            content: .scalar(SourceScalar(text: "", style: .plain, lines: [])))
        if !entry.value.isEmpty {
            before += takeMargin().filter { !$0.isBlank }
            value = try node(entry.value, parentColumn: 0, inFlow: true)
        }
        return CommentedItem(before: before, key: key, value: value)
    }

    /// The comma after an item, and the comment behind it.
    private mutating func finishFlowItem(_ item: inout CommentedItem) {
        skipSpace()
        if byte == UInt8(ascii: ",") {
            consume(1)
            skipSpace()
        }
        item.trailing = takeSameLine()
    }

    private mutating func closeFlow(
        _ bracket: Unicode.Scalar, content: CommentedNode.Content
    ) throws(Mismatch) -> CommentedNode {
        skipSpace()
        noteSameLineAsMargin()
        var closing = takeMargin()
        while closing.last?.isBlank == true { closing.removeLast() }
        try consume(bracket)
        return CommentedNode(content: content, isFlow: true, closing: closing)
    }

    // MARK: Space and comments

    var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    func isBlank(at position: Int) -> Bool {
        position >= bytes.count || bytes[position] == .space || bytes[position] == .lineFeed
    }

    var mismatch: Mismatch {
        Mismatch(line: bytes[..<position].reduce(1) { $1 == .lineFeed ? $0 + 1 : $0 })
    }

    private mutating func consume(_ scalar: Unicode.Scalar) throws(Mismatch) {
        guard byte == UInt8(ascii: scalar) else { throw mismatch }
        consume(1)
    }

    private mutating func consume(_ count: Int) {
        position += count
        lineHasToken = true
    }

    /// Ends a token that was read up to `end`.
    mutating func consume(to end: Int) {
        for offset in position..<end where bytes[offset] == .lineFeed { lineStart = offset + 1 }
        position = end
        lineHasToken = true
    }

    /// Moves to the next token; comments and blank lines go where they can be found.
    mutating func skipSpace() {
        while let byte {
            switch byte {
            case .space: position += 1
            case .lineFeed:
                position += 1
                if !lineHasToken, position - 1 == lineStart || isAllSpace(lineStart, position - 1),
                    margin.last?.isBlank != true
                {
                    margin.append(.blank)
                }
                lineStart = position
                lineHasToken = false
            case UInt8(ascii: "#"): skipComment()
            default: return
            }
        }
    }

    private func isAllSpace(_ from: Int, _ to: Int) -> Bool {
        bytes[from..<to].allSatisfy { $0 == .space }
    }

    /// A comment, up to the line's end.
    mutating func skipComment() {
        let start = position
        while let byte, byte != .lineFeed { position += 1 }
        var end = position
        while end > start, bytes[end - 1] == .space { end -= 1 }
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        if lineHasToken, sameLine == nil {
            let line = String(decoding: bytes[lineStart..<start], as: UTF8.self)
            sameLine = Comment(
                text: text, column: DisplayWidth.columns(of: line),
                gap: line.reversed().prefix { $0 == " " }.count)
        } else {
            margin.append(.comment(text, indentation: start - lineStart))
        }
    }

    private mutating func takeMargin() -> [Margin] {
        defer { margin = [] }
        return margin
    }

    private mutating func takeSameLine() -> Comment? {
        defer { sameLine = nil }
        return sameLine
    }

    /// A comment that ends a line no value begins on stands above what comes next.
    private mutating func noteSameLineAsMargin() {
        if let comment = takeSameLine() {
            margin.insert(.comment(comment.text, indentation: comment.column), at: 0)
        }
    }

    /// The comments that belong to a block that ends here: those indented at least as far as the
    /// block, which begins in `column`.
    private mutating func takeClosing(from column: Int) -> [Margin] {
        skipSpace()
        var end = 0
        for (index, line) in margin.enumerated() {
            guard case .comment(_, let indentation) = line else { continue }
            guard indentation + 1 >= column else { break }
            end = index + 1
        }
        defer { margin.removeFirst(end) }
        return Array(margin[..<end])
    }
}

extension DisplayWidth {
    /// Terminal columns of a text.
    static func columns(of text: some StringProtocol) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : columns(text)
    }
}
