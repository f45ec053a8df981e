import ChatModel

/// The platform's limits on a request's fields, checked before a call is made.
///
/// A refusal carries the code the platform would have answered and names the field, what it has and
/// what the platform takes, in the platform's unit. The pages of KF know no number for what is
/// missing but that of any bad parameter, 40058 (§9.5).
enum FieldLimits {
    /// Refuses a text of fewer or more bytes of UTF-8 than `bounds`; below 1 means missing.
    static func bytes(
        of text: String, _ field: @autoclosure () -> String, _ bounds: ClosedRange<Int>,
        code: Int = 40058
    ) throws(PlatformFailure) {
        try check(text.utf8.count, "bytes", field(), bounds, code)
    }

    /// Refuses a text of fewer or more characters than `bounds`.
    static func characters(
        of text: String, _ field: @autoclosure () -> String, _ bounds: ClosedRange<Int>,
        code: Int = 40058
    ) throws(PlatformFailure) {
        // The page says no more than "characters"; code points never count fewer than any reading.
        try check(text.unicodeScalars.count, "characters", field(), bounds, code)
    }

    /// Refuses a list of fewer or more elements than `bounds`.
    static func count(
        _ count: Int, of what: String, _ field: @autoclosure () -> String,
        _ bounds: ClosedRange<Int>, code: Int = 40058
    ) throws(PlatformFailure) {
        try check(count, what, field(), bounds, code)
    }

    private static func check(
        _ count: Int, _ unit: String, _ field: @autoclosure () -> String,
        _ bounds: ClosedRange<Int>, _ code: Int
    ) throws(PlatformFailure) {
        if count < bounds.lowerBound {
            throw .notSent(code, "\(field()) is empty")
        }
        if count > bounds.upperBound {
            throw .notSent(
                code, "\(field()) is \(count) \(unit); the platform takes \(bounds.upperBound)")
        }
    }

    /// Refuses other characters than `[0-9a-zA-Z_-]`.
    static func plain(_ text: String, _ field: String) throws(PlatformFailure) {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
        if !isPlain { throw .notSent(40058, "\(field) has other characters than 0-9 a-z A-Z _ -") }
    }

    /// Refuses an account's id that is none.
    static func account(_ id: OpenKfID) throws(PlatformFailure) {
        try bytes(of: id.rawValue, "open_kfid", 1...64, code: 95000)
    }

    /// Refuses a conversation that names no account or no customer.
    ///
    /// - Parameter customer: What the call names the customer by.
    static func conversation(
        _ id: ConversationID, customer: StaticString = "external_userid"
    ) throws(PlatformFailure) {
        try account(id.account)
        if id.customer.rawValue.isEmpty { throw .notSent(40096, "\(customer) is empty") }
    }

    /// Refuses a file's id that is none: 40007, as for one the platform doesn't know.
    static func media(_ id: MediaID, _ field: @autoclosure () -> String) throws(PlatformFailure) {
        guard id.rawValue.isEmpty else { return }
        var failure = PlatformFailure.notSent(40007, "\(field()) is empty")
        // There is nothing to upload again.
        failure.handling = .drop
        throw failure
    }
}
