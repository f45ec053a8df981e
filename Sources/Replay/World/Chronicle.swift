import ChatModel

/// What happened in a conversation, for reports, and what the bot decided, for checks.
struct Chronicle: Sendable {
    /// One line of the timeline.
    struct Line: Sendable {
        var at: Timestamp
        var actor: String
        var words: String
        /// What came of it, as far as it was known at the same moment.
        var result: String?
        /// How often it happened again, one right after the other, and when last.
        var repeats = 0
        var lastAt: Timestamp
    }

    /// What the bot decided about one row.
    struct Decision: Sendable {
        var conversation: ConversationID?
        var msgID: MsgID
        var reason: String
    }

    /// A stable token that says why something was done, or was not.
    struct Token: Sendable {
        var conversation: ConversationID?
        var text: String
    }

    private(set) var lines: [Line] = []
    private(set) var decisions: [Decision] = []
    private(set) var tokens: [Token] = []
    private var lineOfRow: [MsgID: Int] = [:]
    private var decisionOfRow: [MsgID: Int] = [:]

    /// More lines than this are not kept: a report nobody could read.
    static let mostLines = 10_000

    mutating func note(
        _ actor: String, _ words: String, at time: Timestamp, result: String? = nil,
        row: MsgID? = nil
    ) {
        if let row {
            lineOfRow[row] = lines.count
        } else if let last = lines.last, last.actor == actor, last.words == words,
            last.result == result
        {
            lines[lines.count - 1].repeats += 1
            lines[lines.count - 1].lastAt = time
            return
        }
        guard lines.count < Self.mostLines else { return }
        lines.append(
            Line(at: time, actor: actor, words: words, result: result, lastAt: time))
    }

    /// The bot decided about a row: beside the row's own line where it did at once.
    mutating func decided(
        _ msgID: MsgID, in conversation: ConversationID?, _ reason: String, score: Double?,
        at time: Timestamp
    ) {
        decisionOfRow[msgID] = decisions.count
        decisions.append(Decision(conversation: conversation, msgID: msgID, reason: reason))
        tokens.append(Token(conversation: conversation, text: reason))
        let result = reason + (score.map { " " + Self.printed($0) } ?? "")
        if let line = lineOfRow[msgID], line < lines.count, lines[line].at == time {
            lines[line].result = result
        } else {
            note("bot", "hears \(words(of: msgID))", at: time, result: result)
        }
    }

    /// A row came again.
    mutating func recognised(
        _ msgID: MsgID, in conversation: ConversationID?, at time: Timestamp
    ) {
        tokens.append(Token(conversation: conversation, text: Reason.duplicate.text))
        note("bot", "hears again \(words(of: msgID))", at: time, result: Reason.duplicate.text)
    }

    /// What a row said, as far as the timeline has it.
    private func words(of msgID: MsgID) -> String {
        guard let line = lineOfRow[msgID], line < lines.count else { return msgID.rawValue }
        return lines[line].actor == "customer"
            ? lines[line].words
            : "\(lines[line].actor): \(lines[line].words)"
    }

    /// A note of the core: a token or several in one line.
    mutating func noted(
        _ what: String, in conversation: ConversationID?, at time: Timestamp
    ) {
        if let (msgID, reason) = Self.lateDecision(what), let index = decisionOfRow[msgID] {
            decisions[index].reason = reason
        }
        for token in Self.tokens(of: what) {
            tokens.append(Token(conversation: conversation, text: token))
        }
        note("bot", "notes \(what)", at: time)
    }

    /// The tokens of a note or of an outbox entry's end: its words, and the refusal a word leads to.
    ///
    /// `unsent:window_closed rule:退款` gives `unsent:window_closed` and `window_closed`; which
    /// rule it was is the decision's to say.
    static func tokens(of note: String) -> [String] {
        note.split(separator: " ").flatMap { word -> [String] in
            let word = String(word.hasSuffix(":") ? word.dropLast() : word)
            if word.hasPrefix("rule:") { return [] }
            for prefix in ["unsent:", "untransferred:"] where word.hasPrefix(prefix) {
                return [word, String(word.dropFirst(prefix.count))]
            }
            return [word]
        }
    }

    /// `decided:<msgid> <reason>`: a message that had waited for a transfer's outcome.
    private static func lateDecision(_ note: String) -> (MsgID, String)? {
        let prefix = "decided:"
        guard note.hasPrefix(prefix), let space = note.firstIndex(of: " ") else { return nil }
        let id = note[note.index(note.startIndex, offsetBy: prefix.count)..<space]
        return (MsgID(String(id)), String(note[note.index(after: space)...]))
    }

    /// A score to one decimal, none where it is whole.
    private static func printed(_ score: Double) -> String {
        let tenths = Int((score * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
