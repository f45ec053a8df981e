/// One row of a `sync_msg` page: a message or an event, as the platform reported it.
package struct Inbound: Hashable, Sendable {
    /// The platform's id; the key by which a second delivery is recognised.
    package let msgID: MsgID
    /// The account it belongs to.
    package let account: OpenKfID
    /// When the platform says it was sent; whole seconds.
    package let sentAt: Timestamp
    /// What it says.
    package let content: Content
    /// The row's JSON as received, so that nothing the platform adds is ever lost.
    ///
    /// Empty where no wire was involved.
    package let raw: String

    /// A row of a page.
    package init(
        msgID: MsgID, account: OpenKfID, sentAt: Timestamp, content: Content, raw: String = ""
    ) {
        self.msgID = msgID
        self.account = account
        self.sentAt = sentAt
        self.content = content
        self.raw = raw
    }

    /// Who said what.
    package enum Content: Hashable, Sendable {
        /// `origin` 3: the customer wrote.
        case fromCustomer(ExternalUserID, MessageBody)
        /// `origin` 5: a servicer wrote from the WeCom client. Recorded, never answered.
        case fromServicer(ServicerID?, to: ExternalUserID, MessageBody)
        /// `origin` 4: the platform reports an event.
        case event(Event)
        /// An origin this version doesn't know; kept raw.
        case unknown(origin: Int, customer: ExternalUserID?)
    }

    /// The customer it concerns; `nil` for what concerns only the account.
    package var customer: ExternalUserID? {
        switch content {
        case .fromCustomer(let customer, _), .fromServicer(_, let customer, _): customer
        case .event(let event): event.customer
        case .unknown(_, let customer): customer
        }
    }

    /// The conversation it belongs to; `nil` for what concerns only the account.
    package var conversation: ConversationID? {
        customer.map { ConversationID(account: account, customer: $0) }
    }
}

/// The body of a message someone wrote: what `msgtype` selects.
package enum MessageBody: Hashable, Sendable, Codable {
    /// Words, or a tap on a menu item (`menuItem` set, `content` then is the item's label).
    case text(String, menuItem: WireID?)
    case image(MediaID)
    case voice(MediaID)
    case video(MediaID)
    case file(MediaID)
    case location(Location)
    case link(Link)
    case businessCard(ServicerID)
    case miniprogram(Miniprogram)
    /// A menu a servicer sent; items of a type this version doesn't know are left out.
    case menu(OutgoingBody.Menu)
    case shopProduct(ShopProduct)
    case shopOrder(ShopOrder)
    case mergedMessages(MergedMessages)
    case channels(Channels)
    /// A type this version has no body for (`meeting`, `note`, whatever comes next); kept raw.
    case other(type: String)

    /// A place on the map.
    package struct Location: Hashable, Sendable, Codable {
        /// Degrees north, −90…90.
        package var latitude: Double
        /// Degrees east, −180…180.
        package var longitude: Double
        /// The place's name; may be empty.
        package var name: String
        /// The postal address; may be empty.
        package var address: String

        /// A place; names may be empty.
        package init(latitude: Double, longitude: Double, name: String, address: String) {
            self.latitude = latitude
            self.longitude = longitude
            self.name = name
            self.address = address
        }
    }

    /// The kind, as rules name it after `sends:`.
    package var kind: MessageKind {
        switch self {
        case .text: .text
        case .image: .image
        case .voice: .voice
        case .video: .video
        case .file: .file
        case .location: .location
        case .link: .link
        case .businessCard: .businessCard
        case .miniprogram: .miniprogram
        case .menu: .menu
        case .shopProduct: .shopProduct
        case .shopOrder: .shopOrder
        case .mergedMessages: .mergedMessages
        case .channels: .channels
        case .other: .other
        }
    }
}

/// The kinds of message a customer can send, by the names rule files use after `sends:`.
package enum MessageKind: String, Hashable, Sendable, Codable, CaseIterable {
    case text, image, voice, video, file, location, link
    case businessCard = "business_card"
    case miniprogram
    case menu
    case shopProduct = "shop_product"
    case shopOrder = "shop_order"
    case mergedMessages = "merged_msg"
    case channels
    case other
}
