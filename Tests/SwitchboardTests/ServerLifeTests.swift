import Foundation
import Glibc
import Testing

/// What a server does when it is told to stop or to look again, and beside another one.
@Suite(.serialized) struct ServerLifeTests {
    private static let embedded = [
        "serve", "--rules", "clean", "--simulator-port", "0", "--listen", "127.0.0.1:0",
    ]

    /// The process that serves from the database, as it has written beside it.
    private func holder(in folder: String) throws -> (text: String, pid: Int32) {
        let text = try String(
            contentsOfFile: "\(folder)/data/switchboard.db.lock", encoding: .utf8)
        let pid = try #require(text.firstMatch(of: #/^process (\d+) on/#).flatMap { Int32($0.1) })
        return (text, pid)
    }

    private func ready(_ server: Server) async throws {
        let web = try await server.webAddress
        try await eventually("the bot is ready") {
            try await Web.get("\(web)/readyz").status == 200 ? true : nil
        }
    }

    @Test func aSecondServerOnTheSameDatabaseIsRefused() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(Self.embedded, in: folder) { server in
                try await ready(server)
                let first = try holder(in: folder)
                let second = try await Run.shell(
                    "ln -s data/switchboard.db link.db; switchboard serve --rules clean "
                        + "--store link.db --simulator-port 0 --listen 127.0.0.1:0", in: folder)
                #expect(second.status == 3)
                #expect(
                    second.error
                        == "error: another process serves from the database link.db already: "
                        + first.text
                        + "help: stop that one first, or name another database with --store\n")
                #expect(first.text.contains("listening on 127.0.0.1:0, since 20"))
                #expect(first.text.contains("+08:00"))
                // What only looks, or publishes, needs no turn.
                let versions = try await Run.shell("switchboard versions", in: folder)
                #expect(versions.status == 0)

                // A killed one leaves nothing to clear away.
                kill(first.pid, SIGKILL)
                try await server.process.ends(within: .seconds(30))
            }
            try await Server.running(Self.embedded, in: folder) { server in
                _ = try await server.webAddress
                #expect(try await server.process.terminate() == 0)
            }
        }
    }

    @Test func aHangUpReloadsAndAStopIsSaid() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(Self.embedded, in: folder) { server in
                try await ready(server)
                let simulator = Simulator(base: try await server.simulatorAddress)
                kill(try holder(in: folder).pid, SIGHUP)
                let published = try await Run.shell(
                    "sed -i s/七天/八天/ clean/shop.kf.yml; switchboard publish clean", in: folder)
                #expect(published.status == 0)
                kill(try holder(in: folder).pid, SIGHUP)
                try await ready(server)
                try await simulator.write("wmLin", "退货")
                try await simulator.shows("八天内可以退货。", to: "wmLin")
                #expect(!server.process.error.contains("stopp"))

                #expect(try await server.process.terminate() == 0)
                let log = server.process.error
                #expect(log.contains("stopping: calls under way come back first"))
                #expect(log.contains("stopped"))
                // The log's times say their zone.
                #expect(log.contains(#/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}/#))
            }
        }
    }

    @Test func aFlowAsksTheCompanysSystem() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(["simulate", "--port", "0"], in: folder) { platform in
                let simulator = Simulator(base: try await platform.simulatorAddress)
                let file = "\(folder)/switchboard.yml"
                // The simulator's clock answers JSON, and so makes a company's system.
                let calls = """
                    calls:
                      时钟:
                        查询: { url: "\(simulator.base)/simulator/clock", method: GET, secret: { env: CLOCK_KEY } }
                        没有: { url: "\(simulator.base)/simulator/nothing", method: GET, tries: 1 }

                    """
                try
                    (String(contentsOfFile: file, encoding: .utf8)
                    .replacing("http://127.0.0.1:1\n", with: simulator.base + "\n")
                    .replacing("rules: clean", with: "rules: calling") + calls)
                    .write(toFile: file, atomically: true, encoding: .utf8)
                try Self.aesKey.write(
                    toFile: "\(folder)/aes-key", atomically: true, encoding: .utf8)
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/calling", withIntermediateDirectories: true)
                try Self.rules.write(
                    toFile: "\(folder)/calling/clock.kf.yml", atomically: true, encoding: .utf8)
                try await Server.running(
                    ["serve", "--config", "switchboard.yml"], in: folder,
                    environment: [
                        "KF_SECRET": "demo-secret-of-the-simulator",
                        "KF_TOKEN": "kfDemoToken2026", "CLOCK_KEY": "seeded-clock-key",
                    ]
                ) { server in
                    try await simulator.act(
                        "callback-target",
                        [
                            "app": "kf", "url": "\(try await server.webAddress)/callback/kf",
                            "token": "kfDemoToken2026", "encoding_aes_key": Self.aesKey,
                        ])
                    try await ready(server)
                    try await simulator.write("wmLin", "几点了")
                    try await simulator.shows("快 0 毫秒", to: "wmLin")
                    try await simulator.write("wmLin", "坏了")
                    try await simulator.shows("钟坏了", to: "wmLin")
                    try await simulator.write("wmLin", "没写")
                    try await simulator.shows("没有这个钟", to: "wmLin")
                    #expect(try await server.process.terminate() == 0)
                    let log = server.process.error
                    #expect(log.contains("http_404"))
                    #expect(log.contains("时钟.忘了"))
                    #expect(!log.contains("seeded"))
                }
            }
        }
    }

    private static let aesKey = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
    private static let rules = """
        kf: 1
        bundle: 报时
        accounts: [shop]
        rules:
          - rule: 报时
            when: { says_exactly: 几点了 }
            start: 报时
            examples: [几点了]
          - rule: 坏了
            when: { says_exactly: 坏了 }
            start: 坏了
            examples: [坏了]
          - rule: 没写
            when: { says_exactly: 没写 }
            start: 没写
            examples: [没写]
          - rule: 没听懂
            when: { no_match: true }
            reply: 没听懂。
        flows:
          报时:
            - call: 时钟.查询
              save: 钟
              failed: { reply: 问不到。 }
            - reply: 快 $(钟.ahead_milliseconds) 毫秒
          坏了:
            - call: 时钟.没有
              save: 钟
              failed: { reply: 钟坏了 }
            - reply: 好的
          没写:
            - call: 时钟.忘了
              save: 钟
              failed: { reply: 没有这个钟 }
            - reply: 好的

        """
}
