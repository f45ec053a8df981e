import Operations
import RuleEngine
import Testing

/// Numbers in whatever script, rings and marks they are written, and characters that fold to many.
extension RedactionTests {
    /// The digits of a text as 0 to 9, and nothing else of it.
    private static func digits(_ text: String) -> String {
        String(
            FoldedText(text).text.compactMap { character -> Character? in
                if let value = spelt[character] { return Character(String(value)) }
                guard let value = character.unicodeScalars.first?.properties.numericValue,
                    value >= 0, value < 10, value == value.rounded(),
                    !character.isLetter || character == "〇"
                else { return nil }
                return Character(String(Int(value)))
            })
    }

    private static let spelt: [Character: Int] = {
        var spelt: [Character: Int] = ["幺": 1, "两": 2, "〇": 0, "参": 3]
        for script in ["零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"] {
            for (value, digit) in script.enumerated() { spelt[digit] = value }
        }
        return spelt
    }()

    // MARK: Writings

    @Test(arguments: [
        "138.0013.8001", "138，0013，8001", "138、0013、8001", "138·0013·8001", "138/0013/8001",
        "138_0013_8001", "138 . 0013 . 8001", "138—0013—8001", "138*0013*8001", "138:0013:8001",
        "1380013.8001", "1，3，8，0，0，1，3，8，0，0，1", "138. 00138001", "13800138001.",
        "①③⑧⓪⓪①③⑧⓪⓪①", "❶❸❽⓿⓿❶❸❽⓿⓿❶", "➀➂➇⓪⓪➀➂➇⓪⓪➀", "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟏", "¹³⁸⁰⁰¹³⁸⁰⁰¹",
        "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣", "١٣٨٠٠١٣٨٠٠١", "१३८००१३८००१",
        "壹叁捌零零壹叁捌零零壹", "壹參捌零零壹參捌零零壹", "一三八〇〇一三八〇〇一", "幺三八-零零幺三-八零零幺",
        "幺38零零幺38零零1", "1\u{200B}3\u{200D}8\u{FEFF}00138001", "1\u{301}3\u{301}800138001",
        "138👌0013👌8001", "１３８．００１３．８００１", "+86 138.0013.8001", "㊀三八零零㊀三八零零㊀",
    ])
    func howeverANumberIsWrittenItIsTheSame(_ number: String) {
        var redaction = Redaction(key: Self.key)
        let plain = redaction.redacted("13800138001")
        #expect(plain.wholeMatch(of: #/1[3-9]\d{9}/#) != nil && plain != "13800138001")
        let code = number.hasPrefix("+86") ? "86" : ""
        for words in [number, "打\(number)找我", "我住502，\(number)"] {
            let redacted = redaction.redacted(words)
            let before = words.hasPrefix("我") ? "502" : ""
            // 502 may belong to it as well, where it is in pieces.
            if before.isEmpty || Self.digits(redacted).hasPrefix("502") {
                #expect(Self.digits(redacted) == before + code + plain, "\(redacted)")
            }
            #expect(!Self.digits(redacted).contains("0013"), "\(redacted)")
            #expect(redacted.count == words.count)
        }
    }

    @Test(arguments: [
        ("１３８", "１"), ("壹叁捌伍陆柒捌玖", "壹贰叁肆伍陆柒捌玖零"), ("一三八五六七八九", "一二三四五六七八九零"),
        ("1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0️⃣"),
    ])
    func itsScriptStays(_ number: String, _ script: String) {
        var redaction = Redaction(key: Self.key)
        let redacted = redaction.redacted(number, .telling)
        #expect(redacted.allSatisfy(Set(number + script).contains), "\(redacted)")
    }

    @Test(arguments: [
        "2026/3/2", "2026.3.2,2026.3.5", "3/2/2026", "03/02/2026", "12.15-12.20有活动", "3.5 折",
        "3.5折",
        "9.9，19.9，29.9", "¥1299.00,¥1399.00,¥1499.00", "￥1,299,000", "1,299,000元",
        "1299.00元、1399.00元",
        "10:30-11:30", "10:30:00-11:30:00", "周一、二、三、四、五", "1、2、3件", "138****8001", "M/L/XL",
        "3件，5元", "1920×9", "一2三4", "十二点",
    ])
    func marksBetweenDigitsAreNoNumber(_ text: String) {
        #expect(redacted(text) == text)
    }

    @Test func numbersBesideEachOtherStayApart() {
        var redaction = Redaction(key: Self.key)
        let numbers = ["13800138001", "202603010001", "13900139000"]
        let replaced = numbers.map { redaction.redacted($0) }
        let list = redaction.redacted(numbers.joined(separator: "，") + "，2件")
        #expect(list == replaced.joined(separator: "，") + "，2件")
    }

    @Test func ringsInAddressesAndAnswersAreReplaced() {
        var redaction = Redaction(key: Self.key)
        let house = redaction.redacted("文三路⑫号③幢")
        #expect(house.wholeMatch(of: #/某某路\d\d号\d幢/#) != nil && house != "某某路12号3幢")
        let answer = redaction.redacted("Ⓐ㊎é😀🇨🇳👨‍👩‍👧", .everything)
        #expect(answer.hasSuffix("😀🇨🇳👨‍👩‍👧"))
        #expect(!"Ⓐ㊎é".contains { answer.contains($0) }, "\(answer)")
    }

