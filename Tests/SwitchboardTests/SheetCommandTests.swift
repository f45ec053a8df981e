import Foundation
import Testing

/// Sheets of questions and answers, from people who work with spreadsheets and for them.
@Suite struct SheetCommandTests {
    private static let sheet = """
        编号,问题,相似问法,回答,标签,有效期,备注\r
        fa1,怎么开发票,"发票在哪里开
        可以开专票吗",我的 → 订单 → 开发票。,财务、发票,,财务组维护\r
        ,多久能发货,什么时候发货,"付款后 48 小时内发出,
        节假日顺延。",,2026-01-01 ..,\r

        """

    private static let questions = """
        faq:
          # 财务组维护
          - ask: 怎么开发票
            like:
              - 发票在哪里开
              - 可以开专票吗
            reply: 我的 → 订单 → 开发票。
            tag: [财务, 发票]
            id: fa1
          - ask: 多久能发货
            like:
              - 什么时候发货
            reply: |-
              付款后 48 小时内发出,
              节假日顺延。
            valid: 2026-01-01 ..

        """

    private static let bundle = """
        kf: 1
        bundle: 花店
        accounts: [flowers]
        include: [faq.csv]

        rules:
          - rule: 欢迎语
            when: { event: enter_session }
            reply: 您好，这里是花店。
          - rule: 没听懂
            when: { no_match: true }
            reply: 没听懂。

        """

    // What Excel in Chinese saves; Foundation has no name for it.
    private static let gb18030 = String.Encoding(rawValue: 0x8000_0632)

    private static func encoded(_ text: String, _ encoding: String.Encoding) throws -> Data {
        try #require(text.data(using: encoding))
    }

    private static func writeBundle(
        _ sheet: Data = Data(sheet.utf8), in folder: String
    ) throws {
        try Files.write(bundle, to: "rules/shop.kf.yml", in: folder)
        try Files.write(sheet, to: "rules/faq.csv", in: folder)
    }

    // MARK: In

    @Test func whateverSpreadsheetsSaveMeansTheSame() async throws {
        // A cell may be in quotes whatever separates it, and the ones with a comma are.
        let semicolons = try Self.withoutCommas(";")
        let tabs = try Self.withoutCommas("\t")
        let sheets = [
            "utf8": Data(Self.sheet.utf8),
            "utf8-mark": Data([0xEF, 0xBB, 0xBF]) + Data(Self.sheet.utf8),
            "utf16-le": Data([0xFF, 0xFE]) + (try Self.encoded(Self.sheet, .utf16LittleEndian)),
            "utf16-be": Data([0xFE, 0xFF]) + (try Self.encoded(Self.sheet, .utf16BigEndian)),
            "gb18030": try Self.encoded(Self.sheet, Self.gb18030),
            "semicolons": Data(semicolons.utf8), "tabs": Data(tabs.utf8),
            "lf": Data(Self.sheet.replacing("\r\n", with: "\n").utf8),
        ]
        try await Binary.withFolder { folder in
            for (name, data) in sheets {
                try Files.write(data, to: "\(name).csv", in: folder)
                let run = try await Run.shell("switchboard import csv \(name).csv", in: folder)
                #expect(run.status == 0, "\(name): \(run.all)")
                #expect(run.output == Self.questions, "\(name)")
                #expect(run.error == "", "\(name)")
            }
        }
    }

    /// The sheet with another separator; the commas left in it are those of its texts.
    private static func withoutCommas(_ separator: String) throws -> String {
        let kept = sheet.replacing("发出,\n", with: "发出\u{0}\n")
        try #require(kept != sheet)
        return kept.replacing(",", with: separator).replacing("\u{0}", with: ",")
    }

    @Test func questionsAreAddedOnce() async throws {
        try await Binary.withFolder { folder in
            try Files.write(Self.sheet, to: "faq.csv", in: folder)
            let new = try await Run.shell(
                "switchboard import csv faq.csv --into new.kf.yml && cat new.kf.yml", in: folder)
            #expect(new.status == 0)
            #expect(new.output == Self.questions)
            #expect(new.error.contains("added 2 questions, 0 there already"))
            #expect(new.error.contains("include: new.kf.yml"))

            let again = try await Run.shell(
                "switchboard import csv faq.csv --into new.kf.yml && cat new.kf.yml", in: folder)
            #expect(again.status == 0)
            #expect(again.output == Self.questions)
            #expect(again.error == "new.kf.yml: added 0 questions, 2 there already\n")
        }
    }

