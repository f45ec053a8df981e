import ChatModel
import PlatformSimulator
import Testing

@Suite struct AccountTests {
    @Test("kf/account/add: the new account is the app's own and takes customers")
    func anAccountIsAdded() throws {
        var world = makeWorld()
        let avatar = try world.picture()
        let id = try world.addAccount(name: "夜班", avatar: avatar, by: app).get()
        #expect(id.rawValue.hasPrefix("wk") && id.rawValue.utf8.count <= 64)
        let list = try world.accountList(by: app).get()
        #expect(list.map(\.name) == ["旗舰店", "夜班"])
        #expect(list.map(\.isManaged) == [true, true])
        #expect(list[1].avatar != list[0].avatar)
        try world.writes(lin, id, .text("在吗", menuItem: nil))
        let talk = ConversationID(account: id, customer: lin)
        #expect(try world.sessionState(of: talk, by: app).get().state == .untreated)
        #expect(world.takeDueCallbacks().map(\.account) == [id])
    }

    @Test("kf/account/add: a name of 16 characters is accepted")
    func sixteenCharacters() throws {
        var world = makeWorld()
        let avatar = try world.picture()
        let name = String(repeating: "夜", count: 16)
        #expect(world.addAccount(name: name, avatar: avatar, by: app).errcode == 0)
    }

    @Test(
        "kf/account/add: a name of 17 characters is 95006",
        arguments: [String(repeating: "夜", count: 17), "", "  ", "a\nb"])
    func noSuchName(name: String) throws {
        var world = makeWorld()
        let avatar = try world.picture()
        #expect(world.addAccount(name: name, avatar: avatar, by: app).errcode == 95006)
        #expect(world.updateAccount(shop, name: name, avatar: nil, by: app).errcode == 95006)
    }

    @Test("kf/account/add: a media_id that is no live image is 40007, one of 129 bytes 40058")
    func avatarsAreLiveImages() throws {
        var world = makeWorld()
        let voice = try world.uploaded(.sample(.voice))
        let old = try world.picture()
        for id in ["M1", "", voice] as [MediaID] {
            #expect(world.addAccount(name: "a", avatar: id, by: app).errcode == 40007)
        }
        let long = MediaID(String(repeating: "a", count: 129))
        #expect(world.addAccount(name: "a", avatar: long, by: app).errcode == 40058)
        let fits = MediaID(String(repeating: "a", count: 128))
        #expect(world.addAccount(name: "a", avatar: fits, by: app).errcode == 40007)
        world.wait(.seconds(3 * 86_400))
        #expect(world.addAccount(name: "a", avatar: old, by: app).errcode == 40007)
        #expect(world.updateAccount(shop, name: nil, avatar: old, by: app).errcode == 40007)
    }

    @Test("kf/account/add: an unverified corp's tenth account is its last, 95027")
    func unverifiedCorpsHaveTen() throws {
        var world = makeWorld { $0.know { $0.isVerified = false } }
        let avatar = try world.picture()
        for number in 2...10 {
            #expect(world.addAccount(name: "\(number)", avatar: avatar, by: app).errcode == 0)
        }
        #expect(world.addAccount(name: "11", avatar: avatar, by: app).errcode == 95027)
    }

    @Test("kf/account/add: the count limit is 95005")
    func theCountLimit() throws {
        var world = makeWorld { $0.know { $0.mostAccounts = 2 } }
        let avatar = try world.picture()
        #expect(world.addAccount(name: "2", avatar: avatar, by: app).errcode == 0)
        #expect(world.addAccount(name: "3", avatar: avatar, by: app).errcode == 95005)
        #expect(SimulatorSettings.Corp(id: "ww1").mostAccounts == 5000)
    }

    @Test("kf/account/add: a corp that hardly uses its accounts is 95026")
    func rarelyUsed() throws {
        var world = makeWorld { $0.know { $0.isRarelyUsed = true } }
        let avatar = try world.picture()
        #expect(world.addAccount(name: "2", avatar: avatar, by: app).errcode == 95026)
    }

    @Test("kf/account/add: an app that manages no account is 48002")
    func anAppBeginsWithAnAccount() throws {
        var world = makeWorld {
            $0.apps.append(.init(alias: "new", corp: $0.apps[0].corp, secret: "x"))
        }
        let avatar = try world.picture()
        #expect(world.addAccount(name: "2", avatar: avatar, by: "new").errcode == 48002)
    }

    @Test("kf/account/del: afterwards every call is 95004 and no callback comes")
    func aDeletedAccountIsGone() throws {
        var world = makeWorld()
        let id = try world.addAccount(name: "夜班", avatar: world.picture(), by: app).get()
        try world.writes(lin, id, .text("在吗", menuItem: nil))
        _ = world.takeDueCallbacks()
        #expect(world.deleteAccount(id, by: app).errcode == 0)
        #expect(try world.accountList(by: app).get().map(\.id) == [shop])
        let talk = ConversationID(account: id, customer: lin)
        #expect(world.sessionState(of: talk, by: app).errcode == 95004)
        #expect(world.send(to: talk, msgID: nil, .text("a"), by: app).errcode == 95004)
        #expect(world.deleteAccount(id, by: app).errcode == 95004)
        #expect(throws: IllegalAct.unknownAccount(id)) { try world.enters(lin, id) }
        world.wait(fortyEightHours)
        #expect(world.takeDueCallbacks().isEmpty)
    }

    @Test("kf/account/del: the last account is 95005")
    func theLastStays() {
        var world = makeWorld()
        #expect(world.deleteAccount(shop, by: app).errcode == 95005)
    }

