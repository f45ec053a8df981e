import ChatModel
import Routing
import RuleFiles

/// What happened in a conversation, for reports, and what the bot decided, for checks.
struct Chronicle: Sendable {
    /// Who did something.
    enum Actor: Hashable, Sendable {
        /// With a name where there are several.
        case customer(ExternalUserID?)
        case bot, platform
        /// `nil` for everybody.
        case servicer(ServicerID?)
        /// The company's own systems.
        case company

        var label: Bilingual {
            switch self {
            case .customer(let name):
                Bilingual(
                    en: name.map { "customer \($0)" } ?? "customer",
                    zh: name.map { "客户 \($0)" } ?? "客户")
            case .bot: Bilingual(en: "bot", zh: "机器人")
            case .platform: Bilingual(en: "platform", zh: "平台")
            case .servicer(let servicer):
                Bilingual(
                    en: "servicer \(servicer?.rawValue ?? "all")",
                    zh: servicer.map { "同事 \($0)" } ?? "全体同事")
            case .company: Bilingual(en: "systems", zh: "外部系统")
            }
        }
    }

    /// One line of the timeline.
    struct Line: Sendable {
        var at: Timestamp
        var actor: Actor
        var words: Bilingual
        /// What came of it, as far as it was known at the same moment.
        var result: Bilingual?
        /// How often it happened again, one right after the other, and when last.
        var repeats = 0
        var lastAt: Timestamp
    }

    /// What the bot decided about one row.
    struct Decision: Sendable {
        var conversation: ConversationID?
        var msgID: MsgID
        var reason: String
        /// The winner's score, as long as no later decision replaced it.
        var score: Double?
        /// The version that decided.
        var version: RuleSetVersion?
    }

    /// A branch of a hand-off policy that was gone through.
    struct PolicyBranch: Sendable {
        /// `nil` where it may be anybody's.
        var conversation: ConversationID?
        var policy: PolicyName
        var branch: String
    }

    /// A request to the company's own systems.
    struct CallMade: Sendable {
        var conversation: ConversationID
        var call: CompanyCall
    }

    /// A stable token that says why something was done, or was not.
    struct Token: Sendable {
        var conversation: ConversationID?
        var text: String
    }

    private(set) var lines: [Line] = []
    private(set) var decisions: [Decision] = []
    private(set) var tokens: [Token] = []
    var policyBranches: [PolicyBranch] = []
    var calls: [CallMade] = []
    private var lineOfRow: [MsgID: Int] = [:]
    private var decisionOfRow: [MsgID: Int] = [:]

    /// More lines than this are not kept: a report nobody could read.
    static let mostLines = 10_000

    mutating func note(
        _ actor: Actor, _ words: String, at time: Timestamp, result: String? = nil,
        row: MsgID? = nil
    ) {
        note(actor, Bilingual(words), at: time, result: result.map { Bilingual($0) }, row: row)
    }

    mutating func note(
        _ actor: Actor, _ words: Bilingual, at time: Timestamp, result: Bilingual? = nil,
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
        _ msgID: MsgID, in conversation: ConversationID?, _ reason: Reason, score: Double?,
        version: RuleSetVersion?, at time: Timestamp
    ) {
        decisionOfRow[msgID] = decisions.count
        let text = reason.text
        decisions.append(
            Decision(
                conversation: conversation, msgID: msgID, reason: text, score: score,
                version: version))
        tokens.append(Token(conversation: conversation, text: text))
        var result = Self.words(of: reason)
        if let score {
            let printed = " " + Self.printed(score)
            result = Bilingual(en: result.en + printed, zh: result.zh + printed)
        }
        if let line = lineOfRow[msgID], line < lines.count, lines[line].at == time {
            lines[line].result = result
        } else {
            let heard = words(of: msgID)
            note(
                .bot, Bilingual(en: "hears \(heard.en)", zh: "听到 \(heard.zh)"), at: time,
                result: result)
        }
    }

    /// A row came again.
    mutating func recognised(
        _ msgID: MsgID, in conversation: ConversationID?, at time: Timestamp
    ) {
        tokens.append(Token(conversation: conversation, text: Reason.duplicate.text))
        let heard = words(of: msgID)
        note(
            .bot, Bilingual(en: "hears again \(heard.en)", zh: "又听到 \(heard.zh)"), at: time,
            result: Bilingual(en: Reason.duplicate.text, zh: "重复，不理"))
    }

    /// What a row said, as far as the timeline has it.
    private func words(of msgID: MsgID) -> Bilingual {
        guard let line = lineOfRow[msgID], line < lines.count else {
            return Bilingual(msgID.rawValue)
        }
        if case .customer = lines[line].actor { return lines[line].words }
        let (actor, words) = (lines[line].actor.label, lines[line].words)
        return Bilingual(en: "\(actor.en): \(words.en)", zh: "\(actor.zh)：\(words.zh)")
    }

    /// A reason for the timeline: the stable token in English, what it means in Chinese where
    /// that has a name.
    private static func words(of reason: Reason) -> Bilingual {
        let zh: String? =
            switch reason {
            case .rule(let name): "规则「\(name)」"
            case .flow(let name): "流程「\(name)」"
            case .survey(let name, let mark): "评价「\(name)」 \(mark)"
            case .askedBack(let rules):
                "反问 " + rules.map { "「\($0)」" }.joined()
            default: nil
            }
        return Bilingual(en: reason.text, zh: zh ?? reason.text)
    }

    /// Something a test may ask for as a reason, without a line of its own.
    mutating func tokened(_ text: String, in conversation: ConversationID) {
        tokens.append(Token(conversation: conversation, text: text))
    }

    /// A note of the core: a token or several in one line.
    mutating func noted(
        _ what: String, in conversation: ConversationID?, at time: Timestamp
    ) {
        if let (msgID, reason) = Self.lateDecision(what), let index = decisionOfRow[msgID] {
            decisions[index].reason = reason
            decisions[index].score = nil
        }
        for token in Self.tokens(of: what) {
            tokens.append(Token(conversation: conversation, text: token))
        }
        note(.bot, Bilingual(en: "notes \(what)", zh: "记下 \(what)"), at: time)
    }

    /// The tokens of a note or of an outbox entry's end: its words, and the refusal a word leads to.
    ///
    /// `unsent:window_closed rule:退款` gives `unsent:window_closed` and `window_closed`; which
    /// rule it was is the decision's to say.
    static func tokens(of note: String) -> [String] {
        // What follows an error's number is the platform's own sentence.
        let words = note.split(separator: " ")
        let end =
            words.firstIndex { $0.hasSuffix(":") && $0.dropLast().allSatisfy(\.isNumber) }
            ?? words.endIndex - 1
        return words.prefix(through: end).flatMap { word -> [String] in
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
    static func printed(_ score: Double) -> String {
        let tenths = Int((score * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
