package import ChatModel

/// What somebody did to a store, sealed so that a later change of it, or of one before, shows.
///
/// Each seal is a hash of the entry and of the seal before. Nobody signs it: whoever can write the
/// file can seal everything anew, and cutting off the latest entries leaves no trace. It shows
/// what was edited or lost in the middle; keep a seal elsewhere to show more.
package struct AuditEntry: Hashable, Sendable {
    /// What can be done.
    package enum Act: String, Hashable, Sendable, Codable, CaseIterable {
        /// A version was stored.
        case publish
        /// A version was made active.
        case activate
        /// An older version was made active again.
        case rollback
        /// A version was given a share of the customers.
        case canary
        /// A canary was ended without its version becoming active.
        case canaryCleared = "canary_cleared"
        case notice
        case noticeRemoved = "notice_removed"
    }

    /// 1, 2, 3 … in the order things were done.
    package var number: Int64
    /// What was done.
    package var act: Act
    /// To what: the version, with a canary's share behind it (`3f1c9a07b2d8 10%`); the notice.
    package var subject: String
    /// Who did it.
    package var author: String
    /// Why.
    package var note: String
    /// When.
    package var at: Timestamp
    /// Empty where no hash was at hand.
    package var seal: String

    /// An entry.
    package init(
        number: Int64, act: Act, subject: String, author: String, note: String, at: Timestamp,
        seal: String = ""
    ) {
        self.number = number
        self.act = act
        self.subject = subject
        self.author = author
        self.note = note
        self.at = at
        self.seal = seal
    }

    /// The seal of this entry behind one sealed with `previous`, which is empty before the first.
    package func sealed(after previous: String, hash: ([UInt8]) -> String) -> String {
        var bytes: [UInt8] = []
        // With their lengths, so that no two entries read alike.
        for part in [
            previous, "\(number)", act.rawValue, subject, author, note, "\(at.milliseconds)",
        ] {
            bytes.append(contentsOf: "\(part.utf8.count)\0".utf8)
            bytes.append(contentsOf: part.utf8)
        }
        return hash(bytes)
    }

    /// The number of the oldest entry whose seal is not what it and those before make it; `nil`
    /// when all hold.
    ///
    /// Entries from before there were seals count as whole as long as none behind them bears one.
    ///
    /// - Parameters:
    ///   - entries: Newest first, without gaps, as a store tells them; they need not go back to
    ///     the first.
    ///   - hash: The hash they were sealed with.
    package static func firstBroken(in entries: [Self], hash: ([UInt8]) -> String) -> Int64? {
        var previous = entries.last.map { $0.number == 1 ? "" : nil } ?? nil
        for entry in entries.reversed() {
            if let previous {
                let expected = entry.sealed(after: previous, hash: hash)
                let isUnsealed = entry.seal.isEmpty && previous.isEmpty
                if entry.seal != expected, !isUnsealed { return entry.number }
            }
            previous = entry.seal
        }
        return nil
    }
}
