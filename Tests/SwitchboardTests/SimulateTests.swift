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

    private static let aWorld = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/examples/world.yml").standardizedFileURL.path

    @Test func aWorldFileIsTheWorld() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(
                ["simulate", "--port", "0", "--world", Self.aWorld], in: folder
            ) { server in
                let (base, token) = try await Self.access(server)
                let shown = try await Web.get("\(base)/simulator/world").text
                #expect(shown.contains(#""corp_id":"wwNIGHT000000000001""#))
                let config = try await Web.get(
                    "\(base)/cgi-bin/kf/customer/get_upgrade_service_config?access_token=\(token)")
                #expect(config.text.contains(#""userid_list":["zhangsan"]"#))
                let ghost = try await Web.post(
                    "\(base)/cgi-bin/kf/servicer/add?access_token=\(token)",
                    data: Data(
                        #"{"open_kfid":"wkDEMO0000000000000001","userid_list":["ghost"]}"#.utf8))
                #expect(ghost.text.contains(#""errcode":60111"#))
            }
        }
    }

    @Test func anUpgradeWorksOutOfTheBox() async throws {
        try await Binary.withFolder { folder in
            try await Server.running(["simulate", "--port", "0"], in: folder) { server in
                let (base, token) = try await Self.access(server)
                _ = try await Web.post(
                    "\(base)/simulator/customers/wmLin/messages", ["text": "在吗"])
                for offer in [
                    #""type":1,"member":{"userid":"zhangsan"}"#,
                    #""type":2,"groupchat":{"chat_id":"wrDEMO1"}"#,
                ] {
                    let reply = try await Web.post(
                        "\(base)/cgi-bin/kf/customer/upgrade_service?access_token=\(token)",
                        data: Data(
                            (#"{"open_kfid":"wkDEMO0000000000000001","external_userid":"wmLin","#
                                + offer + "}").utf8))
                    #expect(reply.text.contains(#""errcode":0,"#), "\(reply.text)")
                }
            }
        }
    }

    @Test func everyMistakeInAWorldFileIsNamedWithItsPlaceAndCure() async throws {
        try await Binary.withFolder { folder in
            try """
            corps:
              - corp_id: wwA
                members: [anna, anna, { user: bo }]
                verified: maybe
                departments: [{ members: [anna] }]
                upgrade: { members: [zoe], groups: wr1 }
                apps:
                  - alias: kf
                    accounts:
                      - { open_kfid: kf1, routing: human, servicers: [cleo] }
                      - wk2
              - corp_id: wwB
            concurrency: [{ endpoint: sendmsg }]
            quota: { per_minute: 3 }
            """.write(toFile: "\(folder)/world.yml", atomically: true, encoding: .utf8)
            let run = try await Run.shell(
                "switchboard simulate --port 0 --world world.yml --lang en", in: folder)
            #expect(run.status == 3)
            #expect(run.output.isEmpty)
            for line in [
                "world.yml:3:14: error KF123 'members': 'anna' is there already",
                "choose another, or delete one of the two",
                "world.yml:3:27: error KF121 a member needs 'userid:'",
                "world.yml:3:29: error KF120 a member has no 'user'",
                "did you mean 'userid'?",
                "world.yml:4:15: error KF123 'verified' takes true or false, not 'maybe'",
                "world.yml:5:19: error KF121 a department needs 'id:'",
                "world.yml:6:25: error KF123 'members': there is no member 'zoe'",
                "add it to the members of the corp, or take one of: anna",
                "error KF122 'groups'",
                "error KF121 an app needs 'secret:'",
                "add it, for instance: secret: s3cret",
                "'open_kfid': 'kf1' is no account's id",
                "it begins with wk and has at most 64 bytes",
                "'routing' has no 'human'",
                "'servicers': there is no member 'cleo'",
                "'accounts': 'wk2' alone says too little",
                "world.yml:12:5: error KF121 a corp needs 'apps:'",
                "world.yml:13:27: error KF123 'endpoint' has no 'sendmsg'",
                "error KF121 a limit of 'concurrency' needs 'calls:'",
                "world.yml:14:1: error KF120 a world file has no 'quota'",
            ] {
                #expect(run.error.contains(line), "\(line) is not in\n\(run.error)")
            }
            let clash = try await Run.shell(
                "switchboard simulate --world world.yml --servicers a --lang en", in: folder)
            #expect(clash.status == 2 && clash.error.contains("--world says who serves"))
            let whose = try await Run.shell(
                "switchboard simulate --world \(Self.aWorld) --callback http://127.0.0.1/ --lang en",
                in: folder)
            #expect(whose.status == 2)
            #expect(whose.error.contains("--callback does not say which of several apps"))
            #expect(whose.error.contains("callback: { url: http://127.0.0.1/ }"))
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
