/// The body of a message we send (`send_msg`, and `send_msg_on_event` for text and menu).
///
/// Byte limits are the platform's; `WeComKF` checks them before a call and rule files earlier.
package enum OutgoingBody: Hashable, Sendable, Codable {
    /// At most 2048 bytes of UTF-8.
    case text(String)
    case image(MediaID)
    case voice(MediaID)
    case video(MediaID)
    case file(MediaID)
    case link(Link)
    case miniprogram(Miniprogram)
    case menu(Menu)
    case location(MessageBody.Location)
    /// 获客链接, a customer-acquisition link.
    case acquisitionLink(String)

    /// A card that opens a page.
    package struct Link: Hashable, Sendable, Codable {
        /// At most 128 bytes.
        package var title: String
        /// At most 512 bytes; `nil` is left out.
        package var description: String?
        /// At most 2048 bytes, with its scheme.
        package var url: String
        /// The picture.
        package var thumbnail: MediaID

        /// A card that opens `url`.
        package init(title: String, description: String?, url: String, thumbnail: MediaID) {
            self.title = title
            self.description = description
            self.url = url
            self.thumbnail = thumbnail
        }
    }

    /// A card that opens a mini program.
    package struct Miniprogram: Hashable, Sendable, Codable {
        /// Must be linked to the corp.
        package var appID: String
        /// At most 64 bytes; `nil` is left out.
        package var title: String?
        /// The picture.
        package var thumbnail: MediaID
        /// Its path ends in `.html` before any query.
        package var pagePath: String

        /// A card that opens `pagePath` in `appID`.
        package init(appID: String, title: String?, thumbnail: MediaID, pagePath: String) {
            self.appID = appID
            self.title = title
            self.thumbnail = thumbnail
            self.pagePath = pagePath
        }
    }

    /// A menu message (`msgmenu`).
    package struct Menu: Hashable, Sendable, Codable {
        /// Above the items, at most 1024 bytes; `nil` is left out.
        package var head: String?
        /// 1…10 items.
        package var items: [Item]
        /// Below the items, at most 1024 bytes; `nil` is left out.
        package var tail: String?

        /// A menu of `items`.
        package init(head: String?, items: [Item], tail: String?) {
            self.head = head
            self.items = items
            self.tail = tail
        }

        /// One line of a menu.
        package enum Item: Hashable, Sendable, Codable {
            /// Comes back as a text with this id when tapped. Label at most 128 bytes.
            case click(id: WireID, label: String)
            /// Opens a page. URL at most 2048 bytes, label at most 1024.
            case view(url: String, label: String)
            /// Opens a mini program. Label at most 1024 bytes.
            case miniprogram(appID: String, pagePath: String, label: String)
            /// Words between the items, at most 256 bytes.
            case text(String, noNewline: Bool)

            /// The words the customer sees.
            package var label: String {
                switch self {
                case .click(_, let label), .view(_, let label), .miniprogram(_, _, let label):
                    label
                case .text(let text, _): text
                }
            }
        }
    }

    /// The platform's `msgtype`.
    package var type: String {
        switch self {
        case .text: "text"
        case .image: "image"
        case .voice: "voice"
        case .video: "video"
        case .file: "file"
        case .link: "link"
        case .miniprogram: "miniprogram"
        case .menu: "msgmenu"
        case .location: "location"
        case .acquisitionLink: "ca_link"
        }
    }

    /// Whether a code's message may have this body: text or menu only.
    package var isTextOrMenu: Bool {
        switch self {
        case .text, .menu: true
        default: false
        }
    }
}
