import ChatModel
import Synchronization

/// Closes the circle between performer, committer and roster keepers, which each need another to
/// begin with.
final class OutcomeRelay: Sendable {
    private let targets = Mutex<(committer: Committer?, keepers: [OpenKfID: RosterKeeper])>(
        (nil, [:]))

    var committer: Committer? { targets.withLock { $0.committer } }

    func keeper(of account: OpenKfID) -> RosterKeeper? {
        targets.withLock { $0.keepers[account] }
    }

    func set(_ committer: Committer) { targets.withLock { $0.committer = committer } }

    func set(_ keepers: [RosterKeeper]) {
        let keepers = Dictionary(uniqueKeysWithValues: keepers.map { ($0.account, $0) })
        targets.withLock { $0.keepers = keepers }
    }
}
