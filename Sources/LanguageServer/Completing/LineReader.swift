/// Reads YAML line by line as far as an editor needs it, and never fails.
struct LineReader {
    private enum Kind {
        case map, list, bracketMap, bracketList
    }

    private struct Frame {
        var kind: Kind
        /// The column of keys or dashes; of brackets, that of the block around them.
        var indent: Int
        var keys: [String] = []
        /// The key whose value is open.
        var key: String?

        var isBracket: Bool { kind == .bracketMap || kind == .bracketList }
    }

    /// Something that goes on over line ends.
    private enum Mode {
        case block
        case brackets
        case quote(Character)
        /// Lines indented more than this are words.
        case words(Int)
    }

    private var frames: [Frame] = []
    private var mode = Mode.block

    private(set) var role = CursorContext.Role.nothing
    private(set) var partial = ""
    private(set) var partialStart = 0
    private(set) var siblings: [String] = []

    /// The steps to where reading stands.
    private(set) var path: [CursorContext.Step] = []

    var isInBrackets: Bool { frames.last?.isBracket ?? false }

    /// Deeper nesting than this isn't a rule file.
    private static let deepest = 100

    // MARK: Lines

    mutating func read(_ line: [Character], isLast: Bool = false) {
        let indent = line.prefix { $0 == " " || $0 == "\t" }.count
        let rest = line[indent...]
        if rest.isEmpty || rest.first == "#" {
            if isLast { finishBlank(line, indent, isComment: rest.first == "#") }
            return
        }
        switch mode {
        case .words(let outer):
            if indent > outer {
                if isLast { finish(.value, line, from: indent) }
                return
            }
            mode = .block
        case .brackets, .quote:
            if indent <= blockIndent, Self.looksLikeEntry(rest) {
                // Somebody forgot to close it.
                frames.removeAll(where: \.isBracket)
                mode = .block
            }
        case .block: break
        }
        switch mode {
        case .quote(let quote): readQuote(quote, line, from: indent, isLast)
        case .brackets: readBrackets(line, from: indent, isLast)
        case .block, .words: readBlock(line, indent, isLast)
        }
    }

    private var blockIndent: Int { frames.last { !$0.isBracket }?.indent ?? 0 }

    private static func looksLikeEntry(_ rest: ArraySlice<Character>) -> Bool {
        if rest.first == "-" { return rest.count == 1 || rest[rest.startIndex + 1] == " " }
        return colon(in: rest) != nil
    }

    /// Where the colon behind a key is.
    private static func colon(in rest: ArraySlice<Character>) -> Int? {
        guard let first = rest.first, !"[]{},".contains(first) else { return nil }
        var index = rest.startIndex
        if first == "\"" || first == "'" {
            guard let end = rest.dropFirst().firstIndex(of: first) else { return nil }
            index = end + 1
            return index < rest.endIndex && rest[index] == ":" ? index : nil
        }
        while index < rest.endIndex {
            let isEnd = index + 1 == rest.endIndex || rest[index + 1] == " "
            if rest[index] == ":", isEnd { return index }
            if rest[index] == "#", index == rest.startIndex || rest[index - 1] == " " {
                return nil
            }
            index += 1
        }
        return nil
    }

    private static func key(_ characters: ArraySlice<Character>) -> String {
        var text = String(characters)
        while text.last == " " { text.removeLast() }
        if text.count >= 2, let quote = text.first, quote == "\"" || quote == "'",
            text.last == quote
        {
            text = String(text.dropFirst().dropLast())
        }
        return text
    }

    private mutating func push(_ kind: Kind, _ indent: Int) {
        guard frames.count < Self.deepest else { return }
        frames.append(Frame(kind: kind, indent: indent))
    }

    /// Leaves what ends before something at this column.
    private mutating func pop(to indent: Int, isDash: Bool) {
        while let top = frames.last,
            top.isBracket || top.indent > indent
                || (top.kind == .list && top.indent == indent && !isDash)
        {
            frames.removeLast()
        }
    }

    private mutating func readBlock(_ line: [Character], _ indent: Int, _ isLast: Bool) {
        var column = indent
        var isFirst = true
        while column < line.count, line[column] == "-",
            column + 1 == line.count || line[column + 1] == " "
        {
            if isFirst { pop(to: column, isDash: true) }
            isFirst = false
            if frames.last?.kind != .list || frames.last?.indent != column { push(.list, column) }
            // A dash that the cursor stands at may still become a word.
            column += 1
            while column < line.count, line[column] == " " { column += 1 }
        }
        if isFirst { pop(to: column, isDash: false) }
        let rest = line[min(column, line.count)...]
        if rest.isEmpty {
            if isLast { finish(.either, line, from: column) }
            return
        }
        if let colon = Self.colon(in: rest) {
            if frames.last?.kind != .map || frames.last?.indent != column { push(.map, column) }
            note(Self.key(line[column..<colon]))
            var value = colon + 1
            while value < line.count, line[value] == " " { value += 1 }
            if value == line.count, isLast, colon + 1 == line.count {
                // Right behind the colon: nothing to say before the space.
                return finish(.nothing, line, from: value)
            }
            readValue(line, from: value, outer: column, isLast)
        } else {
            readScalar(line, from: column, isLast)
        }
    }

    private mutating func note(_ key: String) {
        guard let last = frames.indices.last else { return }
        frames[last].keys.append(key)
        frames[last].key = key
    }

