/// A string that names one kind of thing, so that a servicer can't be passed as a customer.
///
/// Identifiers compare as strings do. The platform's are ASCII, so that is byte by byte; names in
/// rule files that differ only in how Unicode composes them are one name.
package protocol Identifier: Hashable, Comparable, Sendable, Codable, CustomStringConvertible,
    ExpressibleByStringLiteral, CodingKeyRepresentable
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
    /// The text as a key, so that identifiers can be the keys of a JSON object.
    package var codingKey: any CodingKey { IdentifierKey(stringValue: rawValue) }
    /// Any key is an identifier.
    package init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
    package var description: String { rawValue }
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// Lets identifiers be the keys of a JSON object.
private struct IdentifierKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
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

/// A customer group (客户群, `chat_id`).
package struct GroupChatID: Identifier {
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

/// A schedule's name, unique in its bundle.
package struct ScheduleName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A slot's name, unique in its bundle: what a flow asks a customer for.
package struct SlotName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A flow's name, unique in its bundle.
package struct FlowName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A survey's name, unique in its bundle.
package struct SurveyName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A notice's name, unique in its bundle.
package struct NoticeName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A tag that rules put on customers.
package struct TagName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// What a placeholder or a condition refers to: a slot (`订单号`), a field of a call's answer
/// (`订单.状态`) or of the customer (`客户.昵称`).
package struct ValueName: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A language a text is written in, as in `zh` or `en`.
package struct Language: Identifier {
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
