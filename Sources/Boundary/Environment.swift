package import ChatModel

/// The rest of the outside world: time, chance, and the one hash that leaves the house.
package struct Environment: Sendable {
    /// The wall clock, stamped once at the door.
    package var now: @Sendable () -> Timestamp
    /// A fraction in `0..<1`, for jitter.
    package var random: @Sendable () -> Double
    /// Suspends for a while; returns early, without an error, when the task is cancelled.
    package var sleep: @Sendable (Duration) async -> Void
    /// The first 22 characters of base64url(SHA-256(bytes)).
    package var shortHash: @Sendable ([UInt8]) -> String

    /// An environment.
    package init(
        now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Duration) async -> Void,
        shortHash: @escaping @Sendable ([UInt8]) -> String
    ) {
        self.now = now
        self.random = random
        self.sleep = sleep
        self.shortHash = shortHash
    }

    /// The `msgid` of an outgoing message: the same for the same account, cause and ordinal, on
    /// every machine and after every loss, so that the platform refuses a second copy.
    package func outgoingMsgID(of id: ActionID, account: OpenKfID) -> MsgID {
        let text = "\(account.rawValue)\u{0}\(id.cause.key)\u{0}\(id.ordinal)"
        return MsgID(shortHash(Array(text.utf8)))
    }
}
