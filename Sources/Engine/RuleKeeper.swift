import Boundary
import ChatModel
import Logging
import Routing
import RuleEngine

/// Keeps the rules that decide in step with the store: the active version, the canary, and every
/// version that some conversation is still on.
///
/// A version is compiled off to the side and swapped in; a step under way is decided by the old
/// one. One that can't be loaded leaves things as they are.
actor RuleKeeper {
    /// How often it is looked which versions conversations are on.
    static let pinPace: Duration = .seconds(60)

    private let store: any ConversationStore
    private let committer: Committer
    private let aliases: [OpenKfID: AccountAlias]
    private let operations: Set<CompanyOperation>
    private let environment: Environment
    private let logger: Logger

    /// Every version at hand.
    private var playbooks: [RuleSetVersion: Playbook] = [:]
    /// Stored versions that don't compile, or are gone: tried once, not every second.
    private var broken: Set<RuleSetVersion> = []
    private var pinned: Set<RuleSetVersion> = []
    private var lookedForPinsAt: Timestamp?
    private var activation = Activation()
    private var notedCanary: Router.Canary?
    private var notices: [LiveNotice] = []
    private var looking: Task<Void, Never>?
    private var isWantedAgain = false

    init(
        store: any ConversationStore, committer: Committer, aliases: [OpenKfID: AccountAlias],
        operations: Set<CompanyOperation>, environment: Environment, logger: Logger
    ) {
        self.store = store
        self.committer = committer
        self.aliases = aliases
        self.operations = operations
        self.environment = environment
        self.logger = logger
    }

    /// Takes over what the store says; cheap when nothing has changed.
    ///
    /// - Parameter again: Whether versions that could not be loaded are tried once more.
    func refresh(again: Bool = false) async {
        if again { broken = [] }
        // Whoever comes while the store is being read waits for another look after this one.
        isWantedAgain = true
        let looking = looking ?? Task { await lookWhileWanted() }
        self.looking = looking
        await looking.value
    }

    private func lookWhileWanted() async {
        defer { looking = nil }
        while isWantedAgain {
            isWantedAgain = false
            do throws(StoreError) {
                try await look()
            } catch {
                logger.error("reading the rules failed", metadata: ["reason": "\(error.reason)"])
            }
        }
    }

    private func look() async throws(StoreError) {
        let wanted = try await store.activation()
        let now = environment.now()
        let announced = try await store.notices(inForceAt: now)
        let isChanged = wanted != activation || announced != notices
        let isTime = lookedForPinsAt.map { now - $0 >= Self.pinPace || now < $0 } ?? true
        guard isChanged || isTime || wanted.active != committer.version else { return }

        let before = pinned
        pinned = try await store.pinnedVersions()
        lookedForPinsAt = now
        let serving = [wanted.active, wanted.canary?.version].compactMap { $0 }
        var hasNew = false
        for id in serving + pinned.sorted() where playbooks[id] == nil && !broken.contains(id) {
            hasNew = try await load(id, isPinnedOnly: !serving.contains(id)) || hasNew
        }
        // A step under way may still pin what was just replaced: what goes has been free at two
        // looks in a row.
        let kept = pinned.union(before).union(serving)
            .union([activation.active, activation.canary?.version].compactMap { $0 })
        let freed = playbooks.keys.filter { !kept.contains($0) }
        for id in freed { playbooks[id] = nil }
        // What decided before goes on deciding while its successor can't be loaded.
        guard let active = wanted.active, playbooks[active] != nil else {
            if announced != notices, let decides = activation.active {
                notices = announced
                activate(decides, canary: activation.canary)
            }
            return
        }
        activation = wanted
        notices = announced
        if isChanged || hasNew || !freed.isEmpty || committer.version != active {
            activate(active, canary: wanted.canary)
        }
    }

    private func activate(_ active: RuleSetVersion, canary: Boundary.Canary?) {
        let isNew = committer.version != active
        var trial: Router.Canary?
        if let canary, canary.version != active, playbooks[canary.version] != nil {
            trial = Router.Canary(version: canary.version, share: canary.share)
        }
        let announcing = playbooks.mapValues(announcing)
        let router = Router(
            active: announcing[active], others: announcing.filter { $0.key != active },
            canary: trial, aliases: aliases)
        committer.activate(router, version: active)
        if isNew, let definition = playbooks[active]?.rules.definition {
            logger.notice(
                "rules are active",
                metadata: [
                    "version": "\(active)",
                    "rules": "\(definition.bundles.reduce(0) { $0 + $1.rules.count })",
                ])
            noteAccounts(of: definition)
        }
        note(trial)
    }

    /// The version with the notices that were added while it ran; one that can't be said takes
    /// no other with it.
    private func announcing(_ playbook: Playbook) -> Playbook {
        notices.reduce(playbook) { playbook, notice in
            do throws(RuleSetError) {
                return try playbook.announcing { bundle in
                    [notice.definition(for: bundle)].compactMap(\.self)
                }
            } catch {
                logger.error(
                    "a notice can't be said",
                    metadata: ["notice": "\(notice.name)", "reason": "\(error)"])
                return playbook
            }
        }
    }

    /// Loads and compiles a version; notes what is wrong with it.
    ///
    /// - Returns: Whether it is at hand now.
    private func load(
        _ id: RuleSetVersion, isPinnedOnly: Bool
    ) async throws(StoreError) -> Bool {
        guard let stored = try await store.version(id) else {
            broken.insert(id)
            logger.error(
                "a version that conversations are on is not in the store; the active one decides",
                metadata: ["version": "\(id)"])
            return false
        }
        do throws(RuleSetError) {
            playbooks[id] = Playbook(try RuleSet(stored.definition), version: id)
        } catch {
            broken.insert(id)
            logger.error(
                isPinnedOnly
                    ? "loading a version that conversations are on failed; the active one decides"
                    : "loading rules failed",
                metadata: ["version": "\(id)", "reason": "\(error)"])
            return false
        }
        noteCalls(of: stored.definition)
        return true
    }

    // MARK: The log

    private func note(_ canary: Router.Canary?) {
        if canary == notedCanary { return }
        notedCanary = canary
        if let canary {
            logger.notice(
                "a version is tried on a share of the customers",
                metadata: ["version": "\(canary.version)", "share": "\(canary.share)"])
        } else {
            logger.notice("no version is tried on a share of the customers any more")
        }
    }

    /// Says which operations rules call that the configuration doesn't have.
    private func noteCalls(of definition: RuleSetDefinition) {
        for call in definition.companyCalls(notAmong: operations) {
            logger.warning(
                "the rules call what the configuration does not have under 'calls'; it always fails",
                metadata: ["operation": "\(call.operation)", "place": "\(call.place)"])
        }
    }

    /// Says which accounts have no rules, and which rules have no account: either is easily a
    /// misspelt alias.
    private func noteAccounts(of definition: RuleSetDefinition) {
        let served = Set(definition.bundles.flatMap(\.accounts))
        let configured = Set(aliases.values)
        func list(_ aliases: Set<AccountAlias>) -> Logger.MetadataValue {
            "\(aliases.sorted().map(\.rawValue).joined(separator: ", "))"
        }
        let silent = configured.subtracting(served)
        if !silent.isEmpty {
            logger.warning(
                "no rules serve these accounts: nobody who writes to them is answered",
                metadata: ["accounts": list(silent)])
        }
        let unknown = served.subtracting(configured)
        if !unknown.isEmpty {
            logger.notice(
                "rules name accounts that the configuration does not have",
                metadata: ["accounts": list(unknown)])
        }
    }
}
