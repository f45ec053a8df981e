import ChatModel
import RuleEngine
import Testing

@Suite("Templates")
struct TemplateTests {
    private static let read: [(String, [Template.Part])] = [
        ("", []), ("您好！", [.literal("您好！")]),
        ("$(订单号)", [.value("订单号", [])]),
        (
            "发到 $( 订单.快递 )，$(订单.单号)。",
            [
                .literal("发到 "), .value("订单.快递", []), .literal("，"), .value("订单.单号", []),
                .literal("。"),
            ]
        ),
        (
            "$(客户.昵称 | 默认 亲)，",
            [
                .value("客户.昵称", [Template.Filter(.orElse, "亲")]), .literal("，"),
            ]
        ),
        (
            "$(a|date yyyy年M月d日|upper)",
            [
                .value("a", [Template.Filter(.date, "yyyy年M月d日"), Template.Filter(.uppercase)])
            ]
        ),
        ("$(a | 默认 亲(爱的))", [.value("a", [Template.Filter(.orElse, "亲(爱的)")])]),
        ("$$(a) 和 $5", [.literal("$(a) 和 $5")]), ("$", [.literal("$")]),
        ("$（订单号）", [.literal("$（订单号）")]), ("{{a}}", [.literal("{{a}}")]),
        (
            "$(a | 打码 | 前 3 | 后 2 | 金额)",
            [
                .value(
                    "a",
                    [
                        Template.Filter(.mask), Template.Filter(.first, "3"),
                        Template.Filter(.last, "2"),
                        Template.Filter(.money),
                    ])
            ]
        ),
    ]

    @Test("are read from text", arguments: read)
    func reading(text: String, parts: [Template.Part]) throws {
        #expect(try Template.Part.parts(of: text) == parts)
    }

    private static let mistakes: [(String, TemplateSyntaxError.Cause, Range<Int>)] = [
        ("您好 $(a", .unclosed, 3..<5), ("$(a $(b)", .unclosed, 0..<2),
        ("好$()", .empty, 1..<4), ("$( | 默认 a)", .empty, 0..<10),
        ("$(a | 默认)", .badArgument(.orElse, nil), 6..<8),
        ("好$(a | 大小 2)", .unknownFilter("大小"), 7..<9),
        ("$(a | )", .missingFilter, 5..<6), ("$(a | 前 三)", .badArgument(.first, "三"), 6..<9),
        ("$(a | 后 0)", .badArgument(.last, "0"), 6..<9),
        ("$(a | 打码 3)", .needlessArgument(.mask, "3"), 6..<10),
    ]

