import ChatModel
import Operations
import PlatformSimulator
import Replay
import Routing
import RuleEngine
import RuleFiles
import SQLiteStore
import Testing

/// Conversations from a store as tests that pass at once against the version that produced them.
@Suite struct RecordingTests {
    static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        schedules:
          营业时间: { weekly: { 周一至周五: [09:00-12:00, 13:30-18:00] } }
        menus:
          主菜单:
            head: 请选择：
            items: { 退款: 退款与退货, 人工: 转人工 }
        slots:
          手机号: { accept: phone, ask: 请留手机号。, retry: 号码不对。 }
          订单号: { accept: { digits: 12 }, ask: 请发订单号。, retry: 订单号是 12 位数字。 }
          地址: { accept: anything, ask: 请发收货地址。 }
          颜色: { accept: { choice: [红色, 蓝色] }, ask: 要哪种颜色？ }
          日子: { accept: date, ask: 哪天送？ }
        rules:
          - { rule: 欢迎, when: { event: enter_session }, reply: { menu: 主菜单 } }
          - { rule: 直播间, when: { event: enter_session }, if: { scene: live_* }, reply: 直播专享。 }
          - { rule: 投诉, priority: urgent, when: { says: [投诉, "12315"] }, tag: 投诉, reply: 抱歉。 }
          - { rule: 退款, when: { clicks: 主菜单.退款, says: [退款, 退货] }, reply: 七天内可以退。 }
          - { rule: 订单, when: { says: [订单, 快递], matches: '^\\d{12}$' }, start: 查订单 }
          - { rule: 预约, when: { says: 预约 }, start: 预约 }
          - { rule: 单号, when: { matches: '^sf\\d{13}$' }, reply: 顺丰已揽收。 }
          - { rule: 人工, when: { clicks: 主菜单.人工, says_exactly: [人工, 转人工] }, handoff: 售后 }
          - { rule: 排队, when: { says_exactly: 排队 }, handoff: 池子 }
          - { rule: 再见, when: { says_exactly: 再见 }, end: { goodbye: 回见。 } }
          - { rule: 看图, when: { sends: image }, reply: 图片收到。 }
          - { rule: 没听懂, when: { no_match: true }, reply: [没听懂。, { menu: 主菜单 }] }
        flows:
          查订单:
            - ask: 订单号
              tries: 2
              else: { handoff: 池子 }
            - call: 订单系统.查询
              with: { id: $(订单号) }
              save: 订单
              timeout: 3s
              failed: { reply: 系统忙。 }
            - if: { slot: { 订单.状态: 已发货 } }
              reply: 已发货，$(订单.单号)。
              else: { reply: 备货中。 }
          预约:
            cancel: [取消, 否]
            steps:
              - ask: 手机号
              - ask: 地址
              - ask: 颜色
              - ask: 日子
              - reply: 已预约 $(日子)。
        handoff:
          售后:
            team: [zhangsan, lisi]
            open: 营业时间
            waiting_text: 正在转接。
            closed: { reply: 下班了。 }
            nobody: { to: pool }
            ended: { survey: 满意度 }
          池子: { to: pool, waiting_text: 排队中。, ended: { survey: 满意度 } }
        surveys:
          满意度: { head: 请评价：, items: { 5: 满意, 1: 不满意 }, low: { at_most: 1, tag: 差评 } }

        """

    func talk(receiving: Set<ServicerID>? = nil) async throws -> Talk {
        try await Talk(Self.rules, receiving: receiving)
    }

    /// The steps of a test, one a line, without the test's head.
    func steps(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("      - ") }.map {
            String($0.dropFirst(8))
        }
    }

    // MARK: Answers

    @Test func aPlainQuestion() async throws {
        let talk = try await talk()
        try await talk.says("怎么退款")
        #expect(
            try await talk.roundTrip() == """
                tests_for: 'shop.kf.yml'
                tests:
                  - test: '录'
                    at: 2026-03-02 10:00
                    steps:
                      - customer: '怎么退款'
                      - expect: { rule: '退款' }

