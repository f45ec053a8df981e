import RuleEngine

/// Walks a text before the YAML library sees it, and refuses what rule files don't have.
///
/// The library expands aliases, stops at the first duplicate key without saying where the second
/// one is, and keeps no ends. This pass finds anchors, aliases, tags, merge keys, tabs, duplicate
/// keys and deep nesting, all of them, and remembers where tokens end. It is not a second parser:
/// a text it accepts may still be refused by the library.
struct YAMLScanner {
    /// Deeper than any rule; below the depth at which recursion could hurt.
    static let maximumDepth = 64

    static let tooDeep = Bilingual(
        en: "nested more than \(maximumDepth) levels deep", zh: "嵌套超过 \(maximumDepth) 层")

    static func tooMany(_ nodes: Int) -> Bilingual {
        Bilingual(en: "the file has more than \(nodes) values", zh: "文件里的值超过 \(nodes) 个")
    }

    /// Where a token begins, as the library's marks count.
    struct Mark: Hashable {
        let line: Int
        /// In Unicode scalars, from 1.
        let column: Int
    }

    /// Lengths of tokens that end on their first line, in Unicode scalars.
    private(set) var lengths: [Mark: Int] = [:]
    /// Full-width punctuation inside unquoted scalars: innocent in a text, guilty when the
    /// library stumbles near it.
    private(set) var fullWidth: [(mark: Mark, scalar: Unicode.Scalar)] = []
    private(set) var documentStarts: [Mark] = []

    let text: YAMLText
    private let log: DiagnosticLog
    var position = 0
    var line = 1
    var column = 1
    private var blocks: [Block] = []
    var flows: [Flow] = []
    /// Set by what makes going on pointless: too deep, or too many tokens.
    var isRefused = false
    private let maximumNodes: Int
    /// Whether something stood before the next document marker.
    private var hasContent = false

    /// A block collection: everything at its column belongs to it.
    private struct Block {
        let column: Int
        let isList: Bool
        var keys: [Substring: Mark] = [:]
    }

    /// A bracket that is still open.
    struct Flow {
        let opening: Mark
        let isMap: Bool
        var keys: [Substring: Mark] = [:]
    }

    init(_ text: YAMLText, maximumNodes: Int, log: DiagnosticLog) {
        self.text = text
        self.maximumNodes = maximumNodes
        self.log = log
    }

    /// Walks the whole text; afterwards ``lengths`` and ``fullWidth`` are filled.
    mutating func scan() {
        checkCharacters()
        while position < text.bytes.count, !isRefused { scanLine() }
    }

    // MARK: Bytes

    var byte: UInt8? { position < text.bytes.count ? text.bytes[position] : nil }
    var next: UInt8? { position + 1 < text.bytes.count ? text.bytes[position + 1] : nil }
    var mark: Mark { Mark(line: line, column: column) }

    mutating func advance() {
        let byte = text.bytes[position]
        position += 1
        if byte == .lineFeed {
            line += 1
            column = 1
        } else if position >= text.bytes.count || text.bytes[position] & 0xC0 != 0x80 {
            column += 1
        }
    }

    mutating func skipSpaces() {
        while byte == .space { advance() }
    }

    mutating func skipToLineEnd() {
        while let byte, byte != .lineFeed { advance() }
    }

    func slice(from start: Int, to end: Int) -> Substring {
        Substring(decoding: text.bytes[start..<end], as: UTF8.self)
    }

    func isBlank(_ byte: UInt8?) -> Bool {
        byte == nil || byte == .space || byte == .lineFeed
    }

    func report(
        _ id: DiagnosticID, at mark: Mark, length: Int = 1, _ message: Bilingual,
        help: Bilingual? = nil
    ) {
        log.report(
            Diagnostic(
                id, at: text.place(line: mark.line, scalarColumn: mark.column), length: length,
                message, help: help))
    }

    // MARK: Block context

    private mutating func scanLine() {
        if isDocumentMarker() {
            if hasContent || !documentStarts.isEmpty { documentStarts.append(mark) }
            hasContent = false
            blocks = []
            skipToLineEnd()
            if byte != nil { advance() }
            return
        }
        if column == 1, byte == UInt8(ascii: "%") {
            report(
                .tag, at: mark, Bilingual(en: "a YAML directive", zh: "一条 YAML 指令（% 开头）"),
                help: Bilingual(
                    en: "delete the line; rule files need none", zh: "删掉这一行，规则文件用不着"))
            skipToLineEnd()
        }
        skipSpaces()
        while let byte, byte != .lineFeed, !isRefused {
            if byte == UInt8(ascii: "#") {
                skipToLineEnd()
            } else {
                hasContent = true
                scanToken()
                skipSpaces()
            }
        }
        if byte != nil, !isRefused { advance() }
    }

