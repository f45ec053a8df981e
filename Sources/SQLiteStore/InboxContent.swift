import Boundary
import ChatModel

/// What a row of a page says, as columns: people read `who`, `kind` and `text`, the program needs
/// all of them to make the row again.
struct InboxContent {
    var who: String
    var kind: String
    var text = ""
    var menuItem: String?
    /// Who wrote, or whom an event is about.
    var servicer: String?
    var detail: Detail?

    /// What has no column; every case uses a few of these.
    struct Detail: Codable {
        var media: MediaID?
        var id: String?
        var url: String?
        var name: String?
        var location: MessageBody.Location?
        var entrance: Entrance?
        var message: MsgID?
        var number: Int?
        var from: ServicerID?
        var code: EventCode?
        var status: ServicerStatus?
        var rejects: Bool?
        /// A card, whole: its columns hold what people look for.
        var card: MessageBody?
    }
}

// MARK: Writing

extension InboxContent {
    init(_ content: Inbound.Content) {
        switch content {
        case .fromCustomer(_, let body):
            self.init(who: "customer", kind: body.kind.rawValue)
            add(body)
        case .fromServicer(let servicer, _, let body):
            self.init(who: "servicer", kind: body.kind.rawValue)
            self.servicer = servicer?.rawValue
            add(body)
        case .event(let event):
            self.init(who: "event", kind: event.type)
            add(event)
        case .unknown(let origin, _): self.init(who: "event", kind: "origin:\(origin)")
        }
    }

    private mutating func add(_ body: MessageBody) {
        switch body {
        case .text(let words, let item):
            text = words
            menuItem = item?.rawValue
        case .image(let media), .voice(let media), .video(let media), .file(let media):
            detail = Detail(media: media)
        case .location(let location):
            text = location.name
            detail = Detail(location: location)
        case .link(let link):
            text = link.title
            detail = Detail(card: body)
        case .businessCard(let servicer): detail = Detail(id: servicer.rawValue)
        case .miniprogram(let card):
            text = card.title
            detail = Detail(card: body)
        case .shopProduct(let product):
            text = product.title
            detail = Detail(card: body)
        case .shopOrder(let order):
            text = order.title
            detail = Detail(card: body)
        case .mergedMessages(let history):
            text = history.title
            detail = Detail(card: body)
        case .channels(let card):
            text = card.title
            detail = Detail(card: body)
        case .menu(let menu):
            text = menu.head ?? ""
            detail = Detail(card: body)
        case .other(let type): detail = Detail(name: type)
        }
    }

    private mutating func add(_ event: Event) {
        switch event {
        case .entered(_, let entrance):
            if entrance != Entrance() { detail = Detail(entrance: entrance) }
        case .sendFailed(_, let message, let failure):
            detail = Detail(message: message, number: failure.number)
        case .servicerStatusChanged(let servicer, let status):
            self.servicer = servicer.rawValue
            detail = Detail(status: status)
        case .sessionChanged(_, let change): add(change)
        case .customerRecalled(_, let message): detail = Detail(message: message)
        case .servicerRecalled(_, let servicer, let message):
            self.servicer = servicer?.rawValue
            detail = Detail(message: message)
        case .rejectSwitched(_, let servicer, let rejects):
            self.servicer = servicer?.rawValue
            detail = Detail(rejects: rejects)
        case .unknown: break
        }
    }

    /// The numbers are the platform's (`change_type`).
    private mutating func add(_ change: SessionChange) {
        switch change {
        case .pickedUp(let servicer, let code):
            self.servicer = servicer.rawValue
            detail = Detail(number: 1, code: code)
        case .transferred(let from, let servicer):
            self.servicer = servicer.rawValue
            detail = Detail(number: 2, from: from)
        case .ended(let servicer, let code):
            self.servicer = servicer?.rawValue
            detail = Detail(number: 3, code: code)
        case .reopened(let from, let servicer):
            self.servicer = servicer.rawValue
            detail = Detail(number: 4, from: from)
        case .unknown(let type): detail = Detail(number: type)
        }
    }
}

