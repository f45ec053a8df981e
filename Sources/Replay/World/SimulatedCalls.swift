import ChatModel
import PlatformSimulator
import Routing

/// The bot's calls on the simulated platform: authorisation, msgids, errors and lost answers, the
/// way the client and the action layer have them in production.
struct SimulatedCalls: Sendable {
    /// The app the bot is.
    let app: SimulatorSettings.App
    private var accessToken: String?
    private var lost: [Endpoint: Int] = [:]
    private var delays: [Endpoint: [Duration]] = [:]

    /// Whether nothing gets through: no call arrives, none is answered.
    var isDown = false

    init(app: SimulatorSettings.App) { self.app = app }

    // MARK: Faults

    /// The answers of the next `times` calls on `endpoint` never arrive.
    mutating func loseReplies(of endpoint: Endpoint, times: Int) {
        lost[endpoint, default: 0] += times
    }

    /// The answers of the next `times` calls on `endpoint` take this long.
    mutating func slow(_ endpoint: Endpoint, by delay: Duration, times: Int) {
        delays[endpoint, default: []] += Array(repeating: delay, count: times)
    }

    /// A restarted process has no access token.
    mutating func forgetAccessToken() { accessToken = nil }

    /// How long the answer of the call just made on `endpoint` takes.
    mutating func takeDelay(of endpoint: Endpoint) -> Duration {
        guard let delay = delays[endpoint]?.first else { return .zero }
        delays[endpoint]?.removeFirst()
        return delay
    }

    // MARK: Calls

    /// `sync_msg`.
    mutating func pull(
        _ account: OpenKfID, cursor: SyncCursor?, token: SyncToken?,
        on platform: inout PlatformSimulator
    ) -> Result<SyncPage, PlatformFailure> {
        call(.syncMessages, on: &platform) { platform, app in
            platform.sync(account, cursor: cursor, token: token, limit: nil, by: app)
        }
    }

    /// The call behind an outbox entry; success carries the code a transfer hands out.
    mutating func perform(
        _ entry: OutboxEntry, on platform: inout PlatformSimulator
    ) -> Result<EventCode?, PlatformFailure> {
        let msgID = Self.msgID(of: entry.id, account: entry.conversation.account)
        switch entry.action {
        case .send(let body):
            return call(.sendMessage, on: &platform) { platform, app in
                platform.send(to: entry.conversation, msgID: msgID, body, by: app)
                    .map { _ in nil }
            }
        case .sendOnEvent(let code, let body):
            return call(.sendOnEvent, on: &platform) { platform, app in
                platform.sendOnEvent(code, msgID: msgID, body, by: app).map { _ in nil }
            }
        case .transfer(let target):
            return call(.transferState, on: &platform) { platform, app in
                platform.transfer(entry.conversation, to: target, by: app)
            }
        case .upgrade(let upgrade):
            return call(.upgradeService, on: &platform) { platform, app in
                platform.upgradeService(
                    entry.conversation, to: Recommendation(upgrade), by: app
                ).map { nil }
            }
        case .call: return .success(nil)
        }
    }

    /// `service_state/get`.
    mutating func session(
        of id: ConversationID, on platform: inout PlatformSimulator
    ) -> Result<Outcome.ActualSession, PlatformFailure> {
        call(.getState, on: &platform) { platform, app in
            platform.sessionState(of: id, by: app).map {
                Outcome.ActualSession(number: $0.state.rawValue, servicer: $0.servicer)
            }
        }
    }

    /// Makes a call with an access token, fetching one first, and once more after one that the
    /// platform no longer takes.
    private mutating func call<Answer>(
        _ endpoint: Endpoint, on platform: inout PlatformSimulator,
        _ make: (inout PlatformSimulator, AppAlias) -> Result<Answer, SimulatedRefusal>
    ) -> Result<Answer, PlatformFailure> {
        if isDown { return .failure(.noAnswer) }
        var isRepeat = false
        while true {
            let answer = authorised(endpoint, on: &platform).flatMap { make(&platform, $0) }
            if let left = lost[endpoint], left > 0 {
                lost[endpoint] = left - 1
                return .failure(.noAnswer)
            }
            switch answer {
            case .success(let answer): return .success(answer)
            case .failure(let refusal):
                var failure = PlatformFailure(refusal)
                guard failure.handling == .refresh else { return .failure(failure) }
                accessToken = nil
                if isRepeat {
                    failure.handling = .stop
                    return .failure(failure)
                }
                isRepeat = true
            }
        }
    }

    private mutating func authorised(
        _ endpoint: Endpoint, on platform: inout PlatformSimulator
    ) -> Result<AppAlias, SimulatedRefusal> {
        if accessToken == nil {
            switch platform.getToken(corp: app.corp, secret: app.secret) {
            case .success(let grant): accessToken = grant.token
            case .failure(let refusal): return .failure(refusal)
            }
        }
        return platform.authenticate(accessToken, for: endpoint)
    }

    /// The outgoing msgid: the same for the same cause, whoever asks and however often.
    ///
    /// Production hashes with SHA-256; two runs of FNV-1a 64 from different beginnings are enough
    /// to keep the few messages of a test apart. 32 hexadecimal digits.
    static func msgID(of id: ActionID, account: OpenKfID) -> MsgID {
        var (first, second): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142)
        for byte in "\(account)\n\(id.cause.key)\n\(id.ordinal)".utf8 {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return MsgID(hex(first) + hex(second))
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension PlatformFailure {
    /// The answer never came.
    fileprivate static let noAnswer = PlatformFailure(
        code: nil, handling: .retry, meaning: "the connection broke before the answer")

    /// A refusal of the simulator, with what may be done about it.
    ///
    /// The client's table knows every code; this one needs those the simulator can answer, or a
    /// test can make it answer (wecom-kf reference §16).
    fileprivate init(_ refusal: SimulatedRefusal) {
        let handling: Handling =
            switch refusal.errcode {
            case -1, 6000, 45033: .retry
            case 45009: .wait
            case 40014, 41001, 42001: .refresh
            case 40001, 40013, 40091, 41002, 41004, 48001, 48002, 48007, 50003, 60020, 95000,
                95003, 95004, 95011, 95012, 95017, 95023:
                .stop
            case 95013, 95016, 95018: .reconcile
            case 50002, 60011, 60021, 95014, 95019: .otherServicer
            case 95007: .withoutToken
            case 50100: .resetCursor
            case 40007: .uploadAgain
            default: .drop
            }
        // The numbers for a repeated msgid is the one the platform never published.
        self.init(
            code: refusal.errcode, handling: handling, meaning: refusal.errmsg,
            isDocumented: refusal.errcode != PlatformRules.duplicateMsgID)
    }
}

extension Recommendation {
    /// What of a recommendation the platform judges.
    fileprivate init(_ upgrade: ServiceUpgrade) {
        switch upgrade {
        case .member(let id, _): self = .member(id)
        case .group(let id, _): self = .groupChat(id.rawValue)
        }
    }
}
