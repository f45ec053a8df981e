import Boundary
import CallbackCrypto
import ChatModel
import Foundation

extension Environment {
    /// This machine's clock, chance and OpenSSL's hash.
    static let live = Environment(
        now: { Timestamp(milliseconds: wallClockMilliseconds()) },
        random: { Double.random(in: 0..<1) },
        sleep: { try? await Task.sleep(for: $0) },
        shortHash: { Digests.sha256ShortName($0) })

    private static func wallClockMilliseconds() -> Int64 {
        Int64(Date().timeIntervalSince1970 * 1000)
    }
}
