import ChatModel
import Hummingbird
import PlatformSimulator

/// What there is to see.
extension ControlRoutes {
    private static let longestList = 10_000

    func addViews(to group: RouterGroup<SimulatorContext>) {
        on(.get, "conversations", in: group) { order, contents in
            let simulator = contents.simulator
            let account = order.query("account").map { OpenKfID($0) }
            let customer = order.query("customer").map { ExternalUserID($0) }
            let views = simulator.conversationViews.filter { view in
                (account ?? view.id.account) == view.id.account
                    && (customer ?? view.id.customer) == view.id.customer
            }
            // Timelines are long; they come when one customer is asked for.
            let limit = try Self.limit(order)
            return JSONText.object { text in
                text.member("total", views.count)
                text.array("conversations", views.prefix(limit)) { text, view in
                    text.conversation(view)
                    if customer != nil {
                        text.array("timeline", simulator.timeline(of: view.id)) {
                            $0.timelineEntry($1)
                        }
                    }
                }
            }
        }
        on(.get, "book", in: group) { order, contents in
            let since = try Self.number(order, "since") ?? 0
            let mark = try order.query("mark").map { name throws(ControlError) in
                guard let verdict = Verdict(rawValue: name) else {
                    throw ControlError(what: "mark is not repeat, raced, illegal or limited")
                }
                return verdict
            }
            let endpoint = order.query("endpoint")
            let isInjected = order.query("injected") == "1"
            let entries = contents.simulator.book.lazy.filter { entry in
                entry.number >= since && (mark == nil || entry.verdict == mark)
                    && (endpoint ?? entry.name) == entry.name
                    && (!isInjected || !entry.injected.isEmpty)
            }
            let next = (contents.simulator.book.last?.number ?? -1) + 1
            let limit = try Self.limit(order)
            return JSONText.object { text in
                text.member("next", next)
                text.array("entries", entries.prefix(limit)) { $0.bookEntry($1) }
            }
        }
        on(.get, "unanswered", in: group) { order, contents in
            let messages = contents.simulator.unansweredMessages
            let limit = try Self.limit(order)
            return JSONText.object { text in
                text.member("total", messages.count)
                text.array("messages", messages.prefix(limit)) {
                    $0.customerMessage($1)
                }
            }
        }
        on(.get, "messages", in: group) { order, contents in
            let messages = contents.simulator.customerMessages
            let limit = try Self.limit(order)
            return JSONText.object { text in
                text.member("total", messages.count)
                text.array("messages", messages.prefix(limit)) {
                    $0.customerMessage($1)
                }
            }
        }
        on(.get, "codes", in: group) { order, contents in
            let now = contents.simulator.now
            let codes = contents.simulator.codes
            let limit = try Self.limit(order)
            return JSONText.object { text in
                text.member("total", codes.count)
                text.array("codes", codes.suffix(limit)) {
                    $0.issuedCode($1, now: now)
                }
            }
        }
        on(.get, "summary", in: group) { _, contents in
            let simulator = contents.simulator
            let messages = simulator.customerMessages
            let verdicts = simulator.verdicts
            return JSONText.object { text in
                text.member("conversations", simulator.conversationViews.count)
                text.member("customer_messages", messages.count)
                text.member("unanswered", messages.lazy.filter(\.isUnanswered).count)
                text.member("sends", simulator.conversationViews.reduce(0) { $0 + $1.sends })
                text.member("codes", simulator.codes.count)
                text.member("wasted_codes", simulator.wastedCodes.count)
                text.member("injected", simulator.faultsStruck)
                text.object("refusals") { text in
                    text.member("repeat", verdicts[.repeat, default: 0])
                    text.member("raced", verdicts[.raced, default: 0])
                    text.member("illegal", verdicts[.illegal, default: 0])
                    text.member("limited", verdicts[.limited, default: 0])
                }
            }
        }
    }

