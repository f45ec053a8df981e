import CallbackCrypto
import Foundation
import Testing

/// `switchboard doctor` against a simulator that is made to fail.
@Suite(.serialized) struct DoctorTests {
    private static let corp = "ww0000demo00000001"
    private static let token = "kfDemoToken2026"
    private static let aesKey = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
    private static let otherKey = "cD0d7jx4tYvVtzqrmh3Dm3QFCXe6f8SlHoMtMh3qQEP"
    private static let secrets = [
        "KF_SECRET": "demo-secret-of-the-simulator", "KF_TOKEN": token,
    ]

    struct Page: Decodable {
        struct Finding: Decodable {
            var id: String
            var subject: String
            var status: String
            var evidence: String
            var cause: String?
            var cure: String?
        }
        var findings: [Finding]

        subscript(id: String) -> Finding? { findings.first { $0.id == id } }
        /// The ids of what isn't well.
        var troubles: [String] {
            findings.filter { ["error", "warning"].contains($0.status) }.map(\.id)
        }
    }

    /// A folder with a configuration and its secret, for the platform at `api`.
    private func set(
        _ folder: String, api: String? = nil, key: String = aesKey
    ) throws {
        if let api {
            let file = "\(folder)/switchboard.yml"
            try String(contentsOfFile: file, encoding: .utf8)
                .replacing("http://127.0.0.1:1\n", with: api + "\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
        }
        try key.write(toFile: "\(folder)/aes-key", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: "\(folder)/aes-key")
    }

    private func doctor(
        _ options: String = "", in folder: String, secrets: [String: String] = secrets
    ) async throws -> (page: Page, run: Run) {
        let variables = secrets.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: " ")
        let run = try await Run.shell(
            "\(variables) switchboard doctor --format json \(options)", in: folder)
        for secret in [Self.aesKey, Self.otherKey] + secrets.values {
            #expect(!(run.output + run.error).contains(secret))
        }
        return (try JSONDecoder().decode(Page.self, from: Data(run.output.utf8)), run)
    }

    // MARK: The platform

