import ChatModel
import Operations
import PlatformSimulator
import Replay
import Routing
import RuleEngine
import RuleFiles
import SQLiteStore
import Testing

/// People take part, and are told from nobody afterwards.
extension RecordingTests {
    // MARK: People

    @Test func aHandOverToItsEndAndTheSurvey() async throws {
        let talk = try await talk()
        try await talk.says("转人工")
        try await talk.passes(.seconds(30))
        try await talk.act { try $0.servicerWrites("zhangsan", $1, .text("王女士您好", menuItem: nil)) }
        try await talk.says("我的电话是13800138000")
        try await talk.act { try $0.ends("zhangsan", $1) }
        try await talk.passes(.seconds(7))
        try await talk.taps("不满意")
        #expect(talk.heard == ["正在转接。", "请评价："])
        let text = try await talk.roundTrip()
        #expect(!text.contains("王女士") && !text.contains("13800138000"))
        #expect(
            steps(text).filter { !$0.hasPrefix("customer: '我的电话") } == [
                "customer: '转人工'", "expect: { rule: '人工', servicer: 'zhangsan' }", "wait: 30s",
                "servicer: { says: '某女士您好', who: 'zhangsan' }",
                "expect: { reason: 'human_serving' }", "ends: 'zhangsan'",
                "expect: { survey: '满意度' }", "wait: 5s", "clicks: '满意度.1'",
                "expect: { reason: 'survey:满意度.1' }",
            ])
    }

    /// Playing, the hand-over is over before the second message comes.
    @Test func aMessageThatHadToWaitForAHandOver() async throws {
        let talk = try await talk()
        try await talk.act { platform, _ in
            for words in ["人工", "在吗"] {
                try platform.writes(Talk.customer, Talk.account, .text(words, menuItem: nil))
            }
        }
        #expect(try await talk.reasons() == ["rule:人工", "deferred"])
        #expect(
            steps(try await talk.roundTrip()) == [
                "customer: '人工'", "expect: { rule: '人工', servicer: 'zhangsan' }", "customer: '在吗'",
            ])
    }

    @Test func whoeverWasFreeTakesItAgain() async throws {
        let talk = try await talk(receiving: ["lisi"])
        for _ in 0..<2 {
            try await talk.says("人工")
            try await talk.passes(.seconds(60))
            try await talk.act { try $0.ends("lisi", $1) }
            try await talk.passes(.seconds(60))
        }
        let text = try await talk.roundTrip()
        // Once is enough.
        #expect(text.matches(of: #/all: stop/#).count == 1)
        #expect(
            steps(text).prefix(2) == ["servicer: { all: stop, 'lisi': start }", "customer: '人工'"])
        #expect(text.contains("servicer: 'lisi'"))
    }

    @Test func nobodyWasThere() async throws {
        let talk = try await talk(receiving: [])
        try await talk.says("人工")
        try await talk.passes(.seconds(60))
        try await talk.act { try $0.picksUp("lisi", $1) }
        try await talk.act { try $0.transfers("lisi", $1, to: "zhangsan") }
        try await talk.act { try $0.ends("zhangsan", $1) }
        let text = steps(try await talk.roundTrip())
        #expect(
            text == [
                "servicer: { all: stop }", "customer: '人工'", "expect: { rule: '人工', state: pool }",
                "wait: 59s", "servicer: { picks_up: 'lisi' }",
                "transfers: { from: 'lisi', to: 'zhangsan' }", "ends: 'zhangsan'",
                "expect: { survey: '满意度' }",
            ])
    }

    @Test func aPoolIsAPoolWhoeverIsThere() async throws {
        let talk = try await talk()
        try await talk.says("排队")
        try await talk.says("还要多久")
        try await talk.act { try $0.picksUp("zhangsan", $1) }
        let text = steps(try await talk.roundTrip())
        #expect(text.first == "customer: '排队'")
        #expect(text.contains("expect: { reason: 'waiting_in_pool' }"))
    }

    @Test func anEndOfOurOwnAndAReopening() async throws {
        let talk = try await talk()
        try await talk.says("人工")
        try await talk.act { try $0.ends("zhangsan", $1) }
        try await talk.act { try $0.reopens("zhangsan", $1) }
        try await talk.act { try $0.ends("zhangsan", $1) }
        try await talk.says("再见")
        let text = steps(try await talk.roundTrip())
        #expect(text.contains("reopens: 'zhangsan'"))
        #expect(text.last == "expect: { rule: '再见', state: ended }")
    }

    @Test func aRejectionIsTold() async throws {
        let talk = try await talk()
        try await talk.says("人工")
        try await talk.act { try $0.switchesRejection("zhangsan", $1, rejects: true) }
        try await talk.act { try $0.switchesRejection("zhangsan", $1, rejects: false) }
        let text = steps(try await talk.roundTrip())
        #expect(
            text.suffix(2) == [
                "servicer: { rejects: true, who: 'zhangsan' }",
                "servicer: { rejects: false, who: 'zhangsan' }",
            ])
    }

    // MARK: Redaction

    @Test func aNumberStaysTheSameNumber() async throws {
        let talk = try await talk()
        for words in ["我的电话 13800138000", "138 0013 8000 是我的", "+86 13800138000", "尾号8000"] {
            try await talk.says(words)
            try await talk.passes(.seconds(1))
        }
        let said = steps(try await talk.roundTrip()).filter { $0.hasPrefix("customer") }
            .map { $0.filter(\.isNumber) }
        let number = try #require(said.first)
        #expect(number.wholeMatch(of: #/1[3-9]\d{9}/#) != nil && number != "13800138000")
        #expect(said == [number, number, "86" + number, String(number.suffix(4))])
    }

    @Test func theSameRulesStillMatch() async throws {
        let talk = try await talk()
        try await talk.says("SF1234567890123")
        try await talk.says("我是来退款的，我叫王小明")
        try await talk.says("浙江省杭州市西湖区文三路138号的快递")
        #expect(try await talk.reasons() == ["rule:单号", "rule:退款", "rule:订单"])
        let said = steps(try await talk.roundTrip()).filter { $0.hasPrefix("customer") }
        #expect(said[0].wholeMatch(of: #/customer: 'SF\d{13}'/#) != nil)
        #expect(said[1] == "customer: '我是来退款的，我叫某某某'")
        #expect(said[2].wholeMatch(of: #/customer: '某某省某某市某某区某某路\d{3}号的快递'/#) != nil, "\(said)")
    }

    /// Expressions may look at more than the first digit.
    @Test func moreOfANumberStaysWhereRulesLookAtIt() async throws {
        let talk = try await Talk(Self.rules.replacing("'^\\d{12}$'", with: "'^2026\\d{8}$'"))
        talk.answers["订单系统.查询"] = ["状态": "备货"]
        try await talk.says("202603010001")
        try await talk.says("我的 202603010001")
        let text = try await talk.roundTrip()
        let numbers = text.matches(of: #/2026\d{8}/#).map { String($0.output) }
        #expect(numbers.count == 2 && Set(numbers).count == 1 && numbers[0] != "202603010001")
    }

    /// Who has two recordings of one conversation can't tell more than who has one.
    @Test func anotherKeyGivesOtherNumbers() async throws {
        let talk = try await talk()
        try await talk.says("我的电话 13800138000")
        let log = try await talk.store.conversationLog(talk.id)
        let bundle = try talk.bundle()
        let texts = (0..<UInt64(20)).map { number in
            var recording = Recording(
                bundle: bundle, files: [Talk.path], key: Redaction.Key(known: 1, number))
            return recording.test(named: "一", of: log, values: [:])
        }
        #expect(Set(texts).count == 20)
        let green = texts.allSatisfy { talk.play($0 ?? "").isGreen }
        #expect(green)
    }

    @Test func theCustomersIDIsNowhere() async throws {
        let talk = try await talk()
        try await talk.enters()
        try await talk.says("人工")
        let text = try await talk.roundTrip()
        #expect(!text.contains(Talk.customer.rawValue))
        #expect(!text.contains(Talk.account.rawValue))
    }

    @Test func wordsThatOnlyTheseNumbersAnswerAreLeftOut() async throws {
        let text = Self.rules.replacing("says: 预约", with: "matches: '^我的暗号是7391846205$'")
        let talk = try await Talk(text)
        try await talk.says("我的暗号是7391846205")
        try await talk.says("退款")
        #expect(try await talk.reasons().first == "rule:预约")
        var recording = Recording(
            bundle: try talk.bundle(), files: [Talk.path], key: RedactionTests.key)
        let recorded = try #require(
            recording.test(
                named: "一", of: try await talk.store.conversationLog(talk.id), values: [:]))
        #expect(recording.unredactable == 1)
        #expect(!recorded.contains("7391846205"))
    }
}
