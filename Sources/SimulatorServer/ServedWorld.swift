import ChatModel
import PlatformSimulator
import Synchronization

/// The one simulated world and its clock, shared by every request.
///
/// A mutex rather than an actor: each use is a few microseconds and never waits for anything.
final class ServedWorld: Sendable {
    struct Contents: Sendable {
        var simulator: PlatformSimulator
        /// How far the simulated time is ahead of the wall clock.
        var ahead: Duration = .zero
        /// When a bot that follows this clock last asked for it, by the wall clock.
        var followedAt: Timestamp?
        var targets: [AppAlias: SimulatorServer.CallbackTarget] = [:]
    }

    private let contents: Mutex<Contents>
    private let wallClock: @Sendable () -> Timestamp
    /// Yields whenever something may have become due earlier than known before.
    let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    init(_ simulator: PlatformSimulator, wallClock: @escaping @Sendable () -> Timestamp) {
        self.contents = Mutex(Contents(simulator: simulator))
        self.wallClock = wallClock
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Uses the world at its present time.
    func with<Value: Sendable, Failure>(
        _ body: (inout Contents) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let (result, isEarlier) = contents.withLock { contents in
            let before = contents.simulator.nextDue
            contents.simulator.advance(to: wallClock() + contents.ahead)
            let result = Result { () throws(Failure) in try body(&contents) }
            let after = contents.simulator.nextDue
            return (result, after != before)
        }
        if isEarlier { notify() }
        return try result.get()
    }

    /// Makes the pusher look again.
    func notify() { change.yield() }

    func advance(by duration: Duration) {
        with { contents in
            contents.ahead += max(.zero, duration)
            contents.simulator.advance(to: wallClock() + contents.ahead)
        }
        notify()
    }

    /// How long a follower counts as present after it asked for the time.
    static let followerPresence: Duration = .seconds(10)

    /// Notes that a bot follows this clock.
    func noteFollower() { with { $0.followedAt = wallClock() } }

    /// Moves the time ahead if a bot follows it; `false`, and nothing moved, when none does.
    func advanceFollowed(by duration: Duration) -> Bool {
        let isFollowed = with { contents in
            contents.followedAt.map { wallClock() - $0 <= Self.followerPresence } ?? false
        }
        if isFollowed { advance(by: duration) }
        return isFollowed
    }
}