    @Test("say what is wrong with a text, and where", arguments: mistakes)
    func mistake(text: String, cause: TemplateSyntaxError.Cause, range: Range<Int>) {
        let error = #expect(throws: TemplateSyntaxError.self) { try Template.Part.parts(of: text) }
        #expect(error?.cause == cause)
        if cause != .missingFilter { #expect(error?.range == range) }
        #expect(error.map { $0.range.upperBound <= text.count } == true)
    }

    private static let filters: [(String, String?, String)] = [
        ("默认 亲", nil, "亲"), ("默认 亲", "", "亲"), ("默认 亲", "小王", "小王"),
        ("默认 abc | 大写", nil, "ABC"), ("大写", "ab退", "AB退"), ("小写", "AB", "ab"),
        ("前 2", "退款政策", "退款"), ("后 2", "退款政策", "政策"), ("前 9", "退款", "退款"),
        ("日期", "2026-03-02", "3月2日"), ("日期", "2026/3/2 09:30", "3月2日"),
        ("日期 yyyy-MM-dd E", "20260302", "2026-03-02 周一"),
        ("日期", "2026-03-01T20:00:00Z", "3月2日"), ("日期", "1772409600", "3月2日"),
        ("日期", "1772409600000", "3月2日"), ("日期", "不知道", "不知道"),
        ("日期", "2026-02-30", "2026-02-30"), ("日期 yy.M.d", "2026-03-02", "26.3.2"),
        ("时间", "2026-03-02 09:05:07", "09:05"), ("时间 H:mm:ss", "2026-03-02T09:05:07.25", "9:05:07"),
        ("时间", "2026-03-02T20:00:00+0000", "04:00"), ("时间", "18:30", "18:30"),
        ("时间", "2026-03-02", "2026-03-02"), ("时间", "25:00", "25:00"),
        ("打码", "202603010001", "202*******01"), ("打码", "13800138000", "138******00"),
        ("打码", "王小明", "王**"), ("打码", "ab", "**"), ("打码", "", ""),
        ("金额", "1299", "1,299.00"), ("金额", "1234567.895", "1,234,567.90"),
        ("金额", "-0.5", "-0.50"), ("金额", "0.005", "0.01"), ("金额", "12,345.6", "12,345.60"),
        ("金额", "999.999", "1,000.00"), ("金额", "免费", "免费"), ("金额", ".5", ".5"),
        ("金额", "1e5", "1e5"), ("金额", "12345678901234567890", "12345678901234567890"),
    ]

    @Test("filters", arguments: filters)
    func filter(filter: String, value: String?, text: String) throws {
        let template = Template(variants: [
            Template.Variant(
                language: nil, parts: try Template.Part.parts(of: "$(值 | \(filter))"))
        ])
        let rendered = template.render(language: nil) { $0 == "值" ? value : nil }
        #expect(rendered == Template.Rendered(text: text))
    }

    @Test("leave out what nobody knows, and say so")
    func missing() throws {
        let template = Template(variants: [
            Template.Variant(
                language: nil,
                parts: try Template.Part.parts(of: "$(a)，$(b | 大写)，$(a)，$(c)，$(d | 默认 丁)"))
        ])
        let rendered = template.render(language: nil) { $0 == "c" ? "" : nil }
        #expect(rendered.text == "，，，，丁")
        #expect(rendered.missing == ["a", "b"])
    }

    @Test("come in the customer's language, else in the first")
    func languages() throws {
        let template = Template(variants: [
            Template.Variant(
                language: "zh", parts: [.literal("您好"), .value("日", [Template.Filter(.date)])]),
            Template.Variant(
                language: "en", parts: [.literal("Hello "), .value("日", [Template.Filter(.date)])]),
        ])
        func text(_ language: Language?) -> String {
            template.render(language: language) { _ in "2026-03-02" }.text
        }
        #expect(text("en") == "Hello 2026-03-02")
        #expect(text("zh") == "您好3月2日")
        #expect(text("ja") == "您好3月2日")
        #expect(text(nil) == "您好3月2日")
        #expect(Template(variants: []).render(language: nil) { _ in nil }.text.isEmpty)
    }

    @Test(
        "the script tells the language",
        arguments: [
            ("退款", "zh"), ("我要refund", "zh"), ("Where is my order?", "en"), ("ｏｋ", "en"),
            ("返品したい", "ja"), ("の", "ja"), ("優の良品", "zh"), ("환불", "ko"), ("возврат", "ru"),
            ("123！", nil), ("", nil), ("👍", nil), ("𠮷", "zh"), ("×÷", nil),
        ] as [(String, Language?)])
    func detection(text: String, language: Language?) {
        #expect(LanguageDetection.language(of: text) == language)
    }

    @Test(
        "no text stops the reader, and filters take any value",
        arguments: 1...10 as ClosedRange<UInt64>)
    func anyText(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = Array("$$$(()|| 默认a前2日期金额打码yMd:-T+.,09")
        for _ in 0..<2000 {
            let text = random.word(over: pieces, 0...14)
            do {
                let parts = try Template.Part.parts(of: text)
                let template = Template(variants: [Template.Variant(language: nil, parts: parts)])
                _ = template.render(language: nil) { _ in random.word(over: pieces, 0...10) }
            } catch {
                #expect(error.range.upperBound <= text.count && !error.range.isEmpty, "\(text)")
            }
        }
    }

    @Test("every filter has a Chinese and an English name")
    func names() {
        for kind in Template.Filter.Kind.allCases {
            #expect(Template.Filter.Kind(name: kind.rawValue) == kind)
            #expect(Template.Filter.Kind(name: kind.englishName.uppercased()) == kind)
        }
        #expect(Template.Filter.Kind(name: "大") == nil)
    }
}
