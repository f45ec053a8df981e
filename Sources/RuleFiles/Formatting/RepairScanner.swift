/// Walks over a text that may not be YAML, line by line, and finds what must change in its syntax.
///
/// It keeps the stack of open blocks as a reader would, and asks ``FileSchema`` what belongs where:
/// that decides whether a full-width comma separates two keywords or stands in a sentence. Where
/// it can't tell it changes nothing. Looking ahead is bounded, so the work is linear in the text.
struct RepairScanner {
    /// Something to write instead of something else.
    struct Edit: Hashable {
        let range: Range<Int>
        let to: String
        let kind: RuleRepair.Kind
    }

    typealias Shape = FileSchema.Shape
    typealias MapKind = FileSchema.MapKind

    /// A block collection; columns count from 0.
    private struct Block {
        let column: Int
        let isList: Bool
        /// What the list holds, or what the map is.
        let shape: Shape
    }

    /// A key that was found, and what is wrong with it.
    struct Key {
        let name: String
        let edits: [Edit]
        /// Behind the colon.
        let end: Int
    }

    /// Longer names are no keys.
    static let longestKey = 64
    /// How far ahead it looks for what decides a doubtful character.
    static let lookAhead = 400

    let scalars: [Unicode.Scalar]
    private let tabWidth: Int
    private let root: Shape
    var position = 0
    private(set) var edits: [Edit] = []
    private var blocks: [Block] = []
    /// What may follow the last key, where its line says nothing.
    var pending: Shape
    /// The column of what holds a text of several lines; lines further in belong to it.
    var textColumn: Int?
    var isBlockText = false

    init(_ scalars: [Unicode.Scalar], tabWidth: Int, root: MapKind) {
        self.scalars = scalars
        self.tabWidth = tabWidth
        self.root = Shape(.none, root)
        pending = self.root
    }

    /// Walks the whole text; afterwards ``edits`` are in its order.
    mutating func scan() {
        while position < scalars.count { scanLine() }
    }

    // MARK: Characters

    func isEnd(_ index: Int) -> Bool {
        index >= scalars.count || scalars[index] == "\n" || scalars[index] == "\r"
    }

    func isBlank(_ index: Int) -> Bool {
        index < scalars.count && LookAlike.isBlank(scalars[index])
    }

    func afterBlanks(_ index: Int) -> Int {
        var index = index
        while isBlank(index) { index += 1 }
        return index
    }

    func lineEnd(from index: Int) -> Int {
        var index = index
        while !isEnd(index) { index += 1 }
        return index
    }

    func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    mutating func edit(_ range: Range<Int>, _ to: String, _ kind: RuleRepair.Kind) {
        if let last = edits.last, last.range.upperBound > range.lowerBound { return }
        edits.append(Edit(range: range, to: to, kind: kind))
    }

    /// The rest of the line is not looked at.
    mutating func finishLine() {
        position = lineEnd(from: position)
        if position < scalars.count, scalars[position] == "\r" { position += 1 }
        if position < scalars.count, scalars[position] == "\n" { position += 1 }
    }

    /// Terminal columns of blanks.
    func width(_ range: Range<Int>) -> Int {
        scalars[range].reduce(0) { $0 + (LookAlike.blankWidth($1) ?? tabWidth) }
    }

    /// Blanks become so many spaces, if they aren't spaces already.
    mutating func normalise(_ range: Range<Int>, to count: Int) {
        guard let odd = scalars[range].first(where: { $0 != " " }) else { return }
        let kind: RuleRepair.Kind =
            odd == "\t" ? .tab : LookAlike.isInvisible(odd) ? .invisible : .blank
        edit(range, String(repeating: " ", count: count), kind)
    }

    // MARK: Lines

    private mutating func scanLine() {
        let start = position
        let content = afterBlanks(start)
        let column = width(start..<content)
        if isEnd(content) {
            if textColumn == nil { normalise(start..<content, to: 0) }
            finishLine()
            return
        }
        if let holder = textColumn {
            if isText(from: start, to: content, below: holder) {
                finishLine()
                return
            }
            textColumn = nil
        }
        normalise(start..<content, to: column)
        position = content
        if isHash(content) {
            scanComment()
        } else if column == 0, isMarker(content) {
            blocks = []
            pending = root
            finishLine()
        } else {
            scanItem(column)
        }
    }

