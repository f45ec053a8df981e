package import ChatModel

/// The platform's five states of a session, by its own numbers (wecom-kf reference §7.1).
package enum ServiceState: Int, Hashable, Sendable, Codable, CaseIterable {
    case untreated = 0
    case assistant = 1
    case pool = 2
    case human = 3
    case ended = 4
}

/// The platform's rules as this simulator judges by them: its own tables, written from the
/// wecom-kf reference and not from the client's.
package enum PlatformRules {
    /// What `service_state/trans` carries out, rows from, columns to (§7.4, §19 row 2).
    ///
    /// 3→3 stands for another servicer; to the same one it is refused like any self-transition.
    package static let commandable: [[Bool]] = [
        // 0     1      2      3      4
        [false, true, true, true, true],
        [false, false, true, true, true],
        [false, false, false, true, true],
        [false, false, false, true, true],
        [false, false, false, false, false],
    ]

    /// States in which `send_msg` speaks (§7.7).
    package static let speaking: Set<ServiceState> = [.untreated, .assistant]

    /// `send_msg` after each message of the customer (§9.2).
    package static let messagesPerCustomerMessage = 5
    /// How long `send_msg` may answer the customer's last message (§9.2).
    package static let answerWindow: Duration = .seconds(48 * 3600)
    /// How long a session lasts at most (§7.1).
    package static let sessionLifetime: Duration = .seconds(48 * 3600)
    /// How long a customer who was welcomed, or wrote, gets no welcome code (§8.5).
    package static let welcomePause: Duration = .seconds(48 * 3600)
    /// How long after the last consultation `customer/batchget` still shows a profile (§11).
    package static let profileWindow: Duration = .seconds(48 * 3600)
    /// How far back `sync_msg` reaches (§8.3).
    package static let syncWindow: Duration = .seconds(3 * 24 * 3600)
    /// How long a callback's token is honoured (§3.5).
    package static let syncTokenLifetime: Duration = .seconds(600)
    /// Rows a page may hold (§8.1).
    package static let largestPage = 1000
    /// Bytes of a cursor (§8.1).
    package static let longestCursor = 64
    /// Bytes of a sync token (§8.1).
    package static let longestSyncToken = 128
    /// Customers in one `customer/batchget` (§11).
    package static let largestBatch = 100
    /// How long media can be fetched and sent (§14).
    package static let mediaLifetime: Duration = .seconds(3 * 24 * 3600)
    /// Bytes of a media id (§5).
    package static let longestMediaID = 128
    /// Bytes of a link's parameter before it is encoded (§5).
    package static let longestSceneParameter = 128
    /// Accounts of a corp that is not verified (95027).
    package static let mostAccountsUnverified = 10
    /// Customers of a corp that is not verified (95003, §15).
    package static let mostCustomersUnverified = 100

    /// The number for a `msgid` used before.
    ///
    /// The platform's is unpublished (§18): a stand-in out of the unpublished gap of its family.
    package static let duplicateMsgID = 95024
    /// The number for a code that is used, expired or unknown; unpublished, a stand-in (§10.3).
    package static let invalidCode = 41050

    /// A `msgid` used before.
    static let repeated = Errcode(duplicateMsgID, "msgid: used before")
    /// The budget of the customer's last message is spent (§9.2).
    static let budgetSpent = Errcode(
        95001,
        "\(messagesPerCustomerMessage) messages since the customer wrote, "
            + "at most \(messagesPerCustomerMessage)")
    /// The corp's API switch is off.
    static let switchedOff = Errcode(95017, "the console has switched the API off")

    /// The number for one servicer or department too many; unpublished, a stand-in.
    package static let tooManyServicers = 40058

    static func require(
        _ condition: Bool, orRefuse errcode: Int, _ reason: @autoclosure () -> String
    ) throws(Errcode) {
        if !condition { throw Errcode(errcode, reason()) }
    }

    /// Refuses a text whose bytes are not within the range.
    static func require(
        _ range: ClosedRange<Int>, of name: String, _ text: String, orRefuse errcode: Int = 40058
    ) throws(Errcode) {
        let count = text.utf8.count
        if range.contains(count) { return }
        throw Errcode(
            errcode,
            count == 0 ? "\(name): empty" : "\(name): \(count) bytes, at most \(range.upperBound)")
    }

    /// The platform's wording for a number; a general one where it publishes none.
    package static func message(for code: Int) -> String { messages[code] ?? "request refused" }

    private static let messages: [Int: String] = [
        -1: "system busy",
        40001: "invalid credential",
        40003: "invalid userid",
        40004: "invalid media type",
        40005: "invalid type parameter",
        40006: "invalid file size",
        40007: "invalid media_id",
        40008: "invalid message type",
        40009: "invalid image size",
        40011: "invalid video size",
        40013: "invalid corpid",
        40014: "invalid access_token",
        40031: "invalid userid list",
        40035: "invalid parameter",
        40058: "invalid request parameter",
        40096: "invalid external userid",
        40123: "broken image",
        40206: "request body too large",
        41001: "access_token missing",
        41002: "corpid missing",
        41004: "corpsecret missing",
        41006: "media_id missing",
        41050: "invalid code",
        42001: "access_token expired",
        44001: "empty media",
        44004: "empty content",
        45001: "media size out of limit",
        45002: "content size out of limit",
        45007: "voice length out of limit",
        45009: "api freq out of limit",
        45033: "api concurrent out of limit",
        45034: "url without scheme",
        48002: "api forbidden",
        48007: "kf account not granted to this app",
        50100: "invalid paging cursor",
        60003: "department not found",
        60020: "not allow to access from your ip",
        60111: "userid not found",
        95000: "invalid open_kfid",
        95001: "kf msg count limit",
        95002: "kf msg time limit",
        95003: "kf customer count limit",
        95004: "open_kfid not exist",
        95005: "kf account count limit",
        95006: "invalid kf account name",
        95007: "invalid msg token",
        95008: "menu item count limit",
        95009: "invalid menu item type",
        95013: "conversation end",
        95014: "user is not a servicer, or not activated",
        95015: "exclusive service is configured",
        95016: "not allow transition state",
        95017: "api switch is off",
        95018: "send msg session status invalid",
        95019: "servicer stopped or paused",
        95021: "not in upgrade service config",
        95024: "msgid duplicated",
        95026: "kf account usage too low",
        95027: "unverified corp account limit",
        301_017: "invalid voice format",
    ]
}

