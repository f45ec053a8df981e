import ChatModel
import PlatformSimulator
import RuleEngine

/// A conversation to play, and what must come of it: one element of `tests:`.
///
/// Time is virtual. Calls take none unless a fault says so; an act comes a second after the one
/// before; `wait` lets time pass; `expect` lets pass what it takes for the callbacks of everything
/// so far to arrive and for the bot to finish, retries included, but not much more.
struct ConversationTest: Sendable {
    var name: String
    /// Where the test begins.
    var place: SourcePlace
    /// When the clock starts.
    var startsAt: Timestamp
    /// What the platform's ids and the bot's jitter are drawn from.
    var seed: UInt64
    /// Where the console sends new sessions.
    var routing: SimulatorSettings.Routing
    /// Which account is written to; `nil` for the first one the rules serve.
    var account: AccountAlias?
    /// The most rows the platform puts on a page.
    var pageSize: Int
    /// Every so many pulls that find rows bring an empty page with `has_more`; 0 for never.
    var emptyPageEvery: Int
    var steps: [Step]

    /// The clock's start where a test doesn't say: a Monday morning.
    static let defaultStart = "2026-03-02 10:00"
    /// The customer where a step names none.
    static let defaultCustomer = ExternalUserID("客户")
}

/// One step: something that happens, or something to be checked.
struct Step: Sendable {
    var place: SourcePlace
    /// The step's first line, as its file has it.
    var words: String
    var kind: Kind

    enum Kind: Sendable {
        case customer([Writing])
        case clicks(ExternalUserID, Click)
        case enters(ExternalUserID, Entering)
        case wait(Duration)
        case servicer(ExternalUserID, ServicerAct)
        case platform(Fault)
        case expect(Expectation)
    }

    /// Whether `sent`, `reply` and their like count from here.
    var isAct: Bool {
        switch kind {
        case .customer, .clicks, .enters, .servicer: true
        case .wait, .platform, .expect: false
        }
    }

    /// One message of a customer.
    struct Writing: Sendable {
        var customer: ExternalUserID
        var body: MessageBody
        /// The message's id, for steps that must name it.
        var msgID: MsgID?
    }

    /// A tap on a menu.
    enum Click: Sendable {
        /// An item of a menu of the bundle, shown before.
        case item(menu: MenuName, key: String)
        /// An item of a menu the rules no longer have: its wire id and its label.
        case old(WireID, label: String)
    }

    struct Entering: Sendable {
        var scene: String?
        var sceneParameter: String?
        /// Whether the event carries a welcome code, if the platform grants one.
        var hasCode = true
    }

    enum ServicerAct: Sendable {
        case picksUp(ServicerID)
        /// By the servicer who has the session, where none is named.
        case says(String, by: ServicerID?)
        case transfers(from: ServicerID, to: ServicerID)
        case reopens(ServicerID)
        case ends(ServicerID)
        /// Switches the customer's messages off or on.
        case rejects(Bool, by: ServicerID)
        /// Of everybody, where none is named.
        case status(ServicerStatus, of: ServicerID?)
    }

    /// What goes wrong, or right again, on the platform or with the bot.
    enum Fault: Sendable {
        case redeliver(MsgID, times: Int)
        case delayCallbacks(Duration)
        case missCallbacks(Bool)
        case fail(Endpoint, errcode: Int, times: Int)
        /// The call is carried out, its answer never arrives.
        case loseReply(Endpoint, times: Int)
        /// The call is carried out at once, its answer arrives later.
        case slow(Endpoint, by: Duration, times: Int)
        case expireToken
        /// The bot is killed and started again.
        case restart
        /// Accepted messages turn out undeliverable.
        case undeliverable(DeliveryFailure, times: Int)
    }
}

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
        case rules([String])
        case notRules([String])
        case reply([String])
        case replyContains([String])
        case menus([String])
        case sent(Int)
        case nothing
        case state(StateName)
        case servicer(ServicerID)
        case handoff(String)
        case reasons([String])
        case budgetLeft(Int)
        case within(Duration)
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
}
