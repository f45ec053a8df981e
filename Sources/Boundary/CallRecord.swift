package import ChatModel

/// The requests that one call came to: more than one where the platform refused the token or had
/// forgotten a file, none where the call was given up before it left.
///
/// Who counts calls puts a record around each; who makes the requests notes them in the innermost
/// one that is around it, since only there they are known. What a call waits for first, such as an
/// upload, has a record of its own.
package actor CallRecord {
    /// The record around the call that is being made.
    @TaskLocal package static var current: CallRecord?

    /// How many requests were made.
    package private(set) var requests = 0
    /// When the last of them left.
    package private(set) var lastMadeAt: Timestamp?

    /// A record of nothing.
    package init() {}

    /// A request leaves.
    package func note(at time: Timestamp) {
        requests += 1
        lastMadeAt = time
    }
}
