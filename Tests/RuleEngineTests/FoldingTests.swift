import Testing

@testable import RuleEngine

@Suite("Folding")
struct FoldingTests {
    @Test(
        "makes comparable texts the same",
        arguments: [
            // Width, case, script.
            ("ＶＩＰ１２３", "vip123"), ("iPhone", "iphone"), ("退貨", "退货"), ("訂單", "订单"),
            ("ｶﾀｶﾅ", "カタカナ"), ("我想瞭解", "我想瞭解"), ("餅乾", "饼干"), ("後臺", "后台"),
            // Compatibility forms; several characters from one; none from an invisible one.
            ("①", "1"), ("㎏", "kg"), ("ﬁ", "fi"), ("㈠", "一"), ("退\u{200B}款", "退款"), ("ß", "ss"),
            ("\u{1D400}", "a"), ("豈", "岂"),
            // Marks, spaces and emoji go; plus and currency stay.
            ("退 款！？…——", "退款"), ("「退款」～", "退款"), ("👍退👨‍👩‍👧款❤️", "退款"), ("1️⃣", "1"),
            ("C++", "c++"), ("￥100", "¥100"), ("a_b-c", "abc"), ("\u{E056}", ""),
            // What is simplified already stays as it is.
            ("著名", "著名"), ("覆盖", "覆盖"), ("狼藉", "狼藉"), ("瞭望", "瞭望"), ("皇后", "皇后"),
            ("𠮷野家", "𠮷野家"), ("", ""), ("？！", ""),
        ])
    func keywords(original: String, folded: String) {
        #expect(FoldedText(original).keywords == folded)
    }

    @Test("keeps marks and spaces for regular expressions")
    func text() {
        #expect(FoldedText("　訂單：ＡＢ 12！👍").text == " 订单:ab 12!👍")
    }

    @Test("counts what it changed, by cause")
    func changes() {
        let changes = FoldedText("退貨ＡｂB①！ \u{200B}").changes
        #expect(changes.script == 1)
        #expect(changes.letterCase == 2)
        #expect(changes.width == 3)
        #expect(changes.compatibility == 2)
        #expect(changes.marks == 2)
        #expect(FoldedText("退款abc").changes.isEmpty)
    }

    @Test("leads back to the original")
    func origins() {
        let folded = FoldedText("a 退貨㎏！𠮷")
        #expect(folded.keywords == "a退货kg𠮷")
        func original(_ range: Range<Int>) -> String {
            folded.original(at: folded.originalRange(ofKeywords: range))
        }
        #expect(original(0..<1) == "a")
        #expect(original(1..<3) == "退貨")
        #expect(original(2..<4) == "貨㎏")
        #expect(original(4..<5) == "㎏")
        #expect(original(5..<6) == "𠮷")
        #expect(original(0..<6) == "a 退貨㎏！𠮷")
        #expect(folded.originalRange(ofKeywords: 6..<6) == 18..<18)
        // " 退" in the view with marks: bytes 1 to 5.
        #expect(folded.original(at: folded.originalRange(ofText: 1..<5)) == " 退")
    }

    @Test("folding a folded text changes nothing, whatever the character")
    func isIdempotent() {
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = FoldedText(String(scalar))
            let again = FoldedText(once.text)
            if again.text != once.text || again.keywords != once.keywords {
                Issue.record("U+\(String(value, radix: 16)): \(once.text), then \(again.text)")
            }
        }
    }

    @Test("matching sees what explanations show, whatever the character")
    func viewsAgree() {
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let folded = FoldedText(String(scalar))
            let scalars = FoldedKeywords.fold(String(scalar))
            let bytes = FoldedKeywords.foldKeepingMarks(String(scalar))
            if scalars != folded.keywords.unicodeScalars.map(\.value)
                || bytes != Array(folded.text.utf8)
            {
                Issue.record("U+\(String(value, radix: 16)) folds in two ways")
            }
        }
    }
}
