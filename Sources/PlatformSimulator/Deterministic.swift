/// SplitMix64: the simulator's only source of chance, the same on every machine.
struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// The generator's finaliser: a permutation of 64-bit values, so different inputs stay
    /// different.
    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Opaque texts that carry one number and betray forgery: cursors and sync tokens.
///
/// Nothing has to be remembered for them, however many are handed out.
struct Seal: Hashable, Sendable {
    private let prefix: String
    private let key: UInt64
    /// How many different lengths the texts have; 1 for always the same.
    private let lengths: UInt64

    init(prefix: String, key: UInt64, lengths: UInt64 = 1) {
        self.prefix = prefix
        self.key = key
        self.lengths = lengths
    }

    func text(for value: UInt64) -> String {
        let proof = SplitMix64.mixed(SplitMix64.mixed(value) ^ key)
        let tail = SplitMix64.mixed(proof ^ key)
        return prefix + Self.hex(value ^ key) + Self.hex(proof)
            + String((Self.hex(tail) + Self.hex(~tail)).prefix(Int(tail % max(1, lengths))))
    }

    /// The number inside; `nil` when the text was not made by this seal.
    func value(of text: String) -> UInt64? {
        let digits = text.dropFirst(prefix.count)
        guard digits.utf8.count >= 32, let hidden = UInt64(digits.prefix(16), radix: 16) else {
            return nil
        }
        let value = hidden ^ key
        return self.text(for: value) == text ? value : nil
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// A binary heap: the earliest first, ties in the order they were added.
struct Agenda<Item: Sendable>: Sendable {
    private struct Entry: Sendable {
        let time: Int64
        let order: Int
        let item: Item
        static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.time, lhs.order) < (rhs.time, rhs.order)
        }
    }
    private var heap: [Entry] = []
    private var added = 0

    var isEmpty: Bool { heap.isEmpty }
    /// Milliseconds since the Unix epoch of the earliest item.
    var earliest: Int64? { heap.first?.time }

    mutating func add(_ item: Item, at milliseconds: Int64) {
        heap.append(Entry(time: milliseconds, order: added, item: item))
        added += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest item out if it is due by `milliseconds`.
    mutating func take(dueBy milliseconds: Int64) -> (time: Int64, item: Item)? {
        guard let first = heap.first, first.time <= milliseconds else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { break }
            let right = left + 1
            let child = right < heap.count && heap[right] < heap[left] ? right : left
            guard heap[child] < heap[parent] else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return (first.time, first.item)
    }
}
