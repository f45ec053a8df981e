import ChatModel

/// What a machine keeps of conversations and accounts.
extension DispatchMachine {
    /// What goes in one order: a conversation's messages and transfers, or its recommendations.
    struct LaneKey: Hashable, Sendable {
        var conversation: ConversationID
        var isUpgrade = false

        init(_ entry: OutboxEntry) {
            conversation = entry.conversation
            if case .upgrade = entry.action { isUpgrade = true }
        }

        private init(_ conversation: ConversationID, isUpgrade: Bool) {
            (self.conversation, self.isUpgrade) = (conversation, isUpgrade)
        }

        static func all(of conversation: ConversationID) -> [LaneKey] {
            [.init(conversation, isUpgrade: false), .init(conversation, isUpgrade: true)]
        }
    }

    /// What goes in one order; its place is kept as long as there is any.
    struct Lane: Sendable {
        var key: LaneKey
        /// The place of its account.
        var account: Int
        var entries: [OutboxEntry] = []
        /// Position of the first entry not completed.
        var head = 0
        var status = Status.ready
        var attempts = 0
        /// Whether the head has been tried again after the session turned out to be the bot's.
        var hasReconciled = false
        /// Whether the core withdrew the head while its call was under way: it is not made again.
        var isHeadWithdrawn = false
        /// Tells a heap's stale tickets from the valid one.
        var ticket = 0

        enum Status { case ready, inFlight, held }

        var isEmpty: Bool { head == entries.count }
    }

    /// One account's entries.
    struct Account: Sendable {
        var id: OpenKfID
        /// The place of its corp.
        var corp: Int
        /// Its entries not completed.
        var count = 0
        /// For each endpoint, until when it isn't called: the platform refused app or account there.
        ///
        /// Elsewhere it may still serve, as a right is one endpoint's.
        var rests = Array(repeating: Timestamp?.none, count: DispatchMachine.endpoints.count)

        mutating func noLongerRests() { for index in rests.indices { rests[index] = nil } }
    }
}
