import COpenSSL
import CallbackCrypto
import Foundation
import Testing

/// Texts that are signed well and still wrong, each for one reason.
@Suite struct HostileCiphertextTests {
    static let aesKey = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
    static let receiver = "ww1436e0e65a779aee"

    let key: CallbackKey

    init() throws {
        key = try CallbackKey(
            token: "kfDemoToken2024", encodingAESKey: Self.aesKey, receiveID: Self.receiver)
    }

    func open(_ encrypted: String) throws(CallbackError) -> [UInt8] {
        try key.open(
            signature: key.signature(timestamp: "1", nonce: "2", encrypted: encrypted),
            timestamp: "1", nonce: "2", encrypted: encrypted)
    }

    /// Encrypts whole blocks as they are, so that every field can be wrong.
    func encrypted(raw plain: [UInt8]) throws -> String {
        let aes = Array(try #require(Data(base64Encoded: Self.aesKey + "=")))
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: plain.count + 16)
        var written: Int32 = 0
        unsafe EVP_CipherInit_ex(context, EVP_aes_256_cbc(), nil, aes, aes, 1)
        unsafe EVP_CIPHER_CTX_set_padding(context, 0)
        unsafe EVP_CipherUpdate(context, &output, &written, plain, Int32(plain.count))
        return Data(output.prefix(Int(written))).base64EncodedString()
    }

    /// `random ‖ length ‖ message ‖ receiver`, padded to 32 by hand.
    func plain(
        message: String = "hello", length: UInt32? = nil, receiver: String = Self.receiver,
        pad: [UInt8]? = nil
    ) -> [UInt8] {
        var plain = Array("0123456789abcdef".utf8)
        let length = length ?? UInt32(message.utf8.count)
        plain += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        plain += Array(message.utf8) + Array(receiver.utf8)
        let count = 32 - plain.count % 32
        return plain + (pad ?? [UInt8](repeating: UInt8(count), count: count))
    }

    @Test func theHandMadeTextOpens() throws {
        #expect(try open(encrypted(raw: plain())) == Array("hello".utf8))
    }

    @Test func notBase64() {
        for text in ["", "%%%%", "abc", "qqqq qqqq", "qqqq\nqqqq", "qq==qqqq", "密文密文"] {
            #expect(throws: (text.isEmpty ? .ciphertextLength(0) : .notBase64) as CallbackError) {
                try open(text)
            }
        }
    }

    @Test(arguments: [1, 15, 16, 32, 47, 49, 63, 65, 79, 8191]) func brokenLengths(_ count: Int) {
        let text = Data(repeating: 7, count: count).base64EncodedString()
        #expect(throws: CallbackError.ciphertextLength(count)) { try open(text) }
    }

    @Test func wrongPads() throws {
        let count = 32 - plain(pad: []).count % 32
        let wrong: [[UInt8]] = [
            [UInt8](repeating: 0, count: count),
            [UInt8](repeating: 33, count: count),
            [UInt8](repeating: 255, count: count),
            [UInt8](repeating: 9, count: count - 1) + [UInt8(count)],
            [8] + [UInt8](repeating: UInt8(count), count: count - 1),
        ]
        for pad in wrong {
            #expect(throws: CallbackError.padding) { try open(encrypted(raw: plain(pad: pad))) }
        }
    }

    @Test(arguments: [24, 25, 1 << 16, 1 << 31, UInt32.max] as [UInt32])
    func lengthsBeyondTheText(_ length: UInt32) throws {
        #expect(throws: CallbackError.messageLength) {
            try open(encrypted(raw: plain(length: length)))
        }
    }

    @Test func otherReceivers() throws {
        #expect(throws: CallbackError.receiveIDMismatch(found: "ww1436e0e65a779aef")) {
            try open(encrypted(raw: plain(receiver: "ww1436e0e65a779aef")))
        }
        #expect(throws: CallbackError.receiveIDMismatch(found: "")) {
            try open(encrypted(raw: plain(message: "a longer message", receiver: "")))
        }
        // A length that is too short moves the message's end into the receiver.
        #expect(throws: CallbackError.receiveIDMismatch(found: "loww1436e0e65a779aee")) {
            try open(encrypted(raw: plain(length: 3)))
        }
        #expect(throws: CallbackError.receiveIDMismatch(found: "ww1?????x")) {
            try open(encrypted(raw: plain(receiver: "ww1\n\u{1b}密x")))
        }
    }

    @Test func aKeyThatDiffersIsNamedAsSuch() throws {
        let other = try CallbackKey(
            token: "kfDemoToken2024", encodingAESKey: "cD0d7jx4tYvVtzqrmh3Dm3QFCXe6f8SlHoMtMh3qQEP",
            receiveID: Self.receiver)
        let sealed = try key.seal(
            message: Array("hello".utf8), random16: Array("0123456789abcdef".utf8),
            timestamp: "1", nonce: "2")
        let error = #expect(throws: CallbackError.self) {
            try other.open(
                signature: sealed.signature, timestamp: "1", nonce: "2", encrypted: sealed.encrypted
            )
        }
        #expect(error?.description.contains("aes_key") == true)
    }

    @Test func signaturesAreComparedExactly() throws {
        let sealed = try key.seal(
            message: Array("hello".utf8), random16: Array("0123456789abcdef".utf8),
            timestamp: "1", nonce: "2")
        let wrong = [
            "", sealed.signature.uppercased(), sealed.signature + "0",
            String(sealed.signature.dropLast()), String(sealed.signature.reversed()),
        ]
        for signature in wrong where signature != sealed.signature {
            #expect(throws: CallbackError.signatureMismatch) {
                try key.open(
                    signature: signature, timestamp: "1", nonce: "2", encrypted: sealed.encrypted)
            }
        }
    }

    @Test func aFlippedBitNeverOpens() throws {
        var generator = SeededGenerator(seed: 41)
        let sealed = try key.seal(
            message: Array(repeating: 120, count: 280), random16: Array("0123456789abcdef".utf8),
            timestamp: "1700000001", nonce: "998877")
        for _ in 0..<20_000 {
            var parts = [sealed.signature, sealed.timestamp, sealed.nonce, sealed.encrypted].map {
                Array($0.utf8)
            }
            let part = Int.random(in: 0..<4, using: &generator)
            let place = Int.random(in: 0..<parts[part].count, using: &generator)
            parts[part][place] ^= 1 << UInt8.random(in: 0..<7, using: &generator)
            let texts = parts.map { String(decoding: $0, as: UTF8.self) }
            #expect(throws: CallbackError.signatureMismatch) {
                try key.open(
                    signature: texts[0], timestamp: texts[1], nonce: texts[2], encrypted: texts[3])
            }
        }
    }

    /// Behind the signature the cipher alone guards: flips may open to rubbish, never crash.
    @Test func flippedBitsBehindAGoodSignatureNeverCrash() throws {
        var generator = SeededGenerator(seed: 42)
        let sealed = try key.seal(
            message: Array(repeating: 120, count: 70), random16: Array("0123456789abcdef".utf8),
            timestamp: "1", nonce: "2")
        let original = Array(try #require(Data(base64Encoded: sealed.encrypted)))
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            if Int.random(in: 0..<8, using: &generator) == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            }
            do throws(CallbackError) {
                let opened = try open(Data(bytes).base64EncodedString())
                #expect(opened.count <= bytes.count - 20)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 5000)
    }
}
