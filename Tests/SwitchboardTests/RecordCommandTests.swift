import Foundation
import Testing

/// Real conversations as tests: everything that happened is in them, but nobody's name.
@Suite(.serialized) struct RecordCommandTests {
    /// Everything a conversation is made of, as steps, with what was decided as expectations.
    @Test func aConversationBecomesATest() async throws {
        try await Binary.withFolder { folder in
            try await Traffic.with(in: folder) { traffic in
                try await converse(traffic)
            }
            let run = try await Run.shell("switchboard record wmLin", in: folder)
            #expect(run.status == 0, "\(run.all)")
            #expect(run.error == "")
            // How long it took is another matter, and so is what else is expected.
            let steps = run.output.split(separator: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
                    .replacing(#/^(- expect: \{ (?:rule|reason): '[^']*').*/#) { "\($0.1) }" }
            }.filter { !$0.hasPrefix("- wait: ") }
            #expect(
                steps.dropFirst(5) == [
                    "- enters: { scene: 'shop' }", "- expect: { rule: '欢迎' }",
                    "- clicks: '主菜单.退款'", "- expect: { rule: '退款' }",
                    "- sends: image", "- expect: { rule: '看图' }",
                    "- customer: '它''s \"怎么\"回事'", "- expect: { rule: '没听懂' }",
                    "- customer: '人工'", "- expect: { rule: '人工' }",
                    "- servicer: { picks_up: 'zhangsan' }",
                    "- servicer: { says: '您好，请讲', who: 'zhangsan' }",
                    "- customer: '好的谢谢'", "- expect: { reason: 'human_serving' }",
                    "- ends: 'zhangsan'",
                    "- customer: '退货'", "- expect: { rule: '退款' }",
                ], "\(run.output)")
            #expect(steps.prefix(3).contains("- test: '录自会话 1'"))

            // By its number as by the customer's id, and by any name.
            let numbered = try await Run.shell("switchboard record 1", in: folder)
            #expect(numbered.output == run.output)
            let named = try await Run.shell("switchboard record 1 --test '退款：抢答'", in: folder)
            #expect(named.output == run.output.replacing("'录自会话 1'", with: "'退款：抢答'"))
        }
    }

