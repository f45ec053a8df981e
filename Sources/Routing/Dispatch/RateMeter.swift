package import ChatModel

/// A sliding window over the calls that came back, so that the platform never has to refuse
/// (wecom-kf reference §15).
///
/// A call counts from when it is made until a window after its answer: whenever in between it
/// reached the platform, no window of the platform's holds more calls than ours. The window is cut
/// into 60 slices; a slice that has begun counts whole, so the meter errs on the safe side by at
/// most one slice. Slices begin at whole multiples of their length, so a minute's quota opens on
/// whole seconds.
package struct RateMeter: Sendable {
    /// The most calls in any window; `nil` for no limit.
    package let limit: Int?
    /// The window's length.
    package let window: Duration
    private let sliceMilliseconds: Int64
    private var counts: [Int]
    private var newest: Int64 = .min
    private var total = 0

    private static let slices = 60

    /// A meter for `limit` calls in any `window`, which is at least 60 ms.
    package init(limit: Int?, window: Duration = .seconds(60)) {
        self.limit = limit
        self.window = window
        sliceMilliseconds = max(1, window.wholeMilliseconds / Int64(Self.slices))
        // One slice more than the window has, because the first and the last are partial.
        counts = limit == nil ? [] : Array(repeating: 0, count: Self.slices + 1)
    }

    /// When the next call may be made: `now` when at once, `nil` when not before one of those
    /// `underWay` has come back.
    package mutating func nextCall(at now: Timestamp, underWay: Int) -> Timestamp? {
        guard let limit else { return now }
        slide(to: now)
        if total + underWay < limit { return now }
        if total == 0 { return nil }
        // The oldest slice that counted leaves the window first.
        for back in stride(from: Int64(counts.count - 1), through: 0, by: -1) {
            let slice = newest - back
            let leaving = counts[index(of: slice)]
            if leaving > 0 {
                // A limit is never overrun, so any slice that leaves makes room.
                return Timestamp(
                    milliseconds: (slice + Int64(counts.count)) * sliceMilliseconds)
            }
        }
        return now
    }

    /// Counts calls that came back at `now`.
    package mutating func count(_ calls: Int = 1, at now: Timestamp) {
        guard limit != nil else { return }
        slide(to: now)
        counts[index(of: newest)] += calls
        total += calls
    }

    /// The calls counted in the window that ends at `now`; 0 without a limit.
    package mutating func used(at now: Timestamp) -> Int {
        guard limit != nil else { return 0 }
        slide(to: now)
        return total
    }

    private mutating func slide(to now: Timestamp) {
        let slice = now.milliseconds / sliceMilliseconds
        if slice == newest { return }
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
