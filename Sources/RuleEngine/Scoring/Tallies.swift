/// What one stimulus has found for one rule so far.
struct Tally {
    let rule: Int32
    /// The `says` trigger whose words found are longest, -1 for none.
    var saysTrigger: Int32 = -1
    var saysLength: Int32 = 0
    /// Characters covered by `says` hits, each counted once.
    var covered: Int32 = 0
    /// Everything covered so far lies at or behind this character.
    var coveredFrom: Int32 = .max
    /// The best trigger of any other kind, -1 for none.
    var otherTrigger: Int32 = -1
    var otherScore: Double = -1
    /// What that trigger covers, -1 where its score doesn't depend on it.
    var otherMatched: Int32 = -1
    /// Hits written down for an explanation.
    var traced: Int32 = 0

    /// Adds a `says` hit.
    ///
    /// Hits must come by falling end: then what is new is what lies before
    /// everything covered, and the union needs no list. `length` is what the trigger's words have
    /// together.
    @inline(__always)
    mutating func says(_ trigger: Int32, from start: Int32, to end: Int32, length: Int32) {
        if length > saysLength || (length == saysLength && trigger < saysTrigger) {
            saysTrigger = trigger
            saysLength = length
        }
        if start < coveredFrom {
            covered += min(end, coveredFrom) - start
            coveredFrom = start
        }
    }

    /// Adds a trigger of any other kind.
    mutating func offer(_ trigger: Int32, _ score: Double, matched: Int32 = -1) {
        if score > otherScore || (score == otherScore && trigger < otherTrigger) {
            otherTrigger = trigger
            otherScore = score
            otherMatched = matched
        }
    }

    /// The best trigger, its score, and what it covers; among equals the one declared first.
    func best(of meaningful: Int) -> (trigger: Int32, score: Double, matched: Int32) {
        let says = saysTrigger < 0 ? -1 : Score.part(Int(covered), of: meaningful)
        let saysWins =
            says > otherScore || (says == otherScore && saysTrigger < otherTrigger)
        return saysWins
            ? (saysTrigger, says, covered) : (otherTrigger, otherScore, otherMatched)
    }
}

/// The tallies of one stimulus, by rule: a small hash table, so that the cost depends on what was
/// found and not on how many rules there are.
struct Tallies {
    /// In the order first found.
    private(set) var all: [Tally] = []
    private var slots: [Slot] = []
    private var shift = 0

    /// An index into ``all``, -1 for none.
    ///
    /// A type of its own, because the standard library's ready-made `[Int32]` looks its metadata
    /// up each time it is made.
    private struct Slot {
        var index: Int32 = -1
    }

    /// Changes the tally of one rule, which begins empty.
    @inline(__always)
    mutating func update(_ rule: Int32, _ change: (inout Tally) -> Void) {
        if all.count * 2 >= slots.count { reserve(all.count + 1) }
        var slot = Self.slot(rule, shift)
        while true {
            let index = slots[slot].index
            if index < 0 {
                slots[slot].index = Int32(all.count)
                all.append(Tally(rule: rule))
                return change(&all[all.count - 1])
            }
            if all[Int(index)].rule == rule { return change(&all[Int(index)]) }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// Fibonacci hashing: the product's high bits are well mixed.
    private static func slot(_ rule: Int32, _ shift: Int) -> Int {
        Int(
            truncatingIfNeeded: (UInt64(UInt32(bitPattern: rule)) &* 0x9E37_79B9_7F4A_7C15) >> shift
        )
    }

    /// Makes room for some more rules than `rules`.
    mutating func reserve(_ rules: Int) {
        var count = 64
        while count < rules * 4 { count *= 2 }
        guard count > slots.count else { return }
        slots = Array(repeating: Slot(), count: count)
        shift = 64 - count.trailingZeroBitCount
        // A kilobyte at first: above it, malloc is several times slower.
        all.reserveCapacity(count / 4)
        for (index, tally) in all.enumerated() {
            var slot = Self.slot(tally.rule, shift)
            while slots[slot].index >= 0 { slot = (slot + 1) & (count - 1) }
            slots[slot].index = Int32(index)
        }
    }
}
