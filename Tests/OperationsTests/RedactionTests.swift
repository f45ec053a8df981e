import Operations
import Testing

/// What names or reaches a person, and what only looks like it.
@Suite struct RedactionTests {
    /// The same replacements each time the tests are run.
    static let key = Redaction.Key(known: 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210)

    func redacted(_ words: String, salt: UInt64 = 0) -> String {
        Redaction.redacted(words, salt: salt, key: Self.key)
    }

    /// The shape of a text: a letter or digit by its kind, 某 as Chinese.
    private func shape(_ text: String) -> String {
        String(
            text.map { character -> Character in
                if character.isASCII, character.isNumber { return "0" }
                if character.isASCII, character.isUppercase { return "A" }
                if character.isASCII, character.isLowercase { return "a" }
                return character == "某" ? "某" : character
            })
    }

    @Test(arguments: [
        ("我的电话13800138000", "13800138000"),
        ("138 0013 8000", "0013"),
        ("138-0013-8000", "0013"),
        ("+86 13800138000", "13800138000"),
        ("座机 010-62345678 转 801", "62345678"),
        ("(0571)87654321", "87654321"),
        ("１３８００１３８０００", "００１３８０００"),
        ("幺三八零零幺三八零零零", "八零零幺三八零"),
        ("订单 202603010001", "202603010001"),
        ("单号SF1234567890123到哪了", "1234567890123"),
        ("JD0A1B2C3D4E", "0A1B2C3D4E"),
        ("身份证110105194912310021", "194912310021"),
        ("11010519491231002X", "1949123100"),
        ("卡号 6222 0200 1234 5678 901", "1234 5678"),
        ("京A12345", "12345"),
        ("发到 zhang.san@example.com 吧", "zhang.san"),
        ("加微信 zs_wx2020", "zs_wx2020"),
        ("QQ号:123456", "123456"),
        ("2026-03-02 13800138000", "13800138000"),
        ("尾号8000", "8000"),
    ])
    func numbersAreReplaced(_ text: String, _ secret: String) {
        let redacted = self.redacted(text)
        #expect(!redacted.contains(secret))
        #expect(redacted != text)
        #expect(redacted.count == text.count)
        // Marks and spaces stay, letters and digits stay letters and digits.
        if text.allSatisfy({ !"幺三八零１３８０".contains($0) }) { #expect(shape(redacted) == shape(text)) }
    }

    @Test(arguments: [
        ("我叫张伟", "我叫某某"),
        ("我叫张伟，要退货", "我叫某某，要退货"),
        ("姓名：欧阳娜娜", "姓名：某某某某"),
        ("收货人王小明 13", "收货人某某某 13"),
        ("收貨人：陳大文", "收貨人：某某某"),
        ("我是李雷。", "我是某某。"),
        ("张伟先生您好", "某某先生您好"),
        ("王女士", "某女士"),
        ("仝先生", "某先生"),
        ("联系人 赵六，电话", "联系人 某某，电话"),
    ])
    func namesAreReplaced(_ text: String, _ expected: String) {
        #expect(redacted(text) == expected)
    }

    @Test(arguments: [
        ("浙江省杭州市西湖区文三路", "某某省某某市某某区某某路"),
        ("寄到上海市浦东新区花园石桥路", "某某某某市某某某区花园某某路"),
    ])
    func placesAreReplaced(_ text: String, _ expected: String) {
        #expect(redacted(text) == expected)
    }

    @Test(arguments: ["文三路138号3幢502室", "3栋2单元501室", "朝阳区建国路88号院5号楼"])
    func houseNumbersAreReplaced(_ text: String) {
        let redacted = self.redacted(text)
        #expect(redacted != text)
        #expect(shape(redacted).filter(\.isASCII) == shape(text).filter(\.isASCII))
        #expect(!redacted.contains("文三") && !redacted.contains("建国"))
    }

    @Test(arguments: [
        "怎么退款", "我是来退款的", "我是新客户", "我叫什么名字", "姓名不对", "收件人电话写错了", "这位先生", "老先生",
        "2026-03-02 10:00", "2026/3/2", "3月2日", "99元", "退1299", "iphone15promax", "win11", "",
        "😀😀😀", "人工", "5号楼", "第3单元", "我知道3号到", "10:30-11:30",
    ])
    func everythingElseStays(_ text: String) {
        #expect(redacted(text) == text)
    }

    /// Whichever width, script and marks they are written in.
    @Test(arguments: [
        ("我叫张三,想退款", "张三"), ("姓名：张三，退款", "张三"), ("收件人：赵六；要退款", "赵六"),
        ("退到杭州市西湖區文三路９０號", "西湖"), ("退到杭州市西湖区文三路90号3栋", "文三"),
        ("身份证33010219900101123X", "19900101"), ("ＳＦ１２３４５６７８９０１２３", "３４５６７８９"),
        ("電話：13800138000", "13800138000"), ("聯繫人：陳大文。", "陳大文"),
    ])
    func nothingOfThemIsLeft(_ text: String, _ secret: String) {
        let redacted = self.redacted(text)
        #expect(!redacted.contains(secret))
        #expect(redacted.count == text.count)
    }

    @Test func theSameTextAlwaysBecomesTheSame() {
        let text = "张伟先生 13800138000 zhang@example.com"
        #expect(redacted(text) == redacted(text))
        #expect(redacted(text, salt: 1) != redacted(text))
    }

    @Test(arguments: 0..<UInt64(200)) func mobileNumbersStayMobileNumbers(_ salt: UInt64) {
        let number = redacted("13800138000", salt: salt)
        #expect(number.wholeMatch(of: #/1[3-9]\d{9}/#) != nil && number != "13800138000")
        let landline = redacted("01062345678", salt: salt)
        #expect(landline.wholeMatch(of: #/01\d{9}/#) != nil && landline != "01062345678")
    }

    @Test func numbersOfOneConversationAreKeptApart() {
        var redaction = Redaction(key: Self.key)
        let numbers = (10_000..<10_060).map { String($0) }
        let replaced = numbers.map { redaction.redacted($0) }
        #expect(Set(replaced).count == numbers.count)
        #expect(zip(numbers, replaced).allSatisfy { $0 != $1 })
        #expect(numbers.map { redaction.redacted($0, salt: 5) } == replaced)
    }

    @Test func wordsThatRulesLookForStay() {
        var redaction = Redaction(keeping: ["12315", "王先生糕点", "退款"], key: Self.key)
        #expect(redaction.redacted("打12315") == "打12315")
        #expect(redaction.redacted("王先生糕点在哪") == "王先生糕点在哪")
        #expect(redaction.redacted("我叫张伟退款，") == "我叫某某退款，")
        let beside = redaction.redacted("打12315、12345")
        #expect(beside.wholeMatch(of: #/打12315、1\d{4}/#) != nil && beside != "打12315、12345")
        // A longer number that holds one is somebody's.
        #expect(redaction.redacted("91231500") != "91231500")
    }

    @Test func anAnswerIsReplacedWhole() {
        var redaction = Redaction(key: Self.key)
        #expect(redaction.redacted("张三，住文三路！", .everything) == "某某，某某某某！")
        let number = redaction.redacted("尾数是 42", .numbers)
        #expect(number.wholeMatch(of: #/尾数是 4\d/#) != nil && number != "尾数是 42")
        #expect(redaction.redacted("尾数是 42") == "尾数是 42")
    }
}
