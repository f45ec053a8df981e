package import ChatModel

/// A sliding window over the calls made on one endpoint, so that the platform never has to refuse
/// (wecom-kf reference §15: 10 000 a minute for each corp and endpoint).
///
/// The window is cut into 60 slices; a slice that has begun counts whole, so the meter errs on the
/// safe side by at most one slice.
package struct RateMeter: Sendable {
    /// The most calls in any window; `nil` for no limit.
    package let limit: Int?
    private let sliceMilliseconds: Int64
    private var counts: [Int]
    private var newest: Int64 = .min
    private var total = 0

    private static let slices = 60

    /// A meter for `limit` calls in any `window`.
    package init(limit: Int?, window: Duration = .seconds(60)) {
        self.limit = limit
        sliceMilliseconds = max(1, window.wholeMilliseconds / Int64(Self.slices))
        // One slice more than the window has, because the first and the last are partial.
        counts = Array(repeating: 0, count: Self.slices + 1)
    }

    /// When the next call may be made: `now` when at once.
    package mutating func nextCall(at now: Timestamp) -> Timestamp {
        guard let limit else { return now }
        slide(to: now)
        if total < limit { return now }
        // The oldest slice that counted leaves the window first.
        for back in stride(from: Int64(counts.count - 1), through: 0, by: -1) {
            let slice = newest - back
            if counts[index(of: slice)] > 0 {
                return Timestamp(
                    milliseconds: (slice + Int64(counts.count)) * sliceMilliseconds)
            }
        }
        return now
    }

    /// Counts a call made at `now`.
    package mutating func count(at now: Timestamp) {
        guard limit != nil else { return }
        slide(to: now)
        counts[index(of: newest)] += 1
        total += 1
    }

    private mutating func slide(to now: Timestamp) {
        let slice = now.milliseconds / sliceMilliseconds
        if newest != .min, newest - slice >= Int64(counts.count) {
            // The clock was set back: what was counted counts as just made, and leaves in time.
            counts = Array(repeating: 0, count: counts.count)
            newest = slice
            counts[index(of: slice)] = total
        }
        guard slice > newest else { return }
        if newest == .min || slice - newest >= Int64(counts.count) {
            counts = Array(repeating: 0, count: counts.count)
            total = 0
        } else {
            for passed in (newest + 1)...slice {
                total -= counts[index(of: passed)]
                counts[index(of: passed)] = 0
            }
        }
        newest = slice
    }

    private func index(of slice: Int64) -> Int {
        let remainder = Int(slice % Int64(counts.count))
        return remainder < 0 ? remainder + counts.count : remainder
    }
}