/// What a one-time code may be used for (wecom-kf reference §10.2).
package enum CodePurpose: String, Hashable, Sendable, Codable, CaseIterable {
    /// The customer entered.
    case welcome
    /// Put into the pool by command.
    case queue
    /// Picked up by a servicer, or assigned by command.
    case assignment
    /// Ended by a servicer or by command.
    case ending

    /// How long it is honoured after it was issued.
    package var lifetime: Duration {
        switch self {
        case .welcome, .ending: .seconds(20)
        case .queue, .assignment: .seconds(172_800)
        }
    }

    /// The message types it carries.
    package var types: Set<String> {
        switch self {
        case .welcome, .ending: ["text", "msgmenu"]
        case .queue, .assignment: ["text"]
        }
    }

    /// The state the session must still be in; `nil` when any will do.
    package var boundState: ServiceState? {
        switch self {
        case .welcome: nil
        case .queue: .pool
        case .assignment: .human
        case .ending: .ended
        }
    }
}

extension PlatformRules {
    /// Refuses a body that breaks a rule (§9.3, §9.4).
    ///
    /// Lengths count bytes of UTF-8. What the platform cuts by itself (titles, descriptions) is
    /// not refused.
    static func check(_ body: OutgoingBody) throws(Errcode) {
        switch body {
        case .text(let text):
            if text.isEmpty { throw Errcode(44004, "text.content: empty") }
            try require(1...2048, of: "text.content", text, orRefuse: 45002)
        case .image(let media), .voice(let media), .video(let media), .file(let media):
            if media.rawValue.isEmpty { throw Errcode(40007, "\(body.type).media_id: empty") }
        case .link(let link):
            if link.thumbnail.rawValue.isEmpty {
                throw Errcode(40007, "link.thumb_media_id: empty")
            }
            if link.title.isEmpty { throw Errcode(40058, "link.title: empty") }
            try require(1...2048, of: "link.url", link.url)
            try require(hasScheme(link.url), orRefuse: 45034, "link.url: no scheme")
        case .miniprogram(let program):
            if program.thumbnail.rawValue.isEmpty {
                throw Errcode(40007, "miniprogram.thumb_media_id: empty")
            }
            if program.appID.isEmpty { throw Errcode(40058, "miniprogram.appid: empty") }
            let path = program.pagePath.prefix { $0 != "?" }
            try require(
                path.hasSuffix(".html"), orRefuse: 40058, "miniprogram.pagepath: not .html")
        case .menu(let menu):
            try check(menu)
        case .location(let place):
            try require(
                (-90...90).contains(place.latitude), orRefuse: 40058,
                "location.latitude: \(place.latitude), -90 to 90")
            try require(
                (-180...180).contains(place.longitude), orRefuse: 40058,
                "location.longitude: \(place.longitude), -180 to 180")
        case .acquisitionLink(let url):
            if url.isEmpty { throw Errcode(40058, "ca_link.link_url: empty") }
        }
    }

