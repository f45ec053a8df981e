/// A string that names one kind of thing, so that a servicer can't be passed as a customer.
///
/// Identifiers compare as strings do. The platform's are ASCII, so that is byte by byte; names in
/// rule files that differ only in how Unicode composes them are one name.
package protocol Identifier: Hashable, Comparable, Sendable, Codable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    /// The text as the platform or the rule author wrote it.
    var rawValue: String { get }

    /// Wraps a text as it is, without checking it.
    init(_ rawValue: String)
}

extension Identifier {
    package init(stringLiteral value: String) { self.init(value) }
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
    package var description: String { rawValue }
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A company on WeCom (`corpid`, `ww…` or `wx…`).
package struct CorpID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The name a rule file gives an account; configuration maps it to an `OpenKfID`.
package struct AccountAlias: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The name configuration gives one app; its callback is `/callback/<alias>`.
package struct AppAlias: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A KF account (客服账号, `open_kfid`, `wk…`, at most 64 bytes).
package struct OpenKfID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A customer (微信客户, `external_userid`, `wm…`).
package struct ExternalUserID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A servicer (接待人员): a corp member's `userid`.
package struct ServicerID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A message's id, inbound or outgoing; ours are at most 32 bytes of `[0-9a-zA-Z_-]`.
package struct MsgID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// Where the next `sync_msg` page begins (`next_cursor`, at most 64 bytes).
package struct SyncCursor: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The pull token a callback carries; the platform honours it for 10 minutes.
package struct SyncToken: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A one-time code for `send_msg_on_event`: a welcome code or a `msg_code`.
package struct EventCode: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// Temporary media on the platform (`media_id`, 3 days).
package struct MediaID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A menu item's id on the wire (`click.id`); ours are at most 64 bytes.
package struct WireID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The name of one bundle of rules.
package struct BundleName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A rule's name, unique in its bundle.
package struct RuleName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A menu's name, unique in its bundle.
package struct MenuName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A hand-off policy's name, unique in its bundle.
package struct PolicyName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The id of a stored rule-set version: its content hash.
package struct RuleSetVersion: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A timer's id, unique within the store.
package struct TimerID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// One customer's conversation with one account: the key of every session, queue and counter.
package struct ConversationID: Hashable, Comparable, Sendable, Codable {
    /// The account the customer writes to.
    package let account: OpenKfID
    /// The customer.
    package let customer: ExternalUserID

    /// Names the conversation of `customer` with `account`.
    package init(account: OpenKfID, customer: ExternalUserID) {
        self.account = account
        self.customer = customer
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.account, lhs.customer) < (rhs.account, rhs.customer)
    }
}
