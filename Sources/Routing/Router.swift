package import ChatModel
package import RuleEngine
import SessionMachine

/// The pure core: news, what is known, rules and time in; everything to write out.
///
/// No clock, no random source, no store, no network: the same router runs in production, in
/// replays on a virtual clock, and in tests.
package struct Router: Sendable {
    /// The rules that decide; `nil` before the first publication.
    package let rules: RuleSet?
    /// The names rule files give the accounts.
    package let aliases: [OpenKfID: AccountAlias]

    /// A router for one version of the rules.
    package init(rules: RuleSet?, aliases: [OpenKfID: AccountAlias]) {
        self.rules = rules
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
        }
        return step.finish()
    }

    /// The compiled rules that serve `account`.
    func bundle(for account: OpenKfID) -> CompiledBundle? {
        aliases[account].flatMap { rules?.bundle(serving: $0) }
    }
}
