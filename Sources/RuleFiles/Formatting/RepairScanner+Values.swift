/// What follows a colon or a dash in a block.
extension RepairScanner {
    /// The value on the rest of the line.
    ///
    /// - Parameter holder: The column of the key, or of the dash.
    mutating func scanValue(_ shape: Shape, holder: Int, isElement: Bool) {
        let start = position
        let first = afterBlanks(start)
        pending = .unknown
        if isEnd(first) {
            normalise(start..<first, to: 0)
            pending = shape
            finishLine()
            return
        }
        let isWord = !shape.scalar.isSentence && shape.scalar != .unknown
        if isWord || !isSentenceIndented(start, first) {
            normalise(start..<first, to: 1)
        }
        position = first
        switch scalars[first] {
        case "#":
            pending = shape
            scanComment()
        case _ where isWord && LookAlike.hashes.contains(scalars[first]):
            pending = shape
            scanComment()
        case "|", ">", "｜": scanBlockText(shape, holder: holder, isElement: isElement)
        case "\"", "'":
            if scanQuoted(holder: holder) { scanTail() }
        case "[", "{":
            if scanFlow(shape, holder: holder, depth: 1) { scanTail() }
        case _ where opensFlow(shape, at: first):
            if scanFlow(shape, holder: holder, depth: 1) { scanTail() }
        default: scanPlain(shape, holder: holder, isElement: isElement)
        }
    }

    /// Whether a sentence begins with ideographic spaces: an author's indentation, not YAML's.
    func isSentenceIndented(_ start: Int, _ first: Int) -> Bool {
        start < first && scalars[start] == " "
            && scalars[start..<first].allSatisfy { $0 == " " || $0 == "\u{3000}" }
            && !"#[{\"'|>".unicodeScalars.contains(scalars[first])
    }

    /// `|`, `|-` and the like; a full-width bar stands for one only where nothing else follows.
    private mutating func scanBlockText(_ shape: Shape, holder: Int, isElement: Bool) {
        var index = position + 1
        while !isEnd(index), "+-123456789".unicodeScalars.contains(scalars[index]) { index += 1 }
        let after = afterBlanks(index)
        guard isEnd(after) || (after > index && scalars[after] == "#") else {
            scanPlain(shape, holder: holder, isElement: isElement)
            return
        }
        if scalars[position] == "｜" { edit(position..<position + 1, "|", .bar) }
        position = index
        textColumn = holder
        isBlockText = true
        scanTail()
    }

    /// A quoted text; `false` if its end isn't found.
    mutating func scanQuoted(holder: Int) -> Bool {
        let quote = scalars[position]
        let start = position
        var index = position + 1
        var solid = index
        while index < scalars.count, index - start < 100_000 {
            if scalars[index] == quote {
                if quote == "'", index + 1 < scalars.count, scalars[index + 1] == "'" {
                    index += 1
                } else {
                    position = index + 1
                    return true
                }
            } else if scalars[index] == "\\", quote == "\"" {
                index += 1
            } else if isEnd(index) {
                // The other quote's look-alike at the end of the first line is a slip.
                if closesInStead(solid, quote: quote) { return true }
                let next = afterLineEnd(index)
                let content = afterBlanks(next)
                if !isEnd(content), width(next..<content) <= holder { break }
                index = next
                solid = index
                continue
            }
            index += 1
            if !isEnd(index), !isBlank(index) { solid = index }
        }
        finishLine()
        return false
    }

    private mutating func closesInStead(_ last: Int, quote: Unicode.Scalar) -> Bool {
        let wide: Set<Unicode.Scalar> = quote == "\"" ? ["”", "“", "＂"] : ["’", "‘"]
        guard last < scalars.count, wide.contains(scalars[last]), last > position else {
            return false
        }
        edit(last..<last + 1, String(quote), .quote)
        position = last + 1
        return true
    }

    func afterLineEnd(_ index: Int) -> Int {
        var index = index
        if index < scalars.count, scalars[index] == "\r" { index += 1 }
        if index < scalars.count, scalars[index] == "\n" { index += 1 }
        return index
    }

