import Foundation
import Testing

/// The command line in Chinese, where `Golden/chinese.txt` can't follow: beside a running server,
/// at a terminal, and compared with English.
@Suite(.serialized) struct ChineseTests {
    private static let chinese = "export LANG=zh_CN.UTF-8;"

    /// What a day with a bot leaves, told in Chinese; who decided and why stays as rules and tests
    /// call it.
    @Test func sessionsAreTold() async throws {
        try await Binary.withFolder { folder in
            try await Traffic.with(in: folder) { traffic in
                try await traffic.says("wmLin", "我想退货", hears: "七天内可以退货。")
                try await traffic.says("wmLin", "人工", hears: "正在为您转接。")
                try await traffic.act("servicers/zhangsan/pick-up", ["customer": "wmLin"])
                try await traffic.act(
                    "servicers/zhangsan/messages", ["customer": "wmLin", "text": "您好"])
            }
            let list = try await Run.shell("switchboard sessions --lang zh", in: folder)
            #expect(
                list.output.contains(#/^1  [0-9: -]+ \+08:00  (排队中|人工接待)  wmLin  /#),
                "\(list.all)")
            let show = try await Run.shell(
                "\(Self.chinese) switchboard sessions show 1", in: folder)
            #expect(show.output.contains("  客户  我想退货  (rule:退款 "), "\(show.all)")
            #expect(show.output.contains("  机器人  七天内可以退货。  (rule:退款, done)"))
            #expect(!show.output.contains("  customer  ") && !show.output.contains("  bot  "))

            // Scripts read the same whatever the locale.
            for command in [
                "versions", "sessions list", "sessions show 1", "notice list --all",
            ] {
                let json = "switchboard \(command) --format json"
                let english = try await Run.shell(json, in: folder)
                let chinese = try await Run.shell("\(Self.chinese) \(json)", in: folder)
                #expect(english.status == 0 && chinese.status == 0)
                #expect(chinese.output == english.output)
            }
        }
    }

    /// A conversation two versions decided is no test of the last one: why is said in Chinese.
    @Test func aTestThatCannotBeRecorded() async throws {
        try await Binary.withFolder { folder in
            try await Traffic.with(in: folder) { traffic in
                try await traffic.says("wmLin", "我想退货", hears: "七天内可以退货。")
                let publish = try await Run.shell(
                    """
                    \(Self.chinese) cp -r clean next &&
                    sed -i 's/\\[退款, 退货\\]/[退款]/; s/\\[我想退货\\]/[我想退款]/' next/shop.kf.yml &&
                    switchboard publish next
                    """, in: folder)
                #expect(publish.status == 0, "\(publish.all)")
                #expect(publish.output.contains(#/\n已发布 [A-Za-z0-9]{12}，现在生效\n$/#))
                try await eventually("the bot has taken the version over") {
                    try await Web.get("\(traffic.web)/readyz").status == 200 ? true : nil
                }
                try await traffic.says("wmLin", "我想退货", hears: "没听懂。")
            }
            let record = try await Run.shell("\(Self.chinese) switchboard record 1", in: folder)
            #expect(record.status == 1)
            #expect(record.output == "")
            #expect(
                record.error.hasPrefix("提醒：这个会话前后用过 2 个版本；测试按最后一个来播放\n"), "\(record.all)")
            #expect(record.error.contains("\n错误：录下的测试用版本 "))
            #expect(record.error.contains("\n改法：有些事没有步骤能写，或者中途换过规则；"))
            #expect(record.error.contains("期望  "))
        }
    }

    /// Where the bot is, in the words of whoever starts it; what it logs is English.
    @Test func servingIsAnnounced() async throws {
        try await Binary.withFolder { folder in
            let arguments = [
                "serve", "--rules", "clean", "--simulator-port", "0", "--listen", "127.0.0.1:0",
            ]
            try await Server.running(
                arguments, in: folder, environment: ["LANG": "zh_CN.UTF-8"]
            ) { server in
                _ = try await server.address(after: "模拟平台已启动：http://127.0.0.1:")
                _ = try await server.address(after: "机器人已启动：http://127.0.0.1:")
                _ = try await server.address(after: "和它聊一聊：  switchboard chat --simulator http")

                let second = try await Run.shell(
                    "switchboard serve --rules clean --listen 127.0.0.1:0 --simulator-port 0 "
                        + "--lang zh", in: folder)
                #expect(second.status == 3)
                #expect(second.error.hasPrefix("错误：已经有一个机器人在用数据库 data/switchboard.db："))
                #expect(second.error.hasSuffix("改法：先停掉它，或用 --store 写另一个数据库\n"))

                #expect(try await server.process.terminate() == 0)
                #expect(server.process.error.contains("stopped"))
                #expect(!server.process.error.contains(#/\p{Han}/#), "\(server.process.error)")
            }
        }
    }

    @Test func aChatAtATerminalBeginsWithAHint() async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell(
                """
                \(Self.chinese) printf ':quit\\r' | TERM=xterm script --quiet --return \
                --command 'switchboard chat --rules clean' /dev/null
                """, in: folder)
            #expect(run.status == 0, "\(run.all)")
            #expect(run.output.contains("直接打字就是客户说话；:help 看命令，:quit 退出。"))
        }
    }

    /// The language is no matter for a script: a command ends as it does in English, and what an
    /// English one says has no Chinese of ours in it.
    @Test(arguments: [
        "chek", "versions", "versions --store", "record 17 --store clean",
        "serve --config wrong.yml",
        "publish broken --store a.db", "publish play --store a.db", "rollback zzz --store a.db",
        "notice add x --name x --until 2020-01-01", "test clean --run zzz", "cover play",
        "sessions list --limit 0", "init --template zzz", "import csv faq.xlsx", "diff clean zzz",
        "explain --click zzz --rules clean", "fmt nowhere", "chat --rules broken",
    ])
    func endsAsInEnglish(_ command: String) async throws {
        try await Binary.withFolder { folder in
            let english = try await Run.shell("switchboard \(command)", in: folder)
            let chinese = try await Run.shell(
                "\(Self.chinese) switchboard \(command)", in: folder)
            #expect(english.status == chinese.status)
            #expect(english.status != 0)
            #expect(english.error.contains(#/(?m)^error: /#), "\(english.all)")
            #expect(!english.error.contains(/错误：|改法|没有/), "\(english.all)")
            #expect(chinese.error.contains(/(?m)^错误：.*\p{Han}/), "\(chinese.all)")
            #expect(!chinese.error.contains(#/(?m)^(error|help): /#), "\(chinese.all)")
        }
    }
}
