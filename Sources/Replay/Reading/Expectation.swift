import ChatModel
import PlatformSimulator
import RuleEngine

/// What must hold at a point of a conversation.
struct Expectation: Sendable {
    /// Whose conversation; `nil` for the one the last act was about.
    var customer: ExternalUserID?
    var checks: [Check]

    struct Check: Sendable {
        /// Where the check's key stands.
        var place: SourcePlace
        /// That line of the file.
        var words: String
        var kind: Kind
    }

    enum Kind: Sendable {
        // Counted from the last act.
        case rules([String])
        case notRules([String])
        case score(Double)
        case reply([String])
        case replyContains([String])
        case menus([String])
        case survey(String)
        case notices([String])
        case askedBack([String])
        case calls([String], with: [CallParameter]?)
        case sent(Int)
        case nothing
        case handoff(String)
        case reasons([String])
        case within(Duration)
        case version(String)
        // At this moment.
        case state(StateName)
        case servicer(ServicerID)
        case tags([String])
        case notTags([String])
        case slots([SlotCheck])
        case notSlots([String])
        case flow(String)
        case asked(String)
        case misses(Int)
        case budgetLeft(Int)
        case code(CodeCheck)
        case refused(BookVerdict, Int)
    }

    struct CodeCheck: Sendable {
        var purpose: CodePurpose
        /// The purpose as the test names it.
        var scene: String
        var isUsed: Bool?
        /// The longest time from its issue to its use.
        var within: Duration?
    }

    /// A value that must be known, and what it must be.
    struct SlotCheck: Sendable {
        var name: String
        var value: String
    }

    /// Something a request must have been sent with.
    struct CallParameter: Sendable {
        var name: String
        var value: String
    }

    /// The word for no flow and no call.
    static let none = "none"
}
