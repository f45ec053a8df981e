package import ChatModel

/// A callback that verification refused, as it came in: still encrypted, so that it can be tried
/// with other settings later.
package struct RefusedCallback: Hashable, Sendable {
    /// Query and body together, in bytes; larger ones are no callbacks and are not told of.
    package static let largest = 8 << 10

    /// At whose address it came in.
    package let app: AppAlias
    /// When, by this machine's clock.
    package let receivedAt: Timestamp
    /// Why it was refused: one of the log's causes, such as `signature`.
    package let cause: String
    /// As it stood behind the `?`, percent-encoded.
    package let query: String
    /// Empty for a URL verification.
    package let body: [UInt8]

    /// A refused callback; `nil` when it is too large, or was refused for what no setting mends.
    init?(
        app: AppAlias, receivedAt: Timestamp, refusal: CallbackRefusal, query: String,
        body: [UInt8]
    ) {
        switch refusal {
        case .crypto, .timestamp: break
        case .unknownApp, .parameter, .bodyTooLarge, .bodyIncomplete, .envelope, .event:
            return nil
        }
        guard query.utf8.count + body.count <= Self.largest else { return nil }
        self.app = app
        self.receivedAt = receivedAt
        self.cause = refusal.label
        self.query = query
        self.body = body
    }
}