    private func converse(_ traffic: Traffic) async throws {
        try await traffic.act("customers/wmLin/enter", ["scene": "shop"], "wmLin", "请选择")
        try await traffic.taps("wmLin", "退款与退货", hears: "七天内可以退货。")
        try await traffic.act(
            "customers/wmLin/messages", ["type": "image"], "wmLin", "收到图片了。")
        try await traffic.says("wmLin", #"它's "怎么"回事"#, hears: "没听懂。")
        try await traffic.says("wmLin", "人工", hears: "正在为您转接。")
        try await traffic.act("servicers/zhangsan/pick-up", ["customer": "wmLin"])
        try await traffic.act(
            "servicers/zhangsan/messages", ["customer": "wmLin", "text": "您好，请讲"])
        try await traffic.act("customers/wmLin/messages", ["text": "好的谢谢"])
        try await traffic.act("servicers/zhangsan/end", ["customer": "wmLin"])
        try await traffic.says("wmLin", "退货", hears: "七天内可以退货。")
    }

    /// A recorded test lies beside the rules, passes there, and fails once they decide otherwise.
    @Test func aRecordedTestIsPlayedBesideTheRules() async throws {
        try await Binary.withFolder { folder in
            try await Traffic.with(in: folder) { traffic in
                try await traffic.says("wmLin", "我想退货", hears: "七天内可以退货。")
            }
            let passed = try await Run.shell(
                "switchboard record 1 > clean/录.test.yml && switchboard test clean", in: folder)
            #expect(passed.status == 0, "\(passed.all)")
            #expect(passed.output.contains("✓ 录自会话 1"))
            let failed = try await Run.shell(
                "sed -i 's/, says: \\[退款, 退货\\]//' clean/shop.kf.yml; switchboard test clean",
                in: folder)
            #expect(failed.status == 1, "\(failed.all)")
            #expect(failed.output.contains("✗ 录自会话 1"), "\(failed.all)")
        }
    }

    /// Who reaches or names a person finds another one in the test, whichever punctuation and
    /// width they wrote in.
    @Test(arguments: [
        ["我叫张三,想退款", "张三"], ["王女士要退款", "王"], ["电话13800138000，退款", "13800138000"],
        ["退款发到 lin.q@example.com", "lin.q@example.com"],
        ["订单202611210099退款", "202611210099"], ["身份证33010219900101123X", "33010219900101123X"],
        ["退到杭州市西湖区文三路90号3栋", "西湖"],
    ])
    func whoTheCustomerIsIsReplaced(_ sentence: [String]) async throws {
        try await recordsWithout(sentence[1], sentence[0])
    }

    @Test(arguments: [
        ["我叫张三，想退款", "张三"], ["姓名：张三，退款", "张三"], ["收件人：赵六；要退款", "赵六"],
        ["电话１３８００１３８０００，退款", "１３８００１３８０００"], ["退到杭州市西湖區文三路９０號", "西湖"],
    ])
    func widthMakesNoDifference(_ sentence: [String]) async throws {
        try await recordsWithout(sentence[1], sentence[0])
    }

    private func recordsWithout(_ secret: String, _ sentence: String) async throws {
        try await Binary.withFolder { folder in
            try await Traffic.with(in: folder) { traffic in
                try await traffic.says("wmLin", sentence, hears: "。")
            }
            let run = try await Run.shell("switchboard record wmLin", in: folder)
            #expect(run.status == 0, "\(run.all)")
            #expect(run.output.contains("- customer: '"), "\(run.all)")
            #expect(!(run.output + run.error).contains(secret), "\(run.all)")
        }
    }

    /// What a question was answered with is an answer to it still.
    @Test func aTelephoneNumberStaysOne() async throws {
        let numbers = (11...18).map { "138001380\($0)" }
        try await Binary.withFolder { folder in
            try Files.write(LookingBackTests.members, to: "members/members.kf.yml", in: folder)
            try await Traffic.with(rules: "members", in: folder) { traffic in
                for (index, number) in numbers.enumerated() {
                    try await traffic.says("wmPhone\(index)", "我要登记", hears: "请留手机号。")
                    try await traffic.says("wmPhone\(index)", number, hears: "登记好了。")
                }
            }
            for (index, number) in numbers.enumerated() {
                let run = try await Run.shell("switchboard record wmPhone\(index)", in: folder)
                #expect(run.status == 0, "\(run.all)")
                #expect(!run.output.contains(number))
                #expect(run.output.contains(#/- customer: '1[3-9][0-9]{9}'/#), "\(run.output)")
            }
        }
    }

    /// The list has the numbers, and one conversation the ids, that the other commands take.
    @Test func aConversationIsFound() async throws {
        try await Binary.withFolder { folder in
            var message = ""
            try await Traffic.with(in: folder) { traffic in
                try await traffic.says("wmWang", "今天天气", hears: "没听懂。")
                message = try await traffic.says("wmLin", "我想退货", hears: "七天内可以退货。")
            }
            let list = try await Run.shell("switchboard sessions", in: folder)
            #expect(list.status == 0, "\(list.all)")
            #expect(!list.output.contains("退货"))
            let line = try #require(list.output.split(separator: "\n").first, "\(list.all)")
            #expect(line.contains("  wmLin  rule:退款"), "\(list.all)")
            let number = line.prefix { $0 != " " }
            let shown = try await Run.shell("switchboard sessions show \(number)", in: folder)
            #expect(shown.status == 0, "\(shown.all)")
            #expect(shown.output.contains("  customer  我想退货  "), "\(shown.all)")
            #expect(shown.output.contains("七天内可以退货。"))
            #expect(shown.output.contains(message), "\(shown.all)")
            let recorded = try await Run.shell("switchboard record \(number)", in: folder)
            #expect(recorded.output.contains("- customer: '我想退货'"), "\(recorded.all)")
        }
    }

    /// A picture outlives the platform's three days, and somebody can open it.
    @Test func aCustomersFileIsFound() async throws {
        try await Binary.withFolder { folder in
            var message = ""
            try await Traffic.with(in: folder) { traffic in
                message = try await traffic.act("customers/wmLin/messages", ["type": "image"])
                try await eventually("the picture is kept") {
                    let shown = try await Run.shell("switchboard sessions show wmLin", in: folder)
                    return shown.output.contains("switchboard.db.media/") ? true : nil
                }
            }
            let shown = try await Run.shell(
                "switchboard sessions show wmLin --format json", in: folder)
            struct Line: Decodable {
                struct File: Decodable, Equatable {
                    var path: String
                    var type: String
                    var bytes: Int
                }
                var msgid: String?
                var file: File?
            }
            let lines = try JSONDecoder().decode([Line].self, from: Data(shown.output.utf8))
            let file = try #require(lines.first { $0.msgid == message }?.file, "\(shown.all)")
            #expect(lines.compactMap(\.file) == [file])
            let copied = try await Run.shell(
                "switchboard sessions file \(message) --output copy.bin && cmp copy.bin \(file.path)",
                in: folder)
            #expect(copied.status == 0, "\(copied.all)")
            #expect(copied.output == "copy.bin  \(file.type)  \(file.bytes) B\n")
            // A name of one character ended the process once, in Foundation.
            let short = try await Run.shell(
                "switchboard sessions file \(message) --output a && switchboard check a", in: folder
            )
            #expect(short.output.hasPrefix("a  \(file.type)"), "\(short.all)")
            #expect(short.status != 132, "\(short.all)")
            let again = try await Run.shell(
                "switchboard sessions file \(message) --output copy.bin", in: folder)
            #expect(again.status == 3 && again.error.contains("copy.bin is there already"))
            let none = try await Run.shell("switchboard sessions file nobody", in: folder)
            #expect(none.status == 2)
            #expect(none.error.contains("no file of message nobody is kept"), "\(none.all)")
        }
    }

    @Test func whatCannotBeRecordedIsSaid() async throws {
        try await Binary.withFolder { folder in
            let published = try await Run.shell(
                "mkdir data; switchboard publish clean", in: folder)
            #expect(published.status == 0, "\(published.all)")
            for name in ["17", "wmNobody"] {
                let run = try await Run.shell("switchboard record \(name)", in: folder)
                #expect(run.status == 2)
                #expect(run.output == "")
                #expect(run.error.contains("there is no conversation '\(name)'"), "\(run.all)")
            }
            let none = try await Run.shell("switchboard record 1 --store none.db", in: folder)
            #expect(none.status == 3)
            #expect(none.error.contains("there is no database at none.db"))
        }
    }
}
