/// Keys, whatever their colons and quotes look like.
extension RepairScanner {
    /// Every word the language has, for places where nobody knows which map this is.
    private static let allKeys: Set<String> = Set(
        FileSchema.tables.values.flatMap { $0.english.keys })

    func isKnown(_ name: String, of kind: MapKind?) -> Bool {
        switch kind {
        case nil: Self.allKeys.contains(name)
        case .named: false
        case let kind?: kind.english(for: name) != nil
        }
    }

    func isColon(_ index: Int) -> Bool {
        index < scalars.count
            && (scalars[index] == ":" || LookAlike.colons.contains(scalars[index]))
    }

    /// The key that begins at `start` in a block; `nil` if none does.
    ///
    /// - Parameter mustBeKey: Whether YAML allows nothing else here, so that a full-width colon is
    ///   one even behind a name.
    func findKey(at start: Int, of kind: MapKind?, mustBeKey: Bool) -> Key? {
        if start >= scalars.count || isEnd(start) { return nil }
        if let key = quotedKey(at: start) { return key }
        if "[{|>\"'".unicodeScalars.contains(scalars[start]) { return nil }
        var wide: Int?
        var tight: Int?
        var index = start
        while !isEnd(index) {
            if scalars[index] == "#", index > start, isBlank(index - 1) { break }
            let isShort = index - start <= Self.longestKey
            if scalars[index] == ":" {
                if isEnd(index + 1) || isBlank(index + 1) {
                    // `欢迎：{ zh: 您好 }`: the first colon is the key's.
                    if mustBeKey, let wide, isPlausible(start, wide), !isPlausible(wide + 1, index)
                    {
                        return key(start, colon: wide)
                    }
                    return key(start, colon: index)
                }
                if isShort, isKnown(name(start, index), of: kind) {
                    return key(start, colon: index)
                }
                if tight == nil { tight = index }
            } else if LookAlike.colons.contains(scalars[index]), isShort {
                if isKnown(name(start, index), of: kind) { return key(start, colon: index) }
                if wide == nil { wide = index }
            }
            index += 1
        }
        guard mustBeKey else { return nil }
        if let wide, isPlausible(start, wide), tight.map({ wide < $0 }) ?? true {
            return key(start, colon: wide)
        }
        if let tight, case .named = kind, isPlausible(start, tight) {
            return key(start, colon: tight)
        }
        return nil
    }

    /// `"a":`, `“a”：`; the quotes become ASCII.
    func quotedKey(at start: Int) -> Key? {
        let opening = scalars[start]
        let closings: Set<Unicode.Scalar>
        switch opening {
        case "\"": closings = ["\"", "”"]
        case "'": closings = ["'", "’"]
        default:
            guard let known = LookAlike.quotes[opening] else { return nil }
            closings = known
        }
        var index = start + 1
        while !isEnd(index), !closings.contains(scalars[index]), index - start <= Self.longestKey {
            index += 1
        }
        guard !isEnd(index), closings.contains(scalars[index]), isColon(afterBlanks(index + 1))
        else { return nil }
        let quote = Self.asciiQuote(for: opening)
        var edits: [Edit] = []
        for place in [start, index] where String(scalars[place]) != quote {
            edits.append(Edit(range: place..<place + 1, to: quote, kind: .quote))
        }
        let colon = afterBlanks(index + 1)
        if scalars[index + 1..<colon].contains(where: { $0 != " " }) {
            edits.append(Edit(range: index + 1..<colon, to: "", kind: .blank))
        }
        return Key(
            name: text(start + 1..<index), edits: edits + colonEdits(colon), end: colon + 1)
    }

    /// The quote YAML knows for a look-alike.
    static func asciiQuote(for scalar: Unicode.Scalar) -> String {
        ["'", "‘", "’"].contains(scalar) ? "'" : "\""
    }

    func key(_ start: Int, colon: Int) -> Key {
        var end = colon
        while end > start, isBlank(end - 1) { end -= 1 }
        var edits: [Edit] = []
        if let odd = scalars[end..<colon].first(where: { $0 != " " }) {
            edits.append(Edit(range: end..<colon, to: "", kind: odd == "\t" ? .tab : .blank))
        }
        return Key(name: name(start, colon), edits: edits + colonEdits(colon), end: colon + 1)
    }

    private func colonEdits(_ colon: Int) -> [Edit] {
        let isTight = !isEnd(colon + 1) && !isBlank(colon + 1)
        if scalars[colon] != ":" {
            return [Edit(range: colon..<colon + 1, to: isTight ? ": " : ":", kind: .colon)]
        }
        guard isTight else { return [] }
        return [Edit(range: colon + 1..<colon + 1, to: " ", kind: .missingSpace)]
    }

    func name(_ start: Int, _ end: Int) -> String { text(start..<end).trimmed }

    /// Whether the stretch may be a name: short, and nothing a sentence or a bracket has.
    func isPlausible(_ start: Int, _ end: Int) -> Bool {
        let stops = "，。？！；、,\"'“”‘’[]{}［］【】｛｝（）()$/".unicodeScalars
        return end > start && end - start <= 30
            && !scalars[start..<end].contains { stops.contains($0) }
    }
}
