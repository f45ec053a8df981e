/// 64-bit names of tokens and grams, the same on every machine and in every run.
///
/// Two different grams share a name about once in 10¹⁹ pairs; then one would count as the other.
enum GramKey {
    /// A Han character as a token.
    static func character(_ scalar: UInt32) -> UInt64 { UInt64(scalar) }

    /// A word, a number or a run of other letters as a token; never a character's name.
    static func word(_ scalars: ArraySlice<UInt32>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in scalars { hash = (hash ^ UInt64(scalar)) &* 0x100_0000_01B3 }
        return mixed(hash) | 1 << 63
    }

    /// A syllable by its number; neither a character's name nor a word's.
    static func syllable(_ number: Int) -> UInt64 { 1 << 62 | UInt64(number) }

    /// One token as a gram.
    static func single(_ token: UInt64) -> UInt64 { mixed(token) }

    /// Two neighbours as a gram.
    static func pair(_ first: UInt64, _ second: UInt64) -> UInt64 {
        mixed(mixed(first) &+ second)
    }

    /// Three characters of a word as a gram.
    static func trigram(_ first: UInt32, _ second: UInt32, _ third: UInt32) -> UInt64 {
        mixed(pair(UInt64(first), UInt64(second)) &+ UInt64(third) &+ 1 << 40)
    }

    /// The end of Vigna's splitmix64: spreads every bit over all; 0 is kept free for "no key".
    private static func mixed(_ key: UInt64) -> UInt64 {
        var key = key &+ 0x9E37_79B9_7F4A_7C15
        key = (key ^ key >> 30) &* 0xBF58_476D_1CE4_E5B9
        key = (key ^ key >> 27) &* 0x94D0_49BB_1331_11EB
        key ^= key >> 31
        return key == 0 ? 1 : key
    }
}

/// Numbers the keys it is made of, from 0 in their order: open addressing, at most half full.
struct KeyTable: Sendable {
    private var keys: [UInt64]
    private var numbers: [UInt32]
    private let mask: Int

    /// What an unknown key has for a number.
    static let unknown = UInt32.max

    /// `keys` are spread well (``GramKey``'s grams are), differ from each other and from 0.
    init(_ unique: some Collection<UInt64>) {
        var capacity = 8
        while capacity < unique.count * 2 { capacity *= 2 }
        keys = Array(repeating: 0, count: capacity)
        numbers = Array(repeating: Self.unknown, count: capacity)
        mask = capacity - 1
        for (number, key) in unique.enumerated() {
            var slot = Int(truncatingIfNeeded: key) & mask
            while keys[slot] != 0 { slot = (slot + 1) & mask }
            keys[slot] = key
            numbers[slot] = UInt32(number)
        }
    }

    /// The number of a key, or ``unknown``.
    subscript(key: UInt64) -> UInt32 {
        var slot = Int(truncatingIfNeeded: key) & mask
        while keys[slot] != key {
            if keys[slot] == 0 { return Self.unknown }
            slot = (slot &+ 1) & mask
        }
        return numbers[slot]
    }
}
