import ChatModel
import RuleEngine
import Testing

@Suite("Slots")
struct SlotTests {
    private func value(
        _ accept: SlotDefinition.Acceptance, _ stimulus: Stimulus, orderID: String? = nil
    ) throws -> String? {
        let slot = SlotDefinition(name: "值", accept: accept, ask: "请说")
        // A Monday.
        return try SlotAcceptor(slot).value(
            in: stimulus, orderID: orderID, now: shanghai("2026-03-02 10:00"))
    }

    private func value(_ accept: SlotDefinition.Acceptance, _ words: String) throws -> String? {
        try value(accept, .text(words, menuItem: nil))
    }

    @Test(
        "twelve digits are found in a sentence, but not in a longer number",
        arguments: [
            ("202603010001", "202603010001"), ("我的订单号是202603010001，谢谢", "202603010001"),
            ("２０２６０３０１０００１", "202603010001"), ("2026 0301 0001", "202603010001"),
            ("2026-0301-0001", "202603010001"), ("2026 - 0301 - 0001", "202603010001"),
            ("1 202603010001", "202603010001"), ("单号:202603010001电话13800138000", "202603010001"),
            ("2026030100012", nil), ("20260301000", nil), ("没有", nil), ("", nil),
            ("2026，0301，0001", nil),
        ] as [(String, String?)])
    func digits(words: String, expected: String?) throws {
        #expect(try value(.digits(atLeast: 12, atMost: 12), words) == expected)
    }

    @Test("a number of digits may vary")
    func digitRange() throws {
        #expect(try value(.digits(atLeast: 4, atMost: 6), "验证码 12345") == "12345")
        #expect(try value(.digits(atLeast: 4, atMost: 6), "123 1234567") == nil)
    }

    @Test("a regular expression gives its first group, else all of the match")
    func regex() throws {
        #expect(try value(.regex(#"[A-Z]{2}\d{4}"#), "单号ａＢ１２３４。") == "aB1234")
        #expect(try value(.regex(#"单号\s*(\w+)"#), "单号 AB12 谢谢") == "AB12")
        #expect(try value(.regex("a(x)?|b"), "b") == "b")
        #expect(try value(.regex(#"\d+"#), "没有") == nil)
        #expect(throws: RegularExpression.Refusal.self) { try value(.regex("("), "") }
    }

    private static let colours = SlotDefinition.Acceptance.choice([
        SlotDefinition.Option(value: "红", words: ["红色", "大红"], wireID: "w1"),
        SlotDefinition.Option(value: "蓝", words: ["蓝色", "Blue"], wireID: "w2"),
        SlotDefinition.Option(value: "不需要", words: ["不需要颜色"], wireID: "w3"),
        SlotDefinition.Option(value: "需要", words: [], wireID: "w4"),
    ])

    @Test(
        "a choice is made by value, words, number or tap",
        arguments: [
            ("红", "红"), ("紅色！", "红"), ("BLUE", "蓝"), ("2", "蓝"), ("１", "红"), ("2.", "蓝"),
            ("5", nil), ("0", nil), ("我要蓝色的", "蓝"), ("红色和蓝色", nil), ("我不要红色", nil),
            ("红包", nil), ("不需要", "不需要"), ("我不需要", "不需要"), ("需要", "需要"), ("", nil),
            ("99999999999999999999", nil),
        ] as [(String, String?)])
    func choice(words: String, expected: String?) throws {
        #expect(try value(Self.colours, words) == expected)
    }

    @Test("a tap counts by its id, not by its label")
    func taps() throws {
        #expect(try value(Self.colours, .text("红色", menuItem: "w2")) == "蓝")
        #expect(try value(Self.colours, .text("红色", menuItem: "other")) == "红")
    }

