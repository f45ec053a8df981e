package import ChatModel

/// The endpoints the simulator answers: all of the platform's for customer service.
///
/// Raw values are the paths below `/cgi-bin/`, those of customer service without their `kf/`.
package enum Endpoint: String, Hashable, Sendable, Codable, CaseIterable {
    case getToken = "gettoken"
    case syncMessages = "sync_msg"
    case sendMessage = "send_msg"
    case sendOnEvent = "send_msg_on_event"
    case getState = "service_state/get"
    case transferState = "service_state/trans"
    case listServicers = "servicer/list"
    case listAccounts = "account/list"
    case getCustomers = "customer/batchget"
    case addAccount = "account/add"
    case deleteAccount = "account/del"
    case updateAccount = "account/update"
    case addContactWay = "add_contact_way"
    case addServicers = "servicer/add"
    case deleteServicers = "servicer/del"
    case getUpgradeConfig = "customer/get_upgrade_service_config"
    case upgradeService = "customer/upgrade_service"
    case cancelUpgrade = "customer/cancel_upgrade_service"
    case getQualification = "get_corp_qualification"
    case getCorpStatistic = "get_corp_statistic"
    case getServicerStatistic = "get_servicer_statistic"
    case addGroup = "knowledge/add_group"
    case deleteGroup = "knowledge/del_group"
    case renameGroup = "knowledge/mod_group"
    case listGroups = "knowledge/list_group"
    case addIntent = "knowledge/add_intent"
    case deleteIntent = "knowledge/del_intent"
    case changeIntent = "knowledge/mod_intent"
    case listIntents = "knowledge/list_intent"
    case uploadMedia = "media/upload"
    case getMedia = "media/get"
    case callbackAddresses = "getcallbackip"
    case domainAddresses = "get_api_domain_ip"

    /// The path below `/cgi-bin/`.
    package var path: String {
        switch self {
        case .getToken, .uploadMedia, .getMedia, .callbackAddresses, .domainAddresses: rawValue
        default: "kf/" + rawValue
        }
    }
}

/// Why a refusal happened, as the one who judges a caller sees it.
package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
    /// Made again what was made before: the same msgid, the state already there.
    case `repeat`
    /// A person, the platform or the clock moved first, and the caller could not know yet.
    case raced
    /// The caller could have known better.
    case illegal
    /// Says nothing about the session: quotas, access tokens, faults a test injected.
    case limited
}

/// The number a call is refused with, and what was judged, on their way to the book.
struct Errcode: Error, Hashable, Sendable {
    let number: Int
    /// The field and the limit, as `scene: 33 bytes, at most 32`.
    let reason: String

    init(_ number: Int, _ reason: String) {
        self.number = number
        self.reason = reason
    }

    /// The account was the app's, and isn't now.
    static let withdrawn = Errcode(48007, "open_kfid: withdrawn from the app")
}

/// A call the platform refused.
package struct SimulatedRefusal: Error, Hashable, Sendable {
    /// The platform's number.
    package let errcode: Int
    /// Its wording, without the hint a real answer appends.
    package let errmsg: String
    /// What the book says of it.
    package let verdict: Verdict

    /// A refusal with the platform's wording for `errcode`.
    package init(errcode: Int, verdict: Verdict) {
        self.errcode = errcode
        self.errmsg = PlatformRules.message(for: errcode)
        self.verdict = verdict
    }
}

/// One line of the book: a call, and what became of it.
package struct BookEntry: Hashable, Sendable {
    /// What was asked.
    package enum Call: Hashable, Sendable {
        case getToken
        /// A pull, with what it brought.
        case pull(hasToken: Bool, rows: Int, hasMore: Bool)
        case send(OutgoingBody)
        case sendOnEvent(EventCode, OutgoingBody)
        case readState
        /// The target's number and servicer, as given.
        case transfer(to: Int, ServicerID?)
        case listServicers
        case listAccounts
        case readCustomers(Int)
        /// Any other call, in a few words.
        case request(String)
        /// What never became a call: not authorised, or not understood.
        case unreadable(String)
        /// A method and a path that the platform does not have.
        case unknownPath(String)
    }

    /// Its place in the book, from 0; stays when older entries are dropped.
    package internal(set) var number: Int
    /// When the call arrived.
    package let at: Timestamp
    /// Where it arrived; `nil` where the platform has nothing.
    package let endpoint: Endpoint?
    /// Who called; `nil` when nobody was recognised.
    package let app: AppAlias?
    /// The account it named.
    package var account: OpenKfID?
    /// The customer it concerned.
    package var customer: ExternalUserID?
    /// The message id it named, or was given.
    package var msgID: MsgID?
    /// What was asked.
    package var call: Call
    /// 0 when it was accepted.
    package var errcode = 0
    /// Why it was refused, as the caller's judge sees it; `nil` when it was accepted.
    package var verdict: Verdict?
    /// What was judged, and by which limit; of an accepted call, what of it was not done.
    package internal(set) var reason: String?
    /// The faults that struck it.
    ///
    /// A call that was neither carried out nor answered has −1 as ``errcode``, which nobody got.
    package internal(set) var injected: [CallFault.Kind] = []

    /// The endpoint as the book names it; of an unknown path the method and the path.
    package var name: String {
        if case .unknownPath(let path) = call { path } else { endpoint?.rawValue ?? "" }
    }

    /// The characters of a ``summary`` at most.
    package static let longestSummary = 200

    /// The call in a few words, as `text 您好` or `to 3 anna`; what is longer is cut off.
    package var summary: String {
        let words = wholeSummary
        // Bytes are counted in no time, and there are no fewer of them.
        if words.utf8.count <= Self.longestSummary { return words }
        let start = words.prefix(Self.longestSummary)
        return start.endIndex == words.endIndex ? words : start + "…"
    }

    private var wholeSummary: String {
        switch call {
        case .getToken, .readState, .listServicers, .listAccounts: ""
        case .pull(let hasToken, let rows, let hasMore):
            (hasToken ? "" : "without token, ") + "\(rows) rows" + (hasMore ? ", more" : "")
        case .send(let body): body.summary
        case .sendOnEvent(let code, let body): "\(code) \(body.summary)"
        case .transfer(let target, let servicer):
            "to \(target)" + (servicer.map { " \($0)" } ?? "")
        case .readCustomers(let count): "\(count) customers"
        case .request(let what), .unreadable(let what): what
        case .unknownPath: ""
        }
    }
}

extension OutgoingBody {
    /// The type and the words of a message, for the book and the timeline.
    package var summary: String {
        switch self {
        case .text(let text): "text \(text)"
        case .menu(let menu):
            "msgmenu "
                + ((menu.head.map { [$0] } ?? []) + menu.items.map(\.label)).joined(
                    separator: " | ")
        case .link(let link): "link \(link.title)"
        case .miniprogram(let program): "miniprogram \(program.title ?? program.pagePath)"
        case .image, .voice, .video, .file, .location, .acquisitionLink: type
        }
    }
}
