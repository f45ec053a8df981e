package import ChatModel

/// A message of the API as the customer sees it.
package struct ShownMessage: Hashable, Sendable {
    /// When it was accepted.
    package let at: Timestamp
    /// Its id.
    package let msgID: MsgID
    /// What it says.
    package let body: OutgoingBody
    /// The code it spoke through, if any.
    package let code: EventCode?
}

/// A conversation as it stands.
package struct ConversationView: Hashable, Sendable {
    /// Whose.
    package let id: ConversationID
    /// The session's state.
    package let state: ServiceState
    /// Who serves; only in state 3.
    package let servicer: ServicerID?
    /// `send_msg` calls left of the customer's last message; 0 when the window is closed.
    package let budgetLeft: Int
    /// When the customer last wrote.
    package let lastWroteAt: Timestamp?
    /// Messages of the API accepted, ever.
    package let sends: Int
    /// Whether a servicer has switched the customer's messages off.
    package let rejectsCustomer: Bool
}

/// What tests and a judge may look at; nothing here counts as a call.
extension PlatformSimulator {
    /// Every conversation, in the order customers and accounts met.
    package var conversationViews: [ConversationView] { conversations.map(view) }

    /// One conversation; `nil` when the two never met.
    package func conversation(_ id: ConversationID) -> ConversationView? {
        conversationIndex[id].map { view(conversations[$0]) }
    }

    private func view(_ record: ConversationRecord) -> ConversationView {
        let isOpen = record.lastWroteAt.map { now - $0 < PlatformRules.answerWindow } ?? false
        let left = PlatformRules.messagesPerCustomerMessage - record.sendsSinceWritten
        return ConversationView(
            id: record.id, state: record.state, servicer: record.servicer,
            budgetLeft: isOpen ? max(0, left) : 0, lastWroteAt: record.lastWroteAt,
            sends: record.sends, rejectsCustomer: record.rejectsCustomer)
    }

    /// Everything that happened in a conversation, oldest first.
    package func timeline(of id: ConversationID) -> [TimelineEntry] {
        conversationIndex[id].map { conversations[$0].timeline } ?? []
    }

    /// What the API said to the customer, oldest first.
    package func messagesShown(in id: ConversationID) -> [ShownMessage] {
        timeline(of: id).compactMap { entry in
            guard case .api(let msgID, let body, let code) = entry.what else { return nil }
            return ShownMessage(at: entry.at, msgID: msgID, body: body, code: code)
        }
    }

    /// Every message customers wrote and what came back, conversation by conversation.
    package var customerMessages: [CustomerMessage] {
        conversations.flatMap { messages(of: $0) }
    }

    /// The messages of one conversation and what came back, oldest first.
    package func customerMessages(in id: ConversationID) -> [CustomerMessage] {
        conversationIndex[id].map { messages(of: conversations[$0]) } ?? []
    }

    /// The messages to which the API neither said nor did anything though it was its turn.
    package var unansweredMessages: [CustomerMessage] {
        customerMessages.filter(\.isUnanswered)
    }

    private func messages(of record: ConversationRecord) -> [CustomerMessage] {
        record.written.indices.map { place in
            let message = record.written[place]
            let next = place + 1 < record.written.count ? record.written[place + 1] : nil
            let answer =
                message.sendsBefore < record.sendTimes.count
                ? record.sendTimes[message.sendsBefore] - message.at : nil
            return CustomerMessage(
                conversation: record.id, msgID: message.msgID, at: message.at,
                state: message.state, sends: record.sends - message.sendsBefore,
                sendsBeforeNext: (next?.sendsBefore ?? record.sends) - message.sendsBefore,
                answeredAfter: answer,
                isUnanswered: PlatformRules.speaking.contains(message.state)
                    && record.acts == message.actsBefore)
        }
    }

    /// What the row of a raw message holds; `nil` for every other row.
    package func rawMessage(_ id: MsgID) -> RawMessage? { rawMessages[id] }

    /// A file as `media/get` would hand it out to the account's app; `nil` when it has none such.
    package func file(_ id: MediaID, of account: OpenKfID) -> MediaFile? {
        accountIndex[account].flatMap {
            shelf.file(id, of: settings.apps[accounts[$0].app].corp, at: now)
        }
    }

    /// The code, and what became of it.
    package func code(_ code: EventCode) -> IssuedCode? { codeIndex[code].map { codes[$0] } }

    /// Codes whose time passed without their being used.
    package var wastedCodes: [IssuedCode] { codes.filter { $0.isWasted(at: now) } }

    /// How many refusals of each kind the book holds.
    package var verdicts: [Verdict: Int] {
        book.reduce(into: [:]) { counts, entry in
            if let verdict = entry.verdict { counts[verdict, default: 0] += 1 }
        }
    }
}