    private func isDocumentMarker() -> Bool {
        guard column == 1, position + 3 <= text.bytes.count else { return false }
        let start = text.bytes[position..<position + 3]
        guard start.elementsEqual("---".utf8) || start.elementsEqual("...".utf8) else {
            return false
        }
        return isBlank(position + 3 < text.bytes.count ? text.bytes[position + 3] : nil)
    }

    mutating func refuseExplicitKey() {
        report(
            .yamlSyntax, at: mark,
            Bilingual(en: "'?' keys are not part of rule files", zh: "规则文件里没有“?”开头的键"))
    }

    private mutating func scanToken() {
        guard let byte else { return }
        switch byte {
        case UInt8(ascii: "-") where isBlank(next):
            openList(at: column)
            advance()
        case UInt8(ascii: "?") where isBlank(next):
            refuseExplicitKey()
            advance()
        case UInt8(ascii: "|"), UInt8(ascii: ">"): scanBlockScalar()
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"): refuseProperty()
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            scanFlow()
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let start = mark
            let startPosition = position
            scanQuoted()
            noteKeyOrEnd(start: start, from: startPosition, to: position)
        default: scanPlain()
        }
    }

    private mutating func openList(at column: Int) {
        while let top = blocks.last, top.column > column { blocks.removeLast() }
        if let top = blocks.last, top.column == column, top.isList { return }
        push(Block(column: column, isList: true))
    }

    private mutating func push(_ block: Block) {
        blocks.append(block)
        checkDepth()
    }

    mutating func checkDepth() {
        guard blocks.count + flows.count > Self.maximumDepth else { return }
        isRefused = true
        report(
            .tooDeep, at: mark, Self.tooDeep,
            help: Bilingual(
                en: "no rule needs that; check the indentation and the brackets",
                zh: "没有规则需要这么深：检查缩进和括号"))
    }

    /// Remembers a token's length.
    ///
    /// Every token is a node, so that a text with more of them than a file may have nodes is
    /// refused before the library builds any.
    mutating func noteLength(_ length: Int, at mark: Mark) {
        lengths[mark] = length
        guard lengths.count > maximumNodes, !isRefused else { return }
        isRefused = true
        report(
            .tooManyNodes, at: mark, Self.tooMany(maximumNodes), help: YAMLDocument.split)
    }

    /// Anchors, aliases and tags: reported and stepped over.
    mutating func refuseProperty() {
        let start = mark
        let kind = byte
        let startPosition = position
        while let byte, !isBlank(byte), byte != UInt8(ascii: ","), byte != UInt8(ascii: "]"),
            byte != UInt8(ascii: "}")
        {
            advance()
        }
        let word = slice(from: startPosition, to: position)
        if kind == UInt8(ascii: "!") {
            report(
                .tag, at: start, length: word.count,
                Bilingual(en: "a YAML tag, '\(word)'", zh: "YAML 标签「\(word)」"),
                help: Bilingual(
                    en: "leave it out; for a text that begins with '!' use quotes",
                    zh: "去掉它；以“!”开头的文字要加引号"))
        } else {
            let isAnchor = kind == UInt8(ascii: "&")
            report(
                .anchor, at: start, length: word.count,
                Bilingual(
                    en: "a YAML \(isAnchor ? "anchor" : "alias"), '\(word)'",
                    zh: "YAML 的\(isAnchor ? "锚点" : "引用")「\(word)」"),
                help: Bilingual(
                    en: "name the thing under texts:, menus: or handoff: and refer to the name; "
                        + "for a text that begins with '\(word.prefix(1))' use quotes",
                    zh: "在 texts:、menus: 或 handoff: 下起个名字，再按名字引用；"
                        + "以“\(word.prefix(1))”开头的文字要加引号"))
        }
    }