    private static func number(_ order: Order, _ name: String) throws(ControlError) -> Int? {
        guard let text = order.query(name) else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw ControlError(what: "\(name) is no number")
        }
        return number
    }

    static func limit(_ order: Order) throws(ControlError) -> Int {
        min(try number(order, "limit") ?? 1000, longestList)
    }
}

extension JSONText {
    fileprivate mutating func time(_ name: StaticString, _ time: Timestamp?) {
        if let time { member(name, Int(time.milliseconds)) }
    }

    fileprivate mutating func conversation(_ view: ConversationView) {
        member("account", view.id.account.rawValue)
        member("customer", view.id.customer.rawValue)
        member("state", view.state.rawValue)
        optional("servicer", view.servicer?.rawValue)
        member("budget_left", view.budgetLeft)
        time("last_wrote_at", view.lastWroteAt)
        member("sends", view.sends)
        member("rejects_customer", view.rejectsCustomer)
    }

    fileprivate mutating func timelineEntry(_ entry: TimelineEntry) {
        time("at", entry.at)
        switch entry.what {
        case .customer(let msgID, let message):
            member("who", "customer")
            member("msgid", msgID.rawValue)
            words(message)
        case .servicer(let servicer, let msgID, let message):
            member("who", "servicer")
            member("servicer", servicer.rawValue)
            member("msgid", msgID.rawValue)
            words(message)
        case .api(let msgID, let message, let code):
            member("who", "api")
            member("msgid", msgID.rawValue)
            optional("code", code?.rawValue)
            member("type", message.type)
            member("text", message.summary)
            if case .menu(let menu) = message {
                let items = menu.items.compactMap { item -> (WireID, String)? in
                    if case .click(let id, let label) = item { (id, label) } else { nil }
                }
                array("clicks", items) { text, item in
                    text.member("id", item.0.rawValue)
                    text.member("label", item.1)
                }
            }
        case .event(let msgID, let event):
            member("who", "event")
            member("msgid", msgID.rawValue)
            member("type", event.type)
        case .state(let state, let servicer, let mover):
            member("who", mover.rawValue)
            member("state", state.rawValue)
            optional("servicer", servicer?.rawValue)
        }
    }

    private mutating func words(_ message: MessageBody) {
        member("type", message.kind.rawValue)
        if case .text(let text, let item) = message {
            member("text", text)
            optional("menu_item", item?.rawValue)
        }
    }

    fileprivate mutating func bookEntry(_ entry: BookEntry) {
        member("number", entry.number)
        time("at", entry.at)
        member("endpoint", entry.name)
        optional("app", entry.app?.rawValue)
        optional("account", entry.account?.rawValue)
        optional("customer", entry.customer?.rawValue)
        optional("msgid", entry.msgID?.rawValue)
        member("summary", entry.summary)
        member("errcode", entry.errcode)
        optional("mark", entry.verdict?.rawValue)
        optional("reason", entry.reason)
        if !entry.injected.isEmpty { array("injected", entry.injected.map(\.rawValue)) }
    }

    fileprivate mutating func customerMessage(_ message: CustomerMessage) {
        member("account", message.conversation.account.rawValue)
        member("customer", message.conversation.customer.rawValue)
        member("msgid", message.msgID.rawValue)
        time("at", message.at)
        member("state", message.state.rawValue)
        member("sends", message.sends)
        member("sends_before_next", message.sendsBeforeNext)
        if let delay = message.answeredAfter {
            member("answered_after_milliseconds", Int(delay.wholeMilliseconds))
        }
        member("unanswered", message.isUnanswered)
    }

    fileprivate mutating func issuedCode(_ code: IssuedCode, now: Timestamp) {
        member("code", code.code.rawValue)
        member("purpose", code.purpose.rawValue)
        member("account", code.conversation.account.rawValue)
        member("customer", code.conversation.customer.rawValue)
        time("issued_at", code.issuedAt)
        time("used_at", code.usedAt)
        if let slack = code.slack { member("slack_milliseconds", Int(slack.wholeMilliseconds)) }
        member("wasted", code.isWasted(at: now))
    }
}