    @Test("kf/account: another app's account is 48007, another corp's 95004, no id 95000")
    func whoseAccount() throws {
        var world = makeWorld {
            $0.apps.append(.init(alias: "second", corp: $0.apps[0].corp, secret: "x"))
            $0.apps.append(.init(alias: "other", corp: "ww2", secret: "x"))
        }
        for (caller, id, errcode) in [
            ("second", shop, 48007), ("other", shop, 95004), ("kf", "wkNo", 95004),
            ("kf", "no", 95000),
        ] as [(AppAlias, OpenKfID, Int)] {
            #expect(world.deleteAccount(id, by: caller).errcode == errcode)
            #expect(world.updateAccount(id, name: "a", avatar: nil, by: caller).errcode == errcode)
            #expect(world.addContactWay(id, scene: nil, by: caller).errcode == errcode)
            #expect(
                world.addServicers(["a"], departments: [], to: id, by: caller).errcode == errcode)
            #expect(
                world.deleteServicers(["a"], departments: [], from: id, by: caller).errcode
                    == errcode)
            #expect(world.servicers(of: id, by: caller).errcode == errcode)
            #expect(world.corpStatistic(of: id, from: 0, to: 0, by: caller).errcode == errcode)
            #expect(
                world.servicerStatistic(of: id, servicer: nil, from: 0, to: 0, by: caller).errcode
                    == errcode)
            let talk = ConversationID(account: id, customer: lin)
            #expect(
                world.upgradeService(talk, to: .member("anna"), by: caller).errcode == errcode)
            #expect(world.cancelUpgradeService(talk, by: caller).errcode == errcode)
        }
    }

    @Test("kf/account/update: what is left out stays")
    func whatIsLeftOutStays() throws {
        var world = makeWorld()
        let avatar = try world.picture()
        #expect(world.updateAccount(shop, name: "新店", avatar: nil, by: app).errcode == 0)
        let before = try world.accountList(by: app).get()[0]
        #expect(world.updateAccount(shop, name: nil, avatar: avatar, by: app).errcode == 0)
        let after = try world.accountList(by: app).get()[0]
        #expect(before.name == "新店" && after.name == "新店")
        #expect(before.avatar != after.avatar)
    }

    @Test("kf/account/list: 100 rows are a page, limits of 0 and 101 are 40058")
    func pagesOfAccounts() throws {
        var world = makeWorld {
            for number in 1...149 {
                $0.accounts.append(.init(id: OpenKfID("wk\(number)"), name: "a", app: app))
            }
        }
        #expect(try world.accountList(by: app).get().count == 100)
        #expect(try world.accountList(offset: 100, limit: 100, by: app).get().count == 50)
        #expect(try world.accountList(offset: 150, limit: 1, by: app).get().isEmpty)
        for (offset, limit) in [(0, 0), (0, 101), (-1, 1)] {
            #expect(world.accountList(offset: offset, limit: limit, by: app).errcode == 40058)
        }
    }

    // MARK: Links

    @Test("kf/add_contact_way: the scene and the link's parameter come back in enter_session")
    func theSceneComesBack() throws {
        var world = makeWorld()
        let link = try world.addContactWay(shop, scene: "site_footer", by: app).get()
        #expect(link.hasPrefix("https://work.weixin.qq.com/kf/kfc"))
        #expect(link.contains("?enc_scene=ENC"))
        #expect(try world.addContactWay(shop, scene: "site_footer", by: app).get() == link)
        #expect(
            try world.entrance(by: link + "&scene_param=sku%3D9%26a%20%E4%BD%A0").map {
                [$0.scene, $0.sceneParameter]
            } == ["site_footer", "sku=9&a 你"])
        let plain = try world.addContactWay(shop, scene: nil, by: app).get()
        #expect(plain != link)
        #expect(try world.entrance(by: plain).map { $0.scene == nil } == true)
        let old = link.replacing("enc_scene", with: "encScene") + "&scene_param=a"
        #expect(
            try world.entrance(by: old).map { [$0.scene, $0.sceneParameter] }
                == ["site_footer", nil])
    }

    @Test("kf/add_contact_way: a link that was tampered with or moved brings no event")
    func tamperedLinksBringNothing() throws {
        var world = makeWorld {
            $0.accounts.append(.init(id: "wk2", name: "b", app: app))
        }
        let link = try world.addContactWay(shop, scene: "a", by: app).get()
        let other = try world.addContactWay("wk2", scene: "b", by: app).get()
        let mine = try #require(link.split(separator: "?").first)
        let others = try #require(other.split(separator: "?").last)
        for bad in [
            "\(mine)?\(others)", "\(mine)", "\(mine)?enc_scene=ENCforged", link + "&scene_param=%",
            link + "&scene_param=" + String(repeating: "a", count: 129),
            "https://e.example/kf/x?enc_scene=a",
        ] {
            #expect(try world.enters(lin, by: bad) == nil, "\(bad)")
        }
        #expect(world.takeDueCallbacks().isEmpty)
        let longest = link + "&scene_param=" + String(repeating: "a", count: 128)
        #expect(try world.enters(lin, by: longest) != nil)
    }

    @Test(
        "kf/add_contact_way: a scene of 32 bytes is accepted, 33 or another alphabet are 40058",
        arguments: [
            (String(repeating: "a", count: 32), 0), ("a-Z_9", 0), ("", 0),
            (String(repeating: "a", count: 33), 40058), ("a b", 40058), ("页脚", 40058),
        ])
    func scenesHaveAnAlphabet(scene: String, errcode: Int) {
        var world = makeWorld()
        #expect(world.addContactWay(shop, scene: scene, by: app).errcode == errcode)
    }
}
