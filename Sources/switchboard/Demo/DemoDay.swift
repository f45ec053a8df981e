import Boundary
import ChatModel
import Foundation
import RuleFiles
import SQLiteStore

/// A customer's day: one act after another, each with what must come of it.
struct DemoDay {
    let stage: DemoStage
    private let customer: ExternalUserID = "wmDEMO00000000000000aa"
    private let servicer: ServicerID = "zhangsan"
    private let language: MessageLanguage
    private let printer: DemoPrinter

    init(stage: DemoStage, usesColor: Bool, language: MessageLanguage) {
        self.stage = stage
        self.language = language
        printer = DemoPrinter(usesColor: usesColor, language: language)
    }

    /// Plays the day.
    ///
    /// - Returns: What was not as expected; empty when all was.
    func play() async throws -> [String] {
        var seen = 0
        var problems: [String] = []
        let store = try SQLiteStore(path: stage.database, hash: Environment.live.shortHash)
        defer { try? store.close() }
        for act in acts {
            printer.act(act.title)
            try await act.perform(stage.control)
            let news = try await news(after: seen, expecting: act)
            seen += news.count
            for line in news { try await show(line) }
            problems += check(act, news)
        }
        problems += try await verdict()
        try await reasons(from: store)
        return problems
    }

    private struct Act {
        var title: String
        var perform: (SimulatorControl) async throws -> Void
        /// Messages of the bot that must come of it: a text's or menu's beginning each.
        var says: [String] = []
        /// The state the session must be in afterwards.
        var state: Int?
    }

    private var acts: [Act] {
        let (customer, servicer) = (customer, servicer)
        return [
            Act(
                title: say("The customer opens the chat by a link on the site", "客户从网站上的链接打开聊天窗口"),
                perform: { try await $0.enter(customer, scene: "site_footer") },
                says: ["msgmenu 您好呀"]),
            Act(
                title: say("taps “退款与退货”", "点“退款与退货”"),
                perform: { try await Self.tap("退款与退货", customer, $0) },
                says: ["text 签收 7 天内"], state: 1),
            Act(
                title: say("asks in own words, in Simplified Chinese", "用自己的话问，简体"),
                perform: { try await $0.write(customer, "我的快递到哪里了呀？") },
                says: ["text 打开“我的订单”"], state: 1),
            Act(
                title: say("asks in Traditional Chinese", "用繁体问"),
                perform: { try await $0.write(customer, "請問退款幾天到賬") },
                says: ["text 审核通过后"], state: 1),
            Act(
                title: say("asks something nobody wrote a rule for", "问一件没有规则的事"),
                perform: { try await $0.write(customer, "你们会唱歌吗") },
                says: ["text 不好意思", "msgmenu 您好呀"], state: 1),
            Act(
                title: say("and once more", "再问一次"),
                perform: { try await $0.write(customer, "那会跳舞吗") },
                says: ["msgmenu 抱歉"], state: 1),
            Act(
                title: say(
                    "taps “好的，转人工”: handed over, with the one queue text", "点“好的，转人工”：转人工，排队时只能说一句"),
                perform: { try await Self.tap("好的，转人工", customer, $0) },
                says: ["text 正在为您转接"], state: 2),
            Act(
                title: say(
                    "\(servicer) picks the session up and answers", "\(servicer) 把会话接起来，回答客户"),
                perform: { control in
                    try await control.servicer(servicer, "pick-up", customer)
                    try await control.servicer(
                        servicer, "messages", customer, ["text": "您好，我是小张，请讲。"])
                }, state: 3),
            Act(
                title: say("the customer writes: the bot keeps silent", "客户说话：机器人不插嘴"),
                perform: { try await $0.write(customer, "怎么退款") }, state: 3),
            Act(
                title: say(
                    "\(servicer) ends the session: goodbye with the end code",
                    "\(servicer) 结束会话：用结束凭据说再见"),
                perform: { try await $0.servicer(servicer, "end", customer) },
                says: ["msgmenu 本次服务结束啦"], state: 4),
            Act(
                title: say("the customer taps “很满意”: a new session begins", "客户点“很满意”：开始新的会话"),
                perform: { try await Self.tap("很满意", customer, $0) },
                says: ["text 谢谢您的肯定"], state: 1),
            Act(
                title: say("and asks again", "接着再问"),
                perform: { try await $0.write(customer, "你们几点上班") },
                says: ["text 我全天都在"], state: 1),
        ]
    }

