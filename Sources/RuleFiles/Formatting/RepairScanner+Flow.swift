/// Brackets, whatever they look like.
extension RepairScanner {
    /// What decides about commas inside brackets.
    private struct Surroundings {
        var shape: Shape
        /// Whether this is a map's value, and of which map.
        var isInMap = false
        var map: MapKind?
        /// Whether the author types full-width signs here: the opening bracket, or the last colon.
        var isWide: Bool
    }

    /// Whether a full-width bracket at `index` is meant as YAML's.
    func opensFlow(_ shape: Shape, at index: Int) -> Bool {
        guard let bracket = LookAlike.openings[scalars[index]] else { return false }
        let next = afterBlanks(index + 1)
        guard next < scalars.count else { return false }
        if bracket == "{" {
            guard let map = shape.map else { return false }
            if shape.scalar == .none { return true }
            guard let key = findKey(at: next, of: map, mustBeKey: false) else { return false }
            return isKnown(key.name, of: map)
        }
        switch shape.scalar {
        case .none, .number, .choice: return true
        case .words, .sentences, .name:
            // 【退款】 may be a keyword's decoration; ［退款］ and 【退款，退货】 are lists.
            if scalars[index] == "［" { return true }
            return scalars[next..<min(next + Self.lookAhead, lineEnd(from: next))].contains {
                $0 == "," || LookAlike.commas.contains($0)
            }
        case .text, .unknown:
            return shape.map != nil
                && (scalars[next] == "{" || LookAlike.openings[scalars[next]] == "{")
        }
    }

    /// From an opening bracket to the one that closes it; `false` if the text ends first, or the
    /// next line can't belong to it.
    mutating func scanFlow(_ shape: Shape, holder: Int, depth: Int) -> Bool {
        guard depth <= YAMLScanner.maximumDepth else {
            finishLine()
            return false
        }
        let opening = scalars[position]
        let bracket = LookAlike.openings[opening] ?? opening
        if bracket != opening { edit(position..<position + 1, String(bracket), .bracket) }
        position += 1
        var around = Surroundings(
            shape: bracket == "[" ? shape.element : shape, isWide: bracket != opening)
        while skipFlowSpace(around, holder: holder) {
            let start = position
            let scalar = scalars[position]
            if scalar == "]" || scalar == "}" {
                position += 1
                return true
            } else if let closing = LookAlike.closings[scalar] {
                edit(position..<position + 1, String(closing), .bracket)
                position += 1
                return true
            } else if scalar == "," {
                position += 1
            } else if LookAlike.commas.contains(scalar) {
                let isTight = !isEnd(position + 1) && !isBlank(position + 1)
                edit(position..<position + 1, isTight ? ", " : ",", .comma)
                position += 1
            } else if scalar == "#" {
                scanComment()
            } else if bracket == "{" {
                guard scanEntry(shape.map, &around, holder: holder, depth: depth) else {
                    return false
                }
            } else {
                guard scanFlowItem(around, holder: holder, depth: depth) else { return false }
            }
            if position == start { position += 1 }
        }
        return false
    }

    /// Blanks and line ends; `false` where the brackets can't go on.
    private mutating func skipFlowSpace(_ around: Surroundings, holder: Int) -> Bool {
        while position < scalars.count {
            let first = afterBlanks(position)
            if isEnd(first) {
                normalise(position..<first, to: 0)
                guard first < scalars.count else {
                    position = first
                    return false
                }
                let next = afterLineEnd(first)
                let content = afterBlanks(next)
                if !isEnd(content), width(next..<content) <= holder,
                    !"]}".unicodeScalars.contains(scalars[content]),
                    LookAlike.closings[scalars[content]] == nil
                {
                    position = next
                    return false
                }
                position = next
                if !isEnd(content) {
                    normalise(next..<content, to: width(next..<content))
                    position = content
                }
                continue
            }
            let isKept = around.shape.scalar.isSentence && isSentenceIndented(position, first)
            if !isKept { normalise(position..<first, to: 1) }
            position = first
            return true
        }
        return false
    }

    /// `key: value` in braces.
    private mutating func scanEntry(
        _ kind: MapKind?, _ around: inout Surroundings, holder: Int, depth: Int
    ) -> Bool {
        guard let key = findFlowKey(of: kind) else {
            return scanFlowItem(around, holder: holder, depth: depth)
        }
        for change in key.edits { edit(change.range, change.to, change.kind) }
        let isWide = LookAlike.colons.contains(scalars[key.end - 1])
        position = key.end
        let value = Surroundings(
            shape: kind?.shape(of: key.name) ?? .unknown, isInMap: true, map: kind,
            isWide: around.isWide || isWide)
        guard skipFlowSpace(value, holder: holder) else { return false }
        if isFlowEnd(position) { return true }
        return scanFlowItem(value, holder: holder, depth: depth)
    }

