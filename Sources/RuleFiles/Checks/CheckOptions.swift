package import ChatModel

/// How far a check goes.
package struct CheckOptions: Hashable, Sendable {
    /// The time to judge validity, notices and holidays by; `nil` leaves time open.
    package var at: Timestamp?
    /// Whether similar questions are asked about each other, too: about 0.1 s for a thousand.
    package var isThorough: Bool

    /// Options; without arguments, those of a plain `check`.
    package init(at: Timestamp? = nil, isThorough: Bool = false) {
        self.at = at
        self.isThorough = isThorough
    }
}