    /// A literal or folded text: its lines are no tokens.
    private mutating func scanBlockScalar() {
        let parent = blocks.last?.column ?? 0
        skipToLineEnd()
        while byte != nil {
            // At a line's end: look at the next line's indentation.
            var ahead = position + 1
            while ahead < text.bytes.count, text.bytes[ahead] == .space { ahead += 1 }
            let indent = ahead - position - 1
            let isEmptyLine = ahead >= text.bytes.count || text.bytes[ahead] == .lineFeed
            guard isEmptyLine || indent >= parent else { return }
            if ahead >= text.bytes.count { return }
            advance()
            skipToLineEnd()
        }
    }

    /// A quoted text, over as many lines as it takes.
    mutating func scanQuoted() {
        let start = mark
        let quote = byte
        advance()
        while let byte {
            if byte == quote {
                if quote == UInt8(ascii: "'"), next == quote {
                    advance()
                    advance()
                    continue
                }
                advance()
                break
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), next != nil { advance() }
            advance()
        }
        if line == start.line { noteLength(column - start.column, at: start) }
    }

    private mutating func scanPlain() {
        let start = mark
        let startPosition = position
        var end = position
        var endColumn = column
        while let byte, byte != .lineFeed {
            if byte == UInt8(ascii: ":"), isBlank(next) { break }
            if byte == .space, next == UInt8(ascii: "#") { break }
            noteFullWidth()
            advance()
            if byte != .space {
                end = position
                endColumn = column
            }
        }
        noteLength(max(1, endColumn - start.column), at: start)
        let isKey = byte == UInt8(ascii: ":") && isBlank(next)
        noteKeyOrEnd(start: start, from: startPosition, to: end)
        if !isKey { skipContinuation() }
    }

    /// The further lines of an unquoted text: those indented deeper than what holds it.
    private mutating func skipContinuation() {
        let parent = blocks.last?.column ?? 0
        while true {
            skipToLineEnd()
            var ahead = position + 1
            while ahead < text.bytes.count,
                text.bytes[ahead] == .space || text.bytes[ahead] == .lineFeed
            {
                ahead += 1
            }
            guard ahead < text.bytes.count, text.bytes[ahead] != UInt8(ascii: "#") else { return }
            let lineStart = text.bytes[..<ahead].lastIndex(of: .lineFeed).map { $0 + 1 } ?? 0
            guard ahead - lineStart >= parent, parent > 0 else { return }
            while position < ahead { advance() }
            // A key here is an error the library reports; whether it is `：` we must know.
            while let byte, byte != .lineFeed {
                noteFullWidth()
                advance()
            }
        }
    }

    /// After a scalar: a colon makes it a key of the block map at its column.
    private mutating func noteKeyOrEnd(start: Mark, from: Int, to end: Int) {
        skipSpaces()
        guard byte == UInt8(ascii: ":"), isBlank(next), start.line == line else { return }
        advance()
        while let top = blocks.last,
            top.column > start.column || (top.column == start.column && top.isList)
        {
            blocks.removeLast()
        }
        if blocks.last?.column != start.column {
            push(Block(column: start.column, isList: false))
        }
        let key = unquoted(slice(from: from, to: end))
        let index = blocks.count - 1
        if let first = note(key, at: start, in: &blocks[index].keys) {
            reportDuplicate(key, at: start, first: first)
        }
    }

    func unquoted(_ raw: Substring) -> Substring {
        guard raw.count >= 2, let first = raw.first, first == "\"" || first == "'",
            raw.last == first
        else { return raw }
        return raw.dropFirst().dropLast()
    }

    /// Records a key; returns where it stood before.
    func note(_ key: Substring, at mark: Mark, in keys: inout [Substring: Mark]) -> Mark? {
        if let first = keys[key] { return first }
        keys[key] = mark
        return nil
    }

    func reportDuplicate(_ key: Substring, at mark: Mark, first: Mark) {
        report(
            .duplicateKey, at: mark, length: key.count,
            Bilingual(
                en: "the key '\(key)' stands here a second time; the first is in line "
                    + "\(first.line)",
                zh: "「\(key)」在这里写了第二次，第一次在第 \(first.line) 行"),
            help: Bilingual(en: "keep one of them, or join their values", zh: "只留一个，或把两处的值合起来"))
    }

    mutating func noteFullWidth() {
        guard let byte, byte >= 0xE2, position + 2 < text.bytes.count,
            fullWidth.count < DiagnosticLog.limit
        else { return }
        let scalar = slice(from: position, to: position + 3).unicodeScalars.first
        if let scalar, FullWidth.halfWidth[scalar] != nil { fullWidth.append((mark, scalar)) }
    }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
}
