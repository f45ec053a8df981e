import RuleEngine
import Testing

/// Mandarin spelled out.
@Suite struct PinyinTests {
    @Test(arguments: [
        ("退款", "tuikuan"), ("發貨", "fahuo"), ("女", "nv"), ("绿", "lv"), ("略", "lve"), ("嗯", "n"),
        ("退 款！", "tuikuan"), ("行", "xing"), ("了", "le"), ("没", "mei"), ("谁", "shui"),
        ("地址", "dizhi"),
    ])
    func spelling(text: String, expected: String) {
        #expect(Pinyin.spelling(of: text) == expected)
    }

    @Test(arguments: ["", "！", "退款a", "VIP", "退1", "あ"]) func noSpelling(text: String) {
        #expect(Pinyin.spelling(of: text) == nil)
    }

    @Test func syllables() {
        #expect(Pinyin.syllables(of: "我要退款vip，謝謝") == ["wo", "yao", "tui", "kuan", "xie", "xie"])
    }

    @Test func everyCommonCharacterHasOne() {
        // GB 2312's first level is common; these are its first and last ones.
        for character in "啊阿埃挨哎唉哀皑癌蔼尊遵昨左佐柞做作坐座" {
            #expect(Pinyin.spelling(of: String(character)) != nil)
        }
    }
}
