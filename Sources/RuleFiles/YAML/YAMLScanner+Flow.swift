/// Brackets and braces: everything from an opening one to the one that closes it.
extension YAMLScanner {
    /// Everything from an opening bracket to the one that closes it.
    mutating func scanFlow() {
        repeat {
            while byte == .space || byte == .lineFeed { advance() }
            guard let byte, !isRefused else { return }
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                flows.append(Flow(opening: mark, isMap: byte == UInt8(ascii: "{")))
                checkDepth()
                advance()
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                let flow = flows.removeLast()
                advance()
                if flow.opening.line == line {
                    noteLength(column - flow.opening.column, at: flow.opening)
                }
            case UInt8(ascii: ","), UInt8(ascii: ":"): advance()
            case UInt8(ascii: "#"): skipToLineEnd()
            case UInt8(ascii: "?") where isBlank(next) || next.map(isFlowIndicator) == true:
                refuseExplicitKey()
                advance()
            case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"): refuseProperty()
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let start = mark
                let startPosition = position
                scanQuoted()
                noteFlowKey(start: start, from: startPosition, to: position, isQuoted: true)
            default: scanFlowPlain()
            }
        } while !flows.isEmpty
    }

    private mutating func scanFlowPlain() {
        let start = mark
        let startPosition = position
        var end = position
        var endColumn = column
        scan: while let byte, byte != .lineFeed {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
                UInt8(ascii: "}"):
                break scan
            case UInt8(ascii: ":") where isBlank(next) || next.map(isFlowIndicator) == true:
                break scan
            case .space where next == UInt8(ascii: "#"): break scan
            default: break
            }
            noteFullWidth()
            advance()
            if byte != .space {
                end = position
                endColumn = column
            }
        }
        noteLength(max(1, endColumn - start.column), at: start)
        noteFlowKey(start: start, from: startPosition, to: end, isQuoted: false)
    }

    private func isFlowIndicator(_ byte: UInt8) -> Bool {
        [",", "[", "]", "{", "}"].contains { UInt8(ascii: $0) == byte }
    }

    private mutating func noteFlowKey(start: Mark, from: Int, to end: Int, isQuoted: Bool) {
        skipSpaces()
        guard byte == UInt8(ascii: ":"), let index = flows.indices.last, flows[index].isMap,
            isQuoted || isBlank(next) || next.map(isFlowIndicator) == true
        else { return }
        let key = unquoted(slice(from: from, to: end))
        if let first = note(key, at: start, in: &flows[index].keys) {
            reportDuplicate(key, at: start, first: first)
        }
        advance()
    }
}
