import COpenSSL
import Foundation

/// The few hashes and random bytes the rest of the house needs.
package enum Digests {
    /// The first 22 characters of base64url(SHA-256(bytes)): 132 bits, fit for a `msgid`.
    package static func sha256ShortName(_ bytes: [UInt8]) -> String {
        let base64 = Data(sha256(bytes)).base64EncodedString().utf8.prefix(22)
        let urlSafe = base64.map { character in
            switch character {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: character
            }
        }
        return String(decoding: urlSafe, as: UTF8.self)
    }

    /// SHA-256 as 64 lowercase hexadecimal digits, for content hashes.
    package static func sha256Hex(_ bytes: [UInt8]) -> String {
        String(decoding: hexadecimal(sha256(bytes)), as: UTF8.self)
    }

    /// Unpredictable bytes, from the kernel's generator.
    package static func randomBytes(count: Int) -> [UInt8] {
        // On Linux this generator reads `getrandom(2)`: fit for secrets, and it cannot fail.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        unsafe digest(of: bytes, with: EVP_sha1(), size: 20)
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe digest(of: bytes, with: EVP_sha256(), size: 32)
    }

    static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    private static func digest(
        of bytes: [UInt8], with algorithm: OpaquePointer?, size: Int
    ) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        // Safe: EVP_Digest reads exactly `bytes.count` bytes, and writes the algorithm's digest
        // size, which is the length `digest` was given.
        let done = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, algorithm, nil)
        // No input can make this fail, only an OpenSSL whose configuration removed the algorithm.
        precondition(done == 1, "OpenSSL offers no such digest: check its configuration")
        return digest
    }
}
