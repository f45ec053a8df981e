import ChatModel
import Synchronization

/// Remembers genuine callbacks for as long as a copy of them would be accepted.
///
/// A callback is known by its signature, which covers its timestamp, its nonce and its text. Only
/// verified ones are recorded, so only the platform can fill the memory.
final class SeenCallbacks: Sendable {
    private struct State {
        var known: Set<String> = []
        /// The known signatures, oldest first, with the time from which a copy is too old anyway.
        var queue: [(signature: String, until: Timestamp)] = []
        var first = 0
    }

    /// About 10 MB; the platform allows 10 000 calls a minute, the window is 20.
    static let capacity = 100_000

    private let state = Mutex(State())

    /// Records a signature; `false` when it was known already.
    func insert(_ signature: String, until: Timestamp, now: Timestamp) -> Bool {
        state.withLock { state in
            while state.first < state.queue.count,
                state.queue[state.first].until < now
                    || state.queue.count - state.first >= Self.capacity
            {
                state.known.remove(state.queue[state.first].signature)
                state.first += 1
            }
            if state.first > 1024, state.first * 2 > state.queue.count {
                state.queue.removeFirst(state.first)
                state.first = 0
            }
            guard state.known.insert(signature).inserted else { return false }
            state.queue.append((signature, until))
            return true
        }
    }

    /// How many are remembered.
    var count: Int { state.withLock(\.known.count) }
}
