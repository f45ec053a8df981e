import Foundation
import Testing

/// `switchboard simulate`: what it is told on the command line reaches the platform.
@Suite struct SimulateTests {
    private static let aBadDay = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/examples/faults.yml").standardizedFileURL.path

    @Test func everyMistakeInAFaultFileIsNamedWithItsPlaceAndCure() async throws {
        try await Binary.withFolder { folder in
            try """
            seed: 7
            calls:
              - { endpoint: sendmsg, errcode: -1 }
              - { fault: slow_body }
              - { fault: reset_befor, chance: 2 }
              - { errcode: 45009, seconds: 3, chnce: 1 }
            callbacks:
              - { fault: drop, copies: 2 }
              - { chance: 1 }
            """.write(toFile: "\(folder)/faults.yml", atomically: true, encoding: .utf8)
            let run = try await Run.shell(
                "switchboard simulate --port 0 --faults faults.yml --lang en", in: folder)
            #expect(run.status == 3)
            #expect(run.output.isEmpty)
            for line in [
                "faults.yml:3:17: error KF123 'endpoint' has no 'sendmsg'",
                "did you mean 'send_msg'?",
                "faults.yml:4:5: error KF121 'slow_body' needs 'seconds:'",
                "faults.yml:5:14: error KF123 'fault' has no 'reset_befor'",
                "faults.yml:5:35: error KF123 'chance' takes a number from 0.0 to 1.0, not '2'",
                "faults.yml:6:23: error KF123 'errcode' takes no 'seconds:'",
                "faults.yml:6:35: error KF120 a fault of calls has no 'chnce'",
                "faults.yml:8:20: error KF123 'drop' takes no 'copies:'",
                "faults.yml:9:5: error KF121 a fault of callbacks needs 'fault:'",
            ] {
                #expect(run.error.contains(line), "\(line) is not in\n\(run.error)")
            }
        }
    }

    @Test func aFaultFileIsAtWorkFromTheStart() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(
                ["simulate", "--port", "0", "--faults", Self.aBadDay], in: folder
            ) { server in
                let base = try await server.simulatorAddress
                let faults = try await Web.get("\(base)/simulator/faults")
                struct Rules: Decodable {
                    struct Rule: Decodable { var fault: String }
                    var calls, callbacks: [Rule]
                }
                let rules = try JSONDecoder().decode(Rules.self, from: Data(faults.text.utf8))
                #expect(
                    rules.calls.map(\.fault) == [
                        "lost_answer", "errcode", "reset_before", "timeout_after", "slow_body",
                        "errcode",
                    ])
                #expect(
                    rules.callbacks.map(\.fault) == ["duplicate", "reorder", "late", "drop"])
            }
        }
    }

    @Test func quotasAndTrustedAddressesReachThePlatform() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(
                ["simulate", "--port", "0", "--quotas", "2"], in: folder
            ) { server in
                let (base, token) = try await Self.access(server)
                let list = "\(base)/cgi-bin/kf/account/list?access_token=\(token)"
                for _ in 1...2 { #expect(try await Web.get(list).text.contains(#""errcode":0,"#)) }
                #expect(try await Web.get(list).text.contains(#""errcode":45009,"#))
            }
            try await Server.running(
                ["simulate", "--port", "0", "--trusted-ips", "10.0.0.1,10.0.0.2"], in: folder
            ) { server in
                let (base, token) = try await Self.access(server)
                let reply = try await Web.get(
                    "\(base)/cgi-bin/kf/account/list?access_token=\(token)")
                #expect(reply.text.contains(#""errcode":60020,"#))
                #expect(reply.text.contains("from ip: 127.0.0.1,"))
            }
        }
    }

    private static func access(_ server: Server) async throws -> (base: String, token: String) {
        struct Grant: Decodable { var access_token: String }
        let base = try await server.simulatorAddress
        let grant = try await Web.get(
            "\(base)/cgi-bin/gettoken?corpid=ww0000demo00000001"
                + "&corpsecret=demo-secret-of-the-simulator")
        let token = try JSONDecoder().decode(Grant.self, from: Data(grant.text.utf8)).access_token
        return (base, token)
    }
}
