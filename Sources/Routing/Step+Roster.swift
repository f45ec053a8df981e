import ChatModel
import RuleEngine
import SessionMachine

/// Who serves an account: what the platform told, and the load our own conversations make.
///
/// The load is counted from changes of conversations, in one place: whoever a session belongs to,
/// or is on its way to, has one more.
struct Rosters {
    private var rows: [OpenKfID: [ServicerID: RosterRow]]
    private var changed: Set<Key> = []
    private(set) var replaced: Set<OpenKfID> = []

    private struct Key: Hashable {
        let account: OpenKfID
        let servicer: ServicerID
    }

    init(_ rosters: [OpenKfID: [RosterRow]]) {
        rows = rosters.mapValues { rows in
            Dictionary(rows.map { ($0.servicer, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    subscript(account: OpenKfID, servicer: ServicerID) -> RosterRow? {
        rows[account]?[servicer]
    }

    /// Whether `servicer/list` has told who serves `account`.
    func isKnown(_ account: OpenKfID) -> Bool {
        rows[account]?.values.contains { $0.isReceiving != nil } ?? false
    }

    mutating func update(
        _ servicer: ServicerID, of account: OpenKfID, _ change: (inout RosterRow) -> Void
    ) {
        var row =
            rows[account]?[servicer] ?? RosterRow(account: account, servicer: servicer)
        change(&row)
        rows[account, default: [:]][servicer] = row
        changed.insert(Key(account: account, servicer: servicer))
    }

    /// The platform's list: who isn't on it no longer serves.
    mutating func replace(_ account: OpenKfID, with listings: [ServicerListing]) {
        let before = rows[account] ?? [:]
        rows[account] = [:]
        for listing in listings {
            var row =
                before[listing.servicer]
                ?? RosterRow(account: account, servicer: listing.servicer)
            row.isReceiving = listing.isReceiving
            rows[account, default: [:]][listing.servicer] = row
            changed.insert(Key(account: account, servicer: listing.servicer))
        }
        replaced.insert(account)
    }

    /// The load moves from one servicer to another.
    mutating func moved(
        from before: ServicerID?, to after: ServicerID?, of account: OpenKfID
    ) {
        guard before != after else { return }
        if let before { update(before, of: account) { $0.load = max(0, $0.load - 1) } }
        if let after { update(after, of: account) { $0.load += 1 } }
    }

    /// The rows that changed.
    var changes: [RosterRow] {
        changed.compactMap { rows[$0.account]?[$0.servicer] }
            .sorted { ($0.account, $0.servicer) < ($1.account, $1.servicer) }
    }
}

extension Conversation {
    /// Who has the session, or is about to get it by our transfer.
    var occupiedServicer: ServicerID? {
        if case .human(let servicer) = session.state { return servicer }
        guard let handover = memory.handover, handover.isUnderWay else { return nil }
        return handover.servicer
    }
}

extension Step {
    /// A servicer started or stopped receiving.
    mutating func servicerChanged(
        _ servicer: ServicerID, _ status: ServicerStatus, of account: OpenKfID
    ) {
        rosters.update(servicer, of: account) { $0.isReceiving = status == .receiving }
    }
}