                """)
    }

    @Test func aRecordingIsPlayedForReal() async throws {
        let talk = try await talk()
        try await talk.says("怎么退款")
        let text = try await talk.recorded()
        let wrong = talk.play(text.replacing("怎么退款", with: "你好"))
        let isGreen = wrong.isGreen
        #expect(!isGreen)
        #expect(wrong.failed == 1)
    }

    @Test func entrancesAndTaps() async throws {
        let talk = try await talk()
        try await talk.enters()
        try await talk.passes(.seconds(5))
        try await talk.taps("退款与退货")
        #expect(talk.heard == ["请选择：", "七天内可以退。"])
        #expect(
            steps(try await talk.roundTrip()) == [
                "enters: {}", "expect: { rule: '欢迎' }", "wait: 5s", "clicks: '主菜单.退款'",
                "expect: { rule: '退款' }",
            ])
    }

    @Test func anEntranceWithoutACodeStaysWithoutOne() async throws {
        let talk = try await talk()
        try await talk.enters(scene: "live_8")
        try await talk.passes(.seconds(60))
        // Welcomed a minute ago: the platform gives no second code.
        try await talk.enters(scene: "live_8")
        #expect(try await talk.reasons() == ["rule:直播间", "no_welcome_code"])
        #expect(
            steps(try await talk.roundTrip()) == [
                "enters: { scene: 'live_8' }", "expect: { rule: '直播间' }", "wait: 1m",
                "enters: { scene: 'live_8', code: false }", "expect: { reason: 'no_welcome_code' }",
            ])
    }

    /// What a link says about the customer is nobody's business; what rules ask of it is.
    @Test func theLinkTheCustomerCameThrough() async throws {
        let asking = Self.rules.replacing(
            "rules:\n",
            with: """
                rules:
                  - rule: 会员
                    when: { event: enter_session }
                    if: { slot: { 场景.参数: vip } }
                    reply: 会员您好。
                  - rule: 大客户
                    when: { event: enter_session }
                    if: { slot: { 场景.参数: { at_least: 500 } } }
                    reply: 您好。