    @Test(
        "dates, from a Monday, 2 March 2026",
        arguments: [
            ("今天", "2026-03-02"), ("明天下午", "2026-03-03"), ("后天", "2026-03-04"),
            ("大后天", "2026-03-05"), ("昨天", "2026-03-01"), ("前天", "2026-02-28"),
            ("大前天", "2026-02-27"), ("tomorrow", "2026-03-03"), ("後天", "2026-03-04"),
            ("the day after tomorrow", "2026-03-04"), ("今晚", "2026-03-02"),
            ("3月2日", "2026-03-02"), ("三月二号", "2026-03-02"), ("3 月 12 号吧", "2026-03-12"),
            ("十二月二十五日", "2025-12-25"), ("8月1日", "2026-08-01"), ("9月15", "2025-09-15"),
            ("2026年3月2日", "2026-03-02"), ("二〇二六年十月一日", "2026-10-01"),
            ("26年5月1号", "2026-05-01"), ("2026/3/2", "2026-03-02"), ("2026-03-02", "2026-03-02"),
            ("2026.3.2", "2026-03-02"), ("20260302", "2026-03-02"), ("２０２６－０３－０２", "2026-03-02"),
            ("3.2", "2026-03-02"), ("3/15", "2026-03-15"), ("3-15发的", "2026-03-15"),
            ("明年1月1日", "2027-01-01"), ("去年10月1日", "2025-10-01"), ("下个月3号", "2026-04-03"),
            ("本月15日", "2026-03-15"), ("上月28号", "2026-02-28"), ("15号", "2026-03-15"),
            ("1号", "2026-04-01"), ("31日", "2026-03-31"), ("周三", "2026-03-04"),
            ("周一", "2026-03-02"), ("星期天", "2026-03-08"), ("礼拜六", "2026-03-07"),
            ("下周一", "2026-03-09"), ("下下周五", "2026-03-20"), ("上周日", "2026-03-01"),
            ("这周五", "2026-03-06"), ("下个星期二", "2026-03-10"), ("周3", "2026-03-04"),
            ("三天后", "2026-03-05"), ("5天之前", "2026-02-25"), ("两周后", "2026-03-16"),
            ("一个月后", "2026-04-02"), ("2个星期以后", "2026-03-16"), ("2月29日", "2028-02-29"),
            ("2026年2月30日", nil), ("13月1日", nil), ("农历三月初二", nil), ("3.2元", nil),
            ("1.2.3", nil), ("好的", nil), ("202603020001", nil), ("", nil), ("第3", nil),
            ("日期二十号", "2026-03-20"),
        ] as [(String, String?)])
    func dates(words: String, expected: String?) throws {
        #expect(try value(.date, words) == expected)
    }

    @Test(
        "phone numbers",
        arguments: [
            ("13800138000", "13800138000"), ("电话138 0013 8000", "13800138000"),
            ("+86 138-0013-8000", "13800138000"), ("008613800138000", "13800138000"),
            ("１３８００１３８０００", "13800138000"), ("010-12345678", "01012345678"),
            ("(021) 12345678", "02112345678"), ("0755-1234567", "07551234567"),
            ("+86 10 12345678", "01012345678"), ("12800138000", nil), ("1380013800", nil),
            ("202603010001", nil), ("12345678", nil), ("138001380001", nil),
            ("2个 13800138000", "13800138000"),
        ] as [(String, String?)])
    func phones(words: String, expected: String?) throws {
        #expect(try value(.phone, words) == expected)
    }

    @Test(
        "order numbers",
        arguments: [
            ("SF1234567890", "SF1234567890"), ("我的订单号ＡＢ１２３４５６吧", "AB123456"),
            ("my order is AB123456", "AB123456"), ("1234 5678", "12345678"), ("AB12", nil),
            ("订单在哪里", nil), ("customers", nil),
            (String(repeating: "1", count: 33), nil),
        ] as [(String, String?)])
    func orders(words: String, expected: String?) throws {
        #expect(try value(.order, words) == expected)
    }

    @Test("an order card is its number; other messages are no answer")
    func cards() throws {
        #expect(try value(.order, .message(.shopOrder), orderID: "77") == "77")
        #expect(try value(.anything, .message(.shopOrder), orderID: "77") == nil)
        #expect(try value(.anything, .message(.image)) == nil)
        #expect(try value(.anything, .event(.enterSession)) == nil)
    }

    @Test("anything is anything but spaces")
    func anything() throws {
        #expect(try value(.anything, "  随便 说 \n") == "随便 说")
        #expect(try value(.anything, " \n") == nil)
        let slot = SlotDefinition(name: "值", accept: .anything, ask: "请说")
        #expect(try SlotAcceptor(slot).acceptsAnything)
    }

    @Test("no text stops an acceptor", arguments: 1...4 as ClosedRange<UInt64>)
    func anyText(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pieces = Array("0123456789一二三十廿零〇年月日号周期星礼拜天后前明今昨大个上下本这之以-/. ()+年月日红色不需要aZ")
        let acceptances: [SlotDefinition.Acceptance] = [
            .anything, .digits(atLeast: 3, atMost: 5), .digits(atLeast: 5, atMost: 3),
            .regex(#"(\d)?年|月"#), Self.colours, .choice([]), .date, .phone, .order,
        ]
        for _ in 0..<100 {
            let words = random.word(over: pieces, 0...12)
            for accept in acceptances {
                let found = try value(accept, words)
                #expect(found?.isEmpty != true, "\(accept) finds an empty value in \(words)")
            }
        }
        let long = String(repeating: "下3月", count: 10_000)
        #expect(try value(.date, long) == nil)
    }

    @Test("masks leave little to see")
    func masks() {
        #expect(SlotDefinition.Mask.middle.apply(to: "202603010001") == "202*******01")
        #expect(SlotDefinition.Mask.all.apply(to: "202603010001") == "***")
        for length in 1...40 {
            let masked = SlotDefinition.Mask.middle.apply(to: String(repeating: "a", count: length))
            #expect(masked.count == length)
            #expect(masked.filter { $0 == "*" }.count * 2 >= length)
        }
    }
}
