/// What folding makes of every character: a two-level table, as fast as an array and as small
/// as what differs.
///
/// Each page covers 256 scalars; pages that change nothing share two pages, one for meaningful
/// characters and one for marks.
struct FoldingTable: Sendable {
    /// The table of ``FoldingData``, made at first use.
    static let shared = FoldingTable()

    private var pageOf: [UInt16]
    private var entries: [UInt32]
    /// What single characters that fold to several (or none) fold to: length, then scalars.
    private var expansions: [UInt32] = []

    /// One scalar's folding, packed.
    struct Entry {
        let bits: UInt32

        static let difference: UInt32 = (1 << 21) - 1
        static let expands: UInt32 = 1 << 21
        static let mark: UInt32 = 1 << 22
        static let script: UInt32 = 1 << 24
        static let letterCase: UInt32 = 1 << 25
        static let width: UInt32 = 1 << 26
        static let compatibility: UInt32 = 1 << 27

        /// Whether keywords leave the folded scalar out.
        var isMark: Bool { bits & Self.mark != 0 }
    }

    private init() {
        // Page 0 changes nothing, page 1 is nothing but marks.
        pageOf = Array(repeating: 0, count: 0x1100)
        entries = Array(repeating: 0, count: 256) + Array(repeating: Entry.mark, count: 256)
        for field in FoldingData.marks.split(whereSeparator: \.isWhitespace) {
            addMarks(Self.range(field))
        }
        var pair = FoldingData.script.unicodeScalars.makeIterator()
        while let source = pair.next(), let target = pair.next() {
            set(source.value, to: target.value, Entry.script)
        }
        for field in FoldingData.compatibility.split(whereSeparator: \.isWhitespace) {
            addRun(field)
        }
    }

    private static func number(_ text: Substring) -> UInt32 { UInt32(text, radix: 16) ?? 0 }

    private static func range(_ text: Substring) -> ClosedRange<UInt32> {
        let ends = text.split(separator: "-")
        let first = number(ends[0])
        return first...max(first, ends.count > 1 ? number(ends[1]) : first)
    }

    private mutating func addMarks(_ scalars: ClosedRange<UInt32>) {
        var scalar = scalars.lowerBound
        while scalar <= scalars.upperBound {
            if scalar & 255 == 0, scalar + 255 <= scalars.upperBound, pageOf[Int(scalar >> 8)] == 0
            {
                pageOf[Int(scalar >> 8)] = 1
                scalar += 256
            } else {
                entries[ownSlot(scalar)] = Entry.mark
                scalar += 1
            }
        }
    }

    /// `c41-5a>61`: kind, source, step, target.
    private mutating func addRun(_ text: Substring) {
        let kind: UInt32 =
            switch text.first {
            case "c": Entry.letterCase
            case "w": Entry.width
            case "b": Entry.letterCase | Entry.width
            default: Entry.compatibility
            }
        let sides = text.dropFirst().split(separator: ">", omittingEmptySubsequences: false)
        let source = sides[0].split(separator: "/")
        let targets = sides[1].split(separator: ",").map(Self.number)
        let sources = Self.range(source[0])
        for scalar in stride(
            from: sources.lowerBound, through: sources.upperBound, by: source.count > 1 ? 2 : 1)
        {
            if targets.count == 1 {
                set(scalar, to: targets[0] + scalar - sources.lowerBound, kind)
            } else {
                entries[ownSlot(scalar)] = UInt32(expansions.count) | Entry.expands | kind
                expansions.append(UInt32(targets.count))
                expansions += targets
            }
        }
    }

    /// The target is kept as a difference, so that an unchanged character's entry is zero.
    private mutating func set(_ source: UInt32, to target: UInt32, _ kind: UInt32) {
        let mark = self[target].bits & Entry.mark
        entries[ownSlot(source)] = (source ^ target) | mark | kind
    }

    /// The place of a scalar's entry on a page of its own.
    private mutating func ownSlot(_ scalar: UInt32) -> Int {
        let page = Int(pageOf[Int(scalar >> 8)])
        guard page < 2 else { return page << 8 + Int(scalar & 255) }
        entries += entries[page << 8..<(page + 1) << 8]
        pageOf[Int(scalar >> 8)] = UInt16(entries.count >> 8 - 1)
        return entries.count - 256 + Int(scalar & 255)
    }

    /// The folding of one scalar.
    subscript(scalar: UInt32) -> Entry {
        Entry(bits: entries[Int(pageOf[Int(scalar >> 8)]) << 8 | Int(scalar & 255)])
    }

    /// Folds UTF-8 in one pass, one folded scalar at a time.
    ///
    /// `emit` hears the folded scalar, whether keywords leave it out, and the bytes it came
    /// from; a character that folds to nothing is heard only by `changed`, which hears every
    /// character that folding changes. `utf8` must be well formed, which a `String`'s is.
    @inline(__always)
    func fold(
        _ utf8: Span<UInt8>, emit: (_ scalar: UInt32, _ isMark: Bool, _ origin: Range<Int>) -> Void,
        changed: (Entry) -> Void = { _ in }
    ) {
        let pages = pageOf.span
        let entries = self.entries.span
        var index = 0
        while index < utf8.count {
            let start = index
            let lead = UInt32(utf8[index])
            var scalar: UInt32
            if lead < 0x80 {
                scalar = lead
                index &+= 1
            } else if lead >= 0xE0, lead < 0xF0 {
                scalar = (lead & 15) << 12 | Self.tail(utf8, index &+ 1) << 6
                scalar |= Self.tail(utf8, index &+ 2)
                index &+= 3
            } else if lead < 0xE0 {
                scalar = (lead & 31) << 6 | Self.tail(utf8, index &+ 1)
                index &+= 2
            } else {
                scalar = (lead & 7) << 18 | Self.tail(utf8, index &+ 1) << 12
                scalar |= Self.tail(utf8, index &+ 2) << 6 | Self.tail(utf8, index &+ 3)
                index &+= 4
            }
            let page = Int(pages[Int(scalar >> 8)])
            let entry = Entry(bits: entries[page << 8 | Int(scalar & 255)])
            if entry.bits & Entry.expands == 0 {
                emit(scalar ^ (entry.bits & Entry.difference), entry.isMark, start..<index)
            } else {
                let first = Int(entry.bits & Entry.difference)
                for position in 0..<Int(expansions[first]) {
                    let folded = expansions[first + 1 + position]
                    emit(folded, self[folded].isMark, start..<index)
                }
            }
            changed(entry)
        }
    }

    @inline(__always)
    private static func tail(_ utf8: Span<UInt8>, _ index: Int) -> UInt32 {
        UInt32(utf8[index] & 63)
    }
}
