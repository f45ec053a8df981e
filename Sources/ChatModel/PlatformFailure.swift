/// A call the platform refused, or that never reached it, with what to do about it.
package struct PlatformFailure: Error, Hashable, Sendable, Codable {
    /// The platform's `errcode`; `nil` when no answer came (time-out, reset, not JSON).
    package var code: Int?
    /// What may be done next.
    package var handling: Handling
    /// What it means, for the operator; never a customer's words and never a secret.
    package var meaning: String
    /// The platform's `hint` number, which its support asks for.
    package var hint: String?
    /// Whether the platform documents the code.
    ///
    /// The number for a repeated `msgid` is not, which
    /// is how a repeat's refusal is told from a real one.
    package var isDocumented: Bool

    /// A failed call.
    package init(
        code: Int?, handling: Handling, meaning: String, hint: String? = nil,
        isDocumented: Bool = true
    ) {
        self.code = code
        self.handling = handling
        self.meaning = meaning
        self.hint = hint
        self.isDocumented = isDocumented
    }

    /// Whether the call itself left: `false` where something it needs first has failed.
    package var wasSent = true

    /// Whether the platform may have carried the call out all the same.
    package var isOutcomeUnknown: Bool { code == nil && wasSent }

    /// What is stored of a failure: whether it left matters only until it is dealt with.
    private enum CodingKeys: CodingKey {
        case code, handling, meaning, hint, isDocumented
    }

    /// What may be done after a failure (wecom-kf reference, error codes: handling keys).
    package enum Handling: String, Hashable, Sendable, Codable, CaseIterable {
        /// Again, a few times, backing off.
        case retry
        /// With a fresh access token, once.
        case refresh
        /// Not before someone changes configuration or rights; alarm.
        case stop
        /// Never: give up this message or request.
        case drop
        /// Read the session's state, then decide again.
        case reconcile
        /// After the endpoint's block window.
        case wait
        /// With another servicer; what is about none is given up.
        case otherServicer
        /// Without the sync token, once.
        case withoutToken
        /// From the first page, telling duplicates by their ids.
        case resetCursor
        /// After uploading the media again, once.
        case uploadAgain
    }
}
