import COpenSSL
import Foundation

/// The three settings that open and seal one app's callbacks (wecom-kf reference §3.4).
///
/// Printing or mirroring a key shows none of its values.
package struct CallbackKey: Sendable {
    /// Who the callbacks are meant for: the corp id, a suite id, or empty for a single developer.
    package let receiveID: String
    private let token: [UInt8]
    private let aesKey: [UInt8]

    /// Checks the settings and makes a key of them.
    ///
    /// - Parameters:
    ///   - token: 1 to 32 letters and digits; the secret of the signature.
    ///   - encodingAESKey: 43 letters and digits: base64 of 32 bytes, without its last `=`.
    ///   - receiveID: At most 128 bytes; compared byte by byte.
    package init(
        token: String, encodingAESKey: String, receiveID: String
    ) throws(CallbackKeyError) {
        let token = Array(token.utf8)
        guard !token.isEmpty else { throw .tokenEmpty }
        guard token.count <= 32 else { throw .tokenTooLong(token.count) }
        if let position = Self.firstStranger(in: token) {
            throw .tokenCharacter(position: position)
        }

        let text = Array(encodingAESKey.utf8)
        guard text.count == 43 else { throw .aesKeyLength(text.count) }
        if let position = Self.firstStranger(in: text) {
            throw .aesKeyCharacter(position: position)
        }
        // The last character carries two bits too many; Foundation drops them, as the platform does.
        guard let key = Data(base64Encoded: encodingAESKey + "="), key.count == AES256CBC.keySize
        else { throw .aesKeyLength(text.count) }

        guard receiveID.utf8.count <= 128 else { throw .receiveIDTooLong(receiveID.utf8.count) }
        self.token = token
        self.aesKey = Array(key)
        self.receiveID = receiveID
    }

    /// Verifies and decrypts one callback.
    ///
    /// All values are the raw, URL-decoded texts; `encrypted` is base64 exactly as received.
    ///
    /// - Returns: The message's bytes: XML for a POST, the text to echo for a GET.
    package func open(
        signature: String, timestamp: String, nonce: String, encrypted: String
    ) throws(CallbackError) -> [UInt8] {
        let expected = Self.bytes(
            self.signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted))
        guard Self.isEqualInConstantTime(Self.bytes(signature), expected) else {
            throw .signatureMismatch
        }
        guard let ciphertext = Data(base64Encoded: encrypted) else { throw .notBase64 }
        guard ciphertext.count >= Self.shortestCiphertext,
            ciphertext.count.isMultiple(of: AES256CBC.blockSize)
        else { throw .ciphertextLength(ciphertext.count) }
        guard
            let padded = AES256CBC.apply(.decrypt, to: Array(ciphertext), key: aesKey, iv: aesKey)
        else { throw .cipher }
        return try message(inPadded: padded)
    }

    /// Encrypts and signs a message, as the platform does.
    ///
    /// - Parameters:
    ///   - message: The plain text.
    ///   - random16: Exactly 16 unpredictable bytes, drawn by the caller so that tests can fix them.
    ///   - timestamp: Unix seconds, in decimal.
    ///   - nonce: A text of the caller's choice.
    package func seal(
        message: [UInt8], random16: [UInt8], timestamp: String, nonce: String
    ) throws(CallbackError) -> SealedEnvelope {
        precondition(random16.count == 16, "a seal begins with exactly 16 random bytes")
        var plain = random16
        let length = UInt32(clamping: message.count)
        plain += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        plain += message
        plain += Self.bytes(receiveID)
        let pad = Self.padBlock - plain.count % Self.padBlock
        plain += [UInt8](repeating: UInt8(pad), count: pad)
        guard let ciphertext = AES256CBC.apply(.encrypt, to: plain, key: aesKey, iv: aesKey)
        else { throw .cipher }
        let encrypted = Data(ciphertext).base64EncodedString()
        return SealedEnvelope(
            encrypted: encrypted,
            signature: signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted),
            timestamp: timestamp, nonce: nonce)
    }

    /// The lowercase hexadecimal SHA-1 of token, timestamp, nonce and text, sorted as bytes.
    package func signature(timestamp: String, nonce: String, encrypted: String) -> String {
        let parts = [token, Self.bytes(timestamp), Self.bytes(nonce), Self.bytes(encrypted)]
        let joined = parts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
        return String(decoding: Digests.hexadecimal(Digests.sha1(joined)), as: UTF8.self)
    }
}

extension CallbackKey {
    /// Callbacks pad to 32 bytes, twice the cipher's block.
    private static let padBlock = 32
    /// 16 random bytes, 4 of length and any message with its receiver fill more than two blocks.
    private static let shortestCiphertext = 48
    private static let prefixSize = 20

    /// Takes `random(16) ‖ length(4) ‖ message ‖ receive id ‖ pad` apart.
    private func message(inPadded padded: [UInt8]) throws(CallbackError) -> [UInt8] {
        guard let pad = padded.last.map(Int.init), (1...Self.padBlock).contains(pad),
            padded.count - pad >= Self.prefixSize,
            padded.suffix(pad).allSatisfy({ Int($0) == pad })
        else { throw .padding }
        let plain = padded.dropLast(pad)
        let length = plain[16..<Self.prefixSize].reduce(0) { $0 << 8 | Int($1) }
        let rest = plain.dropFirst(Self.prefixSize)
        guard length <= rest.count else { throw .messageLength }
        let receiver = Array(rest.dropFirst(length))
        guard Self.isEqualInConstantTime(receiver, Self.bytes(receiveID)) else {
            throw .receiveIDMismatch(
                found: masked(String(decoding: receiver, as: UTF8.self), longest: 64))
        }
        return Array(rest.prefix(length))
    }

    private static func firstStranger(in bytes: [UInt8]) -> Int? {
        bytes.firstIndex { !isLetterOrDigit($0) }.map { $0 + 1 }
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Compares without revealing where two values begin to differ; their length is no secret.
    private static func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        // Safe: both arrays hold at least `left.count` bytes, since their counts are equal.
        unsafe left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}

extension CallbackKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "CallbackKey(receiveID: \(receiveID))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["receiveID": receiveID]) }
}