    /// A line, or its rest behind a dash, that has no key.
    private mutating func readScalar(_ line: [Character], from column: Int, _ isLast: Bool) {
        if "{[\"'|>".contains(line[column]) {
            let outer = frames.last?.indent ?? 0
            return readValue(line, from: column, outer: outer, isLast)
        }
        if isLast { finish(isBehindComment(line, column) ? .nothing : .either, line, from: column) }
    }

    private mutating func readValue(
        _ line: [Character], from column: Int, outer: Int, _ isLast: Bool
    ) {
        guard column < line.count else {
            if isLast { finish(.value, line, from: column) }
            return
        }
        switch line[column] {
        case "{", "[":
            mode = .brackets
            readBrackets(line, from: column, isLast)
        case "\"", "'":
            mode = .quote(line[column])
            readQuote(line[column], line, from: column + 1, isLast)
        case "|", ">":
            mode = .words(outer)
            if isLast { finish(.nothing, line, from: column) }
        case "#":
            if isLast { finish(.nothing, line, from: column) }
        default:
            if isLast {
                finish(isBehindComment(line, column) ? .nothing : .value, line, from: column)
            }
        }
    }

    private func isBehindComment(_ line: [Character], _ column: Int) -> Bool {
        line.indices.dropFirst(column + 1).contains { line[$0] == "#" && line[$0 - 1] == " " }
    }

    // MARK: Brackets and quotes

    private mutating func readQuote(
        _ quote: Character, _ line: [Character], from column: Int, _ isLast: Bool
    ) {
        var index = column
        while index < line.count {
            if line[index] == "\\", quote == "\"" {
                index += 2
                continue
            }
            if line[index] == quote {
                if quote == "'", index + 1 < line.count, line[index + 1] == "'" {
                    index += 2
                    continue
                }
                mode = isInBrackets ? .brackets : .block
                if isInBrackets {
                    readBrackets(line, from: index + 1, isLast)
                } else if isLast {
                    finish(.nothing, line, from: index + 1)
                }
                return
            }
            index += 1
        }
        if isLast {
            // A quoted key of a map in brackets isn't told from a value; few write one.
            finish(frames.last?.key == nil && isInBracketMap ? .key : .value, line, from: column)
        }
    }

    private var isInBracketMap: Bool { frames.last?.kind == .bracketMap }

    private mutating func readBrackets(_ line: [Character], from column: Int, _ isLast: Bool) {
        var index = column
        var token = column
        while index < line.count {
            let character = line[index]
            switch character {
            case "{", "[":
                push(character == "{" ? .bracketMap : .bracketList, blockIndent)
                token = index + 1
            case "}", "]":
                if isInBrackets { frames.removeLast() }
                token = index + 1
                if !isInBrackets {
                    mode = .block
                    if isLast { finish(.nothing, line, from: index + 1) }
                    return
                }
            case ",":
                if let last = frames.indices.last { frames[last].key = nil }
                token = index + 1
            case ":" where isInBracketMap && frames.last?.key == nil && isColon(line, index):
                note(Self.key(Self.trimmed(line[token..<index])))
                token = index + 1
            case "\"", "'":
                if line[token..<index].allSatisfy({ $0 == " " }) {
                    mode = .quote(character)
                    return readQuote(character, line, from: index + 1, isLast)
                }
            case "#":
                if index > 0, line[index - 1] == " " {
                    if isLast { finish(.nothing, line, from: index) }
                    return
                }
            default: break
            }
            index += 1
        }
        guard isLast else { return }
        while token < line.count, line[token] == " " { token += 1 }
        finish(isInBracketMap && frames.last?.key == nil ? .key : .value, line, from: token)
    }

    private func isColon(_ line: [Character], _ index: Int) -> Bool {
        index + 1 >= line.count || " ,[]{}\"'".contains(line[index + 1])
    }

    private static func trimmed(_ characters: ArraySlice<Character>) -> ArraySlice<Character> {
        characters.drop { $0 == " " }
    }

    // MARK: The end

    /// Writes down where the cursor stands.
    private mutating func finish(
        _ role: CursorContext.Role, _ line: [Character], from column: Int
    ) {
        self.role = role
        let start = min(column, line.count)
        partial = String(line[start...])
        partialStart = start
        // A line that is no element, deeper than the open key, is below that key.
        let top = frames.last
        var inner = frames[...]
        if role == .either || role == .key {
            let isOwnMap = top?.isBracket == true || (top?.kind == .map && top?.indent == start)
            if isOwnMap {
                siblings = top?.keys ?? []
                inner = frames.dropLast()
            }
        }
        path = inner.flatMap { frame -> [CursorContext.Step] in
            switch frame.kind {
            case .list, .bracketList: [.element]
            case .map, .bracketMap: frame.key.map { [.key($0)] } ?? []
            }
        }
    }

    private mutating func finishBlank(_ line: [Character], _ indent: Int, isComment: Bool) {
        switch mode {
        case .words(let outer) where indent > outer: return finish(.value, line, from: indent)
        case .quote: return finish(.nothing, line, from: indent)
        case .brackets:
            if isComment { return finish(.nothing, line, from: indent) }
            return readBrackets(line, from: indent, true)
        case .block, .words:
            pop(to: indent, isDash: false)
            finish(isComment ? .nothing : .either, line, from: indent)
        }
    }
}