    /// What a bundle has stays as it is, and the bundle is a working one afterwards.
    @Test func questionsAreAddedToABundle() async throws {
        try await Binary.withFolder { folder in
            try Files.write(Self.sheet, to: "faq.csv", in: folder)
            let bundle = Self.bundle.replacing("include: [faq.csv]\n", with: "")
                .replacing(
                    "rules:\n",
                    with: """
                        faq:
                          - ask: 怎么开发票   # 财务已确认
                            reply: 打电话来开。

                        rules:   # 其余

                        """)
            try Files.write(bundle, to: "rules/shop.kf.yml", in: folder)
            let run = try await Run.shell(
                """
                switchboard import csv faq.csv --into rules/shop.kf.yml &&
                switchboard check && cat rules/shop.kf.yml &&
                switchboard explain 什么时候发货 && switchboard explain 怎么开发票
                """, in: folder)
            #expect(run.status == 0, "\(run.all)")
            #expect(run.error == "rules/shop.kf.yml: added 1 question, 1 there already\n")
            #expect(run.output.contains("怎么开发票   # 财务已确认"))
            #expect(run.output.contains("rules:   # 其余"))
            #expect(run.output.contains("▶ 多久能发货"))
            #expect(run.output.contains("打电话来开。”"))
        }
    }

