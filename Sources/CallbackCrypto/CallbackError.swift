/// Why a callback was refused: for the operator's log only, the outside hears an opaque 4xx.
package enum CallbackError: Error, Hashable, Sendable {
    /// The signature does not match.
    case signatureMismatch
    /// The encrypted value is not base64.
    case notBase64
    /// The ciphertext's length, in bytes, is not a multiple of 16, or below 48.
    case ciphertextLength(Int)
    /// The decrypted text does not end in a pad of 1…32 equal bytes.
    case padding
    /// The length written in the decrypted text exceeds what follows it.
    case messageLength
    /// Decrypted well, but meant for another receiver, which it names.
    case receiveIDMismatch(found: String)
    /// OpenSSL refused to work.
    case cipher
}

extension CallbackError: CustomStringConvertible {
    /// What happened and which setting to look at, in a sentence without any secret.
    package var description: String {
        switch self {
        case .signatureMismatch:
            "the signature does not match: the configured token differs from the platform's, "
                + "or the request does not come from the platform"
        case .notBase64:
            "the encrypted value is not base64: something between the platform and this server "
                + "changes or cuts requests"
        case .ciphertextLength(let length):
            "the encrypted value holds \(length) bytes, which is no whole message: something "
                + "between the platform and this server changes or cuts requests"
        case .padding, .messageLength:
            "the signature matches but the text does not decrypt: the configured aes_key "
                + "differs from the platform's EncodingAESKey (the token is right)"
        case .receiveIDMismatch(let found):
            "the message is meant for “\(found)”: the configured receive id (usually the corp id) "
                + "differs (the token and the aes_key are right)"
        case .cipher:
            "OpenSSL refused AES-256-CBC: check its configuration"
        }
    }
}

/// What is wrong with a callback's configured settings; never holds their values.
package enum CallbackKeyError: Error, Hashable, Sendable {
    /// The token is empty.
    case tokenEmpty
    /// The token is longer than 32 characters.
    case tokenTooLong(Int)
    /// The token's character at this position, counted from 1, is no letter or digit.
    case tokenCharacter(position: Int)
    /// The EncodingAESKey has this many characters instead of 43.
    case aesKeyLength(Int)
    /// The EncodingAESKey's character at this position, counted from 1, is no letter or digit.
    case aesKeyCharacter(position: Int)
    /// The receive id is longer than 128 bytes.
    case receiveIDTooLong(Int)
}

extension CallbackKeyError: CustomStringConvertible {
    /// What is wrong and what to do, in a sentence without any secret.
    package var description: String {
        switch self {
        case .tokenEmpty:
            "the token is empty; copy it from the app's callback settings"
        case .tokenTooLong(let length):
            "the token has \(length) characters, at most 32 are possible; copy it again"
        case .tokenCharacter(let position):
            "the token's character \(position) is not a letter or digit; copy it again"
        case .aesKeyLength(let length):
            "the aes_key has \(length) characters instead of 43; copy the EncodingAESKey again"
        case .aesKeyCharacter(let position):
            "the aes_key's character \(position) is not a letter or digit; copy the "
                + "EncodingAESKey again"
        case .receiveIDTooLong(let length):
            "the receive id has \(length) bytes, at most 128 are possible; it is usually the "
                + "corp id"
        }
    }
}
