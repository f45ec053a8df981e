import CallbackCrypto
import Foundation
import Testing

/// One published or composed vector; `fixtures/crypto/*.json` explains the fields.
struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var kind: String
    var token: String?
    var encodingAESKey: String?
    var receiveID: String?
    var timestamp: String?
    var nonce: String?
    var signature: String?
    var random: String?
    var pad: Int?
    var plaintext: String?
    var plaintextBytes: Int?
    var plaintextContains: [String]?
    var encrypted: String?

    var testDescription: String { name }

    /// The key; vectors without a token get one, their signature is not checked.
    func key() throws -> CallbackKey {
        try CallbackKey(
            token: token ?? "anyToken", encodingAESKey: encodingAESKey ?? "",
            receiveID: receiveID ?? "")
    }

    /// Opens the vector; one without a signature is signed here first.
    func open(with key: CallbackKey) throws -> [UInt8] {
        let (timestamp, nonce, encrypted) = (timestamp ?? "1", nonce ?? "1", encrypted ?? "")
        let own = key.signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted)
        return try key.open(
            signature: signature ?? own, timestamp: timestamp, nonce: nonce, encrypted: encrypted)
    }
}

/// A vector with one value replaced.
struct Negative: Decodable, Sendable {
    var name: String
    var of: String
    var nonce: String?
    var signature: String?
}

/// The vectors of both files.
enum Vectors {
    private struct File: Decodable {
        var vectors: [Vector]
        var negatives: [Negative]?
    }

    static let reference = load("reference").vectors
    static let negatives = load("reference").negatives ?? []
    static let published = load("published").vectors
    static let openable = (reference + published).filter {
        ["message", "echo", "cipher"].contains($0.kind)
    }
    static let sealable = openable.filter { $0.random != nil && $0.plaintext != nil }
    static let badKeys = published.filter { $0.kind == "bad-key" }

    private static func load(_ name: String) -> File {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../fixtures/crypto/\(name).json")
        guard let data = try? Data(contentsOf: url),
            let file = try? JSONDecoder().decode(File.self, from: data)
        else {
            // A missing or broken fixture must stop the suite, not pass it with no cases.
            fatalError("fixtures/crypto/\(name).json is missing or broken")
        }
        return file
    }
}

/// splitmix64: the same bits for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