// MARK: Reading

extension InboxContent {
    /// What the row said.
    ///
    /// Rows of the first schema version have no details: a message is then of its kind with
    /// nothing in it, and an event that means nothing without them is an unknown one.
    func content(from customer: ExternalUserID?) throws(StoreError) -> Inbound.Content {
        switch who {
        case "customer":
            if let customer { return .fromCustomer(customer, try body()) }
        case "servicer":
            if let customer {
                return .fromServicer(servicer.map { ServicerID($0) }, to: customer, try body())
            }
        case "event":
            let origin = "origin:"
            if kind.hasPrefix(origin), let number = Int(kind.dropFirst(origin.count)) {
                return .unknown(origin: number, customer: customer)
            }
            return .event(event(of: customer) ?? .unknown(type: kind, customer: customer))
        default: break
        }
        throw .damaged("an inbox row")
    }

    /// Cards of earlier versions have no `card`, and less in them.
    private func body() throws(StoreError) -> MessageBody {
        if let card = detail?.card { return card }
        guard let kind = MessageKind(rawValue: kind) else { throw .damaged("a message's kind") }
        let media = detail?.media ?? ""
        let id = detail?.id ?? ""
        let url = detail?.url ?? ""
        let name = detail?.name ?? ""
        return switch kind {
        case .text: .text(text, menuItem: menuItem.map { WireID($0) })
        case .image: .image(media)
        case .voice: .voice(media)
        case .video: .video(media)
        case .file: .file(media)
        case .location:
            .location(
                detail?.location
                    ?? MessageBody.Location(latitude: 0, longitude: 0, name: text, address: ""))
        case .link: .link(.init(title: text, url: url))
        case .businessCard: .businessCard(ServicerID(id))
        case .miniprogram: .miniprogram(.init(appID: id, title: text, pagePath: url))
        case .menu: .menu(.init(head: nil, items: [], tail: nil))
        case .shopProduct: .shopProduct(.init(id: id, title: text))
        case .shopOrder: .shopOrder(.init(id: id, title: text))
        case .mergedMessages: .mergedMessages(.init(title: text))
        case .channels: .channels(.init(nickname: name, title: text))
        case .other: .other(type: name)
        }
    }

    private func event(of customer: ExternalUserID?) -> Event? {
        let servicer = servicer.map { ServicerID($0) }
        if let servicer, let status = detail?.status, kind == "servicer_status_change" {
            return .servicerStatusChanged(servicer, status)
        }
        guard let customer else { return nil }
        switch kind {
        case "enter_session": return .entered(customer, detail?.entrance ?? Entrance())
        case "msg_send_fail":
            guard let message = detail?.message, let number = detail?.number else { return nil }
            return .sendFailed(customer, message: message, DeliveryFailure(number: number))
        case "session_status_change":
            return detail?.number.flatMap { change($0, by: servicer) }
                .map { .sessionChanged(customer, $0) }
        case "user_recall_msg":
            return detail?.message.map { .customerRecalled(customer, message: $0) }
        case "servicer_recall_msg":
            return detail?.message.map { .servicerRecalled(customer, servicer, message: $0) }
        case "reject_customer_msg_switch_change":
            return detail?.rejects.map { .rejectSwitched(customer, servicer, rejects: $0) }
        default: return nil
        }
    }

    private func change(_ number: Int, by servicer: ServicerID?) -> SessionChange? {
        switch (number, servicer) {
        case (1, let servicer?): .pickedUp(by: servicer, code: detail?.code)
        case (2, let servicer?): .transferred(from: detail?.from, to: servicer)
        case (3, _): .ended(by: servicer, code: detail?.code)
        case (4, let servicer?): .reopened(from: detail?.from, by: servicer)
        default: .unknown(type: number)
        }
    }
}
