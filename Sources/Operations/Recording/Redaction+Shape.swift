extension Redaction {
    /// Letters and digits of the same kinds in the same places.
    enum Shape {
        /// Characters of an address that say what kind of place something is.
        static let kindsOfPlaces: Set<Character> = Set("省市区县旗镇乡街道路巷弄村小大厦花园苑广场公寓号院栋幢座楼层单元室")

        /// Letters and digits alone, in half width and lower case; without the country's code of
        /// a telephone number, so that it is the same number with and without.
        static func core(of text: String) -> String {
            var core = ""
            for character in text {
                if let plain = plain(character) { core.append(plain) }
            }
            for code in ["0086", "86"] where core.hasPrefix(code) && isDigits(core) {
                let rest = core.dropFirst(code.count)
                if isMobile(rest) { return String(rest) }
            }
            return core
        }

        /// `text` with the letters and digits of `core` in the places of its last ones.
        static func text(_ text: String, saying core: String) -> String {
            let symbols = Array(core)
            let count = text.count { plain($0) != nil }
            var index = symbols.count - count
            return String(
                text.map { character in
                    guard plain(character) != nil else { return character }
                    defer { index += 1 }
                    return symbols.indices.contains(index)
                        ? written(symbols[index], like: character) : character
                })
        }

        /// Something of the same shape.
        ///
        /// Of a mobile number the 1 stays, and one of 3 to 9 behind it; of a landline its 0 and
        /// whether its area code is short; of any other number the first digit and of a code the
        /// letters in front, since that is what rules look at. Up to ``lastFreeSalt`` no more.
        static func other(_ core: String, isMail: Bool, salt: UInt64, seed: UInt64) -> String {
            let symbols = Array(core)
            var digits = Digits(seed: seed &+ salt)
            let isMobile = isMobile(core[...])
            var kept = kept(of: core, isMobile: isMobile)
            if isMail {
                kept = 0
            } else if salt > lastFreeSalt, !isMobile {
                // Order numbers begin with their year, parcels' with who carries them.
                let more = salt > 2 * lastFreeSalt ? symbols.count / 2 : 4
                kept = max(kept, min(more, symbols.count / 2))
            }
            return String(
                symbols.enumerated().map { index, symbol in
                    if index < kept { return symbol }
                    // The mark of an identity number's check digit.
                    if symbol == "x", symbols.count == 18, index == 17 { return symbol }
                    if isMobile, index == 1 { return digits.digit(from: 3) }
                    return digits.other(symbol)
                })
        }

        private static func kept(of core: String, isMobile: Bool) -> Int {
            if isMobile { return 1 }
            if isDigits(core) { return core.hasPrefix("0") ? 2 : 1 }
            let letters = core.prefix { !$0.isNumber }.count
            return letters < core.count && (1...4).contains(letters) ? letters : 1
        }

        static func isMobile(_ core: Substring) -> Bool {
            core.count == 11 && core.hasPrefix("1") && isDigits(String(core))
                && core.dropFirst().first.map { $0 >= "3" } == true
        }

        private static func isDigits(_ text: String) -> Bool {
            text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }

        /// A letter or digit in half width and lower case, a Chinese digit as it is; `nil` for
        /// anything else.
        private static func plain(_ character: Character) -> Character? {
            if chineseDigits.contains(character) { return character }
            guard let scalar = character.unicodeScalars.first,
                character.unicodeScalars.count == 1
            else { return nil }
            let value =
                (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
            switch value {
            case 0x30...0x39, 0x61...0x7A: return Unicode.Scalar(value).map(Character.init)
            case 0x41...0x5A: return Unicode.Scalar(value + 0x20).map(Character.init)
            default: return nil
            }
        }

        /// `symbol` in the width and case of `model`.
        private static func written(_ symbol: Character, like model: Character) -> Character {
            guard let scalar = symbol.unicodeScalars.first,
                let other = model.unicodeScalars.first
            else { return symbol }
            var value = scalar.value
            let isWide = (0xFF01...0xFF5E).contains(other.value)
            let base = isWide ? other.value - 0xFEE0 : other.value
            if (0x41...0x5A).contains(base), (0x61...0x7A).contains(value) { value -= 0x20 }
            if isWide, value < 0x7F { value += 0xFEE0 }
            return Unicode.Scalar(value).map(Character.init) ?? symbol
        }

        /// Digits as people spell telephone numbers out.
        static let chineseDigits: [Character] = Array("零一二三四五六七八九〇幺两")

        /// A number made from the text by FNV-1a: the same for the same text, on every machine.
        static func seed(_ text: String) -> UInt64 {
            text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }

        /// Draws letters and digits: the same ones from the same seed.
        struct Digits {
            private var state: UInt64

            init(seed: UInt64) { state = seed }

            /// One of the digits from `least` to 9.
            mutating func digit(from least: Int = 0) -> Character {
                Character(String(least + next(10 - least)))
            }

            /// Another character of the same kind: a letter for a letter, a digit for a digit.
            mutating func other(_ character: Character) -> Character {
                if chineseDigits.contains(character) { return chineseDigits[next(10)] }
                return masked(character)
            }

            /// The same, with 某 for any Chinese character.
            mutating func masked(_ character: Character) -> Character {
                if !chineseDigits.contains(character), let plain = plain(character) {
                    let other =
                        plain.isNumber
                        ? digit() : Character(Unicode.Scalar(UInt8(0x61 + next(26))))
                    return written(other, like: character)
                }
                return character.isLetter ? "某" : character
            }

            private mutating func next(_ bound: Int) -> Int {
                // SplitMix64 (Steele, Lea, Flood 2014).
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
                return Int((mixed ^ mixed >> 31) % UInt64(bound))
            }
        }
    }
}
