import Foundation
import Testing

/// What was decided, why, and what would be decided otherwise: `explain` and `diff` on
/// conversations that took place.
@Suite(.serialized) struct LookingBackTests {
    /// Rules that remember who a customer is.
    static let members = """
        kf: 1
        bundle: 会员
        accounts: [shop]
        slots:
          会员等级:
            accept: { choice: [普通, 银卡, 金卡] }
            keep: customer
            ask: 您是哪一级会员？
          手机号: { accept: phone, ask: 请留手机号。 }
        rules:
          - rule: 欢迎
            when: { event: enter_session }
            reply: 您好。
          - rule: 我是金卡
            when: { says: 我是金卡 }
            set: { 会员等级: 金卡 }
            tag: [高价值]
            reply: 记下了。
            examples: [我是金卡会员]
          - rule: 登记手机
            when: { says: 登记 }
            start: 登记
            examples: [我要登记]
          - rule: 金卡运费
            when: { says: 运费 }
            if: { slot: { 会员等级: 金卡 } }
            reply: 金卡免运费。
            examples: [运费多少]
          - rule: 没听懂
            when: { no_match: true }
            reply: 没听懂。
        flows:
          登记:
            steps:
              - ask: 手机号
              - reply: 登记好了。

        """

    // MARK: explain

    /// One version at noon and another in the evening: each decision is explained by its own, and
    /// a test of both is written only when that is insisted on.
    @Test func everyDecisionHasItsVersion() async throws {
        try await Binary.withFolder { folder in
            var messages: [String] = []
            var versions: [String] = []
            try await Traffic.with(in: folder) { traffic in
                messages.append(try await traffic.says("wmLin", "我想退货", hears: "七天"))
                let published = try await Run.shell(
                    """
                    sed -i 's/, says: \\[退款, 退货\\]//; /我想退货/d' clean/shop.kf.yml &&
                    switchboard publish clean
                    """, in: folder)
                let version = try #require(published.published, "\(published.all)")
                let old = try #require(published.output.firstMatch(of: #/^([A-Za-z0-9]+) →/#)?.1)
                versions = [String(old), version]
                try await traffic.decides(version)
                messages.append(try await traffic.says("wmLin", "还是想退货", hears: "没听懂。"))
            }

            let first = try await Run.shell("switchboard explain --msg \(messages[0])", in: folder)
            #expect(first.status == 0, "\(first.all)")
            #expect(first.output.contains("  rule:退款\nversion   \(versions[0])\n"))
            let (past, now) = try split(
                first.output, at: "\nversion   \(versions[1]), active now\n")
            #expect(past.contains("▶ 退款"), "\(past)")
            #expect(past.contains("text “七天内可以退货。”"))
            #expect(past.contains("facts     state untreated, misses 0"))
            #expect(now.contains("▶ 没听懂"), "\(now)")
            #expect(now.contains("text “没听懂。”"))

            let second = try await Run.shell("switchboard explain --msg \(messages[1])", in: folder)
            #expect(second.output.contains("version   \(versions[1])\n"), "\(second.all)")
            #expect(!second.output.contains("active now"))
            #expect(second.output.contains("facts     state assistant, misses 0"))

            let test = try await Run.shell("switchboard record wmLin", in: folder)
            #expect(test.status == 1, "\(test.all)")
            #expect(test.output == "")
            #expect(test.error.contains("2 versions decided this conversation"))
            #expect(test.error.contains("does not pass against version \(versions[1])"))
            let forced = try await Run.shell("switchboard record wmLin --force", in: folder)
            #expect(forced.status == 0, "\(forced.all)")
            #expect(forced.output.contains("- customer: '还是想退货'"))
        }
    }

    private func split(_ text: String, at mark: String) throws -> (String, String) {
        let parts = text.components(separatedBy: mark)
        try #require(parts.count == 2, "\(mark) in \(text)")
        return (parts[0], parts[1])
    }

