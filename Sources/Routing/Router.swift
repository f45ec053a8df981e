package import ChatModel
package import RuleEngine
import SessionMachine

/// The pure core: news, what is known, rules and time in; everything to write out.
///
/// No clock, no random source, no store, no network: the same router runs in production, in
/// replay on a virtual clock, and in tests.
package struct Router: Sendable {
    /// The rules that decide; `nil` before the first publication.
    package let active: Playbook?
    /// Versions that conversations are still on: flows under way, a canary's share.
    package let others: [RuleSetVersion: Playbook]
    /// A version that a share of new sessions begins with.
    package let canary: Canary?
    /// The names rule files give the accounts.
    package let aliases: [OpenKfID: AccountAlias]

    /// A version tried on some of the customers.
    package struct Canary: Hashable, Sendable {
        /// Which; must be among ``Router/others``.
        package var version: RuleSetVersion
        /// 0…1, of new sessions.
        package var share: Double

        /// A version tried on a share of new sessions.
        package init(version: RuleSetVersion, share: Double) {
            self.version = version
            self.share = share
        }

        /// Whether a customer's new session begins with it: always the same answer for the same
        /// customer and version, so that nobody changes sides from session to session.
        func takes(_ id: ConversationID) -> Bool {
            // FNV-1a: Swift's own hash differs from run to run.
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in (version.rawValue + "/" + id.customer.rawValue).utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
            return Double((hash ^ hash >> 32) % 10_000) < share * 10_000
        }
    }

    /// A router for one version of the rules.
    package init(rules: RuleSet?, aliases: [OpenKfID: AccountAlias]) {
        self.init(active: rules.map { Playbook($0) }, aliases: aliases)
    }

    /// A router for the active version, and those still needed beside it.
    package init(
        active: Playbook?, others: [RuleSetVersion: Playbook] = [:], canary: Canary? = nil,
        aliases: [OpenKfID: AccountAlias]
    ) {
        self.active = active
        self.others = others
        self.canary = canary
        self.aliases = aliases
    }

    /// Decides about one piece of news.
    ///
    /// - Parameters:
    ///   - work: The news.
    ///   - snapshot: What the store knows about the things it touches.
    ///   - now: The time of the step; never earlier than a previous step's.
    /// - Returns: What must be written, all or nothing.
    package func step(_ work: Work, on snapshot: Snapshot, now: Timestamp) -> Effects {
        var step = Step(router: self, snapshot: snapshot, now: now)
        switch work {
        case .page(let page): step.pagePulled(page)
        case .outcomes(let outcomes):
            for completed in outcomes { step.actionCompleted(completed) }
        case .timers(let timers):
            for timer in timers { step.timerFired(timer) }
        case .roster(let account, let listings):
            step.rosters.replace(account, with: listings)
        }
        return step.finish()
    }

    /// The rules of `version`; the active ones for `nil`, and for a version nobody has any more.
    func playbook(_ version: RuleSetVersion?) -> Playbook? {
        guard let version, version != active?.version else { return active }
        return others[version] ?? active
    }

    /// Whether new sessions of this customer begin with the canary.
    func canaryVersion(for id: ConversationID) -> RuleSetVersion? {
        guard let canary, others[canary.version] != nil, canary.takes(id) else { return nil }
        return canary.version
    }
}
