/// A moment of wall-clock time, in whole milliseconds since 1970-01-01 00:00 UTC.
///
/// Stamped once at the door and then passed along: nothing below `Boundary` asks a clock. The
/// platform speaks in seconds, so its times end in `000`.
///
/// Arithmetic saturates instead of trapping: `send_time` is the platform's word, and no number in
/// it may stop the process.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since the Unix epoch.
    package let milliseconds: Int64

    /// A moment given in milliseconds since the Unix epoch.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A moment as the platform writes it, in seconds since the Unix epoch.
    package init(seconds: Int64) { self.milliseconds = seconds.timesThousand }

    package init(from decoder: any Decoder) throws {
        self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Whole seconds since the Unix epoch, rounded down: the platform's unit.
    package var seconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds + 1) / 1000 - 1
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }

    /// The moment `rhs` after `lhs`.
    package static func + (lhs: Self, rhs: Duration) -> Self {
        Self(milliseconds: lhs.milliseconds.plus(rhs.wholeMilliseconds))
    }

    /// The moment `rhs` before `lhs`.
    package static func - (lhs: Self, rhs: Duration) -> Self {
        Self(milliseconds: lhs.milliseconds.minus(rhs.wholeMilliseconds))
    }

    /// The time from `rhs` to `lhs`; negative when `lhs` is the earlier one.
    package static func - (lhs: Self, rhs: Self) -> Duration {
        .milliseconds(lhs.milliseconds.minus(rhs.milliseconds))
    }
}

extension Duration {
    /// The duration in whole milliseconds, rounded towards zero.
    package var wholeMilliseconds: Int64 {
        components.seconds.timesThousand.plus(components.attoseconds / 1_000_000_000_000_000)
    }
}

extension Int64 {
    /// Any of these that overflows ends at the nearest number there is.
    fileprivate var timesThousand: Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: 1000)
        return overflow ? (self < 0 ? .min : .max) : product
    }

    fileprivate func plus(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    fileprivate func minus(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
