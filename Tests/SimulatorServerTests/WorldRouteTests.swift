import Boundary
import CallbackCrypto
import ChatModel
import Foundation
import PlatformSimulator
import SimulatorServer
import Testing

/// The console of the simulated corps, over HTTP.
@Suite struct WorldRouteTests {
    static let corp = "ww1436e0e65a779aee"

    /// Describes the one corp with these members of a JSON object.
    private static func set(_ bench: Bench, _ members: String) async throws -> Reply {
        try await bench.post(
            "/simulator/world", #"{"corps":[{"corp_id":"\#(corp)",\#(members)}]}"#)
    }

    private static func change(_ bench: Bench, _ members: String) async throws {
        let reply = try await set(bench, members)
        #expect(reply.status == 200, "\(reply.json)")
    }

    @Test func anUpgradeIsConfigured() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("在吗")
            let ask = #"{\#(ShapeTests.talk),"type":1,"member":{"userid":"anna"}}"#
            let group = #"{\#(ShapeTests.talk),"type":2,"groupchat":{"chat_id":"wr1"}}"#
            #expect(try await bench.call("customer/upgrade_service", ask).errcode == 95021)
            try await Self.change(
                bench,
                #""departments":[{"id":7,"members":["anna"]}],"#
                    + #""upgrade":{"departments":[7],"groups":["wr1"]}"#)
            #expect(try await bench.call("customer/upgrade_service", ask).errcode == 0)
            #expect(try await bench.call("customer/upgrade_service", group).errcode == 0)
            let config = try await bench.platform("kf/customer/get_upgrade_service_config").reply()
            let range = config.json["member_range"] as? [String: Any]
            #expect(range?["department_id_list"] as? [Int] == [7])
            try await Self.change(bench, #""upgrade":{"exclusive":true}"#)
            #expect(try await bench.call("customer/upgrade_service", ask).errcode == 95015)
        }
    }

    @Test func onlyMembersServeAndOnlyActivatedOnesAreAssigned() async throws {
        try await Bench.with { bench in
            try await Self.change(
                bench,
                #""members":["anna",{"userid":"cleo","activated":false}],"#
                    + #""departments":[{"id":7,"members":["cleo"]}]"#)
            // Bo works there no more.
            let list = try await bench.platform("kf/servicer/list?open_kfid=\(shop)").reply()
            #expect(list.objects("servicer_list").map { $0["userid"] as? String } == ["anna"])
            let added = try await bench.call(
                "servicer/add",
                #"{"open_kfid":"\#(shop)","userid_list":["ghost","cleo"],"department_id_list":[8]}"#
            )
            #expect(
                added.objects("result_list").map { $0["errcode"] as? Int } == [60111, 0, 60003])
            try await bench.customerWrites("在吗")
            let assign =
                #"{\#(ShapeTests.talk),"service_state":3,"servicer_userid":"cleo"}"#
            #expect(try await bench.call("service_state/trans", assign).errcode == 95014)
            try await Self.change(bench, #""members":["anna","cleo"]"#)
            #expect(try await bench.call("service_state/trans", assign).errcode == 0)
        }
    }

    @Test func whatTheCorpIsDecides() async throws {
        try await Bench.with { bench in
            for number in 0..<101 {
                _ = try await bench.post(
                    "/simulator/customers/wm\(number)/messages", #"{"text":"在吗"}"#)
            }
            try await Self.change(bench, #""verified":false,"channels":true,"developer":true"#)
            var errcodes: [Int?] = []
            for number in 0..<101 {
                errcodes.append(
                    try await bench.call(
                        "send_msg",
                        #"{"touser":"wm\#(number)","open_kfid":"\#(shop)","msgtype":"text","#
                            + #""text":{"content":"您好"}}"#
                    ).errcode)
            }
            #expect(errcodes.prefix(100).allSatisfy { $0 == 0 } && errcodes.last == 95003)
            let channels = try await bench.platform("kf/get_corp_qualification").reply()
            #expect(channels.json["wechat_channels_binding"] as? Bool == true)
            let profile = try await bench.call(
                "customer/batchget", #"{"external_userid_list":["wm0"]}"#)
            #expect(profile.objects("customer_list").first?["unionid"] is String)
            let avatar = try await bench.sample(.image)
            let add = #"{"name":"夜班","media_id":"\#(avatar)"}"#
            try await Self.change(bench, #""rarely_used":true"#)
            #expect(try await bench.call("account/add", add).errcode == 95026)
            try await Self.change(bench, #""most_accounts":1"#)
            #expect(try await bench.call("account/add", add).errcode == 95005)
            try await Self.change(
                bench, #""rarely_used":false,"most_accounts":2,"api_off":true"#)
            #expect(try await bench.call("account/add", add).errcode == 0)
            let moved = try await bench.call(
                "service_state/trans",
                #"{"open_kfid":"\#(shop)","external_userid":"wm0","service_state":2}"#)
            #expect(moved.errcode == 95017)
        }
    }

    @Test func anotherCorpWithAppsAccountsAndCallbacks() async throws {
        let receiver = Receiver()
        try await Bench.with(transport: receiver) { bench in
            let reply = try await bench.post(
                "/simulator/world",
                #"""
                {"corps":[{"corp_id":"wwOther","members":["dora"],"apps":[
                  {"alias":"second","secret":"s2","agent_id":7,"accounts":[
                    {"open_kfid":"wkOther","name":"别家","routing":"human_first",
                     "servicers":[{"userid":"dora","capacity":1}]}],
                   "callback":{"url":"http://other.example/kf","token":"kfDemoToken2024",
                     "aes_key":"6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"}},
                  {"alias":"third","secret":"s3"}]}]}
                """#)
            #expect(reply.status == 200, "\(reply.json)")
            func token(_ secret: String) async throws -> String {
                let path = "/cgi-bin/gettoken?corpid=wwOther&corpsecret=\(secret)"
                return try #require(try await bench.get(path).text("access_token"))
            }
            // Dora has room for one.
            for (customer, state) in [("wmA", 3), ("wmB", 2)] {
                _ = try await bench.post(
                    "/simulator/customers/\(customer)/messages",
                    #"{"account":"wkOther","text":"在吗"}"#)
                let read = try await bench.post(
                    "/cgi-bin/kf/service_state/get?access_token=\(try await token("s2"))",
                    #"{"open_kfid":"wkOther","external_userid":"\#(customer)"}"#)
                #expect(read.number("service_state") == state)
            }
            let push = try #require(await receiver.pushes.first { _ in true })
            #expect(push.url.hasPrefix("http://other.example/kf?"))
            let list = "/cgi-bin/kf/servicer/list?open_kfid=wkOther&access_token="
            #expect(try await bench.get(list + (try await token("s3"))).errcode == 48007)
            #expect(try await bench.get(list + (try await bench.accessToken())).errcode == 95004)
            // An app that manages no account can't add one.
            let added = try await bench.post(
                "/cgi-bin/kf/account/add?access_token=\(try await token("s3"))",
                #"{"name":"a","media_id":"\#(try await bench.sample(.image))"}"#)
            #expect(added.errcode == 40007)
            // Several accounts: now one has to be named.
            let unnamed = try await bench.post(
                "/simulator/customers/wmA/messages", #"{"text":"在吗"}"#)
            #expect(unnamed.text("error") == "account is missing")
        }
    }

    @Test("45033: two calls at once where one may be under way")
    func tooManyAtOnce() async throws {
        try await Bench.with { bench in
            _ = try await bench.post(
                "/simulator/world", #"{"concurrency":[{"endpoint":"account/list","calls":1}]}"#)
            _ = try await bench.post(
                "/simulator/answers",
                #"{"endpoint":"account/list","delay_milliseconds":300}"#)
            // The simulated time stands still, so the first call is under way until it moves.
            #expect(try await bench.call("account/list", "{}").errcode == 0)
            #expect(try await bench.call("account/list", "{}").errcode == 45033)
            bench.clock.move(by: .milliseconds(300))
            #expect(try await bench.call("account/list", "{}").errcode == 0)
        }
    }

    @Test func whatWasSetIsShownInTheSameWords() async throws {
        try await Bench.with { bench in
            try await Self.change(
                bench,
                #""members":["anna",{"userid":"bo","activated":false}],"verified":false"#)
            _ = try await bench.post(
                "/simulator/world",
                #"{"quotas":{"per_minute":7,"pull_without_token_seconds":0},"#
                    + #""concurrency":[{"endpoint":["send_msg"],"calls":2}]}"#)
            let shown = try await bench.raw("GET", "/simulator/world")
            // What it shows can be set again, and changes nothing.
            let again = try await bench.raw("POST", "/simulator/world", body: shown.body)
            #expect(again.status == 200 && again.body == shown.body, "\(again.text)")
            let corp = try #require(shown.reply().objects("corps").first)
            #expect(corp["verified"] as? Bool == false)
            #expect((corp["members"] as? [[String: Any]])?.last?["activated"] as? Bool == false)
            let quotas = try shown.reply().json["quotas"] as? [String: Int]
            #expect(quotas?["per_minute"] == 7 && quotas?["per_hour"] == 150_000)
        }
    }

    @Test(arguments: [
        ("[]", "the body is no JSON object"),
        (#"{"corp":[]}"#, "there is no 'corp' here"),
        (#"{"corps":{}}"#, "corps is not a list"),
        (#"{"corps":["ww"]}"#, "corps: 'ww' alone says too little"),
        (#"{"corps":[{}]}"#, "corps[0]: corp_id is missing"),
        (#"{"corps":[{"corp_id":"wwNew"}]}"#, "corps[0]: apps is missing"),
        (
            #"{"corps":[{"corp_id":"ww1436e0e65a779aee","verified":1}]}"#,
            "corps[0]: verified is not true or false"
        ),
        (
            #"{"corps":[{"corp_id":"ww1436e0e65a779aee","members":["a","a"]}]}"#,
            "corps[0]: members: 'a' is there already"
        ),
        (
            #"{"corps":[{"corp_id":"ww1436e0e65a779aee","members":["a",{"user":"b"}]}]}"#,
            "corps[0].members[1]: userid is missing"
        ),
        (
            #"{"corps":[{"corp_id":"ww1436e0e65a779aee","members":["a"],"#
                + #""upgrade":{"members":["b"]}}]}"#,
            "corps[0].upgrade: members: there is no member 'b'"
        ),
        (
            #"{"corps":[{"corp_id":"ww1436e0e65a779aee","departments":[{"id":7}],"#
                + #""upgrade":{"departments":[8]}}]}"#,
            "corps[0].upgrade: departments: there is no department '8'"
        ),
        (
            #"{"corps":[{"corp_id":"ww1436e0e65a779aee","most_accounts":0}]}"#,
            "corps[0]: most_accounts is not a whole number from 1"
        ),
        (
            #"{"corps":[{"corp_id":"wwNew","apps":[{"alias":"kf","secret":"x"}]}]}"#,
            "corps[0].apps[0]: alias: 'kf' is there already"
        ),
        (
            #"{"corps":[{"corp_id":"wwNew","apps":[{"alias":"a"}]}]}"#,
            "corps[0].apps[0]: secret is missing"
        ),
        (
            #"{"corps":[{"corp_id":"wwNew","apps":[{"alias":"a","secret":"x","accounts":"#
                + #"[{"open_kfid":"wkDEMO0000000000000001"}]}]}]}"#,
            "corps[0].apps[0].accounts[0]: open_kfid: 'wkDEMO0000000000000001' is there already"
        ),
        (
            #"{"corps":[{"corp_id":"wwNew","apps":[{"alias":"a","secret":"x","accounts":"#
                + #"[{"open_kfid":"kf1"}]}]}]}"#,
            "corps[0].apps[0].accounts[0]: open_kfid: 'kf1' is no account's id"
        ),
        (
            #"{"corps":[{"corp_id":"wwNew","apps":[{"alias":"a","secret":"x","#
                + #""callback":{"url":"http://a"}}]}]}"#,
            "corps[0].apps[0].callback: token is missing"
        ),
        (
            #"{"concurrency":[{"endpoint":"sendmsg","calls":1}]}"#,
            "concurrency[0]: endpoint is not one of gettoken,"
        ),
        (#"{"concurrency":[{}]}"#, "concurrency[0]: calls is missing"),
        (#"{"quotas":{"per_minute":-1}}"#, "quotas: per_minute is not a whole number from 1"),
    ])
    func mistakesNameTheirPlaceAndChangeNothing(body: String, words: String) async throws {
        try await Bench.with { bench in
            let before = try await bench.raw("GET", "/simulator/world").body
            let reply = try await bench.post("/simulator/world", body)
            #expect(reply.status == 400)
            #expect(reply.text("error")?.hasPrefix(words) == true, "\(reply.json)")
            #expect(try await bench.raw("GET", "/simulator/world").body == before)
        }
    }
}
