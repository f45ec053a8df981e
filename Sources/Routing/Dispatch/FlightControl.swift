package import ChatModel

/// How many calls of one endpoint may be under way: as many as its latency asks for.
///
/// A platform that answers at once needs a few dozen to be kept busy, one that answers after 50 ms
/// needs hundreds; more than that only moves the queue from here, where the most urgent goes
/// first, to the platform, where nobody does. So: calls under way = latency × wanted rate.
///
/// | latency | under way, with the usual bounds |
/// |---|---|
/// | not known yet | 16 |
/// | 50 µs | 32 |
/// | 10 ms | 50 |
/// | 50 ms | 250 |
/// | 1 s | 256 |
///
/// 45033 (too many at once) and calls that time out halve the ceiling; every round of answers
/// raises it by one again.
package struct FlightControl: Sendable {
    /// Between what the calls under way may move.
    package struct Bounds: Hashable, Sendable {
        /// However short the latency.
        ///
        /// Fewer and each wake-up moves too little: on loopback 4 cost a third of the messages a
        /// second that 32 bring (`make bench ARGS=end-to-end`).
        package var least = 32
        /// However often calls go unanswered.
        package var whenSilent = 4
        /// Until a latency is known.
        package var first = 16
        /// However long the latency.
        package var most = 256
        /// Calls a second that should be possible.
        ///
        /// Well above what the quotas allow in the long run, and below what servers can do: above
        /// that, the queue in the server would raise the latency, and the latency the queue.
        package var wantedPerSecond = 5000

        /// The usual bounds.
        package init() {}
    }

    /// The bounds it keeps to; `least` and `first` give way to a smaller `most`.
    package let bounds: Bounds
    /// The median of recent latencies in µs; `nil` before the first.
    ///
    /// Each answer moves it a sixteenth its way: one slow answer is no slow endpoint.
    private var median: Int?
    private var ceiling: Double
    /// When the ceiling was last lowered: calls made before don't lower it again.
    private var loweredAt = Timestamp(milliseconds: .min)

    /// A control that has seen no call.
    package init(_ bounds: Bounds) {
        self.bounds = bounds
        ceiling = Double(max(1, bounds.most))
    }

    /// The measured latency; `nil` before the first answer.
    package var latency: Duration? { median.map { .microseconds($0) } }

    /// The most calls that may be under way now; at least 1.
    package var most: Int {
        let wanted = median.map { max(bounds.least, enough(after: $0)) } ?? bounds.first
        return max(1, min(wanted, Int(ceiling)))
    }

    private func enough(after latency: Int) -> Int {
        // The latency is bounded so that the product can't overflow.
        (min(latency, 60_000_000) * min(bounds.wantedPerSecond, 1_000_000) + 999_999) / 1_000_000
    }

    /// The platform answered after `latency`; a negative one tells of a clock that was set back.
    package mutating func answered(after latency: Duration) {
        if ceiling < Double(bounds.most) {
            ceiling = min(ceiling + 1 / ceiling, Double(bounds.most))
        }
        guard latency >= .zero else { return }
        let sample = Int(clamping: latency.wholeMilliseconds) &* 1000
        guard let known = median else {
            median = sample
            return
        }
        let step = max(known / 16, 25)
        if sample > known {
            median = min(known + step, sample)
        } else if sample < known {
            median = max(known - step, sample)
        }
    }

    /// The platform said 45033 to a call made at `calledAt`, one of `inFlight`.
    package mutating func crowded(calledAt: Timestamp, inFlight: Int, at now: Timestamp) {
        lower(calledAt: calledAt, inFlight: inFlight, to: 1, at: now)
    }

    /// No answer came to a call made at `calledAt`, one of `inFlight`.
    package mutating func unanswered(calledAt: Timestamp, inFlight: Int, at now: Timestamp) {
        lower(calledAt: calledAt, inFlight: inFlight, to: bounds.whenSilent, at: now)
    }

    private mutating func lower(
        calledAt: Timestamp, inFlight: Int, to least: Int, at now: Timestamp
    ) {
        guard calledAt >= loweredAt else { return }
        loweredAt = now
        let halved = min(ceiling, Double(max(inFlight, 1))) / 2
        ceiling = min(ceiling, max(halved, Double(max(1, min(least, bounds.most)))))
    }

    /// The clock was set back: what was lowered before may be lowered again.
    package mutating func noticeClockStep() { loweredAt = Timestamp(milliseconds: .min) }
}
