import Foundation
import Testing

extension KfTests {
    /// Accounts, links, files and what a corp is.
    @Suite struct Accounts {
        @Test func accountsAreMadeChangedAndRemoved() async throws {
            try await KfStage.with { stage in
                #expect(
                    try await stage.prints("accounts") == """
                        open_kfid               name      alias  managed
                        wkDEMO0000000000000001  小店客服  shop   yes

                        """)
                struct Made: Decodable { var account: String }
                let made = try await stage.json(
                    "accounts add --name 夜班 --avatar box.png", as: Made.self)
                _ = try await stage.prints("accounts rename \(made.account) 夜班客服")
                _ = try await stage.prints("accounts avatar \(made.account) box.png")
                struct Listed: Decodable, Equatable {
                    var account: String
                    var name: String
                    var alias: String?
                    var managed: Bool?
                }
                let listed = try await stage.json("accounts list", as: [Listed].self)
                #expect(
                    listed.map(\.name).sorted() == ["夜班客服", "小店客服"].sorted()
                        && listed.first { $0.account == made.account }?.alias == nil)
                let shown = try await stage.prints("accounts show \(made.account) --lang zh")
                #expect(shown.contains("名称       夜班客服\n"))

                let unasked = try await stage.kf("accounts remove \(made.account)")
                #expect(unasked.status == 5 && unasked.error.contains("help: add --yes"))
                #expect(try await stage.json("accounts", as: [Listed].self).count == 2)
                _ = try await stage.prints("accounts remove \(made.account) --yes")
                #expect(try await stage.json("accounts", as: [Listed].self).count == 1)
                let last = try await stage.kf("accounts remove shop --yes")
                #expect(last.status == 4 && last.error.contains("95005"))
            }
        }

        @Test func aDryRunPrintsTheCallsAndMakesNone() async throws {
            try await KfStage.with { stage in
                let rehearsed = try await stage.prints(
                    "accounts add --name 夜班 --avatar box.png --dry-run")
                #expect(
                    rehearsed == """
                        POST media/upload?type=image box.png (image/png, 70 B)
                        POST kf/account/add {"name":"夜班","media_id":"media_id of box.png"}

                        """)
                #expect(try await stage.prints("accounts").split(separator: "\n").count == 2)
                struct Call: Decodable {
                    struct Body: Decodable { var open_kfid: String }
                    var method: String
                    var path: String
                    var body: Body
                }
                let calls = try await stage.json("accounts remove shop --dry-run", as: [Call].self)
                #expect(calls.map(\.path) == ["kf/account/del"])
                #expect(calls[0].body.open_kfid == "wkDEMO0000000000000001")
                // What the platform wouldn't take is refused as if the call were made.
                let long = try await stage.kf("accounts rename shop 一二三四五六七八九十一二三四五六七 --dry-run")
                #expect(long.status == 2 && long.error.contains("17 characters"))
            }
        }

        @Test func aLinkHasItsSceneItsParameterAndItsQRCode() async throws {
            try await KfStage.with { stage in
                let output = try await stage.prints(
                    "links add --scene web --param 'sku=9 红' --qr --png q.png --svg q.svg")
                let lines = output.split(separator: "\n").map(String.init)
                let link = try #require(lines.first)
                #expect(
                    link.contains("enc_scene=")
                        && link.hasSuffix("&scene_param=sku%3D9%20%E7%BA%A2"))
                // The link's code, and no other's, is what 'links qr' draws of the same link.
                let drawn = try await stage.kf("links qr '\(link)'")
                #expect(drawn.output == lines.dropFirst().map { $0 + "\n" }.joined())
                let png = try Data(contentsOf: URL(filePath: "\(stage.folder)/q.png"))
                #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
                #expect(try stage.text(of: "q.svg").hasPrefix("<svg xmlns="))
                let again = try await stage.kf("links add --png q.png")
                #expect(again.status == 3 && again.error.contains("q.png is there already"))
                let nowhere = try await stage.kf("links add --svg none/q.svg")
                #expect(nowhere.status == 3 && nowhere.error.contains("there is no folder none"))
                // Neither made a link that nobody would see.
                #expect(try await stage.simulator.count(of: "add_contact_way") == 1)
                let lost = try await stage.kf("links add --param x")
                #expect(lost.status == 2)
            }
        }

        @Test func aFileGoesUpAndComesBack() async throws {
            try await KfStage.with { stage in
                let id = try await stage.prints("media upload box.png").dropLast()
                let there = try await stage.kf("media download \(id)")
                #expect(there.status == 3 && there.error.contains("box.png is there already"))
                _ = try await stage.prints("media download \(id) --output back.png")
                #expect(
                    FileManager.default.contents(atPath: "\(stage.folder)/back.png")
                        == FileManager.default.contents(atPath: "\(stage.folder)/box.png"))
                _ = try await stage.prints("media download \(id) --output - > piped.png; true")
                #expect(
                    FileManager.default.contents(atPath: "\(stage.folder)/piped.png")
                        == FileManager.default.contents(atPath: "\(stage.folder)/box.png"))
                #expect(!FileManager.default.fileExists(atPath: "\(stage.folder)/-"))
                let wrong = try await stage.kf("media upload secret --kind image")
                #expect(wrong.status == 2 && wrong.error.contains("JPG or PNG"))
                let unknown = try await stage.kf("media download NOBODY")
                #expect(unknown.status == 4 && unknown.error.contains("40007"))
            }
        }

        @Test func theCorpsQualificationIsTold() async throws {
            try await KfStage.with { stage in
                #expect(try await stage.prints("qualification") == "no Channels account is bound\n")
                let bound = try await stage.json("qualification", as: [String: Bool].self)
                #expect(bound == ["channelsBound": false])
            }
        }

        @Test func whoIsMeantMustBeClear() async throws {
            try await KfStage.with { stage in
                let app = try await stage.kf("accounts --app other")
                #expect(app.status == 2 && app.error.contains("--app takes one of: kf"))
                let account = try await stage.kf("servicers --account other")
                #expect(account.status == 2 && account.error.contains("or one of: shop"))
                let inChinese = try await stage.kf("servicers --account wkNOBODY --lang zh")
                #expect(
                    inChinese.error.hasPrefix("错误：平台不接受：没有这个客服账号：已经删除，或者是别的企业的（95004"))
                let long = try await stage.kf(
                    "accounts rename shop 一二三四五六七八九十一二三四五六七 --lang zh")
                #expect(long.error.hasPrefix("错误：没有发出：客服账号的名称不合规：name"), "\(long.error)")
                let foreign = try await stage.kf("servicers --account wkNOBODY")
                #expect(foreign.status == 4 && foreign.error.contains("95004"))
            }
        }

        @Test func anAccountTellsWhichAppIsMeant() async throws {
            try await KfStage.with { stage in
                let one = try stage.text(of: "switchboard.yml")
                let second = """
                          - alias: other
                            secret: { file: secret }
                            token: { file: token }
                            aes_key: { file: key }
                            accounts: { branch: wkDEMO0000000000000009 }
                    listen:
                    """
                try stage.write(
                    one.replacing("listen:", with: second), to: "switchboard.yml")
                let unclear = try await stage.kf("servicers")
                #expect(unclear.status == 2 && unclear.error.contains("--app takes one of"))
                #expect(try await stage.prints("servicers --account shop").contains("zhangsan"))
                #expect(
                    try await stage.prints("accounts show wkDEMO0000000000000001").contains("小店"))
                let branch = try await stage.kf("servicers --account branch")
                #expect(branch.status == 4 && branch.error.contains("95004"))
            }
        }

        @Test func aChangeWithoutAnAnswerIsNotMadeAgain() async throws {
            try await KfStage.with { stage in
                try await stage.simulator.lose("account/add", count: 1)
                let lost = try await stage.kf("accounts add --name 夜班 --avatar box.png")
                #expect(lost.status == 4)
                #expect(lost.error.contains("it may have been carried out"))
                #expect(
                    lost.error.contains("look before you repeat it: switchboard kf accounts\n"))
                // Reading does no harm, and is done again.
                try await stage.simulator.lose("account/list", count: 1)
                let accounts = try await stage.prints("accounts")
                #expect(accounts.split(separator: "\n").count == 3)
            }
        }

        @Test func aTokenServiceIsNamedWhereItFails() async throws {
            try await KfStage.with { stage in
                let own = try stage.text(of: "switchboard.yml")
                try stage.write(
                    own.replacing(
                        "secret: { file: secret }",
                        with: "access_token: { url: \"http://127.0.0.1:1/kf?key=seeded\" }"),
                    to: "switchboard.yml")
                let run = try await stage.kf("accounts")
                #expect(run.status == 4)
                #expect(run.error.hasPrefix("error: http://127.0.0.1:1: "))
                #expect(run.error.contains("help: see whether the service under 'access_token'"))
                #expect(!run.error.contains("seeded"))
            }
        }

        @Test func withoutAPlatformItSaysHowToStartOne() async throws {
            try await Binary.withFolder { folder in
                // Nothing listens on port 1 of any machine these tests run on.
                let run = try await Run.shell(
                    """
                    rm switchboard.yml
                    cat > other.yml <<'END'
                    corps:
                      - alias: demo
                        corp_id: ww0000demo00000001
                        api: http://127.0.0.1:1
                        apps:
                          - alias: kf
                            secret: { env: KF_SECRET }
                            token: { env: KF_TOKEN }
                            aes_key: { env: KF_KEY }
                            accounts: { shop: wkDEMO0000000000000001 }
                    END
                    KF_SECRET=seeded-secret-9 switchboard kf accounts --config other.yml
                    """, in: folder)
                #expect(run.status == 4)
                #expect(run.error.contains("http://127.0.0.1:1: not sent, no connection"))
                #expect(!run.error.contains("seeded"))
            }
        }
    }
}