    private static func check(_ menu: OutgoingBody.Menu) throws(Errcode) {
        if menu.items.count > 10 {
            throw Errcode(95008, "msgmenu.list: \(menu.items.count) items, at most 10")
        }
        if menu.items.isEmpty { throw Errcode(40058, "msgmenu.list: empty") }
        try require(0...1024, of: "msgmenu.head_content", menu.head ?? "", orRefuse: 45002)
        try require(0...1024, of: "msgmenu.tail_content", menu.tail ?? "", orRefuse: 45002)
        for (place, item) in menu.items.enumerated() {
            try check(item, "msgmenu.list[\(place)]")
        }
    }

    private static func check(
        _ item: OutgoingBody.Menu.Item, _ place: String
    ) throws(Errcode) {
        switch item {
        case .click(let id, let label):
            try require(1...128, of: "\(place).click.id", id.rawValue)
            try require(1...128, of: "\(place).click.content", label)
        case .view(let url, let label):
            try require(1...2048, of: "\(place).view.url", url)
            try require(1...1024, of: "\(place).view.content", label)
        case .miniprogram(let appID, let path, let label):
            try require(1...32, of: "\(place).miniprogram.appid", appID)
            try require(1...1024, of: "\(place).miniprogram.pagepath", path)
            try require(1...1024, of: "\(place).miniprogram.content", label)
        case .text(let text, _):
            try require(1...256, of: "\(place).text.content", text)
        }
    }

    /// Whether the URL begins like `https://`.
    static func hasScheme(_ url: String) -> Bool {
        guard let end = url.firstRange(of: "://")?.lowerBound else { return false }
        return end > url.startIndex && url[..<end].allSatisfy { $0.isASCII && $0.isLetter }
    }

    /// Refuses a `msgid` that no message may have (§9.1).
    static func check(_ id: MsgID) throws(Errcode) {
        try require(1...32, of: "msgid", id.rawValue)
        try require(isMsgID(id), orRefuse: 40058, "msgid: not of [0-9a-zA-Z_-]")
    }

    /// Whether a caller may name a message so: 1…32 bytes of `[0-9a-zA-Z_-]` (§9.1).
    package static func isMsgID(_ id: MsgID) -> Bool {
        (1...32).contains(id.rawValue.utf8.count)
            && id.rawValue.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
