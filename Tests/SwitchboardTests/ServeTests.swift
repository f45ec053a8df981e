import CallbackCrypto
import Foundation
import Testing

/// The server as a process: up, at work, in trouble, and down again.
@Suite(.serialized) struct ServeTests {
    private static let free = ["--listen", "127.0.0.1:0"]
    private static let embedded = ["serve", "--rules", "clean", "--simulator-port", "0"] + free
    private static let secrets = ["KF_SECRET": "seeded-secret-1", "KF_TOKEN": "seededtoken2"]
    private static let aesKey = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"

    private func writeKey(in folder: String) throws {
        try Self.aesKey.write(toFile: "\(folder)/aes-key", atomically: true, encoding: .utf8)
    }

    private func readiness(_ web: String, is ready: Bool) async throws -> String {
        try await eventually("readiness is \(ready)") {
            let reply = try await Web.get("\(web)/readyz")
            return reply.status == (ready ? 200 : 503) ? reply.text : nil
        }
    }

    @Test func withoutAConfigurationItAnswersOnTheSimulator() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(Self.embedded, in: folder) { server in
                let web = try await server.webAddress
                let simulator = Simulator(base: try await server.simulatorAddress)
                #expect(try await Web.get("\(web)/healthz").text == "ok")
                _ = try await readiness(web, is: true)
                try await simulator.write("wmLin", "我想退貨")
                try await simulator.shows("七天内可以退货。", to: "wmLin")
                let metrics = try await Web.get("\(web)/metrics").text
                #expect(metrics.contains("endpoint=\"kf/send_msg\",window=\"minute\"} 1.0\n"))

                // The line it prints for the next terminal is the line that works there.
                let said = try await server.address(after: "talk to it:  switchboard ")
                let chat = try await Run.shell("echo 人工 | switchboard \(said)", in: folder)
                #expect(chat.status == 0)
                #expect(chat.output.contains("正在为您转接。"))
                #expect(try await server.process.terminate() == 0)
                #expect(!server.process.error.contains("error"))
            }
        }
    }

    @Test func chatAnswersWhileItWaitsForTheNextLineAndStopsWhenTold() async throws {
        try await Binary.withFolder { folder in
            // The input stays open for longer than the chat is let live.
            let chat = try await Run.shell(
                "(echo 我想退貨; sleep 22) | timeout 20 switchboard chat --rules clean", in: folder)
            #expect(chat.output.contains("七天内可以退货。"))
        }
    }

    @Test func aCallbackIsAnsweredWhileALongPullIsUnderWay() async throws {
        let key = try CallbackKey(
            token: "kfDemoToken2026", encodingAESKey: Self.aesKey, receiveID: "ww0000demo00000001")
        try await Binary.withFolder { folder in
            try await Server.running(Self.embedded, in: folder) { server in
                let web = try await server.webAddress
                let simulator = Simulator(base: try await server.simulatorAddress)
                _ = try await readiness(web, is: true)
                // Every answer of the platform takes longer than this test: the pull that the
                // message's own callback wakes is under way until the server is ended.
                try await Web.post(
                    "\(simulator.base)/simulator/answers",
                    data: Data(#"{"delay_milliseconds": 60000}"#.utf8))
                try await simulator.write("wmLin", "我想退貨")
                let timestamp = "\(Int(Date().timeIntervalSince1970))"
                let sealed = try key.seal(
                    message: Array("echo-me".utf8), random16: Array("0123456789abcdef".utf8),
                    timestamp: timestamp, nonce: "445566")
                let reply = try await Web.get("\(web)/callback/kf?\(sealed.verificationQuery)")
                #expect(reply.status == 200)
                #expect(reply.text == "echo-me")
            }
        }
    }

    @Test func aPublishedVersionAnswersWithoutARestart() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(Self.embedded, in: folder) { server in
                let web = try await server.webAddress
                let simulator = Simulator(base: try await server.simulatorAddress)
                _ = try await readiness(web, is: true)
                try await simulator.write("wmLin", "退货")
                try await simulator.shows("七天内可以退货。", to: "wmLin")

                let published = try await Run.shell(
                    "sed -i s/七天/八天/ clean/shop.kf.yml; switchboard publish clean", in: folder)
                #expect(published.status == 0)
                let version = try #require(
                    published.output.firstMatch(of: /published ([A-Za-z0-9]+),/)?.1)
                try await decides(String(version), web)
                try await simulator.write("wmLin", "退货")
                try await simulator.shows("八天内可以退货。", to: "wmLin")

                let refused = try await Run.shell("switchboard publish broken", in: folder)
                #expect(refused.status == 5)
                let back = try await Run.shell("switchboard rollback", in: folder)
                #expect(back.status == 0)
                let earlier = try #require(back.output.split(separator: " ").first)
                #expect(earlier != version)
                try await decides(String(earlier), web)
                try await simulator.write("wmWang", "退货")
                try await simulator.shows("七天内可以退货。", to: "wmWang")
                #expect(try await server.process.terminate() == 0)
            }
        }
    }

    private func decides(_ version: String, _ web: String) async throws {
        try await eventually("version \(version) decides") {
            let reply = try await Web.get("\(web)/readyz")
            return reply.status == 200 && reply.text.contains(version) ? true : nil
        }
    }

    @Test func anUnreachablePlatformIsSaidAndSurvived() async throws {
        try await Binary.withFolder { folder in
            try writeKey(in: folder)
            try await Server.running(
                ["serve", "--config", "switchboard.yml"], in: folder, environment: Self.secrets
            ) { server in
                let web = try await server.webAddress
                let page = try await eventually("the failed pull is on the page") {
                    let page = try await readiness(web, is: false)
                    return page.contains(#""name":"pull wkDEMO0000000000000001","ok":false"#)
                        && page.contains("connect") ? page : nil
                }
                #expect(page.contains(#""name":"token kf","ok":false"#))
                #expect(page.contains(#""name":"store","ok":true"#))
                #expect(try await Web.get("\(web)/healthz").status == 200)
                let log = server.process.error
                #expect(log.contains("pulling failed"))
                #expect(log.contains("no connection"))
                #expect(try await server.process.terminate() == 0)
                for secret in [Self.aesKey] + Self.secrets.values {
                    #expect(!(server.process.error + server.process.output + page).contains(secret))
                }
            }
        }
    }

    @Test func aSecretThatIsPutRightIsTakenUpWithoutARestart() async throws {
        try await KfStage.with { stage in
            for (name, text) in [
                ("secret", "an-old-one\n"), ("token", "kfDemoToken2026"), ("key", Self.aesKey),
            ] { try stage.write(text, to: name) }
            try FileManager.default.createDirectory(
                atPath: "\(stage.folder)/data", withIntermediateDirectories: true)
            try await Server.running(
                ["serve", "--config", "switchboard.yml"], in: stage.folder
            ) { server in
                let web = try await server.webAddress
                let page = try await eventually("the secret is refused") {
                    let page = try await readiness(web, is: false)
                    return page.contains(#""name":"token kf","ok":false"#)
                        && page.contains("the secret is wrong") ? page : nil
                }
                #expect(!page.contains("an-old-one"))
                try stage.write("demo-secret-of-the-simulator\n", to: "secret")
                try await eventually("the right secret is taken up") {
                    try await Web.get("\(web)/readyz").text
                        .contains(#""name":"token kf","ok":true"#) ? true : nil
                }
                #expect(try await server.process.terminate() == 0)
            }
        }
    }

    @Test func aTakenPortIsSaidAndNothingElseHappens() async throws {
        try await Binary.withFolder { folder in
            try writeKey(in: folder)
            try await Server.running(Self.embedded, in: folder) { server in
                let web = try await server.webAddress.replacing("http://", with: "")
                let simulator = try await server.simulatorAddress
                let port = try #require(simulator.split(separator: ":").last)

                let configured = try await Run.shell(
                    "export KF_SECRET=a KF_TOKEN=b; switchboard serve --config switchboard.yml "
                        + "--listen \(web)", in: folder)
                #expect(configured.status == 3)
                #expect(
                    configured.error == """
                        error: cannot listen on \(web): Address already in use
                        help: choose another address with --listen or under 'listen', or stop \
                        what uses this one

                        """)
                #expect(configured.output.isEmpty)

                let second = try await Run.shell(
                    "switchboard serve --rules clean --store other.db --listen 127.0.0.1:0 "
                        + "--simulator-port \(port)", in: folder)
                #expect(second.status == 3)
                #expect(
                    second.error == """
                        error: cannot listen on 127.0.0.1:\(port): Address already in use
                        help: choose another port with --simulator-port

                        """)

                let third = try await Run.shell(
                    "switchboard serve --rules clean --store other.db --listen \(web) "
                        + "--simulator-port 0", in: folder)
                #expect(third.status == 3)
                #expect(third.error.hasPrefix("error: cannot listen on \(web): "))
                #expect(third.error.split(separator: "\n").count == 2)

                let alone = try await Run.shell("switchboard simulate --port \(port)", in: folder)
                #expect(alone.status == 3)
                #expect(
                    alone.error.hasPrefix("error: cannot listen on 127.0.0.1:\(port): Address"))
            }
        }
    }
}