    /// Blanks and a comment behind a value that has ended.
    mutating func scanTail() {
        let first = afterBlanks(position)
        if isEnd(first) {
            normalise(position..<first, to: 0)
            finishLine()
        } else if isHash(first) {
            if first == position {
                edit(first..<first, " ", .missingSpace)
            } else {
                normalise(position..<first, to: max(1, width(position..<first)))
            }
            position = first
            scanComment()
        } else {
            finishLine()
        }
    }

    /// An unquoted value; its further lines are left alone.
    private mutating func scanPlain(_ shape: Shape, holder: Int, isElement: Bool) {
        let isWord = !shape.scalar.isSentence && shape.scalar != .unknown
        var index = position
        while !isEnd(index) {
            if index > position, isBlank(index - 1),
                isWord ? isHash(index) : scalars[index] == "#"
            {
                break
            }
            index += 1
        }
        var end = index
        while end > position, isBlank(end - 1),
            isWord || scalars[end - 1] == " " || scalars[end - 1] == "\t"
        {
            end -= 1
        }
        scanWord(
            position..<end, shape,
            separator: isElement ? "\n" + String(repeating: " ", count: holder) + "- " : nil)
        textColumn = holder
        isBlockText = false
        position = end
        scanTail()
    }

    // MARK: Words

    /// A keyword, a name or a number on its own.
    ///
    /// - Parameter separator: What to write between two of several; `nil` makes a list in brackets
    ///   of them.
    mutating func scanWord(_ range: Range<Int>, _ shape: Shape, separator: String?) {
        guard !range.isEmpty else { return }
        switch shape.scalar {
        case .words:
            if !split(range, shape, separator: separator) { unwrap(range) }
        case .number, .choice:
            if !split(range, shape, separator: separator) { narrow(range) }
        case .name: unwrap(range)
        case .text, .sentences, .none, .unknown: break
        }
    }

    /// Several words with full-width commas between them become a list; `false` for one word.
    private mutating func split(_ range: Range<Int>, _ shape: Shape, separator: String?) -> Bool {
        var commas: [Int] = []
        var isQuoted = false
        for index in range {
            if "“‘".unicodeScalars.contains(scalars[index]) { isQuoted = true }
            if "”’".unicodeScalars.contains(scalars[index]) { isQuoted = false }
            if !isQuoted, LookAlike.commas.contains(scalars[index]) { commas.append(index) }
        }
        guard !commas.isEmpty,
            !scalars[range].contains(where: {
                ",[]{}\"'#&*!|>%@`".unicodeScalars.contains($0)
            }), !text(range).contains(": ")
        else { return false }
        if separator == nil { edit(range.lowerBound..<range.lowerBound, "[", .list) }
        var start = range.lowerBound
        for comma in commas + [range.upperBound] {
            var end = comma
            while end > start, isBlank(end - 1) { end -= 1 }
            if start < end { scanWord(start..<end, Shape(shape.scalar), separator: separator) }
            guard comma < range.upperBound else { break }
            start = min(afterBlanks(comma + 1), range.upperBound)
            edit(comma..<start, separator ?? ", ", .comma)
        }
        if separator == nil { edit(range.upperBound..<range.upperBound, "]", .list) }
        return true
    }

    /// Full-width quotes around the whole of a word become YAML's.
    @discardableResult mutating func unwrap(_ range: Range<Int>) -> Bool {
        guard range.count > 2, let closings = LookAlike.quotes[scalars[range.lowerBound]],
            closings.contains(scalars[range.upperBound - 1])
        else { return false }
        let quote = Self.asciiQuote(for: scalars[range.lowerBound])
        let inner = scalars[range].dropFirst().dropLast()
        guard !inner.contains(where: { String($0) == quote || $0 == "\\" || closings.contains($0) })
        else { return false }
        edit(range.lowerBound..<range.lowerBound + 1, quote, .quote)
        edit(range.upperBound - 1..<range.upperBound, quote, .quote)
        return true
    }

    /// Full-width letters and digits become ASCII, if the whole is ASCII then.
    private mutating func narrow(_ range: Range<Int>) {
        let narrowed = scalars[range].map { scalar in
            LookAlike.ascii(scalar) ?? (scalar == "\u{3000}" ? " " : scalar)
        }
        guard narrowed.allSatisfy(\.isASCII), !narrowed.elementsEqual(scalars[range]) else {
            return
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: narrowed)
        edit(range, String(view), .digit)
    }
}
