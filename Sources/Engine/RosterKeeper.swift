import Boundary
import ChatModel
import Logging
import Routing

/// Keeps who may serve an account: asks `servicer/list` at start, every ten minutes, and sooner
/// when something shows that what we know is old.
actor RosterKeeper {
    /// What servicers do themselves is told by events; this finds who joined and left.
    static let pace: Duration = .seconds(600)
    /// After a failure.
    static let paceInTrouble: Duration = .seconds(60)
    /// However often somebody asks: refusals come in storms.
    static let shortestPace: Duration = .seconds(10)

    let account: OpenKfID
    private let api: PlatformAPI
    private let committer: Committer
    private let environment: Environment
    private let logger: Logger
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    private var known: Set<ServicerID> = []
    private var askedAt: Timestamp?
    private var isWanted = false
    private var isInTrouble = false
    private var hasNotedDepartments = false
    private var isStopping = false

    init(
        account: OpenKfID, api: PlatformAPI, committer: Committer, environment: Environment,
        logger: Logger
    ) {
        self.account = account
        self.api = api
        self.committer = committer
        self.environment = environment
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks at once, then whenever it is time, until ``stop()``.
    func run() async {
        await ask()
        for await _ in signals {
            if isStopping { return }
            if isDue { await ask() }
        }
    }

    func stop() {
        isStopping = true
        signal.yield()
        signal.finish()
    }

    /// An event spoke of a servicer; one we haven't heard of has joined.
    func heard(of servicer: ServicerID) {
        if !known.contains(servicer) { want() }
    }

    /// The platform refused a servicer we took for one who receives.
    func want() {
        isWanted = true
        signal.yield()
    }

    /// Asks when it is time; called about once a second.
    func sweep() {
        if isDue { signal.yield() }
    }

    private var isDue: Bool {
        guard let askedAt else { return true }
        let pace =
            isInTrouble ? Self.paceInTrouble : isWanted ? Self.shortestPace : Self.pace
        let silence = environment.now() - askedAt
        // Negative after the clock was set back: don't wait for it to catch up.
        return silence >= pace || silence < .zero
    }

    private func ask() async {
        askedAt = environment.now()
        isWanted = false
        isInTrouble = true
        do throws(PlatformFailure) {
            let listed = try await api.servicers(account)
            noteDepartments(of: listed)
            let servicers = ServicerListing.members(of: listed)
            do throws(StoreError) {
                _ = try await committer.commit(.roster(account, servicers))
                known = Set(servicers.map(\.servicer))
                isInTrouble = false
            } catch {
                logger.error(
                    "recording the servicers failed",
                    metadata: ["account": "\(account)", "reason": "\(error.reason)"])
            }
        } catch {
            logger.warning(
                "asking for the servicers failed",
                metadata: [
                    "account": "\(account)", "code": "\(error.code.map(String.init) ?? "none")",
                    "meaning": "\(error.meaning)",
                ])
        }
    }

    /// Departments are named without their members, which another interface would tell.
    private func noteDepartments(of listed: [ListedServicer]) {
        let departments = listed.compactMap { row in
            if case .department(let number) = row { number } else { nil }
        }
        if departments.isEmpty || hasNotedDepartments { return }
        hasNotedDepartments = true
        logger.notice(
            "servicers are listed by department: the members of these are not known one by one",
            metadata: [
                "account": "\(account)",
                "departments": "\(departments.map(String.init).joined(separator: ", "))",
            ])
    }
}

extension ServicerListing {
    /// The members among the rows of `servicer/list`.
    ///
    /// Without a status, which only whoever manages the account is told, one is taken for
    /// receiving: if that is wrong the platform says so, and the next one is chosen.
    static func members(of rows: [ListedServicer]) -> [ServicerListing] {
        rows.compactMap { row in
            guard case .member(let servicer, let status) = row else { return nil }
            return ServicerListing(
                servicer: servicer, isReceiving: status.map { $0 == .receiving } ?? true)
        }
    }
}
