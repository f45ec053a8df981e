package import ChatModel
import Synchronization

/// The requests that one call came to: more than one where the platform refused the token or had
/// forgotten a file, none where the call was given up before it left.
///
/// Who counts calls puts a record around each; who makes the requests notes them in the innermost
/// one that is around it, since only there they are known. What a call waits for first, such as an
/// upload, has a record of its own.
package final class CallRecord: Sendable {
    /// The record around the call that is being made.
    @TaskLocal package static var current: CallRecord?

    private let noted = Mutex<(requests: Int, lastMadeAt: Timestamp?)>((0, nil))

    /// How many requests were made.
    package var requests: Int { noted.withLock { $0.requests } }
    /// When the last of them left.
    package var lastMadeAt: Timestamp? { noted.withLock { $0.lastMadeAt } }

    /// A record of nothing.
    package init() {}

    /// A request leaves.
    package func note(at time: Timestamp) {
        noted.withLock { $0 = ($0.requests + 1, time) }
    }
}
