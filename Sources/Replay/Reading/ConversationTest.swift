import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

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
    /// Values known from the start, as if the customer had told them before.
    var slots: [ValueName: String]
    /// Tags the customer bears from the start.
    var tags: [TagName]
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
        /// The customer takes a message back: a named one, or the last.
        case recalls(ExternalUserID, MsgID?)
        case wait(Duration)
        /// One act of a servicer, or new statuses of several.
        case servicer(ExternalUserID, [ServicerAct])
        case platform(Fault)
        /// What the company's own systems answer from now on.
        case answers([MockedCall: [MockedAnswer]])
        /// Other rules become the active version.
        case publish([YAMLNode])
        case expect(Expectation)
    }

    /// Whether `sent`, `reply` and their like count from here.
    var isAct: Bool {
        switch kind {
        case .customer, .clicks, .enters, .recalls, .servicer: true
        case .wait, .platform, .answers, .publish, .expect: false
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
        /// What a test calls it: `menu.item`, `survey.mark`, `slot.option`, or the words on it.
        case named(String)
        /// An item of a menu the rules no longer have: its wire id and its label.
        case old(WireID, label: String)
    }

    struct Entering: Sendable {
        var scene: String?
        var sceneParameter: String?
        /// The Channels scene, 1…5.
        var channelsScene: Int?
        /// Whether the event carries a welcome code, if the platform grants one.
        var hasCode = true
    }

    enum ServicerAct: Sendable {
        case picksUp(ServicerID)
        /// By the servicer who has the session, where none is named.
        case says(String, by: ServicerID?)
        /// From the servicer who has the session, where none is named.
        case transfers(from: ServicerID?, to: ServicerID)
        case reopens(ServicerID)
        /// By the servicer who has the session, where none is named.
        case ends(ServicerID?)
        /// Switches the customer's messages off or on.
        case rejects(Bool, by: ServicerID)
        /// Of everybody, where none is named.
        case status(ServicerStatus, of: ServicerID?)
    }

    /// A request to the company's own systems, as tests name it.
    struct MockedCall: Hashable, Sendable, CustomStringConvertible {
        var service: String
        var operation: String

        var description: String { "\(service).\(operation)" }
    }

    /// What comes of such a request.
    struct MockedAnswer: Hashable, Sendable {
        var outcome: Outcome
        /// How long it takes; later than the rule's `timeout` is no answer.
        var after: Duration = .zero

        enum Outcome: Hashable, Sendable {
            /// Fields by their names, nested ones with dots, list elements counted from 1.
            case fields([String: String])
            /// It answers, but not with anything of use; why.
            case error(String)
            /// It never answers.
            case timeout
        }
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
        /// No call is answered, and none is carried out, until it is up again.
        case down(Bool)
        /// Accepted messages turn out undeliverable.
        case undeliverable(DeliveryFailure, times: Int)
    }
}