    @Test func aSetUpThatIsWellHasNoFinding() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(["simulate", "--port", "0"], in: folder) { platform in
                try set(folder, api: try await platform.simulatorAddress)
                try await Server.running(
                    ["serve", "--config", "switchboard.yml"], in: folder,
                    environment: Self.secrets
                ) { server in
                    let web = try await server.webAddress
                    try await eventually("the bot is ready") {
                        try await Web.get("\(web)/readyz").status == 200 ? true : nil
                    }
                    let (page, run) = try await doctor("--fatal-warnings", in: folder)
                    #expect(page.troubles.isEmpty)
                    #expect(run.status == 0)
                    let looked = Set(page.findings.map(\.id))
                    for id in [
                        "config.secrets", "server.running", "store.integrity", "store.schema",
                        "rules.active", "rules.unpublished", "clock.platform", "platform.token",
                        "accounts.granted", "servicers.on_duty", "cursor.lag", "outbox.backlog",
                        "routing.people_first", "callback.recorded",
                    ] { #expect(looked.contains(id), "\(id)") }
                    // Edited, and not published.
                    let rules = "\(folder)/clean/more.kf.yml"
                    try "kf: 1\nbundle: 别的\naccounts: [other]\nrules: []\n".write(
                        toFile: rules, atomically: true, encoding: .utf8)
                    let edited = try await doctor(in: folder)
                    #expect(edited.page.troubles == ["rules.unpublished"])
                    #expect(edited.run.status == 0)
                }
                // Stopped, and the platform won't say what waits: nobody knows, so it isn't well.
                let simulator = Simulator(base: try await platform.simulatorAddress)
                try await simulator.fail("sync_msg", with: 45009, count: 1)
                let refused = try await doctor(in: folder).page["cursor.lag"]
                #expect(refused?.status == "skipped")
                #expect(refused?.evidence.contains("45009") == true)
            }
        }
    }

    /// A restart within a minute: the platform refuses another pull without a callback's token.
    @Test func aBlockIsAWarningAndNoFaultOfTheServer() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(["simulate", "--port", "0"], in: folder) { platform in
                try set(folder, api: try await platform.simulatorAddress)
                /// Serves at `address` until it is ready and `isSeen` on its page.
                func serve(
                    at address: String, until isSeen: (String) -> Bool,
                    _ then: (String) async throws -> Void
                ) async throws {
                    try await Server.running(
                        ["serve", "--config", "switchboard.yml", "--listen", address], in: folder,
                        environment: Self.secrets
                    ) { server in
                        let web = try await server.webAddress
                        try await eventually("the server at \(web) is ready") {
                            let page = try await Web.get("\(web)/readyz")
                            return page.status == 200 && isSeen(page.text) ? true : nil
                        }
                        try await then(web)
                    }
                }
                // Doctor asks at the address of the lock, which must be a port of its own.
                var address = ""
                try await serve(at: "127.0.0.1:0", until: { _ in true }) { web in
                    address = String(web.trimmingPrefix("http://"))
                }
                try await serve(at: address, until: { $0.contains("kf/sync_msg") }) { _ in
                    let page = try await doctor(in: folder).page
                    #expect(page["server.ready"]?.status == "well")
                    let blocked = try #require(
                        page.findings.first {
                            $0.id == "quota.refused" && $0.status == "warning"
                        })
                    #expect(blocked.subject == "wkDEMO0000000000000001 kf/sync_msg")
                    #expect(blocked.evidence == "blocked, tried again in about a minute")
                    let chinese = try await doctor("--lang zh", in: folder).page
                    #expect(
                        chinese.findings.contains { $0.evidence == "被平台限流，大约一分钟后再试" })
                }
            }
        }
    }

    @Test func aTokenServiceThatFailsIsNamed() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(["simulate", "--port", "0"], in: folder) { platform in
                try set(folder, api: try await platform.simulatorAddress)
                let file = "\(folder)/switchboard.yml"
                try String(contentsOfFile: file, encoding: .utf8)
                    .replacing(
                        "secret: { env: KF_SECRET }",
                        with: "access_token: { url: \"http://127.0.0.1:1/kf?key=seeded\" }"
                    )
                    .write(toFile: file, atomically: true, encoding: .utf8)
                let (page, run) = try await doctor(in: folder)
                #expect(page["platform.reachable"]?.status == "well")
                #expect(page["platform.token"]?.status == "error")
                #expect(page["platform.token"]?.evidence.hasPrefix("http://127.0.0.1:1: ") == true)
                #expect(page["platform.token"]?.cure?.contains("access_token") == true)
                #expect(run.status == 1)
                #expect(!run.output.contains("seeded"))
            }
        }
    }

    @Test func whatThePlatformRefusesIsToldApart() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(["simulate", "--port", "0"], in: folder) { platform in
                let simulator = Simulator(base: try await platform.simulatorAddress)
                try set(folder, api: simulator.base)

                try await simulator.fail("account/list", with: 60020, count: 1)
                let address = try await doctor(in: folder)
                #expect(address.page["platform.trusted_ip"]?.status == "error")
                #expect(address.page["platform.trusted_ip"]?.cure?.contains("企业可信IP") == true)
                #expect(address.page["platform.token"]?.status == "well")
                #expect(address.run.status == 1)

                let wrong = try await doctor(
                    in: folder, secrets: ["KF_SECRET": "seeded-wrong", "KF_TOKEN": Self.token])
                #expect(wrong.page["platform.token"]?.evidence.contains("40001") == true)
                #expect(wrong.page["platform.token"]?.cure?.contains("Secret") == true)
                let chinese = try await doctor(
                    "--lang zh", in: folder,
                    secrets: ["KF_SECRET": "seeded-wrong", "KF_TOKEN": Self.token])
                #expect(
                    chinese.page["platform.token"]?.evidence.hasPrefix(
                        "gettoken: 40001 secret 不对、是别的企业的，或者应用停用了") == true)
                #expect(wrong.run.status == 1)

                // Withdrawn: the fresh one is refused as well.
                try await simulator.fail("account/list", with: 40014, count: 2)
                let withdrawn = try await doctor(in: folder)
                #expect(withdrawn.page["platform.token"]?.status == "error")
                #expect(withdrawn.page["platform.token"]?.evidence.contains("40014") == true)

                // Nobody receives, and the rules hand over.
                try await simulator.act("servicers/zhangsan/status", ["status": "stopped"])
                try await simulator.act("servicers/lisi/status", ["status": "paused"])
                #expect(try await doctor(in: folder).page["servicers.on_duty"]?.status == "well")
                let published = try await Run.shell(
                    "switchboard publish clean --store switchboard.db", in: folder)
                #expect(published.status == 0, "\(published.error)")
                let alone = try await doctor(in: folder)
                #expect(alone.page["servicers.on_duty"]?.status == "warning")
            }
        }
    }

    @Test func anUnreachablePlatformAndAnUnreadableConfigurationHaveTheirStatus() async throws {
        try await Binary.withFolder { folder in
            try set(folder)
            let (page, run) = try await doctor(in: folder)
            #expect(page["platform.reachable"]?.status == "error")
            #expect(page["store.open"]?.status == "warning")
            #expect(run.status == 4)
            let offline = try await doctor("--offline", in: folder)
            #expect(offline.page["platform.reachable"]?.status == "skipped")
            #expect(offline.run.status == 0)
            #expect(try await doctor("--offline --fatal-warnings", in: folder).run.status == 1)
            let missing = try await Run.shell("switchboard doctor --config no.yml", in: folder)
            #expect(missing.status == 3)
            let unknown = try await Run.shell("switchboard doctor --app help", in: folder)
            #expect(unknown.status == 2)
            let text = try await Run.shell(
                "switchboard doctor --offline --lang zh --color always", in: folder)
            #expect(text.output.contains("\u{1B}[31m✗\u{1B}[0m config.secrets"))
            #expect(text.output.contains("    改法："))
            #expect(text.status == 1)
        }
    }

    @Test func aDamagedOrForeignDatabaseIsSaid() async throws {
        try await Binary.withFolder { folder in
            try set(folder)
            let made = try await Run.shell(
                "switchboard publish clean --store switchboard.db && chmod 644 switchboard.db",
                in: folder)
            #expect(made.status == 0)
            let lax = try await doctor("--offline", in: folder)
            #expect(lax.page["store.rights"]?.status == "warning")
            #expect(lax.page["store.integrity"]?.status == "well")
            let file = URL(fileURLWithPath: "\(folder)/switchboard.db")
            let handle = try FileHandle(forUpdating: file)
            try handle.seek(toOffset: 5 * 4096)
            try handle.write(contentsOf: Data(repeating: 0xA5, count: 3 * 4096))
            try handle.close()
            let damaged = try await doctor("--offline", in: folder)
            #expect(damaged.page["store.integrity"]?.status == "error")
            #expect(damaged.page["store.integrity"]?.cure?.contains("backup") == true)
            #expect(damaged.run.status == 1)
            try Data("not a database at all".utf8).write(to: file)
            let foreign = try await doctor("--offline", in: folder)
            #expect(foreign.page["store.open"]?.status == "error")
        }
    }

    /// The story of 95018: the console routes to people while one receives.
    @Test func sessionsThatBeginWithAPersonAreCounted() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(
                ["simulate", "--port", "0", "--routing", "human_first"], in: folder
            ) { platform in
                let simulator = Simulator(base: try await platform.simulatorAddress)
                try set(folder, api: simulator.base)
                try await Server.running(
                    ["serve", "--config", "switchboard.yml"], in: folder,
                    environment: Self.secrets
                ) { server in
                    let web = try await server.webAddress
                    try await simulator.act(
                        "callback-target",
                        [
                            "app": "kf", "url": "\(web)/callback/kf", "token": Self.token,
                            "encoding_aes_key": Self.aesKey,
                        ])
                    try await eventually("the bot is ready") {
                        try await Web.get("\(web)/readyz").status == 200 ? true : nil
                    }
                    try await simulator.write("wmLin", "退货")
                    try await eventually("the refusal is written down") {
                        let page = try await doctor(in: folder).page
                        return page["routing.people_first"]?.status == "error" ? true : nil
                    }
                    let page = try await doctor(in: folder).page
                    #expect(page["routing.people_first"]?.evidence.contains("95018") == true)
                    #expect(page["routing.people_first"]?.cure?.contains("接待方式") == true)
                }
            }
        }
    }

    // MARK: Callbacks

    private func sealed(
        _ message: String, token: String = token, key: String = aesKey, corp: String = corp
    ) throws -> SealedEnvelope {
        try CallbackKey(token: token, encodingAESKey: key, receiveID: corp).seal(
            message: Array(message.utf8), random16: Array("0123456789abcdef".utf8),
            timestamp: "\(Int(Date().timeIntervalSince1970))", nonce: "445566")
    }

    @Test func aCallbackThatServeRefusedTellsWhichSettingIsWrong() async throws {
        try await Binary.withFolder { folder in
            try set(folder, key: Self.otherKey)
            try await Server.running(
                ["serve", "--config", "switchboard.yml"], in: folder, environment: Self.secrets
            ) { server in
                let web = try await server.webAddress
                let reply = try await Web.get(
                    "\(web)/callback/kf?\(try sealed("echo").verificationQuery)")
                #expect(reply.status == 400)
                let kept = "\(folder)/switchboard.db.refused-kf.json"
                try await eventually("it is kept") {
                    FileManager.default.fileExists(atPath: kept) ? true : nil
                }
                let mode = try FileManager.default.attributesOfItem(atPath: kept)
                #expect(mode[.posixPermissions] as? Int == 0o600)
                let (page, run) = try await doctor("--offline", in: folder)
                #expect(page["callback.aes_key"]?.status == "error")
                #expect(page["callback.aes_key"]?.cure?.contains("EncodingAESKey") == true)
                #expect(page["callback.token"] == nil)
                #expect(run.status == 1)
                // Mended, but the server still has the old one.
                try set(folder)
                let mended = try await doctor("--offline", in: folder)
                #expect(mended.page["callback.recorded"]?.evidence.contains("restart") == true)
                #expect(mended.run.status == 0)
            }
        }
    }

    @Test func aPastedCallbackIsTriedWithTheSettings() async throws {
        try await Binary.withFolder { folder in
            try set(folder)
            func judged(
                _ sealed: SealedEnvelope, posted: Bool = true
            ) async throws -> [Page.Finding] {
                let lines =
                    posted
                    ? "POST /callback/kf?\(sealed.query) HTTP/1.1\nHost: a\n\n"
                        + String(decoding: sealed.xml(toUserName: "ww1"), as: UTF8.self)
                    : sealed.verificationQuery + "\n"
                try lines.write(
                    toFile: "\(folder)/refused.txt", atomically: true, encoding: .utf8)
                let page = try await doctor("--offline --callback refused.txt", in: folder).page
                return page.findings.filter { $0.id.hasPrefix("callback.") }
            }
            for posted in [true, false] {
                let fits = try await judged(try sealed("8412345678901234567"), posted: posted)
                #expect(fits.map(\.id) == ["callback.recorded"])
                let token = try await judged(
                    try sealed("8412345678901234567", token: "another1"), posted: posted)
                #expect(token.map(\.id) == ["callback.token"])
                #expect(token.first?.evidence.contains("decrypts with the aes_key") == true)
                let key = try await judged(
                    try sealed("8412345678901234567", key: Self.otherKey), posted: posted)
                #expect(key.map(\.id) == ["callback.aes_key"])
                let corp = try await judged(
                    try sealed("8412345678901234567", corp: "wwother"), posted: posted)
                #expect(corp.map(\.id) == ["callback.corp_id"])
                #expect(corp.first?.evidence.contains("wwother") == true)
            }
        }
    }
}
