package import ChatModel

/// A callback after decryption.
package struct CallbackEvent: Hashable, Sendable {
    /// What a callback can tell.
    package enum Kind: Hashable, Sendable {
        /// `kf_msg_or_event`: an account has news; it may be fetched already. Samples of 2021 name
        /// no account.
        case news(account: OpenKfID?, token: SyncToken?)
        /// `kf_account_auth_change`: the management of these accounts was granted or withdrawn.
        case authorizationChanged(granted: [OpenKfID], withdrawn: [OpenKfID])
        /// Anything else: its event name, or its message type when it is no event; masked and at
        /// most 64 bytes.
        case other(name: String)
    }

    /// What it tells.
    package let kind: Kind
    /// The corp or suite it is for.
    package let toUserName: String?
    /// When the platform made it, to the second.
    package let createdAt: Timestamp

    /// Reads the bytes that ``CallbackKey/open(signature:timestamp:nonce:encrypted:)`` returned.
    package init(parsing message: [UInt8]) throws(CallbackXMLError) {
        let xml = try CallbackXML(message)
        toUserName = try xml.optional("ToUserName")
        let created = try xml.required("CreateTime")
        guard let seconds = Int64(created), (0...Self.latestSecond).contains(seconds) else {
            throw .invalid(field: "CreateTime")
        }
        createdAt = Timestamp(seconds: seconds)

        switch try xml.optional("Event") {
        case "kf_msg_or_event":
            let account = try Self.checked(xml.optional("OpenKfId"), field: "OpenKfId")
            let token = try Self.checked(xml.optional("Token"), field: "Token")
            kind = .news(account: account.map(OpenKfID.init), token: token.map(SyncToken.init))
        case "kf_account_auth_change":
            kind = .authorizationChanged(
                granted: try Self.accounts(in: xml, field: "AuthAddOpenKfId"),
                withdrawn: try Self.accounts(in: xml, field: "AuthDelOpenKfId"))
        case let event:
            let type = try xml.optional("MsgType")
            kind = .other(name: masked(event ?? type ?? "", longest: 64))
        }
    }

    /// The end of the year 9999, so that milliseconds cannot overflow.
    private static let latestSecond: Int64 = 253_402_300_799
    /// Documented are 64 bytes for an account and 128 for a token; far more leaves room to grow.
    private static let longestValue = 1024

    private static func checked(_ text: String?, field: String) throws(CallbackXMLError) -> String?
    {
        guard let text else { return nil }
        guard text.utf8.count <= longestValue else { throw .invalid(field: field) }
        return text
    }

    private static func accounts(
        in xml: CallbackXML, field: String
    ) throws(CallbackXMLError) -> [OpenKfID] {
        var accounts: [OpenKfID] = []
        for text in xml.all(field) where !text.isEmpty {
            guard text.utf8.count <= longestValue else { throw .invalid(field: field) }
            accounts.append(OpenKfID(text))
        }
        return accounts
    }
}
