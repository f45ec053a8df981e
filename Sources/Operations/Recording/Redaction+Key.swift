extension Redaction {
    /// The secret that replacements are drawn with.
    ///
    /// There are so few telephone numbers that whoever has the key, or a function without one,
    /// finds the number behind a replacement by trying them all. So it is drawn at random, kept in
    /// memory, and neither written nor shown anywhere.
    package struct Key: Sendable {
        private let first: UInt64
        private let second: UInt64

        /// A key that somebody knows: for tests, whose replacements are to be the same each time.
        package init(known first: UInt64, _ second: UInt64) {
            self.first = first
            self.second = second
        }

        /// A key that nobody knows.
        private init(from generator: inout SystemRandomNumberGenerator) {
            first = generator.next()
            second = generator.next()
        }

        /// Drawn at first use; the next start of the program has another one.
        package static let ofThisProcess: Key = {
            var generator = SystemRandomNumberGenerator()
            return Key(from: &generator)
        }()

        /// A number that tells nobody without the key anything of `bytes`: SipHash-2-4 (Aumasson
        /// and Bernstein 2012), which Swift's own `Hasher` has no way to give a key of one's own.
        package func hash(_ bytes: some Collection<UInt8>) -> UInt64 {
            var state = State(first, second)
            var word: UInt64 = 0
            var count = 0
            for byte in bytes {
                word |= UInt64(byte) << (UInt64(count & 7) * 8)
                count += 1
                if count & 7 == 0 {
                    state.take(word)
                    word = 0
                }
            }
            // The length's lowest byte fills the last word up.
            state.take(word | UInt64(count & 0xFF) << 56)
            return state.finished()
        }
    }
}

extension Redaction.Key {
    /// The four words of SipHash.
    private struct State {
        private var v0: UInt64
        private var v1: UInt64
        private var v2: UInt64
        private var v3: UInt64

        init(_ first: UInt64, _ second: UInt64) {
            v0 = first ^ 0x736F_6D65_7073_6575
            v1 = second ^ 0x646F_7261_6E64_6F6D
            v2 = first ^ 0x6C79_6765_6E65_7261
            v3 = second ^ 0x7465_6462_7974_6573
        }

        mutating func take(_ word: UInt64) {
            v3 ^= word
            mix(2)
            v0 ^= word
        }

        mutating func finished() -> UInt64 {
            v2 ^= 0xFF
            mix(4)
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func mix(_ rounds: Int) {
            func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 {
                word << bits | word >> (64 - bits)
            }
            for _ in 0..<rounds {
                v0 &+= v1
                v1 = turned(v1, 13) ^ v0
                v0 = turned(v0, 32)
                v2 &+= v3
                v3 = turned(v3, 16) ^ v2
                v0 &+= v3
                v3 = turned(v3, 21) ^ v0
                v2 &+= v1
                v1 = turned(v1, 17) ^ v2
                v2 = turned(v2, 32)
            }
        }
    }
}