    /// A message no rule was asked about, and one nobody sent.
    @Test func aMessageWithoutADecisionIsSaid() async throws {
        try await Binary.withFolder { folder in
            var silent = ""
            try await Traffic.with(in: folder) { traffic in
                try await traffic.says("wmLin", "人工", hears: "正在为您转接。")
                try await traffic.act("servicers/zhangsan/pick-up", ["customer": "wmLin"])
                silent = try await traffic.act("customers/wmLin/messages", ["text": "退货"])
                try await traffic.act("servicers/zhangsan/end", ["customer": "wmLin"])
                try await traffic.says("wmLin", "退款", hears: "七天内可以退货。")
            }
            let run = try await Run.shell("switchboard explain --msg \(silent)", in: folder)
            #expect(run.status == 0, "\(run.all)")
            #expect(run.output.contains("  human_serving\nno rule was asked\n"))
            let none = try await Run.shell("switchboard explain --msg nothing", in: folder)
            #expect(none.status == 2)
            #expect(none.error.contains("no message 'nothing' was ever decided about"))
        }
    }

    /// The same words as somebody else: with what is known of them, which isn't shown.
    @Test func whoAsksMakesADifference() async throws {
        try await Binary.withFolder { folder in
            try Files.write(Self.members, to: "members/members.kf.yml", in: folder)
            try await Traffic.with(rules: "members", in: folder) { traffic in
                try await traffic.act(
                    "customers/wmLin/enter", ["scene": "live_7"], "wmLin", "您好。")
                try await traffic.says("wmLin", "我是金卡", hears: "记下了。")
                try await traffic.says("wmLin", "今天天气", hears: "没听懂。")
            }
            let explain = "switchboard explain --rules members 运费"
            let anybody = try await Run.shell(explain, in: folder)
            #expect(anybody.output.contains("▶ 没听懂"), "\(anybody.all)")
            #expect(anybody.output.contains("its if does not hold: slot 会员等级 = 金卡"))
            let member = try await Run.shell("\(explain) --as 1", in: folder)
            let named = try await Run.shell("\(explain) --as wmLin", in: folder)
            #expect(named.output == member.output)
            #expect(member.status == 0, "\(member.all)")
            #expect(member.output.contains("▶ 金卡运费"), "\(member.all)")
            #expect(
                member.output.contains(
                    "misses 1, scene live_7, language zh, tags 高价值, known 会员等级\n"),
                "\(member.all)")
            // What is given counts, whatever is known.
            let given = try await Run.shell(
                "\(explain) --as 1 --misses 3 --scene shop --state ended", in: folder)
            #expect(given.output.contains("state ended, misses 3, scene shop,"), "\(given.all)")
            let nobody = try await Run.shell("\(explain) --as 17", in: folder)
            #expect(nobody.status == 2)
            #expect(nobody.error.contains("there is no conversation '17'"))
        }
    }

    @Test func aPublishedVersionIsAsked() async throws {
        try await Binary.withFolder { folder in
            let first = try await Run.shell("switchboard publish clean --store a.db", in: folder)
            let second = try await Run.shell(
                "sed -i s/七天/八天/ clean/shop.kf.yml; switchboard publish clean --store a.db",
                in: folder)
            let (old, new) = (try #require(first.published), try #require(second.published))
            // Whatever the files say by now.
            _ = try await Run.shell("rm -r clean", in: folder)
            for (side, answer) in [
                ("--by \(old)", "七天"), ("--by \(old.prefix(6))", "七天"),
                ("--by \(new)", "八天"), ("--by active", "八天"),
            ] {
                let run = try await Run.shell(
                    "switchboard explain \(side) --store a.db 我想退货", in: folder)
                #expect(run.status == 0, "\(side): \(run.all)")
                #expect(run.output.contains("text “\(answer)内可以退货。”"), "\(side): \(run.all)")
            }
            for (side, words) in [("zzz", "'zzz' is no"), ("''", "the beginning of 2 versions")] {
                let run = try await Run.shell(
                    "switchboard explain --by \(side) --store a.db 退货", in: folder)
                #expect(run.status == 2)
                #expect(run.error.contains(words), "\(run.all)")
                #expect(run.error.contains("help: "))
            }
        }
    }

    /// The examples of the help are command lines that are understood; whether there is anything
    /// to do for them is another matter.
    @Test(arguments: [
        "record", "diff", "publish", "versions", "rollback", "explain", "sessions list",
        "sessions show", "sessions file", "import csv", "export csv",
    ])
    func helpShowsWhatWorks(_ command: String) async throws {
        try await Binary.withFolder { folder in
            let help = try await Run.shell("switchboard \(command) --help", in: folder)
            let examples = help.output.split(separator: "\n").compactMap { line -> String? in
                guard line.hasPrefix("  switchboard ") else { return nil }
                // Neither where it goes, nor the remark after it.
                return line.dropFirst(2).components(separatedBy: " > ")[0]
                    .components(separatedBy: "   ")[0]
            }
            #expect(!examples.isEmpty)
            for example in examples {
                let run = try await Run.shell(example, in: folder)
                #expect(run.status != 2, "\(example): \(run.all)")
                #expect(!run.error.contains("Usage: "), "\(example): \(run.all)")
            }
        }
    }

    // MARK: diff

    @Test func onlyMeaningIsCompared() async throws {
        try await Binary.withFolder { folder in
            let same = try await Run.shell(
                """
                cp -r clean other && sed -i '1i # 新的说明' other/shop.kf.yml &&
                switchboard fmt other >/dev/null && ! cmp -s clean/shop.kf.yml other/shop.kf.yml &&
                switchboard diff clean other
                """, in: folder)
            #expect(same.status == 0, "\(same.all)")
            #expect(same.output.hasPrefix("no difference in meaning; 2 "), "\(same.all)")

            let changed = try await Run.shell(
                """
                sed -i 's/says_exactly: 人工 }/says_exactly: [人工, 真人] }/
                s/examples: \\[人工\\]/examples: [真人]/
                s/reply: 收到图片了。/reply: [收到图片了。, 请稍等。]/
                s/head: 请选择/head: 请点选/' other/shop.kf.yml &&
                switchboard diff clean/shop.kf.yml other
                """, in: folder)
            #expect(changed.status == 1)
            #expect(
                changed.output == """
                    ~ 小店  rule '看图'  reply  messages 1 → 2
                    ~ 小店  rule '人工'  when, examples
                    ~ 小店  menu '主菜单'

                    sentences that change hands: 1 of 3
                      “真人”  '没听懂' → '人工'  ✓ as promised

                    """)

            let back = try await Run.shell("switchboard diff other clean --lang zh", in: folder)
            #expect(back.output.contains("~ 小店  规则 「看图」  reply  条数 2 → 1\n"))
            #expect(back.output.contains("换手的句子：3 句中 1 句\n"), "\(back.all)")
        }
    }

    @Test func versionsAndFilesAreCompared() async throws {
        struct Report: Decodable {
            struct Change: Decodable {
                var subject: String
                var kind: String
                var name: String
                var aspects: [String]
            }
            var changes: [Change]
            var compared: Int
        }
        try await Binary.withFolder { folder in
            let first = try await Run.shell(
                "mkdir data; switchboard publish clean", in: folder)
            let second = try await Run.shell(
                "sed -i s/七天/八天/ clean/shop.kf.yml; switchboard publish clean", in: folder)
            let (old, new) = (try #require(first.published), try #require(second.published))
            for (sides, differ) in [
                ("\(old) \(new)", true), ("\(old.prefix(5)) active", true), ("active clean", false),
                ("\(old) clean", true), ("\(new) active", false),
            ] {
                let run = try await Run.shell("switchboard diff \(sides)", in: folder)
                #expect(run.status == (differ ? 1 : 0), "\(sides): \(run.all)")
                #expect(
                    run.output.contains("~ 小店  rule '退款'  reply\n") == differ,
                    "\(sides): \(run.all)")
            }
            let json = try await Run.shell(
                "switchboard diff \(old) active --format json", in: folder)
            #expect(json.status == 1)
            let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
            #expect(report.changes.map(\.name) == ["退款"])
            #expect(report.changes.first?.aspects == ["reply"])
            #expect(report.changes.first?.kind == "changed")
            #expect(report.compared == 2)

            for (sides, words) in [
                ("active nowhere", "'nowhere' is no file, and no version"),
                ("zzz active", "'zzz' is no file, and no version"),
                ("active", "Missing expected argument '<after>'"),
            ] {
                let run = try await Run.shell("switchboard diff \(sides)", in: folder)
                #expect(run.status == 2, "\(sides): \(run.all)")
                #expect(run.error.contains(words), "\(sides): \(run.all)")
            }
        }
    }

    /// Rules with mistakes can't be compared: what is wrong is said, in the reader's language.
    @Test func aBrokenSideIsSaid() async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell("switchboard diff clean broken --lang zh", in: folder)
            #expect(run.status == 3)
            #expect(run.error.contains("broken/shop.kf.yml:13:20 错误 KF211"), "\(run.all)")
        }
    }

    /// A new name is said, and its sentences stay where they were.
    @Test func aRenamedRuleKeepsItsSentences() async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell(
                """
                cp -r clean other &&
                sed -i 's/rule: 退款$/rule: 退款政策\\n    renamed_from: 退款/' other/shop.kf.yml &&
                switchboard diff clean other
                """, in: folder)
            #expect(run.status == 1)
            #expect(run.output == "> 小店  rule '退款政策'\n", "\(run.all)")
        }
    }

    @Test func whatCustomersWroteIsCompared() async throws {
        struct Report: Decodable {
            struct Tally: Decodable, Equatable {
                var solved: Int
                var handedOver: Int
                var missed: Int
                var askedBack: Int
            }
            struct Move: Decodable {
                var before: String?
                var after: String?
                var count: Int
                var samples: [String]
                var looksWorse: Bool
            }
            struct Traffic: Decodable {
                var messages: Int
                var conversations: Int
                var leftOut: Int
                var before: Tally
                var after: Tally
                var moves: [Move]
            }
            var traffic: Traffic
        }
        try await Binary.withFolder { folder in
            try await Traffic.with(in: folder) { traffic in
                try await traffic.says("wmLin", "退货，订单202611210099", hears: "七天")
                try await traffic.says("wmLin", "我要退货", hears: "七天")
                try await traffic.says("wmWang", "今天天气", hears: "没听懂。")
                try await traffic.says("wmZhou", "人工", hears: "正在为您转接。")
                try await traffic.act("customers/wmZhou/messages", ["text": "在吗"])
                try await traffic.says("wmZhao", "退款", hears: "七天")
            }
            let diff = """
                switchboard diff active other --last 1d --config switchboard.yml \
                --store data/switchboard.db
                """
            let run = try await Run.shell(
                """
                cp -r clean other && sed -i 's/\\[退款, 退货\\]/[退款]/; /我想退货/d' \
                other/shop.kf.yml && \(diff)
                """, in: folder)
            #expect(run.status == 1, "\(run.all)")
            #expect(run.output.contains("5 messages of 4 conversations, redacted; 1 left out"))
            #expect(run.output.contains(#/answered by the bot +60 % +20 % +−40\n/#), "\(run.all)")
            #expect(run.output.contains(#/not understood +20 % +60 % +\+40\n/#), "\(run.all)")
            #expect(
                run.output.contains(#/'退款' → '没听懂'  2  e\.g\. .*“我要退货”.*✗ looks worse/#))
            #expect(!run.output.contains("202611210099"))

            let json = try await Run.shell("\(diff) --format json", in: folder)
            #expect(json.status == 1)
            #expect(!json.output.contains("202611210099"))
            let traffic = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
                .traffic
            #expect(traffic.messages == 5)
            #expect(traffic.conversations == 4)
            #expect(traffic.leftOut == 1)
            #expect(
                traffic.before == .init(solved: 3, handedOver: 1, missed: 1, askedBack: 0))
            #expect(traffic.after == .init(solved: 1, handedOver: 1, missed: 3, askedBack: 0))
            #expect(traffic.moves.count == 1)
            #expect(traffic.moves.first?.after == "没听懂")
            #expect(traffic.moves.first?.looksWorse == true)

            // Nothing is different: nothing is found.
            let same = try await Run.shell(
                diff.replacing("active other", with: "active clean"), in: folder)
            #expect(same.status == 0, "\(same.all)")
            #expect(same.output.contains("every message goes where it went"))
            for (arguments, words) in [
                ("--last 7d", "needs --config"),
                ("--last soon --config switchboard.yml", "no time"),
            ] {
                let wrong = try await Run.shell(
                    "switchboard diff clean other --store data/switchboard.db \(arguments)",
                    in: folder)
                #expect(wrong.status == 2, "\(arguments): \(wrong.all)")
                #expect(wrong.error.contains(words), "\(arguments): \(wrong.all)")
            }
        }
    }
}
