import Synchronization

/// Closes the circle between performers and committer, which each need the other to begin with.
final class OutcomeRelay: Sendable {
    private let target = Mutex<Committer?>(nil)

    var committer: Committer? { target.withLock { $0 } }

    func set(_ committer: Committer) { target.withLock { $0 = committer } }
}
