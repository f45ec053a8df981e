import RuleEngine

extension Redaction {
    /// Letters and digits of the same kinds in the same places.
    enum Shape {
        /// Characters of an address that say what kind of place something is.
        static let kindsOfPlaces: Set<Character> = Set("省市区县旗镇乡街道路巷弄村小大厦花园苑广场公寓号院栋幢座楼层单元室")

        /// Letters and digits alone, as ``symbol(_:)`` reads them; without the country's code of
        /// a telephone number, so that it is the same number with and without.
        static func core(of text: String) -> String {
            let core = String(text.unicodeScalars.flatMap(folded).compactMap(symbol))
            for code in ["0086", "86"] where core.hasPrefix(code) && isDigits(core) {
                let rest = core.dropFirst(code.count)
                if isMobile(rest) { return String(rest) }
            }
            return core
        }

        /// `text` with the letters and digits of `core` in the places of its last ones.
        static func text(_ text: String, saying core: String) -> String {
            let symbols = Array(core)
            let scalars = text.unicodeScalars.map { ($0, folded($0)) }
            var index = symbols.count
            for (_, folded) in scalars { index -= folded.count { symbol($0) != nil } }
            var result = String.UnicodeScalarView()
            for (scalar, folded) in scalars {
                var parts = folded
                var isReplaced = false
                for (place, part) in folded.enumerated() {
                    guard let own = symbol(part) else { continue }
                    defer { index += 1 }
                    guard symbols.indices.contains(index), symbols[index] != own else { continue }
                    // ⑫ has no like for all other numbers.
                    let model = folded.count == 1 ? scalar : part
                    parts[place] = written(symbols[index], like: model)
                    isReplaced = true
                }
                result.append(contentsOf: isReplaced ? parts : [scalar])
            }
            return String(result)
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
                // Six digits are no telephone number yet, should there be one in it.
                let more = salt > 2 * lastFreeSalt ? 6 : 4
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

        // MARK: Letters and digits

        /// What rules take one scalar for: ㋀ is `1月`.
        static func folded(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
            if scalar.isASCII, !(0x41...0x5A).contains(scalar.value) { return [scalar] }
            return Array(FoldedText(String(scalar)).text.unicodeScalars)
        }

        /// A folded letter or digit, the digit as 0 to 9 however it is written; `nil` for
        /// anything else.
        static func symbol(_ folded: Unicode.Scalar) -> Character? {
            if (0x61...0x7A).contains(folded.value) { return Character(folded) }
            return digit(folded).map { Character(String($0)) }
        }

        /// The value of a folded digit: of any script, in rings, spelt out, as on bank notes.
        static func digit(_ folded: Unicode.Scalar) -> Int? {
            if folded.value < 0x80 {
                return (0x30...0x39).contains(folded.value) ? Int(folded.value) - 0x30 : nil
            }
            if let value = chineseDigits[folded] { return value }
            let properties = folded.properties
            // 百 and ½ are numbers, but no digits.
            guard properties.numericType == .decimal || properties.numericType == .digit else {
                return nil
            }
            return properties.numericValue.flatMap { Int(exactly: $0) }
                .flatMap { (0...9).contains($0) ? $0 : nil }
        }

        /// Whether it is a folded digit of those people spell numbers out with.
        static func isChineseDigit(_ folded: Unicode.Scalar) -> Bool {
            chineseDigits[folded] != nil
        }

        /// `symbol` in the width, case and script of `model`.
        private static func written(
            _ symbol: Character, like model: Unicode.Scalar
        ) -> Unicode.Scalar {
            guard let scalar = symbol.unicodeScalars.first else { return model }
            if let number = symbol.wholeNumberValue, let script = folded(model).first,
                isChineseDigit(script)
            {
                return (formalDigits.contains(script) ? formalDigits : plainDigits)[number]
            }
            var value = scalar.value
            let isWide = (0xFF01...0xFF5E).contains(model.value)
            let base = isWide ? model.value - 0xFEE0 : model.value
            if (0x41...0x5A).contains(base), (0x61...0x7A).contains(value) { value -= 0x20 }
            if isWide { value += 0xFEE0 }
            return Unicode.Scalar(value) ?? scalar
        }

        private static let plainDigits = Array("零一二三四五六七八九".unicodeScalars)
        /// As on bank notes, folded.
        private static let formalDigits = Array("零壹贰叁肆伍陆柒捌玖".unicodeScalars)

        /// Digits as people spell telephone numbers out.
        private static let chineseDigits: [Unicode.Scalar: Int] = {
            var digits: [Unicode.Scalar: Int] = ["〇": 0, "幺": 1, "两": 2, "参": 3]
            for script in [plainDigits, formalDigits] {
                for (value, digit) in script.enumerated() { digits[digit] = value }
            }
            return digits
        }()

        /// Draws letters and digits: the same ones from the same seed.
        struct Digits {
            private var state: UInt64

            init(seed: UInt64) { state = seed }

            /// One of the digits from `least` to 9.
            mutating func digit(from least: Int = 0) -> Character {
                Character(String(least + next(10 - least)))
            }

            /// Another letter or digit, like the letter or digit that is given.
            mutating func other(_ symbol: Character) -> Character {
                symbol.isNumber ? digit() : Character(Unicode.Scalar(UInt8(0x61 + next(26))))
            }

            /// Another letter for a letter, a digit for a digit, 某 for any other letter, also
            /// where they are in a ring or a frame.
            mutating func masked(_ character: Character) -> String {
                let scalars = character.unicodeScalars.map { ($0, folded($0)) }
                if character.isLetter, !scalars.contains(where: { $1.contains(where: isLatin) }) {
                    return "某"
                }
                var result = String.UnicodeScalarView()
                for (scalar, folded) in scalars {
                    for part in folded {
                        if isLatin(part), let symbol = symbol(part) {
                            let model = folded.count == 1 ? scalar : part
                            result.append(written(other(symbol), like: model))
                        } else if part.properties.isAlphabetic {
                            result.append("某")
                        } else {
                            result.append(folded.count == 1 ? scalar : part)
                        }
                    }
                    // Nothing to anybody, but perhaps what holds an emoji together.
                    if folded.isEmpty { result.append(scalar) }
                }
                return String(result)
            }

            /// Whether it is a letter or digit that isn't Chinese.
            private func isLatin(_ folded: Unicode.Scalar) -> Bool {
                symbol(folded) != nil && !isChineseDigit(folded)
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
