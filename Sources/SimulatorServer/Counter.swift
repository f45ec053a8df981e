import Synchronization

/// A count that several tasks change.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    func add(_ difference: Int) { count.add(difference, ordering: .acquiringAndReleasing) }
}
