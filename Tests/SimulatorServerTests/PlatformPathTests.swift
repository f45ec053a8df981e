import ChatModel
import Foundation
import PlatformSimulator
import SimulatorServer
import Testing

@Suite struct PlatformPathTests {
    static let parties = #""open_kfid":"\#(shop)","external_userid":"\#(lin)""#

    @Test func aWholeConversation() async throws {
        try await Bench.with { bench in
            let path = "/cgi-bin/gettoken?corpid=ww1436e0e65a779aee&corpsecret=s3cret"
            let grant = try await bench.get(path)
            #expect(grant.errcode == 0 && grant.text("errmsg") == "ok")
            #expect(grant.number("expires_in") == 7200)

            try await bench.customerWrites("在吗")
            let page = try await bench.call(
                "sync_msg", #"{"open_kfid":"\#(shop)","limit":1000,"voice_format":0}"#)
            #expect(page.number("has_more") == 0)
            #expect(page.text("next_cursor")?.utf8.count ?? 65 <= 64)
            let row = try #require(page.objects("msg_list").first)
            #expect(row["external_userid"] as? String == lin)
            #expect(row["open_kfid"] as? String == shop.rawValue)
            #expect(row["origin"] as? Int == 3)
            #expect(row["send_time"] as? Int == 1_772_416_800)
            #expect(row["text"] as? [String: String] == ["content": "在吗"])

            let sent = try await bench.call(
                "send_msg",
                #"{"touser":"\#(lin)","open_kfid":"\#(shop)","msgid":"out-1","#
                    + #""msgtype":"text","text":{"content":"您好 \"\n\\ 😀"}}"#)
            #expect(sent.errcode == 0 && sent.text("msgid") == "out-1")
            let shown = bench.server.withSimulator {
                $0.messagesShown(
                    in: ConversationID(account: shop, customer: ExternalUserID(lin)))
            }
            #expect(shown.map(\.body) == [.text("您好 \"\n\\ 😀")])

            let state = try await bench.call("service_state/get", "{\(Self.parties)}")
            #expect(state.number("service_state") == 1)
            #expect(state.json["servicer_userid"] == nil)

            let moved = try await bench.call(
                "service_state/trans",
                #"{\#(Self.parties),"service_state":3,"servicer_userid":"anna"}"#)
            let code = try #require(moved.text("msg_code"))
            let human = try await bench.call("service_state/get", "{\(Self.parties)}")
            #expect(human.number("service_state") == 3)
            #expect(human.text("servicer_userid") == "anna")

            let notice = try await bench.call(
                "send_msg_on_event",
                #"{"code":"\#(code)","msgid":"out-2","msgtype":"text","text":{"content":"请稍候"}}"#)
            #expect(notice.errcode == 0 && notice.text("msgid") == "out-2")
        }
    }

    @Test func failuresHaveThePlatformsForm() async throws {
        try await Bench.with { bench in
            let reply = try await bench.post(
                "/cgi-bin/kf/sync_msg?access_token=forged", #"{"open_kfid":"\#(shop)"}"#)
            #expect(reply.status == 200)
            #expect(reply.errcode == 40014)
            let form =
                /invalid access_token, hint: \[\d+\], from ip: 127\.0\.0\.1, more info at https:.*e=40014/
            let words = try #require(reply.text("errmsg"))
            #expect(words.wholeMatch(of: form) != nil)
        }
    }

    @Test(arguments: [
        ("corpid=ww1436e0e65a779aee&corpsecret=no", 40001), ("corpid=wwX&corpsecret=x", 40013),
        ("corpid=ww1436e0e65a779aee", 41004), ("", 41002),
    ])
    func wrongCredentials(query: String, errcode: Int) async throws {
        try await Bench.with { bench in
            let reply = try await bench.get("/cgi-bin/gettoken?\(query)")
            #expect(reply.errcode == errcode)
        }
    }

    @Test(arguments: [
        ("kf/sync_msg", "{", 40058), ("kf/sync_msg", "{}", 40058), ("kf/sync_msg", "[1]", 40058),
        ("kf/sync_msg", #"{"open_kfid":7}"#, 40058),
        ("kf/sync_msg", #"{"open_kfid":"wkNo"}"#, 95004),
        ("kf/send_msg", #"{"touser":"a","open_kfid":"wkA","msgtype":"dance"}"#, 40008),
        ("kf/send_msg", #"{"touser":"a","open_kfid":"wkA","msgtype":"text"}"#, 40058),
        (
            "kf/send_msg",
            #"{"touser":"a","open_kfid":"wkA","msgtype":"msgmenu","msgmenu":{"list":[{"type":"x"}]}}"#,
            95009
        ),
        (
            "kf/send_msg",
            #"{"touser":"a","open_kfid":"wkA","msgid":"","msgtype":"text","text":{"content":"a"}}"#,
            40058
        ),
        ("kf/send_msg_on_event", #"{"code":"no","msgtype":"text","text":{"content":"a"}}"#, 41050),
        ("kf/service_state/trans", #"{"open_kfid":"wkA","external_userid":"a"}"#, 40058),
        ("kf/customer/batchget", #"{"external_userid_list":[]}"#, 40058),
        ("kf/servicer/list", "{}", 40058),
    ])
    func badRequestsAreRefusedAndWrittenDown(
        path: String, body: String, errcode: Int
    ) async throws {
        try await Bench.with { bench in
            let token = try await bench.accessToken()
            let reply = try await bench.post("/cgi-bin/\(path)?access_token=\(token)", body)
            #expect(reply.status == 200)
            #expect(reply.errcode == errcode)
            if body == "{" {
                #expect(reply.text("errmsg")?.contains("Warning: wrong json format.") == true)
            }
            let entry = try #require(bench.server.withSimulator { $0.book.last })
            #expect(entry.errcode == errcode)
            #expect(entry.verdict == .illegal)
        }
    }

    @Test func noTokenIsNoCall() async throws {
        try await Bench.with { bench in
            #expect(try await bench.post("/cgi-bin/kf/sync_msg").errcode == 41001)
            // A token in the body is not read.
            let reply = try await bench.post("/cgi-bin/kf/sync_msg", #"{"access_token":"x"}"#)
            #expect(reply.errcode == 41001)
        }
    }

    @Test func theWithdrawnTokenAndTheNewOne() async throws {
        try await Bench.with { bench in
            let old = try await bench.accessToken()
            #expect(try await bench.post("/simulator/token", #"{"errcode":42001}"#).status == 200)
            let path = "/cgi-bin/kf/account/list?access_token="
            #expect(try await bench.get(path + old).errcode == 42001)
            #expect(try await bench.get(path + bench.accessToken()).errcode == 0)
        }
    }

    @Test func listsHaveThePlatformsFields() async throws {
        try await Bench.with { bench in
            let status = #"{"status":"paused"}"#
            _ = try await bench.post("/simulator/servicers/bo/status", status)
            let token = try await bench.accessToken()
            let servicers = try await bench.get(
                "/cgi-bin/kf/servicer/list?access_token=\(token)&open_kfid=\(shop)")
            #expect(servicers.objects("servicer_list").map { $0["status"] as? Int } == [0, 1])
            #expect(servicers.objects("servicer_list").last?["stop_type"] as? Int == 1)

            let accounts = try await bench.call("account/list", #"{"offset":0,"limit":100}"#)
            let account = try #require(accounts.objects("account_list").first)
            #expect(account["open_kfid"] as? String == shop.rawValue)
            #expect(account["manage_privilege"] as? Bool == true)

            _ = try await bench.post(
                "/simulator/customers/\(lin)/enter",
                #"{"nickname":"小林","scene":"footer","channels_scene":1}"#)
            let customers = try await bench.call(
                "customer/batchget",
                #"{"external_userid_list":["\#(lin)","wmBAD"],"need_enter_session_context":1}"#)
            let profile = try #require(customers.objects("customer_list").first)
            #expect(profile["nickname"] as? String == "小林")
            let context = try #require(profile["enter_session_context"] as? [String: Any])
            #expect(context["scene"] as? String == "footer")
            #expect(context["welcome_code"] == nil)
            #expect(customers.json["invalid_external_userid"] as? [String] == ["wmBAD"])
        }
    }

    // MARK: Rows

    @Test func eventsNameTheirPartiesInside() async throws {
        try await Bench.with { bench in
            _ = try await bench.post(
                "/simulator/customers/\(lin)/enter",
                #"{"scene":"footer","scene_param":"sku=9","channels_scene":4}"#)
            let row = try #require(try await bench.rows().first)
            #expect(row["open_kfid"] == nil && row["external_userid"] == nil)
            #expect(row["origin"] as? Int == 4 && row["msgtype"] as? String == "event")
            let event = try #require(row["event"] as? [String: Any])
            #expect(event["event_type"] as? String == "enter_session")
            #expect(event["open_kfid"] as? String == shop.rawValue)
            #expect(event["external_userid"] as? String == lin)
            #expect(event["scene"] as? String == "footer")
            #expect(event["scene_param"] as? String == "sku=9")
            #expect((event["welcome_code"] as? String)?.isEmpty == false)
            let channels = try #require(event["wechat_channels"] as? [String: Any])
            #expect(channels["scene"] as? Int == 4)
        }
    }

    @Test func sessionEvents() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("转人工")
            _ = try await bench.call(
                "service_state/trans", #"{\#(Self.parties),"service_state":2}"#)
            let who = #"{"customer":"\#(lin)","to":"bo","text":"您好","msgid":"s1"}"#
            for act in [
                "anna/pick-up", "anna/messages", "anna/recall", "anna/transfer", "bo/end",
                "anna/reopen",
            ] {
                let reply = try await bench.post("/simulator/servicers/\(act)", who)
                #expect(reply.status == 200, "\(act)")
            }
            _ = try await bench.post("/simulator/servicers/anna/status", #"{"status":"stopped"}"#)
            _ = try await bench.post(
                "/simulator/servicers/anna/reject", #"{"customer":"\#(lin)","rejects":true}"#)
            let rows = try await bench.rows()
            let servicer = rows[2]
            #expect(servicer["origin"] as? Int == 5)
            #expect(servicer["servicer_userid"] as? String == "anna")
            let events = rows.compactMap { $0["event"] as? [String: Any] }
            let changes = events.filter { $0["change_type"] != nil }
            #expect(changes.map { $0["change_type"] as? Int } == [1, 2, 3, 4])
            #expect(
                changes.map { $0["old_servicer_userid"] as? String } == [nil, "anna", "bo", "bo"])
            #expect(
                changes.map { $0["new_servicer_userid"] as? String } == ["anna", "bo", nil, "anna"])
            #expect(changes.map { $0["msg_code"] != nil } == [true, false, true, false])
            #expect(events.compactMap { $0["recall_msgid"] as? String } == ["s1"])
            let status = try #require(events.first { $0["status"] != nil })
            #expect(status["status"] as? Int == 2 && status["stop_type"] as? Int == 0)
            #expect(status["external_userid"] == nil)
            #expect(events.last?["reject_switch"] as? Int == 1)
        }
    }

    @Test(arguments: [
        ("image", ["media_id"]), ("voice", ["media_id"]), ("video", ["media_id"]),
        ("file", ["media_id"]), ("location", ["address", "latitude", "longitude", "name"]),
        ("link", ["desc", "pic_url", "title", "url"]), ("business_card", ["userid"]),
        ("miniprogram", ["appid", "pagepath", "thumb_media_id", "title"]),
        (
            "channels_shop_product",
            ["head_img", "product_id", "sales_price", "shop_head_img", "shop_nickname", "title"]
        ),
        (
            "channels_shop_order",
            [
                "image_url", "order_id", "price_wording", "product_titles", "shop_nickname",
                "state",
            ]
        ),
        ("merged_msg", ["item", "title"]), ("channels", ["nickname", "sub_type", "title"]),
        ("meeting", []),
    ])
    func messageTypes(type: String, fields: [String]) async throws {
        try await Bench.with { bench in
            let reply = try await bench.post(
                "/simulator/customers/\(lin)/messages", #"{"type":"\#(type)"}"#)
            #expect(reply.status == 200)
            let row = try #require(try await bench.rows().first)
            #expect(row["msgtype"] as? String == type)
            #expect((row[type] as? [String: Any] ?? [:]).keys.sorted() == fields)
        }
    }

    @Test func failedDeliveries() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("在吗")
            _ = try await bench.post("/simulator/delivery-failures", #"{"fail_type":10}"#)
            let sent = try await bench.call(
                "send_msg",
                #"{"touser":"\#(lin)","open_kfid":"\#(shop)","msgtype":"text","text":{"content":"好"}}"#
            )
            let event = try #require(try await bench.rows().last?["event"] as? [String: Any])
            #expect(event["fail_type"] as? Int == 10)
            #expect(event["fail_msgid"] as? String == sent.text("msgid"))
        }
    }
}
