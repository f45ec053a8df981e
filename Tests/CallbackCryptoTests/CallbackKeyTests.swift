import CallbackCrypto
import Foundation
import Testing

@Suite struct CallbackKeyTests {
    @Test func theVectorsAreAllThere() {
        #expect(Vectors.reference.count == 14)
        #expect(Vectors.openable.count == 14 + 12)
        #expect(Vectors.sealable.count >= 10)
        #expect(Vectors.badKeys.count == 5)
    }

    @Test(arguments: Vectors.openable) func opens(_ vector: Vector) throws {
        let message = try vector.open(with: vector.key())
        let text = String(decoding: message, as: UTF8.self)
        if let plaintext = vector.plaintext { #expect(text == plaintext) }
        if let count = vector.plaintextBytes { #expect(message.count == count) }
        for part in vector.plaintextContains ?? [] { #expect(text.contains(part)) }
    }

    @Test(arguments: Vectors.sealable) func sealsExactly(_ vector: Vector) throws {
        let sealed = try vector.key().seal(
            message: Array(try #require(vector.plaintext).utf8),
            random16: Array(try #require(vector.random).utf8),
            timestamp: vector.timestamp ?? "1", nonce: vector.nonce ?? "1")
        #expect(sealed.encrypted == vector.encrypted)
        if let signature = vector.signature { #expect(sealed.signature == signature) }
    }

    @Test(arguments: Vectors.negatives) func refuses(_ negative: Negative) throws {
        var vector = try #require(Vectors.reference.first { $0.name == negative.of })
        vector.nonce = negative.nonce ?? vector.nonce
        vector.signature = negative.signature ?? vector.signature
        #expect(throws: CallbackError.signatureMismatch) {
            try vector.open(with: vector.key())
        }
    }

    @Test(arguments: Vectors.badKeys) func refusesBadKeys(_ vector: Vector) {
        #expect(throws: CallbackKeyError.self) { try vector.key() }
    }

    @Test func saysWhatIsWrongWithASettingWithoutPrintingIt() throws {
        let key = "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws"
        func fault(token: String = "abc", key: String, receiver: String = "ww1")
            -> CallbackKeyError?
        {
            do throws(CallbackKeyError) {
                _ = try CallbackKey(token: token, encodingAESKey: key, receiveID: receiver)
                return nil
            } catch {
                for secret in [token, key] where secret.count > 3 {
                    #expect(!error.description.contains(secret))
                }
                return error
            }
        }
        #expect(fault(token: "", key: key) == .tokenEmpty)
        #expect(fault(token: String(repeating: "a", count: 33), key: key) == .tokenTooLong(33))
        #expect(fault(token: "seCret 77", key: key) == .tokenCharacter(position: 7))
        #expect(fault(key: key + "=") == .aesKeyLength(44))
        #expect(fault(key: key.replacing("Y", with: "+")) == .aesKeyCharacter(position: 5))
        #expect(
            fault(key: key, receiver: String(repeating: "w", count: 129)) == .receiveIDTooLong(129))
        #expect(fault(token: String(repeating: "a", count: 32), key: key) == nil)
    }

    @Test func showsNoSecretWhenPrinted() throws {
        let key = try CallbackKey(
            token: "seededToken77", encodingAESKey: "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws",
            receiveID: "ww1")
        var dumped = ""
        dump(key, to: &dumped)
        let shown = "\(key) \(String(reflecting: key)) \(dumped)"
        #expect(shown.contains("ww1"))
        #expect(!shown.contains("seededToken77"))
        #expect(
            !shown.contains(Array("seededToken77".utf8).map(String.init).joined(separator: ", ")))
        #expect(!shown.contains("115"))
    }

    @Test func roundTripsEveryLengthAndPad() throws {
        let key = try #require(Vectors.reference.first { $0.name == "F-echo" }).key()
        let random = Array("0123456789abcdef".utf8)
        var pads: Set<Int> = []
        for length in 0...100 {
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let sealed = try key.seal(
                message: message, random16: random, timestamp: "1700000002", nonce: "\(length)")
            let opened = try key.open(
                signature: sealed.signature, timestamp: sealed.timestamp, nonce: sealed.nonce,
                encrypted: sealed.encrypted)
            #expect(opened == message)
            pads.insert(32 - (20 + length + key.receiveID.utf8.count) % 32)
        }
        #expect(pads == Set(1...32))
    }

    @Test func emptyReceiveIDOfASingleDeveloperWorks() throws {
        let vector = try #require(Vectors.reference.first { $0.name == "F-echo" })
        let key = try CallbackKey(
            token: "t", encodingAESKey: try #require(vector.encodingAESKey), receiveID: "")
        let sealed = try key.seal(
            message: Array("8412345678901234567".utf8), random16: Array("0123456789abcdef".utf8),
            timestamp: "1", nonce: "2")
        let opened = try key.open(
            signature: sealed.signature, timestamp: "1", nonce: "2", encrypted: sealed.encrypted)
        #expect(opened == Array("8412345678901234567".utf8))
    }
}
