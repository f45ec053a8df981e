import ChatModel
import Foundation
import RuleEngine
import RuleFiles
import Testing

@Suite struct LoadingTests {
    @Test func smallFileBecomesItsDefinition() throws {
        let loaded = check(smallFile, path: "小店客服.kf.yml")
        #expect(loaded.report() == "")
        let definition = try #require(loaded.definition)
        #expect(definition.bundles.count == 1)
        let bundle = definition.bundles[0]
        #expect(bundle.name == "小店客服")
        #expect(bundle.accounts == ["shop"])
        func id(_ key: String) -> WireID { WireIDs.id(bundle: "小店客服", menu: "主菜单", key: key) }
        #expect(
            bundle.menus == [
                MenuDefinition(
                    name: "主菜单", head: "您好，这里是小店客服，请选择：",
                    items: [("订单", "查订单"), ("退款", "申请退款"), ("人工", "转人工")].map {
                        MenuDefinition.Item(
                            key: $0.0, item: .click(id: id($0.0), label: Template($0.1)))
                    }, tail: nil)
            ])
        func place(_ line: Int) -> SourcePlace {
            SourcePlace(file: "小店客服.kf.yml", line: line, column: 11)
        }
        #expect(
            bundle.rules == [
                RuleDefinition(
                    name: "欢迎语", place: place(11), triggers: [.event(.enterSession)],
                    reply: [.menu("主菜单")]),
                RuleDefinition(
                    name: "退款政策", place: place(14),
                    triggers: [
                        .clicks(menu: "主菜单", item: "退款", id("退款")), .says("退款"), .says("退货"),
                        .says("退钱"),
                    ], reply: [.text("签收 7 天内可申请退款：我的订单 → 申请退款。")],
                    examples: ["怎么退款", "我要退货", "能退钱吗"]),
                RuleDefinition(
                    name: "查订单", place: place(18),
                    triggers: [
                        .clicks(menu: "主菜单", item: "订单", id("订单")), .says("订单"), .says("物流"),
                        .says("快递"),
                    ], reply: [.text("请把订单号发给我，我帮您查。")],
                    examples: ["我的订单到哪了", "快递怎么还没到"]),
                RuleDefinition(
                    name: "找人工", place: place(22),
                    triggers: [
                        .clicks(menu: "主菜单", item: "人工", id("人工")), .saysExactly("人工"),
                        .saysExactly("转人工"), .saysExactly("人工客服"),
                    ],
                    handoff: HandoffDefinition(
                        to: .pool, waitingText: "正在为您转接，请稍候。", ended: nil),
                    examples: ["人工"], notExamples: ["你们是人工智能吗"]),
                RuleDefinition(
                    name: "没听懂", place: place(27), triggers: [.noMatch],
                    reply: [.menu("主菜单")]),
            ])
    }

    @Test func everythingARuleCanSay() throws {
        let loaded = check(
            bundle(
                """
                texts: { 时间: "9:00 到 $(点)", 点: 21:00, 价: $$(原样) $5 }
                menus:
                  主菜单:
                    head: 工作时间 $(时间)
                    items:
                      1: 甲
                      网: { view: https://a.example/x?y=1, text: 官网 $(点) }
                      小: { mini: wx00demo/pages/a.html?b=1, text: 小程序 }
                      字: { text: 或打字, no_newline: true }
                    tail: $(价)
                handoff:
                  专人: { to: servicer, who: zhangsan, waiting_text: 稍候 $(点), ended: { menu: 主菜单 } }
                rules:
                  - rule: 全部
                    priority: urgent
                    when:
                      starts_with: 12315
                      matches: '^\\d{12}$'
                      sends: [image, business_card]
                    if:
                      scene: [live_*, ad]
                      state: [bot, pool]
                      misses: 3
                      all: [{ state: bot, misses: 1 }, { scene: b }]
                    unless: { not: { scene: c }, any: [{ misses: 9 }] }
                    reply:
                      - text: 一 $(时间)
                      - { image: M1 }
                      - { link: { title: T, desc: D, url: "https://a.example", thumb: M2 } }
                      - { miniprogram: { appid: wx1, title: M, path: a/b.html?x=1, thumb: M3 } }
                    handoff: 专人
                  - rule: 地点
                    when: { clicks: 主菜单.1 }
                    reply:
                      - { location: { name: 店, address: 路 1 号, latitude: 31.23, longitude: -121.5 } }
                      - { voice: V }
                      - { video: W }
                      - { file: F }
                  - rule: 完
                    when: { says_exactly: no }
                    end: true
                  - rule: 再见
                    when: { event: enter_session, no_match: true }
                    reply: { menu: 主菜单 }
                  - rule: 拜拜
                    when: { sends: voice }
                    end: { goodbye: { text: 再见 $(点) } }
                tests: [{ test: 一 }]
                """))
        #expect(!loaded.hasErrors, "\(loaded.report())")
        let definition = try #require(loaded.definition?.bundles.first)
        #expect(definition.menus[0].head == "工作时间 9:00 到 21:00")
        #expect(definition.menus[0].tail == "$(原样) $5")
        #expect(
            definition.menus[0].items.map(\.item) == [
                .click(id: WireIDs.id(bundle: "测试", menu: "主菜单", key: "1"), label: "甲"),
                .view(url: "https://a.example/x?y=1", label: "官网 21:00"),
                .miniprogram(appID: "wx00demo", pagePath: "pages/a.html?b=1", label: "小程序"),
                .text("或打字", noNewline: true),
            ])
        let all = definition.rules[0]
        #expect(all.priority == .urgent)
        #expect(
            all.triggers == [
                .startsWith("12315"), .matches("^\\d{12}$"), .sends(.image), .sends(.businessCard),
            ])
        #expect(
            all.conditions == [
                .any([.scene("live_*"), .scene("ad")]), .state([.bot, .pool]), .misses(3),
                .all([.all([.state([.bot]), .misses(1)]), .scene("b")]),
            ])
        #expect(all.exceptions == [.any([.misses(9)]), .not(.scene("c"))])
        #expect(
            all.reply == [
                .text("一 9:00 到 21:00"), .body(.image("M1")),
                .body(
                    .link(
                        OutgoingBody.Link(
                            title: "T", description: "D", url: "https://a.example", thumbnail: "M2"
                        ))),
                .body(
                    .miniprogram(
                        OutgoingBody.Miniprogram(
                            appID: "wx1", title: "M", thumbnail: "M3", pagePath: "a/b.html?x=1"))),
            ])
        #expect(
            all.handoff
                == HandoffDefinition(
                    name: "专人", to: .servicer("zhangsan"), waitingText: "稍候 21:00",
                    ended: .menu("主菜单")))
        #expect(
            definition.rules[1].reply == [
                .body(
                    .location(
                        MessageBody.Location(
                            latitude: 31.23, longitude: -121.5, name: "店", address: "路 1 号"))),
                .body(.voice("V")), .body(.video("W")), .body(.file("F")),
            ])
        #expect(definition.rules[2].triggers == [.saysExactly("no")])
        #expect(definition.rules[2].end == EndDefinition(goodbye: nil))
        #expect(definition.rules[4].end == EndDefinition(goodbye: .text("再见 21:00")))
        #expect(loaded.tests.map(\.bundle) == ["测试"])
        #expect(loaded.tests.first?.node.list?.count == 1)
    }

    @Test func everyMistakeOfEveryFileIsFound() {
        let bad = bundle("rules:\n  - rule: 一\n    wehn: {}\n  - rule: 二\n    replay: 好\n")
        let loaded = RuleFiles.load([
            RuleSource(path: "b.kf.yml", text: bad), RuleSource(path: "a.kf.yml", text: "kf: 2"),
        ])
        #expect(loaded.definition == nil)
        #expect(
            loaded.diagnostics.map { "\($0.place.file):\($0.place.line) \($0.id.rawValue)" } == [
                "a.kf.yml:1 KF121", "a.kf.yml:1 KF121", "a.kf.yml:1 KF121", "a.kf.yml:1 KF126",
                "b.kf.yml:5 KF121", "b.kf.yml:6 KF120", "b.kf.yml:7 KF121", "b.kf.yml:8 KF120",
            ])
    }

    @Test func bundlesKeepTheOrderOfTheirFiles() {
        let sources = ["乙", "甲"].map {
            RuleSource(
                path: "\($0).kf.yml",
                text: "kf: 1\nbundle: \($0)\naccounts: \($0)\nrules: []\n")
        }
        #expect(RuleFiles.load(sources).definition?.bundles.map(\.name) == ["乙", "甲"])
    }

    @Test func examplesAreJudgedUnderTheirRulesConditions() {
        let text = bundle(
            """
            rules:
              - rule: 欢迎
                when: { event: enter_session }
                reply: 您好。
              - rule: 直播优惠
                when: { says: 优惠 }
                if: { scene: live_*, misses: 2, any: [{ state: bot }, { state: pool }] }
                reply: 直播间立减。
                examples: [有优惠吗]
              - rule: 优惠
                when: { says: 优惠 }
                reply: 满减。
                examples: [有优惠吗]
              - rule: 又没听懂
                when: { no_match: true }
                if: { misses: 2 }
                reply: 再说一次。
                examples: [呜啦啦]
              - rule: 没听懂
                when: { no_match: true }
                reply: 请再说一次。
                examples: [呜啦啦]
            """)
        #expect(check(text).report() == "")
    }

    @Test func wireIDsAreStableAndShort() {
        // FNV-1a 64 of "小店客服/主菜单/订单", by an independent implementation.
        let id = WireIDs.id(bundle: "小店客服", menu: "主菜单", key: "订单")
        #expect(id == "sb5ee5ada6d5ae770f")
        #expect(id.rawValue.utf8.count == 18)
    }

    @Test func textsThatSwellAreCut() {
        var texts = "  t0: 很长很长很长很长的话\n"
        for level in 1...40 { texts += "  t\(level): $(t\(level - 1))$(t\(level - 1))\n" }
        let text = bundle(
            "texts:\n\(texts)rules:\n  - rule: 一\n    when: { no_match: true }\n"
                + "    reply: $(t40)\n")
        #expect(check(text).diagnostics.contains { $0.id == .tooLong })
    }
}