    /// Every mistake at once, each with its line and its column in characters, whatever the
    /// encoding; and half a sheet is never imported.
    @Test(arguments: [String.Encoding.utf8, gb18030])
    func mistakesHaveTheirPlaces(_ encoding: String.Encoding) async throws {
        let sheet = """
            编号,问题,回答\r
            a1,怎么开发票,我的 → 开发票\r
            a2,怎么开发票,打电话\r
            a1,,空的\r
            a4,"几点
            开门",=SUM(A1)\r
            a5,卡号是多少,1.23E+11\r
            a6,最后,"没有关\r

            """
        try await Binary.withFolder { folder in
            try Files.write(try Self.encoded(sheet, encoding), to: "faq.csv", in: folder)
            let run = try await Run.shell(
                "switchboard import csv faq.csv --into rules.kf.yml", in: folder)
            #expect(run.status == 1)
            #expect(run.output == "")
            let places = run.error.matches(of: /(?m)^faq\.csv:([0-9]+:[0-9]+): error (KF[0-9]+)/)
                .map { "\($0.1) \($0.2)" }
            #expect(
                places == ["3:4 KF210", "4:1 KF121", "6:5 KF123", "7:10 KF123", "8:7 KF123"],
                "\(run.error)")
            #expect(run.error.contains("help: close it"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/rules.kf.yml"))
        }
    }

    @Test func aMisspeltColumnIsSaidInTheReadersLanguage() async throws {
        try await Binary.withFolder { folder in
            try Files.write("问题,会答\n怎么开发票,开\n", to: "faq.csv", in: folder)
            let run = try await Run.shell("switchboard import csv faq.csv --lang zh", in: folder)
            #expect(run.status == 1)
            #expect(run.error.contains("faq.csv:1:4 错误 KF120 表格里没有「会答」这一列"), "\(run.error)")
            #expect(run.error.contains("回答"))
        }
    }

    @Test func whatIsNoSheetIsSaid() async throws {
        try await Binary.withFolder { folder in
            try Files.write(Data([0xFF, 0x00, 0x80]), to: "bytes.csv", in: folder)
            try Files.write("", to: "empty.csv", in: folder)
            try Files.write(Self.sheet, to: "faq.csv", in: folder)
            for (arguments, status, words) in [
                ("nowhere.csv", 3, "nowhere.csv can't be read"),
                ("faq.xlsx", 3, "save it as 'CSV UTF-8'"),
                ("clean", 3, "clean can't be read"),
                ("bytes.csv", 3, "neither UTF-8 nor GB18030"),
                ("empty.csv", 1, "empty.csv:1:1: error KF112"),
                ("faq.csv --into nowhere/faq.kf.yml", 3, "nowhere/faq.kf.yml can't be written"),
            ] as [(String, Int32, String)] {
                let run = try await Run.shell("switchboard import csv \(arguments)", in: folder)
                #expect(run.status == status, "\(arguments)")
                #expect(run.error.contains(words), "\(arguments): \(run.all)")
                #expect(run.output == "", "\(arguments)")
            }
        }
    }

    /// Rules are written into rule files only, and a refusal has a reason.
    @Test func aSheetIsNotImportedIntoASheet() async throws {
        try await Binary.withFolder { folder in
            try Files.write(Self.sheet, to: "faq.csv", in: folder)
            try Files.write(Self.sheet, to: "other.csv", in: folder)
            for path in ["other.csv", "new.csv"] {
                let run = try await Run.shell(
                    "switchboard import csv faq.csv --into \(path)", in: folder)
                #expect(run.status != 0, "\(path)")
                #expect(run.error.contains("--into"), "\(path): \(run.all)")
            }
            #expect(try Files.data("other.csv", in: folder) == Data(Self.sheet.utf8))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/new.csv"))
        }
    }

    // MARK: Out

    /// Byte for byte what was included, with the mark that lets Excel know the encoding.
    @Test func aSheetGoesOutAsItCameIn() async throws {
        try await Binary.withFolder { folder in
            try Self.writeBundle(try Self.encoded(Self.sheet, Self.gb18030), in: folder)
            let run = try await Run.shell("switchboard export csv > out.csv", in: folder)
            #expect(run.status == 0)
            #expect(run.error == "")
            let out = try Files.data("out.csv", in: folder)
            #expect(out == Data([0xEF, 0xBB, 0xBF]) + Data(Self.sheet.utf8))
        }
    }

    @Test func outAndInAgainIsIdentical() async throws {
        try await Binary.withFolder { folder in
            try Self.writeBundle(in: folder)
            let run = try await Run.shell(
                """
                switchboard export csv > out.csv && switchboard import csv out.csv &&
                cp out.csv rules/faq.csv && switchboard export csv | cmp - out.csv
                """, in: folder)
            #expect(run.status == 0, "\(run.all)")
            #expect(run.output == Self.questions)
        }
    }

    /// From rule files, too; and what a row can't hold is said.
    @Test func whatASheetCannotHoldIsSaid() async throws {
        let bundle = Self.bundle.replacing("include: [faq.csv]\n", with: "")
            .replacing(
                "rules:\n",
                with: """
                    menus:
                      服务: { head: 请选, items: { 退款: 退款 } }
                    faq:
                      - ask: 等于几          # 常有人问
                        reply: =1+1
                      - ask: 怎么退款
                        like: [想退钱]
                        reply: { menu: 服务 }
                      - ask: 运费多少
                        if: { tagged: 会员 }
                        reply: "会员免运费, 一直有效"

                    rules:

                    """)
        try await Binary.withFolder { folder in
            try Files.write(bundle, to: "rules/shop.kf.yml", in: folder)
            let run = try await Run.shell(
                "switchboard export csv | sed 's/\\r$//' | grep .", in: folder)
            #expect(
                run.output == """
                    \u{FEFF}编号,问题,相似问法,回答,标签,有效期,备注
                    ,等于几,,'=1+1,,,
                    ,运费多少,,"会员免运费, 一直有效",,,

                    """)
            #expect(run.error.contains("1 rule not written, their reply isn't one text: 怎么退款"))
            #expect(
                run.error.contains(
                    "1 rule only question, answer and tags written, they do more: 运费多少"))
            #expect(run.error.contains("comments of rule files are not written"))
            let chinese = try await Run.shell(
                "LANG=zh_CN.UTF-8 switchboard export csv | switchboard import csv /dev/stdin",
                in: folder)
            #expect(chinese.status == 0, "\(chinese.all)")
            #expect(chinese.error.contains("没有写出，回复不是一段文字：怎么退款"))
            // The apostrophe is for spreadsheets only.
            #expect(chinese.output.contains("reply: =1+1"))
        }
    }

    @Test func anExportWithoutAnyQuestionSaysSo() async throws {
        try await Binary.withFolder { folder in
            try Self.writeBundle(in: folder)
            for paths in ["clean", "rules/faq.csv"] {
                let run = try await Run.shell("switchboard export csv \(paths)", in: folder)
                #expect(!run.error.isEmpty, "\(paths): \(run.all)")
            }
        }
    }

    // MARK: As it is

    @Test func aBundleAnswersFromItsSheet() async throws {
        let test = """
            tests_for: shop.kf.yml
            tests:
              - test: 表格里的问法有人答
                steps:
                  - customer: 发票在哪里开
                  - expect: { rule: 怎么开发票, reply: 我的 → 订单 → 开发票。 }

            """
        for sheet in [Data(Self.sheet.utf8), try Self.encoded(Self.sheet, Self.gb18030)] {
            try await Binary.withFolder { folder in
                try Self.writeBundle(sheet, in: folder)
                try Files.write(test, to: "rules/shop.test.yml", in: folder)
                let check = try await Run.shell("switchboard check", in: folder)
                #expect(check.status == 0)
                #expect(check.output.contains("checked 2 files · 4 rules"), "\(check.all)")
                let tested = try await Run.shell("switchboard test", in: folder)
                #expect(tested.status == 0, "\(tested.all)")
                #expect(tested.output.contains("✓ 表格里的问法有人答"))
                // A file brings along what it includes, from wherever it is named.
                let alone = try await Run.shell(
                    "cd rules && switchboard explain --rules shop.kf.yml 什么时候能发货",
                    in: folder)
                #expect(alone.status == 0)
                #expect(alone.output.contains("result    多久能发货 (faq.csv:4:2)"), "\(alone.all)")
            }
        }
    }

    /// No warning that a sheet could not heed.
    @Test func aSheetCanBeFreeOfFindings() async throws {
        try await Binary.withFolder { folder in
            try Self.writeBundle(in: folder)
            let run = try await Run.shell("switchboard check --fatal-warnings", in: folder)
            #expect(run.status == 0, "\(run.all)")
        }
    }

    @Test func aChatKnowsTheSheet() async throws {
        try await Binary.withFolder { folder in
            try Self.writeBundle(in: folder)
            for rules in ["rules", "rules/shop.kf.yml"] {
                let run = try await Run.shell(
                    "echo 发票在哪里开 | switchboard chat --rules \(rules)", in: folder)
                #expect(run.status == 0, "\(rules): \(run.all)")
                #expect(run.output.contains("我的 → 订单 → 开发票。"), "\(rules): \(run.all)")
            }
        }
    }

    /// A sheet is part of the version: a change in it alone is a new one.
    @Test func aSheetIsPublishedWithItsBundle() async throws {
        try await Binary.withFolder { folder in
            try Self.writeBundle(in: folder)
            let first = try await Run.shell("switchboard publish rules --store a.db", in: folder)
            #expect(first.status == 0, "\(first.all)")
            let again = try await Run.shell(
                "switchboard publish rules/shop.kf.yml --store a.db", in: folder)
            #expect(again.output.contains("active already: nothing to do"), "\(again.all)")
            let second = try await Run.shell(
                "sed -i s/48/24/ rules/faq.csv; switchboard publish rules --store a.db", in: folder)
            #expect(second.status == 0, "\(second.all)")
            #expect(second.output.contains("~ 花店  rule '多久能发货'  reply"), "\(second.all)")
            #expect(second.published != nil)
            let asked = try await Run.shell(
                "rm -r rules; switchboard explain --by active --store a.db 什么时候发货",
                in: folder)
            #expect(asked.output.contains("付款后 24 小时内发出"), "\(asked.all)")
        }
    }

    @Test func aMistakeInAnIncludedSheetHasItsPlace() async throws {
        let sheet = "编号,问题,回答\n1,怎么开发票,开\n2,怎么开专票,#REF!\n"
        try await Binary.withFolder { folder in
            try Self.writeBundle(try Self.encoded(sheet, Self.gb18030), in: folder)
            for (command, status) in [
                ("check", 1), ("test", 3), ("explain 你好", 1), ("export csv", 1),
                ("publish --store a.db", 5), ("chat --rules rules", 1),
            ] as [(String, Int32)] {
                let run = try await Run.shell("switchboard \(command)", in: folder)
                #expect(run.status == status, "\(command): \(run.all)")
                #expect(
                    (run.output + run.error).contains("rules/faq.csv:3:9: error KF123"),
                    "\(command): \(run.all)")
            }
        }
    }
}