    // MARK: Parts that meet in one character

    /// ㋀ is 1月 to rules: the number goes on into it, and the place begins in it.
    @Test(arguments: [
        "我住13800138001㋀坛街道3号", "电话13800138001㋀坛街道3号楼", "㎡13800138001⑫号3栋",
        "文三路12⑫13800138001", "张⑴13800138001㍙先生", "1380013800㏠",
    ])
    func partsThatMeetAreReplacedOnce(_ text: String) {
        for scope in [Redaction.Scope.telling, .numbers, .everything] {
            var redaction = Redaction(key: Self.key)
            let redacted = redaction.redacted(text, scope)
            #expect(!Self.digits(redacted).contains("0013800"), "\(redacted)")
            #expect(!redacted.isEmpty)
        }
    }

    /// Whatever is written beside it, a telephone number is gone.
    @Test(arguments: 0..<UInt64(30)) func noNumberIsLeftOfAnything(_ seed: UInt64) {
        var random = Draws(state: seed)
        for _ in 0..<50 {
            let number =
                "1" + String(3 + random.next(7)) + String(100_000_000 + random.next(900_000_000))
            var words = ""
            for _ in 0...random.next(6) { words += random.one(of: Self.pieces) }
            words += random.writing(of: number)
            for _ in 0...random.next(6) { words += random.one(of: Self.pieces) }
            let scope = random.one(of: [Redaction.Scope.telling, .numbers, .everything])
            var redaction = Redaction(keeping: ["月坛", "12", "退款"], key: Self.key)
            let salt = UInt64(random.next(64))
            let redacted = redaction.redacted(
                words, scope, salt: salt, startsAnew: random.next(2) == 0)
            let left = Self.digits(redacted)
            // Higher salts keep six digits in front, and a seventh may meet by chance.
            let length = salt <= Redaction.lastFreeSalt ? 7 : 11
            for start in 0...11 - length {
                let part = number.dropFirst(start).prefix(length)
                #expect(!left.contains(part), "\(number), \(salt), \(words): \(redacted)")
            }
        }
    }

    private static let pieces = [
        "㋀", "㏠", "⑫", "㎏", "㍙", "⒈", "⑴", "🄂", "㎡", "℡", "№", "ﷺ", "ｶﾞ", "㈱", "Ⅷ", "½", "1️⃣",
        "👨‍👩‍👧", "🇨🇳", "🙏", "\u{FE0F}", "\u{200D}", "\u{301}", "\u{20E3}", "\u{FFFD}", "\u{FFFF}",
        "\u{10FFFF}", "\u{E000}", "\u{D7FF}", "\u{0}", "\n", "\r\n", " ", "，", "-", "(", "+86",
        "0086",
        "我叫张伟", "王先生", "姓名：", "北京市西城区", "坛街道3号", "月坛街道", "文三路", "号楼", "3栋2单元", "路",
        "微信", "尾号", "@a.com", "2026-03-02", "10:30", "¥1299.00", "3.5折", "元", "退款", "一", "两", "x",
        "SF1234567890123", "8", "12", "京A12345", "a", "_", "é", "й",
    ]

    /// Draws of one seed.
    private struct Draws {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ mixed >> 31) % UInt64(bound))
        }

        mutating func one<Value>(of values: [Value]) -> Value { values[next(values.count)] }

        mutating func writing(of number: String) -> String {
            let script = one(of: [
                "0123456789", "０１２３４５６７８９", "⓪①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
                "零壹贰叁肆伍陆柒捌玖", "〇一二三四五六七八九", "0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣",
            ])
            let digits = Array(script)
            let mark = one(of: ["", "", "-", " ", ".", "，", "、", "·", "/", "_", "\u{200B}", "👌"])
            let ends = one(of: [[2, 6], Array(0..<10), []])
            return number.enumerated().map { index, digit in
                String(digits[digit.wholeNumberValue ?? 0]) + (ends.contains(index) ? mark : "")
            }.joined()
        }
    }

    // MARK: The key

    @Test func whoHasNoKeyCannotTellTheNumber() {
        let replaced = (0..<UInt64(200)).map {
            Redaction.redacted("13800138001", key: Redaction.Key(known: $0, 0))
        }
        #expect(Set(replaced).count == 200)
        #expect(
            Redaction.redacted("13800138001") == Redaction.redacted("13800138001"),
            "one process has one key")
        #expect(
            Redaction.redacted("张伟先生住文三路⑫号")
                == Redaction.redacted("张伟先生住文三路⑫号", key: .ofThisProcess))
    }

    /// The example that the authors of SipHash-2-4 give, and a few of their test vectors.
    @Test(
        arguments: [
            (15, 0xA129_CA61_49BE_45E5), (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD),
            (8, 0x93F5_F579_9A93_2462),
        ] as [(UInt8, UInt64)])
    func theKeyedHashIsSipHash(_ length: UInt8, _ expected: UInt64) {
        let key = Redaction.Key(known: 0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
        #expect(key.hash(Array(0..<length)) == expected)
    }
}
