/// A moment of wall-clock time, in whole milliseconds since 1970-01-01 00:00 UTC.
///
/// Stamped once at the door and then passed along: nothing below `Boundary` asks a clock. The
/// platform speaks in seconds, so its times end in `000`.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since the Unix epoch.
    package let milliseconds: Int64

    /// A moment given in milliseconds since the Unix epoch.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A moment as the platform writes it, in seconds since the Unix epoch.
    package init(seconds: Int64) { self.milliseconds = seconds &* 1000 }

    package init(from decoder: any Decoder) throws {
        self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Whole seconds since the Unix epoch, rounded down: the platform's unit.
    package var seconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }

    package static func + (lhs: Self, rhs: Duration) -> Self {
        Self(milliseconds: lhs.milliseconds + rhs.wholeMilliseconds)
    }

    package static func - (lhs: Self, rhs: Duration) -> Self {
        Self(milliseconds: lhs.milliseconds - rhs.wholeMilliseconds)
    }

    /// The time from `rhs` to `lhs`; negative when `lhs` is the earlier one.
    package static func - (lhs: Self, rhs: Self) -> Duration {
        .milliseconds(lhs.milliseconds - rhs.milliseconds)
    }
}

extension Duration {
    /// The duration in whole milliseconds, rounded towards zero.
    package var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