    /// Whether the line belongs to the text above it; then only its indentation may change.
    private mutating func isText(from start: Int, to content: Int, below holder: Int) -> Bool {
        if !isBlockText, scalars[content] == "#" { return false }
        var ascii = start
        while ascii < content, scalars[ascii] == " " || scalars[ascii] == "\t" { ascii += 1 }
        if width(start..<ascii) > holder {
            normalise(start..<ascii, to: width(start..<ascii))
            return true
        }
        guard width(start..<content) > holder else { return false }
        normalise(start..<content, to: width(start..<content))
        return true
    }

    private func isMarker(_ index: Int) -> Bool {
        guard index + 3 <= scalars.count else { return false }
        let word = text(index..<index + 3)
        return (word == "---" || word == "...") && (isEnd(index + 3) || isBlank(index + 3))
    }

    func isHash(_ index: Int) -> Bool {
        scalars[index] == "#" || LookAlike.hashes.contains(scalars[index])
    }

    /// A comment to the line's end: its words are people's, its tabs and invisible characters are
    /// refused by the reader.
    mutating func scanComment() {
        if scalars[position] != "#" { edit(position..<position + 1, "#", .hash) }
        for index in position..<lineEnd(from: position) {
            if scalars[index] == "\t" { edit(index..<index + 1, " ", .tab) }
            if LookAlike.isInvisible(scalars[index]) { edit(index..<index + 1, "", .invisible) }
        }
        finishLine()
    }

    /// What a line begins: dashes, then a key or a value.
    private mutating func scanItem(_ column: Int) {
        var column = column
        var element: (shape: Shape, column: Int)?
        while let gap = dashGap(column, inside: element?.shape) {
            let shape = openList(at: column, inside: element?.shape)
            element = (shape, column)
            pending = shape
            if scalars[position] != "-" { edit(position..<position + 1, "-", .dash) }
            position += 1
            if isEnd(gap) {
                normalise(position..<gap, to: 0)
                finishLine()
                return
            }
            let space = max(1, width(position..<gap))
            if gap == position {
                edit(gap..<gap, " ", .missingSpace)
            } else {
                normalise(position..<gap, to: space)
            }
            column += 1 + space
            position = gap
            if isHash(position) {
                scanComment()
                return
            }
        }
        scanContent(column, element: element)
    }

    /// Where the dash at the position ends with its blanks; `nil` if there is no dash.
    private func dashGap(_ column: Int, inside element: Shape?) -> Int? {
        guard position < scalars.count,
            scalars[position] == "-" || LookAlike.dashes.contains(scalars[position])
        else { return nil }
        if isEnd(position + 1) || isBlank(position + 1) { return afterBlanks(position + 1) }
        // `-rule: x` lacks a space; `-1` and `－元` don't.
        let shape = element ?? listShape(at: column).element
        guard let kind = shape.map, let key = findKey(at: position + 1, of: kind, mustBeKey: false),
            isKnown(key.name, of: kind)
        else { return nil }
        return position + 1
    }

    private func listShape(at column: Int) -> Shape {
        guard let block = blocks.last(where: { $0.column <= column }), block.column == column,
            block.isList
        else { return pending }
        return block.shape
    }

    /// The shape of the elements of the list at `column`, which may begin here.
    private mutating func openList(at column: Int, inside element: Shape?) -> Shape {
        while let top = blocks.last, top.column > column { blocks.removeLast() }
        if let top = blocks.last, top.column == column, top.isList { return top.shape.element }
        let shape = element ?? pending
        blocks.append(Block(column: column, isList: true, shape: shape))
        return shape.element
    }

    private mutating func scanContent(_ column: Int, element: (shape: Shape, column: Int)?) {
        var shape = element?.shape ?? pending
        var isOpen = false
        if element == nil {
            while let top = blocks.last,
                top.column > column || (top.column == column && top.isList)
            {
                blocks.removeLast()
            }
            if let top = blocks.last, top.column == column {
                shape = top.shape
                isOpen = true
            }
        }
        let isOnlyMap = shape.scalar == .none && shape.map != nil
        guard let key = findKey(at: position, of: shape.map, mustBeKey: element == nil || isOnlyMap)
        else {
            scanValue(shape, holder: element?.column ?? column, isElement: element != nil)
            return
        }
        if !isOpen { blocks.append(Block(column: column, isList: false, shape: shape)) }
        for change in key.edits { edit(change.range, change.to, change.kind) }
        position = key.end
        scanValue(
            shape.map?.shape(of: key.name) ?? .unknown, holder: column, isElement: false)
    }
}
