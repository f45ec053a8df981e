import Foundation
import Testing

/// Secrets and customers' words never reach a log, however talkative it is.
@Suite(.serialized) struct SecrecyTests {
    /// What the simulator takes; it protects nothing, but is handled like any other.
    private static let secret = "demo-secret-of-the-simulator"
    private static let token = "kfDemoToken2026"
    private static let aesKey = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
    private static let words = ["暗号七七四十九退货", "暗号芝麻开门", "人工暗号天王盖地虎", "暗号宝塔镇河妖"]

    @Test(arguments: ["debug", "trace"]) func nothingPrivateIsLogged(
        level: String
    ) async throws {
        try await Binary.withFolder { folder in
            try await Server.running(["simulate", "--port", "0"], in: folder) { platform in
                let simulator = Simulator(base: try await platform.simulatorAddress)
                let file = "\(folder)/switchboard.yml"
                try String(contentsOfFile: file, encoding: .utf8)
                    .replacing("http://127.0.0.1:1\n", with: simulator.base + "\n")
                    .write(toFile: file, atomically: true, encoding: .utf8)
                try Self.aesKey.write(
                    toFile: "\(folder)/aes-key", atomically: true, encoding: .utf8)
                try await Server.running(
                    ["serve", "--config", "switchboard.yml", "--log-level", level], in: folder,
                    environment: ["KF_SECRET": Self.secret, "KF_TOKEN": Self.token]
                ) { server in
                    let web = try await server.webAddress
                    let accessToken = try await converse(simulator, web)
                    for event in ["rules are active", "callback refused", "a call failed"] {
                        try await eventually("the log says '\(event)'") {
                            server.process.error.contains(event) ? true : nil
                        }
                    }
                    #expect(try await server.process.terminate() == 0)
                    let log = server.process.error + server.process.output
                    #expect(log.contains(level == "trace" ? " trace " : " debug "))
                    let secrets = [Self.secret, Self.token, Self.aesKey, accessToken]
                    for text in secrets + Self.words + ["暗号"] {
                        #expect(!log.contains(text))
                    }
                }
            }
        }
    }

    /// A conversation with everything that is worth a line in a log.
    ///
    /// - Returns: The access token in use.
    private func converse(_ simulator: Simulator, _ web: String) async throws -> String {
        try await simulator.act(
            "callback-target",
            [
                "app": "kf", "url": "\(web)/callback/kf", "token": Self.token,
                "encoding_aes_key": Self.aesKey,
            ])
        try await eventually("the bot is ready") {
            try await Web.get("\(web)/readyz").status == 200 ? true : nil
        }
        try await simulator.write("wmLin", Self.words[0])
        try await simulator.shows("七天内可以退货。", to: "wmLin")
        try await simulator.write("wmLin", Self.words[1])
        try await simulator.shows("没听懂。", to: "wmLin")
        // A refused call, and a callback that nobody sealed.
        try await Web.post(
            "\(simulator.base)/simulator/inject",
            data: Data(#"{"endpoint":"send_msg","count":1,"errcode":40003}"#.utf8))
        try await simulator.write("wmWang", Self.words[2])
        let forged = "\(web)/callback/kf?msg_signature=\(Self.token)&timestamp=1&nonce=2"
        let refusal = try await Web.post(forged, data: Data("<xml>\(Self.words[3])</xml>".utf8))
        #expect((400..<500).contains(refusal.status))
        // The platform hands out the same token for as long as it is good.
        struct Token: Decodable { var access_token: String }
        let reply = try await Web.get(
            "\(simulator.base)/cgi-bin/gettoken?corpid=ww0000demo00000001&corpsecret="
                + Self.secret)
        return try JSONDecoder().decode(Token.self, from: Data(reply.text.utf8)).access_token
    }
}
