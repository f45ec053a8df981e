import Boundary
import ChatModel
import Foundation
import Testing
import WeComKF

/// Our client and the simulator were written apart, from the same reference: what the one refuses
/// before sending, the other refuses under the same number.
///
/// Left out are refusals no other client could hear of: parameters of a link that takes none, calls
/// that would change nothing, a file without a name, and yesterday's figures before six.
@Suite struct ClientRefusalTests {
    private func client(of bench: Bench) -> WeComKFClient {
        let base = "http://127.0.0.1:\(bench.port)"
        let now: @Sendable () -> Timestamp = { bench.clock.now }
        return WeComKFClient(
            base: base,
            tokens: TokenKeeper(
                corp: "ww1436e0e65a779aee", base: base, source: .secret({ "s3cret" }),
                transport: bench.transport, now: now),
            transport: bench.transport,
            environment: Environment(
                now: now, random: { 0 }, sleep: { _ in }, shortHash: { "\($0.count)" }))
    }

    /// The number our client refuses with; `nil`, and noted, when it does not.
    private func refusal(
        _ name: String, _ call: () async throws -> Void
    ) async -> Int? {
        do {
            try await call()
            Issue.record("\(name): nothing was refused")
        } catch let failure as PlatformFailure {
            #expect(failure.isRefusedHere, "\(name): \(failure.meaning)")
            return failure.code
        } catch {
            Issue.record("\(name): \(error)")
        }
        return nil
    }

    @Test func whatTheClientRefusesTheSimulatorRefusesUnderTheSameNumber() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("在吗")
            let client = client(of: bench)
            let groups = try await bench.platform("kf/knowledge/list_group", "{}").reply()
            let group = try #require(groups.objects("group_list").first?["group_id"] as? String)
            for refusal in ClientRefusal.all {
                let code = await self.refusal(refusal.name) { try await refusal.call(client) }
                let reply = try await bench.platform(
                    refusal.path, refusal.body.replacing("GROUP", with: group)
                ).reply()
                let row = reply.objects("result_list").first?["errcode"] as? Int
                #expect(
                    code == (refusal.isOfOneRow ? row : reply.errcode),
                    "\(refusal.name): here and there")
            }
        }
    }

    private static func file(
        _ kind: MediaKind, _ start: String, _ count: Int = 100
    ) -> (MediaKind, [UInt8]) {
        let start = Array(start.utf8.prefix(count))
        return (kind, start + [UInt8](repeating: 0, count: count - start.count))
    }

    private static let files = [
        file(.image, "GIF89a"), file(.image, "BM"), file(.image, "RIFF"), file(.image, "words"),
        file(.image, "", 0), file(.image, "", 5),
        (
            .image,
            [0xFF, 0xD8, 0xFF]
                + [UInt8](
                    repeating: 0, count: 10 << 20)
        ),
        file(.video, "words"), file(.video, "    ftyp", (10 << 20) + 1),
        file(.voice, "words"), file(.voice, "#!AMR-WB\n"), file(.voice, "#!AMR\n", 6 + 3001 * 13),
        file(.voice, "#!AMR\n", (2 << 20) + 1), file(.file, "", (20 << 20) + 1),
    ]

    @Test func andSoWithFiles() async throws {
        try await Bench.with { bench in
            let client = client(of: bench)
            for (kind, bytes) in Self.files {
                let name = "\(kind) of \(bytes.count) bytes"
                let code = await refusal(name) {
                    _ = try await client.upload(
                        MediaUpload(kind: kind, filename: "a", bytes: bytes))
                }
                let raw = try await bench.upload(kind.rawValue, bytes, name: "a")
                #expect(code == raw.errcode, "\(name): here and there")
            }
            let nothing = await refusal("media/get") { _ = try await client.download("") }
            #expect(try await nothing == bench.platform("media/get?media_id=").errcode)
        }
    }
}