    private func isFlowEnd(_ index: Int) -> Bool {
        ",]}".unicodeScalars.contains(scalars[index]) || LookAlike.closings[scalars[index]] != nil
            || LookAlike.commas.contains(scalars[index])
    }

    private func findFlowKey(of kind: MapKind?) -> Key? {
        if let key = quotedKey(at: position) { return key }
        var index = position
        while !isEnd(index), index - position <= Self.longestKey {
            switch scalars[index] {
            case ",", "]", "}", "[", "{", "\"": return nil
            case ":":
                let next = index + 1
                if isEnd(next) || isBlank(next)
                    || ",]}".unicodeScalars.contains(scalars[next])
                    || isKnown(name(position, index), of: kind)
                {
                    return key(position, colon: index)
                }
            case _ where LookAlike.colons.contains(scalars[index]):
                if isKnown(name(position, index), of: kind) || isPlausible(position, index) {
                    return key(position, colon: index)
                }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// An element of a list or a value of a map.
    private mutating func scanFlowItem(
        _ around: Surroundings, holder: Int, depth: Int
    ) -> Bool {
        switch scalars[position] {
        case "[", "{": return scanFlow(around.shape, holder: holder, depth: depth + 1)
        case "\"", "'": return scanQuoted(holder: holder)
        case _ where opensFlow(around.shape, at: position):
            return scanFlow(around.shape, holder: holder, depth: depth + 1)
        default:
            scanFlowPlain(around)
            return true
        }
    }

    private mutating func scanFlowPlain(_ around: Surroundings) {
        var index = position
        var isQuoted = false
        let isWord = [.words, .name].contains(around.shape.scalar)
        scan: while !isEnd(index) {
            switch scalars[index] {
            case ",", "]", "}", "[", "{": break scan
            case "#" where index > position && isBlank(index - 1): break scan
            case "“" where isWord, "‘" where isWord: isQuoted = true
            case "”" where isWord, "’" where isWord: isQuoted = false
            case _ where LookAlike.closings[scalars[index]] != nil:
                if closesFlow(index, around) { break scan }
            case _ where LookAlike.commas.contains(scalars[index]):
                if !isQuoted, separates(index, around) { break scan }
            default: break
            }
            index += 1
        }
        var end = index
        while end > position, isBlank(end - 1) { end -= 1 }
        if !around.isInMap, !around.shape.scalar.isSentence {
            scanWord(position..<end, around.shape, separator: ", ")
        } else {
            scanWord(position..<end, around.shape, separator: nil)
        }
        // Blanks behind a sentence are the reader's to drop; odd ones behind a word are not.
        position = around.shape.scalar.isSentence ? max(end, index) : end
    }

    /// Whether a full-width closing bracket ends the collection, not a pair in a text.
    private func closesFlow(_ index: Int, _ around: Surroundings) -> Bool {
        if around.isWide, around.shape.scalar != .text { return true }
        let next = afterBlanks(index + 1)
        let isAtEnd = isEnd(next) || scalars[next] == "#" || isFlowEnd(next)
        guard isAtEnd else { return false }
        if !around.shape.scalar.isSentence { return true }
        let rest = scalars[index..<min(index + Self.lookAhead, lineEnd(from: index))]
        let isOpened = scalars[position..<index].contains { LookAlike.openings[$0] != nil }
        return !isOpened && !rest.contains { $0 == "]" || $0 == "}" }
    }

    /// Whether a full-width comma separates two items.
    private func separates(_ index: Int, _ around: Surroundings) -> Bool {
        guard around.isInMap else {
            switch around.shape.scalar {
            case .words, .choice, .number, .none: return true
            case .sentences: return around.isWide && scalars[index] != "、"
            case .text, .name, .unknown: return false
            }
        }
        // Between entries of a map: a key must follow.
        let start = afterBlanks(index + 1)
        var next = start
        while !isEnd(next), next - start <= Self.longestKey {
            if ",]}[{".unicodeScalars.contains(scalars[next])
                || LookAlike.commas.contains(scalars[next])
            {
                return false
            }
            if isColon(next) {
                if isKnown(name(start, next), of: around.map) { return true }
                guard isPlausible(start, next) else { return false }
                if scalars[next] == ":" {
                    if isEnd(next + 1) || isBlank(next + 1) { return true }
                } else if around.isWide, !around.shape.scalar.isSentence || isNamed(around.map) {
                    return true
                }
            }
            next += 1
        }
        return false
    }

    private func isNamed(_ kind: MapKind?) -> Bool {
        if case .named = kind { true } else { false }
    }
}