    private func say(_ en: String, _ zh: String) -> String {
        Bilingual(en: en, zh: zh)[language]
    }

    private static func tap(
        _ label: String, _ customer: ExternalUserID, _ control: SimulatorControl
    ) async throws {
        let lines = try await control.conversation(with: customer)?.timeline ?? []
        let click = lines.reversed().lazy.compactMap(\.clicks).joined()
            .first { $0.label == label }
        guard let click else {
            throw CommandFailure(
                .findings, Bilingual(en: "no menu shows “\(label)”", zh: "没有菜单显示“\(label)”"))
        }
        try await control.click(customer, item: click.id)
    }

    /// Waits for what the act must bring, then for half a second more, for what it must not.
    private func news(
        after seen: Int, expecting act: Act
    ) async throws -> [SimulatorControl.Line] {
        var lines: [SimulatorControl.Line] = []
        for round in 0..<200 {
            let conversation = try await stage.control.conversation(with: customer)
            lines = Array((conversation?.timeline ?? []).dropFirst(seen))
            let said = lines.count { $0.who == "api" }
            let isThere = act.state.map { $0 == conversation?.state } ?? true
            if said >= act.says.count, isThere, round >= 1 { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        try await Task.sleep(for: .milliseconds(300))
        let conversation = try await stage.control.conversation(with: customer)
        return Array((conversation?.timeline ?? lines).dropFirst(seen))
    }

    private func check(_ act: Act, _ news: [SimulatorControl.Line]) -> [String] {
        let said = news.filter { $0.who == "api" }.map { $0.text ?? "" }
        var problems: [String] = []
        if said.count != act.says.count {
            problems.append(
                say(
                    "\(act.title): \(said.count) messages came, \(act.says.count) expected",
                    "\(act.title)：来了 \(said.count) 条消息，应有 \(act.says.count) 条"))
        }
        for (text, expected) in zip(said, act.says) where !text.hasPrefix(expected) {
            problems.append(
                say(
                    "\(act.title): “\(text)” came, “\(expected)…” expected",
                    "\(act.title)：来的是“\(text)”，应是“\(expected)…”"))
        }
        if let state = act.state, let last = news.last(where: { $0.state != nil })?.state,
            last != state
        {
            problems.append(
                say(
                    "\(act.title): the session is in state \(last), \(state) expected",
                    "\(act.title)：会话状态是 \(last)，应是 \(state)"))
        }
        for problem in problems { printer.problem(problem) }
        return problems
    }

    private func show(_ line: SimulatorControl.Line) async throws {
        var slack: Int?
        if let code = line.code {
            slack = try await stage.control.codes(of: customer)
                .first { $0.code == code }?.slack_milliseconds
        }
        printer.line(line, slackMilliseconds: slack)
    }

    /// What the simulator's book says of the whole day.
    private func verdict() async throws -> [String] {
        let refusals = try await stage.control.refusals()
        printer.summary(refusals)
        guard refusals.illegal > 0 else { return [] }
        return [
            say("\(refusals.illegal) illegal calls were made", "做了 \(refusals.illegal) 次不该做的调用")
        ]
    }

    /// Why the bot did what it did: from its own database, as the transcript has it.
    private func reasons(from store: SQLiteStore) async throws {
        let id = ConversationID(account: EmbeddedDefault.account, customer: customer)
        printer.reasons(
            try await store.transcript(of: id).filter { $0.who == "customer" || $0.who == "event" })
    }
}