                """)
        for (rules, cases) in [
            (Self.rules, [("uid=20260012345", false), ("张伟", false)]),
            (asking, [("vip", true), ("499", false), ("500", false), ("uid=20260012345", false)]),
        ] {
            for (parameter, stays) in cases {
                let talk = try await Talk(rules)
                try await talk.act { platform, _ in
                    _ = try platform.enters(
                        Talk.customer, Talk.account, scene: "shop", sceneParameter: parameter,
                        channelsScene: 2, channelsName: "老王海鲜")
                }
                let text = try await talk.roundTrip()
                let step = try #require(steps(text).first)
                #expect(
                    step.wholeMatch(
                        of: #/enters: \{ scene: 'shop', scene_param: '.+', channels: 2 \}/#) != nil,
                    "\(step)")
                #expect(text.contains(parameter) == stays, "\(step)")
                #expect(!text.contains("老王"))
            }
        }
    }

    @Test func aCodeThatCameTooLate() async throws {
        let talk = try await talk()
        try await talk.lately(.seconds(25)) { platform in
            try platform.enters(Talk.customer, Talk.account)
        }
        try await talk.says("退款")
        #expect(try await talk.reasons() == ["welcome_code_expired", "rule:退款"])
        let text = try await talk.roundTrip()
        #expect(steps(text).contains("platform: { delay_callbacks: 25s }"))
    }

    @Test func aQuestionBackAndItsAnswer() async throws {
        let talk = try await Talk(
            Self.rules.replacing("rules:\n", with: "rules:\n" + Traffic.questions))
        let words = try Traffic.undecided(in: try talk.bundle())
        try await talk.says(words)
        let reason = try #require(try await talk.reasons().first)
        try #require(reason.hasPrefix("asked_back:"))
        try await talk.passes(.seconds(1))
        try await talk.taps("怎么开发票")
        #expect(talk.heard.last == "看发票。")
        #expect(
            steps(try await talk.roundTrip()) == [
                "customer: '\(words)'", "expect: { reason: '\(reason)' }", "wait: 1s",
                "clicks: '发票'", "expect: { rule: '发票' }",
            ])
    }

    @Test func aTapOnAMenuThatIsNotInTheRecording() async throws {
        let talk = try await talk()
        try await talk.writes(.text("查订单，13800138000", menuItem: "gone"))
        let text = try await talk.roundTrip()
        #expect(text.contains("wire_id: 'gone'"))
        #expect(!text.contains("13800138000"))
    }

    /// It stands on the customer's screen from before the recording began.
    @Test func aTapOnAMenuThatWasNotSentHere() async throws {
        let talk = try await talk()
        let menu = try #require(try talk.bundle().definition.menu("主菜单"))
        guard case .click(let id, _)? = menu.items.first?.item else { return }
        try await talk.writes(.text("退款与退货", menuItem: id))
        #expect(try await talk.reasons() == ["rule:退款"])
        #expect(
            steps(try await talk.roundTrip()).first
                == "clicks: { text: '退款与退货', wire_id: '\(id)' }")
    }

    @Test func otherThanWords() async throws {
        let talk = try await talk()
        try await talk.writes(.image("MEDIA-OF-A-PASSPORT"))
        try await talk.writes(
            .location(.init(latitude: 31.1, longitude: 121.1, name: "我家", address: "人民路 1 号")))
        let text = try await talk.roundTrip()
        #expect(text.contains("sends: image"))
        #expect(!text.contains("PASSPORT") && !text.contains("我家") && !text.contains("人民路"))
    }

    @Test func thePaceIsKept() async throws {
        let talk = try await talk()
        try await talk.says("退款")
        try await talk.passes(.seconds(90))
        try await talk.says("退货")
        try await talk.passes(.seconds(2 * 3600))
        // The schedule closes at 12:00.
        try await talk.says("转人工")
        #expect(talk.heard.last == "下班了。")
        let waits = steps(try await talk.roundTrip()).filter { $0.hasPrefix("wait") }
        #expect(waits == ["wait: 1m30s", "wait: 2h"])
    }

    @Test func twoMessagesInOneSecondDoNotMoveTheClock() async throws {
        let talk = try await talk()
        try await talk.says("退款")
        try await talk.says("退货")
        try await talk.passes(.seconds(10))
        try await talk.says("退款")
        // Playing, the second message comes a second later.
        let waits = steps(try await talk.roundTrip()).filter { $0.hasPrefix("wait") }
        #expect(waits == ["wait: 9s"])
    }

    @Test func aMonthOfSilenceIsTakenInSteps() async throws {
        let talk = try await talk()
        try await talk.says("退款")
        try await talk.passes(.seconds(31 * 86_400))
        try await talk.says("退款")
        let waits = steps(try await talk.recorded()).filter { $0.hasPrefix("wait") }
        #expect(waits == ["wait: 30d", "wait: 1d"])
    }

    @Test(arguments: [
        "it's", "两行\n字", "制表\t符", "\"引号\"", "反斜杠\\n", "# 不是注释: {a} [b]", " 前后有空格 ", "- 破折号",
        "零宽\u{200B}空格", "行\u{2028}分隔", "方向\u{202E}标记", "👨‍👩‍👧 家", "null", "~", "12", "2026-03-02",
        "🙏", "'", "%YAML", "&a *b !c | > @ `", "字\u{FEFF}字", "软\u{AD}连字",
    ])
    func anyWordsCanBeWritten(_ words: String) async throws {
        let talk = try await talk()
        try await talk.says(words)
        let text = try await talk.roundTrip()
        let log = DiagnosticLog()
        let root = YAMLDocument.parse(RuleSource(path: "a.test.yml", text: text), log: log)
        let read = root?[key: "tests"]?.list?.first?[key: "steps"]?.list?
            .first?[key: "customer"]?.text
        #expect(read == words)
    }

    @Test func theTestsNameIsWritable() async throws {
        let talk = try await talk()
        try await talk.says("退款")
        let report = talk.play(try await talk.recorded("it's: {一}\n二"))
        #expect(report.tests.map(\.name) == ["it's: {一}\n二"])
    }

    @Test func nobodyDidAnything() async throws {
        let talk = try await talk()
        var recording = Recording(bundle: try talk.bundle(), files: [Talk.path])
        #expect(recording.test(named: "空", of: [], values: [:]) == nil)
    }

    @Test func severalFilesAndTheAccountAreNamed() async throws {
        let talk = try await talk()
        try await talk.says("退款")
        var recording = Recording(bundle: try talk.bundle(), files: ["a.kf.yml", "b.kf.yml"])
        let text = try #require(
            recording.test(
                named: "一", of: try await talk.store.conversationLog(talk.id), values: [:]))
        #expect(text.hasPrefix("tests_for: ['a.kf.yml', 'b.kf.yml']\n"))
        // The first bundle of the files may be another one.
        #expect(text.contains("\n    account: 'shop'\n"))
    }

    // MARK: Flows

    @Test func aFlowWithAnOrderNumberAndACall() async throws {
        let talk = try await talk()
        talk.answers["订单系统.查询"] = ["状态": "已发货", "单号": "SF1234567890123", "收件人": "张伟"]
        try await talk.says("我的订单到哪了")
        try await talk.says("不知道")
        try await talk.passes(.seconds(20))
        try await talk.says("202603010001")
        #expect(talk.heard.last == "已发货，SF1234567890123。")
        let text = try await talk.roundTrip()
        for secret in ["202603010001", "1234567890123", "张伟"] {
            #expect(!text.contains(secret), "\(text)")
        }
        #expect(text.contains("'状态': '已发货'"))
        #expect(text.contains("'收件人': '某某'"))
        #expect(text.matches(of: #/customer: '2\d{11}'/#).count == 1)
        #expect(text.matches(of: #/'单号': 'SF\d{13}'/#).count == 1)
    }

    @Test func theMessageThatStartsAFlowFillsItsSlot() async throws {
        let talk = try await talk()
        talk.answers["订单系统.查询"] = ["状态": "备货"]
        try await talk.says("202603010001")
        #expect(talk.heard == ["备货中。"])
        let text = try await talk.roundTrip()
        #expect(!text.contains("202603010001"))
    }

    @Test func aCallWithoutAnAnswer() async throws {
        let talk = try await talk()
        talk.answers["订单系统.查询"] = .some(nil)
        try await talk.says("查订单 202603010001")
        #expect(talk.heard == ["系统忙。"])
        try await talk.passes(.seconds(30))
        try await talk.says("退款")
        let text = steps(try await talk.roundTrip())
        #expect(text.contains("answers: { '订单系统.查询': timeout }"))
        // The three seconds of the call pass anyhow.
        #expect(text.contains("wait: 30s"))
    }

    @Test func aCallThatFails() async throws {
        let talk = try await talk()
        talk.failures["订单系统.查询"] = "http_500"
        try await talk.says("查订单 202603010001")
        #expect(talk.heard == ["系统忙。"])
        #expect(
            steps(try await talk.roundTrip()).first
                == "answers: { '订单系统.查询': { error: 'http_500' } }")
    }

    /// What rules ask of a value holds for its replacement.
    @Test(arguments: ["20260301001", "24990301002", "21110301003", "23330301004", "25550301005"])
    func numbersThatRulesMeasureStayOnTheirSide(_ number: String) async throws {
        let rules = Self.rules.replacing("{ digits: 12 }", with: "{ digits: 11 }").replacing(
            "    - ask: 订单号\n      tries: 2\n      else: { handoff: 池子 }\n",
            with: "    - ask: 订单号\n    - if: { slot: { 订单号: { at_least: 25000000000 } } }\n"
                + "      reply: 新单。\n      else: { handoff: 池子 }\n")
        let talk = try await Talk(rules)
        talk.answers["订单系统.查询"] = ["状态": "备货"]
        try await talk.says("查快递")
        try await talk.says(number)
        #expect(talk.heard.contains("新单。") == (number > "25"))
        #expect(!(try await talk.roundTrip()).contains(number))
    }

    @Test func aFlowThatGivesUp() async throws {
        let talk = try await talk()
        try await talk.says("查快递")
        try await talk.says("不知道")
        try await talk.says("真的不知道")
        #expect(talk.heard.last == "排队中。")
        let text = steps(try await talk.roundTrip())
        #expect(text.contains("expect: { reason: 'flow:查订单', state: pool }"))
    }

    @Test func aFlowWithEverySortOfSlot() async throws {
        let talk = try await talk()
        try await talk.says("我要预约")
        try await talk.says("电话 138-0013-8000")
        try await talk.says("杭州文三路张伟收")
        try await talk.taps("蓝色")
        try await talk.says("3月5日")
        #expect(talk.heard.last == "已预约 2026-03-05。")
        let text = try await talk.roundTrip()
        for secret in ["0013", "8000", "文三", "张伟", "杭州"] {
            #expect(!text.contains(secret), "\(text)")
        }
        #expect(text.matches(of: #/customer: '.. 1[3-9]\d-\d{4}-\d{4}'/#).count == 1, "\(text)")
        #expect(text.contains("customer: '某某某某某某某某'"))
        #expect(text.contains("clicks: '颜色.蓝色'"))
    }

    @Test(arguments: ["取消", "否"]) func wordsThatLeaveAFlowStay(_ word: String) async throws {
        let talk = try await talk()
        try await talk.says("我要预约")
        try await talk.says("13800138000")
        try await talk.says(word)
        #expect(try await talk.store.conversation(talk.id)?.memory.flow == nil)
        let text = try await talk.roundTrip()
        #expect(text.contains("customer: '\(word)'"))
    }

    /// One of a few answers is what it is; a day must be one.
    @Test func choicesAndDaysStayWhatTheyAre() async throws {
        let options = (10..<20).map { "\($0)元" }.joined(separator: ", ")
        let talk = try await Talk(
            Self.rules.replacing("[红色, 蓝色]", with: "[\(options)]").replacing(
                "      - ask: 手机号\n      - ask: 地址\n", with: ""))
        try await talk.says("我要预约")
        try await talk.says("12元的吧")
        try await talk.says("2026年12月31日")
        #expect(talk.heard.last == "已预约 2026-12-31。")
        let text = try await talk.roundTrip()
        #expect(text.contains("customer: '12元的吧'"))
        #expect(!text.contains("2026年12月31日"))
    }

    @Test func anUrgentRuleInterruptsAFlow() async throws {
        let talk = try await talk()
        try await talk.says("我要预约")
        try await talk.says("打12315投诉你们")
        try await talk.says("13800138000")
        #expect(try await talk.reasons() == ["rule:预约", "rule:投诉", "flow:预约"])
        // What rules look for is nobody's number.
        #expect(try await talk.roundTrip().contains("customer: '打12315投诉你们'"))
    }
}
