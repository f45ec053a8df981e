import ChatModel
import Routing
import RuleEngine
import SessionMachine

/// The smallest store there is: what a router needs between two steps, as plain dictionaries.
struct World {
    static let account: OpenKfID = "wk1"
    static let customer: ExternalUserID = "wm1"
    static let id = ConversationID(account: account, customer: customer)

    var router: Router
    var now = Timestamp(seconds: 1_700_000_000)
    var conversations: [ConversationID: Conversation] = [:]
    var seen: Set<MsgID> = []
    var pending: [OutboxEntry] = []
    var timers: [Timer] = []
    var roster: [ServicerID: RosterRow] = [:]
    private var rows = 0

    init(rules: RuleSetDefinition = Shop.rules) throws {
        router = Router(rules: try RuleSet(rules), aliases: [Self.account: "shop"])
    }

    /// The conversation the tests are about.
    var conversation: Conversation { conversations[Self.id] ?? Conversation(id: Self.id) }

    mutating func row(_ content: Inbound.Content, msgID: MsgID? = nil) -> Inbound {
        rows += 1
        return Inbound(
            msgID: msgID ?? MsgID("m\(rows)"), account: Self.account,
            sentAt: Timestamp(seconds: now.seconds), content: content)
    }

    @discardableResult
    mutating func customer(
        _ text: String, click: WireID? = nil, msgID: MsgID? = nil
    ) -> Effects {
        pull([row(.fromCustomer(Self.customer, .text(text, menuItem: click)), msgID: msgID)])
    }

    @discardableResult
    mutating func event(_ event: Event) -> Effects { pull([row(.event(event))]) }

    @discardableResult
    mutating func pull(
        _ rows: [Inbound], answersSince: Timestamp? = nil, answersAlso: Set<MsgID> = []
    ) -> Effects {
        step(
            .page(
                Work.Page(
                    account: Self.account, rows: rows, next: "next", token: nil,
                    answersSince: answersSince, answersAlso: answersAlso)))
    }

    /// The first pending entry came back.
    @discardableResult
    mutating func completed(_ outcome: Outcome) -> Effects {
        step(.outcomes([CompletedAction(entry: pending[0], outcome: outcome)]))
    }

    /// Everything pending is accepted, as a platform without news would.
    mutating func acceptAll() {
        while !pending.isEmpty { completed(.accepted(code: nil, at: now)) }
    }

    /// Time passes, and the timers that fall due fire in their order.
    mutating func wait(_ time: Duration) {
        let end = now + time
        while let next = timers.filter({ $0.due <= end }).min(by: { $0.due < $1.due }) {
            now = max(now, next.due)
            step(.timers([next]))
        }
        now = end
    }

    /// Who receives, as `servicer/list` would tell.
    mutating func serve(_ servicers: ServicerID...) {
        step(
            .roster(
                Self.account,
                servicers.map { ServicerListing(servicer: $0, isReceiving: true) }))
    }

    @discardableResult
    mutating func step(_ work: Work) -> Effects {
        var touched: [ConversationID: Conversation] = [:]
        for id in work.conversations {
            guard var conversation = conversations[id] else { continue }
            conversation.pendingSends =
                pending.count {
                    if case .send = $0.action { $0.conversation == id } else { false }
                }
            touched[id] = conversation
        }
        let effects = router.step(
            work,
            on: Snapshot(
                seen: seen, conversations: touched,
                rosters: roster.isEmpty ? [:] : [Self.account: Array(roster.values)]),
            now: now)
        if effects.rosterReplaced.contains(Self.account) { roster = [:] }
        for row in effects.roster { roster[row.servicer] = row }
        for record in effects.inbox { seen.insert(record.row.msgID) }
        for conversation in effects.conversations { conversations[conversation.id] = conversation }
        let cancelled = Set(effects.cancelled.map(\.conversation))
        pending.removeAll { cancelled.contains($0.conversation) }
        let settled = Set(effects.settled.map(\.id))
        pending.removeAll { settled.contains($0.id) }
        pending += effects.outbox
        for fired in effects.timersFired { timers.removeAll { $0 == fired } }
        for timer in effects.timersSet {
            timers.removeAll { $0.kind == timer.kind && $0.conversation == timer.conversation }
            timers.append(timer)
        }
        return effects
    }
}

/// A small shop's rules.
enum Shop {
    static let refundClick: WireID = "sb1"
    static let menu = MenuDefinition(
        name: "主菜单", head: "您好",
        items: [.init(key: "退款", item: .click(id: refundClick, label: "申请退款"))], tail: nil)

    static let rules = RuleSetDefinition(bundles: [
        BundleDefinition(
            name: "小店", accounts: ["shop"], menus: [menu],
            rules: [
                rule("欢迎", [.event(.enterSession)], reply: [.menu("主菜单")]),
                rule(
                    "退款", [.clicks(menu: "主菜单", item: "退款", refundClick), .says("退款")],
                    reply: [.text("七天内可退"), .menu("主菜单")]),
                rule("你好", [.saysExactly("你好")], reply: [.text("您好")]),
                rule(
                    "人工", [.saysExactly("人工")],
                    handoff: HandoffDefinition(
                        to: .pool, waitingText: "请稍候", ended: .menu("主菜单"))),
                rule(
                    "主管", [.saysExactly("主管")],
                    handoff: HandoffDefinition(
                        to: .servicer("anna"), waitingText: "主管马上来", ended: nil)),
                rule("再见", [.saysExactly("再见")], end: EndDefinition(goodbye: .text("再会"))),
                rule(
                    "又没懂", [.noMatch], conditions: [.misses(2)], reply: [.text("要找人工吗")]),
                rule("没懂", [.noMatch], reply: [.text("没听懂")]),
            ])
    ])

    private static func rule(
        _ name: RuleName, _ triggers: [Trigger], conditions: [Condition] = [],
        reply: [ReplyPart] = [], handoff: HandoffDefinition? = nil, end: EndDefinition? = nil
    ) -> RuleDefinition {
        RuleDefinition(
            name: name, place: SourcePlace(file: "shop.kf.yml", line: 1, column: 1),
            triggers: triggers, conditions: conditions, reply: reply, handoff: handoff, end: end)
    }
}

extension Effects {
    /// The decision of the page's last row.
    var reason: Reason? { inbox.last?.reason }
    var actions: [Action] { outbox.map(\.action) }
    var notes: [String] { journal.map(\.what) }
}

extension MenuDefinition {
    /// The message that shows a menu without placeholders.
    var body: OutgoingBody {
        .menu(
            OutgoingBody.Menu(
                head: head?.literal,
                items: items.compactMap { entry in
                    guard case .click(let id, let label) = entry.item else { return nil }
                    return .click(id: id, label: label.literal ?? "")
                }, tail: tail?.literal))
    }
}
