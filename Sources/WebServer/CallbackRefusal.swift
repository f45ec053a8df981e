import CallbackCrypto

/// Why a request to a callback path was refused; goes to the operator's log, never outside.
enum CallbackRefusal: Error, Hashable {
    case unknownApp
    case parameter(name: String)
    case bodyTooLarge
    case bodyIncomplete
    case envelope(CallbackXMLError)
    case crypto(CallbackError)
    case timestamp(secondsOff: Int64)
    case event(CallbackXMLError)

    /// Groups refusals for the log's rate limit: few values, none chosen by the sender.
    var label: String {
        switch self {
        case .unknownApp: "unknown_app"
        case .parameter: "parameter"
        case .bodyTooLarge: "body_too_large"
        case .bodyIncomplete: "body_incomplete"
        case .envelope: "envelope"
        case .crypto(.signatureMismatch): "signature"
        case .crypto(.notBase64), .crypto(.ciphertextLength): "ciphertext"
        case .crypto(.padding), .crypto(.messageLength): "aes_key"
        case .crypto(.receiveIDMismatch): "receive_id"
        case .crypto(.cipher): "cipher"
        case .timestamp: "timestamp"
        case .event: "event"
        }
    }

    /// What happened and what to look at, without any of the request's text.
    var advice: String {
        switch self {
        case .unknownApp:
            "no app of this name is configured: compare the callback URL at the platform"
        case .parameter(let name):
            "the query has no usable \(name): not from the platform, or a proxy changes it"
        case .bodyTooLarge: "the body is larger than any callback"
        case .bodyIncomplete: "the body did not arrive whole"
        case .envelope(let error): error.description
        case .crypto(let error): error.description
        case .timestamp(let seconds):
            "genuine, but its timestamp is \(seconds) s away from this machine's clock: check "
                + "the clock, or it is a replay"
        case .event(let error): "decrypted well, but unreadable: \(error.description)"
        }
    }
}
