import ChatModel
import Foundation
import PlatformSimulator
import SimulatorServer
import Testing

/// Every endpoint's answer, byte for byte.
@Suite struct ShapeTests {
    static let ok = #""errcode":0,"errmsg":"ok""#
    static let talk = #""open_kfid":"\#(shop)","external_userid":"\#(lin)""#

    static func configured(_ settings: inout SimulatorSettings) {
        var corp = SimulatorSettings.Corp(id: settings.apps[0].corp)
        corp.departments = [.init(id: 7)]
        corp.hasChannels = true
        corp.bindsDeveloper = true
        corp.upgrade.members = ["anna"]
        corp.upgrade.departments = [7, 8]
        corp.upgrade.groupChats = ["chat1"]
        settings.corps = [corp]
    }

    @Test("gettoken, getcallbackip, get_api_domain_ip: the shapes")
    func theCorpsOwn() async throws {
        try await Bench.with { bench in
            let token = try await bench.accessToken()
            let grant = try await bench.raw(
                "GET", "/cgi-bin/gettoken?corpid=ww1436e0e65a779aee&corpsecret=s3cret")
            #expect(
                grant.text == #"{\#(Self.ok),"access_token":"\#(token)","expires_in":7200}"#)
            #expect(grant[header: "Content-Type"] == "application/json; charset=UTF-8")
            for path in ["getcallbackip", "get_api_domain_ip"] {
                let raw = try await bench.platform(path)
                #expect(raw.text == #"{\#(Self.ok),"ip_list":["127.0.0.1"]}"#)
            }
        }
    }

    @Test("kf/account/add, update, list, del: the shapes")
    func accounts() async throws {
        try await Bench.with { bench in
            let media = try await bench.sample(.image)
            let added = try await bench.platform(
                "kf/account/add", #"{"name":"夜班","media_id":"\#(media)"}"#)
            let id = try #require(try added.reply().text("open_kfid"))
            #expect(added.text == #"{\#(Self.ok),"open_kfid":"\#(id)"}"#)
            let updated = try await bench.platform(
                "kf/account/update", #"{"open_kfid":"\#(id)","name":"早班","media_id":""}"#)
            #expect(updated.text == "{\(Self.ok)}")
            let rows =
                #"{"open_kfid":"\#(shop)","name":"旗舰店","#
                + #""avatar":"https://wework.example/avatar.png","manage_privilege":true},"#
                + #"{"open_kfid":"\#(id)","name":"早班","#
                + #""avatar":"https://wework.example/avatar/\#(media).png","manage_privilege":true}"#
            let list = #"{\#(Self.ok),"account_list":[\#(rows)]}"#
            #expect(try await bench.platform("kf/account/list").text == list)
            #expect(try await bench.platform("kf/account/list", "{}").text == list)
            // Numbers as texts, as clients in untyped languages send them.
            let second = try await bench.platform(
                "kf/account/list", #"{"offset":"1","limit":"1"}"#)
            #expect(try second.reply().objects("account_list").count == 1)
            let third = try await bench.platform("kf/account/list?offset=2&limit=1")
            #expect(third.text == #"{\#(Self.ok),"account_list":[]}"#)
            let deleted = try await bench.platform(
                "kf/account/del", #"{"open_kfid":"\#(id)"}"#)
            #expect(deleted.text == "{\(Self.ok)}")
        }
    }

    @Test("kf/add_contact_way: the shape; the link's scene comes back in enter_session")
    func links() async throws {
        try await Bench.with { bench in
            let raw = try await bench.platform(
                "kf/add_contact_way", #"{"open_kfid":"\#(shop)","scene":"footer"}"#)
            let url = try #require(try raw.reply().text("url"))
            #expect(raw.text == #"{\#(Self.ok),"url":"\#(url)"}"#)
            let opened = try await bench.post(
                "/simulator/customers/\(lin)/open-link", #"{"link":"\#(url)&scene_param=a%3D1"}"#)
            #expect(opened.text("msgid") != nil)
            let event = try #require(try await bench.rows().first?["event"] as? [String: Any])
            #expect(event["scene"] as? String == "footer")
            #expect(event["scene_param"] as? String == "a=1")
            let bad = try await bench.post(
                "/simulator/customers/\(lin)/open-link", #"{"link":"\#(url)x"}"#)
            #expect(bad.status == 200 && bad.json.isEmpty)
        }
    }

    @Test("kf/servicer/add, list, del: the shapes")
    func servicers() async throws {
        try await Bench.with(Self.configured) { bench in
            let body = #"{"open_kfid":"\#(shop)","userid_list":["cleo","bo",""],"#
            let added = try await bench.platform(
                "kf/servicer/add", body + #""department_id_list":[7,"9"]}"#)
            let result = #""errcode":0,"errmsg""#
            #expect(
                added.text
                    == #"{\#(Self.ok),"result_list":[{"userid":"cleo",\#(result):"success"},"#
                    + #"{"userid":"bo",\#(result):"ignored"},"#
                    + #"{"userid":"","errcode":40003,"errmsg":"invalid userid"},"#
                    + #"{"department_id":7,\#(result):"success"},"#
                    + #"{"department_id":9,"errcode":60003,"errmsg":"department not found"}]}"#)
            for (name, status) in [("bo", "paused"), ("cleo", "stopped")] {
                _ = try await bench.post(
                    "/simulator/servicers/\(name)/status", #"{"status":"\#(status)"}"#)
            }
            let list = try await bench.platform("kf/servicer/list?open_kfid=\(shop)")
            #expect(
                list.text
                    == #"{\#(Self.ok),"servicer_list":[{"userid":"anna","status":0},"#
                    + #"{"userid":"bo","status":1,"stop_type":1},"#
                    + #"{"userid":"cleo","status":1,"stop_type":0},{"department_id":7}]}"#)
            let removed = try await bench.platform(
                "kf/servicer/del", body + #""department_id_list":[7]}"#)
            #expect(try removed.reply().objects("result_list").count == 4)
        }
    }

    @Test("kf/service_state/get, trans, kf/sync_msg, kf/send_msg, send_msg_on_event: the shapes")
    func conversations() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites(#"在吗 \"\\\n"#)
            let page = try await bench.platform(
                "kf/sync_msg", #"{"open_kfid":"\#(shop)","limit":"10","voice_format":1}"#)
            let reply = try page.reply()
            let row = try #require(reply.objects("msg_list").first)
            let msgID = try #require(row["msgid"] as? String)
            let cursor = try #require(reply.text("next_cursor"))
            #expect(
                page.text
                    == #"{\#(Self.ok),"next_cursor":"\#(cursor)","has_more":0,"msg_list":["#
                    + #"{"msgid":"\#(msgID)","send_time":1772416800,\#(Self.talk),"origin":3,"#
                    + #""msgtype":"text","text":{"content":"在吗 \"\\\n"}}]}"#)
            let state = try await bench.platform("kf/service_state/get", "{\(Self.talk)}")
            #expect(state.text == #"{\#(Self.ok),"service_state":0}"#)
            let sent = try await bench.platform(
                "kf/send_msg",
                #"{"touser":"\#(lin)","open_kfid":"\#(shop)","msgid":"m1","msgtype":"text","#
                    + #""text":{"content":"您好"}}"#)
            #expect(sent.text == #"{\#(Self.ok),"msgid":"m1"}"#)
            let moved = try await bench.platform(
                "kf/service_state/trans",
                #"{\#(Self.talk),"service_state":"3","servicer_userid":"anna"}"#)
            let code = try #require(try moved.reply().text("msg_code"))
            #expect(moved.text == #"{\#(Self.ok),"msg_code":"\#(code)"}"#)
            let human = try await bench.platform("kf/service_state/get", "{\(Self.talk)}")
            #expect(human.text == #"{\#(Self.ok),"service_state":3,"servicer_userid":"anna"}"#)
            let notice = try await bench.platform(
                "kf/send_msg_on_event",
                #"{"code":"\#(code)","msgid":"m2","msgtype":"text","text":{"content":"请稍候"}}"#)
            #expect(notice.text == #"{\#(Self.ok),"msgid":"m2"}"#)
            // No second code in the session.
            let other = try await bench.platform(
                "kf/service_state/trans",
                #"{\#(Self.talk),"service_state":3,"servicer_userid":"bo"}"#)
            #expect(other.text == "{\(Self.ok)}")
        }
    }

    @Test("kf/customer/batchget: the shape, with Channels, unionid and unknown customers")
    func customers() async throws {
        try await Bench.with(Self.configured) { bench in
            _ = try await bench.post(
                "/simulator/customers/\(lin)/profile",
                #"{"nickname":"小林","gender":2,"avatar":"https://e.example/l.png"}"#)
            _ = try await bench.post(
                "/simulator/customers/\(lin)/enter",
                #"{"scene":"footer","scene_param":"sku=9","channels_scene":4}"#)
            let body = #"{"external_userid_list":["\#(lin)","wmBAD"],"#
            let raw = try await bench.platform(
                "kf/customer/batchget", body + #""need_enter_session_context":1}"#)
            let profile = try #require(try raw.reply().objects("customer_list").first)
            let union = try #require(profile["unionid"] as? String)
            let facts =
                #""external_userid":"\#(lin)","nickname":"小林","#
                + #""avatar":"https://e.example/l.png","gender":2,"unionid":"\#(union)""#
            #expect(
                raw.text
                    == #"{\#(Self.ok),"customer_list":[{\#(facts),"enter_session_context":"#
                    + #"{"scene":"footer","scene_param":"sku=9","wechat_channels":"#
                    + #"{"shop_nickname":"Demo","scene":4}}}],"invalid_external_userid":["wmBAD"]}"#
            )
            let plain = try await bench.platform("kf/customer/batchget", body + #""x":0}"#)
            #expect(
                plain.text == #"{\#(Self.ok),"customer_list":[{\#(facts)}],"#
                    + #""invalid_external_userid":["wmBAD"]}"#)
        }
    }

    @Test("kf/customer/get_upgrade_service_config, upgrade_service, cancel_upgrade_service: shapes")
    func recommendations() async throws {
        try await Bench.with(Self.configured) { bench in
            try await bench.customerWrites("在吗")
            let config = try await bench.platform("kf/customer/get_upgrade_service_config")
            #expect(
                config.text
                    == #"{\#(Self.ok),"member_range":{"userid_list":["anna"],"#
                    + #""department_id_list":[7,8]},"groupchat_range":{"chat_id_list":["chat1"]}}"#)
            let path = "kf/customer/upgrade_service"
            for rest in [
                #""type":1,"member":{"userid":"anna","wording":"您好"}"#,
                #""type":2,"groupchat":{"chat_id":"chat1"}"#,
            ] {
                let raw = try await bench.platform(path, "{\(Self.talk),\(rest)}")
                #expect(raw.text == "{\(Self.ok)}")
            }
            let taken = try await bench.post("/simulator/customers/\(lin)/accept-upgrade")
            #expect(taken.json["accepted"] as? Bool == true)
            let withdrawn = try await bench.platform(
                "kf/customer/cancel_upgrade_service", "{\(Self.talk)}")
            #expect(withdrawn.text == "{\(Self.ok)}")
            let bound = try await bench.platform("kf/get_corp_qualification")
            #expect(bound.text == #"{\#(Self.ok),"wechat_channels_binding":true}"#)
        }
    }

    @Test("kf/get_corp_statistic, get_servicer_statistic: the shapes, a quiet day included")
    func statistics() async throws {
        try await Bench.with { bench in
            let midnight = 1_772_380_800
            try await bench.customerWrites("在吗")
            _ = try await bench.platform(
                "kf/service_state/trans",
                #"{\#(Self.talk),"service_state":3,"servicer_userid":"anna"}"#)
            try await bench.customerWrites("喂")
            bench.clock.move(by: .seconds(3))
            _ = try await bench.post(
                "/simulator/servicers/anna/messages", #"{"customer":"\#(lin)","text":"在"}"#)
            bench.clock.move(by: .seconds(2 * 86_400))
            let period =
                #""open_kfid":"\#(shop)","start_time":\#(midnight),"end_time":\#(midnight + 86_400)"#
            let quiet = #"{"stat_time":\#(midnight + 86_400)}"#
            let corp = try await bench.platform("kf/get_corp_statistic", "{\(period)}")
            #expect(
                corp.text
                    == #"{\#(Self.ok),"statistic_list":[{"stat_time":\#(midnight),"statistic":{"#
                    + #""session_cnt":1,"customer_cnt":1,"customer_msg_cnt":2,"#
                    + #""upgrade_service_customer_cnt":0,"ai_session_reply_cnt":0,"#
                    + #""msg_rejected_customer_cnt":0}},\#(quiet)]}"#)
            let servicer = try await bench.platform(
                "kf/get_servicer_statistic", #"{\#(period),"servicer_userid":"anna"}"#)
            #expect(
                servicer.text
                    == #"{\#(Self.ok),"statistic_list":[{"stat_time":\#(midnight),"statistic":{"#
                    + #""session_cnt":1,"customer_cnt":1,"customer_msg_cnt":1,"reply_rate":1.0,"#
                    + #""first_reply_average_sec":3.0,"satisfaction_investgate_cnt":0,"#
                    + #""upgrade_service_customer_cnt":0,"upgrade_service_member_invite_cnt":0,"#
                    + #""upgrade_service_member_customer_cnt":0,"#
                    + #""upgrade_service_groupchat_invite_cnt":0,"#
                    + #""upgrade_service_groupchat_customer_cnt":0,"#
                    + #""msg_rejected_customer_cnt":0}},\#(quiet)]}"#)
        }
    }

    @Test("kf/knowledge/add_group, mod_group, list_group, del_group: the shapes")
    func groups() async throws {
        try await Bench.with { bench in
            let added = try await bench.platform("kf/knowledge/add_group", #"{"name":"售后"}"#)
            let id = try #require(try added.reply().text("group_id"))
            #expect(added.text == #"{\#(Self.ok),"group_id":"\#(id)"}"#)
            let renamed = try await bench.platform(
                "kf/knowledge/mod_group", #"{"group_id":"\#(id)","name":"退款"}"#)
            #expect(renamed.text == "{\(Self.ok)}")
            let list = try await bench.platform("kf/knowledge/list_group", #"{"limit":"500"}"#)
            let reply = try list.reply()
            let first = try #require(reply.objects("group_list").first?["group_id"] as? String)
            let next = try #require(reply.text("next_cursor"))
            #expect(
                list.text
                    == #"{\#(Self.ok),"next_cursor":"\#(next)","has_more":0,"group_list":["#
                    + #"{"group_id":"\#(first)","name":"默认分组","is_default":1},"#
                    + #"{"group_id":"\#(id)","name":"退款","is_default":0}]}"#)
            let one = try await bench.platform("kf/knowledge/list_group", #"{"limit":1}"#)
            #expect(one.text.contains(#""has_more":1"#))
            let deleted = try await bench.platform(
                "kf/knowledge/del_group", #"{"group_id":"\#(id)"}"#)
            #expect(deleted.text == "{\(Self.ok)}")
        }
    }

    @Test("kf/knowledge/add_intent, mod_intent, list_intent, del_intent: the shapes")
    func intents() async throws {
        try await Bench.with { bench in
            let groups = try await bench.platform("kf/knowledge/list_group", "{}").reply()
            let group = try #require(groups.objects("group_list").first?["group_id"] as? String)
            let (picture, film) = (try await bench.sample(.image), try await bench.sample(.video))
            let link =
                #"{"msgtype":"link","link":{"title":"T","picurl":"https://e.example/p.png","#
                + #""desc":"D","url":"https://e.example/u"}}"#
            let added = try await bench.platform(
                "kf/knowledge/add_intent",
                #"{"group_id":"\#(group)","question":{"text":{"content":"怎么退款"}},"#
                    + #""similar_questions":{"items":[{"text":{"content":"退钱"}}]},"#
                    + #""answers":[{"text":{"content":"点申请"},"attachments":["#
                    + #"{"msgtype":"image","image":{"media_id":"\#(picture)"}},"#
                    + #"{"msgtype":"video","video":{"media_id":"\#(film)"}},\#(link),"#
                    + #"{"msgtype":"miniprogram","miniprogram":{"title":"M","#
                    + #""thumb_media_id":"\#(picture)","appid":"wx0","pagepath":"a.html"}}]}]}"#)
            let id = try #require(try added.reply().text("intent_id"))
            #expect(added.text == #"{\#(Self.ok),"intent_id":"\#(id)"}"#)
            let changed = try await bench.platform(
                "kf/knowledge/mod_intent",
                #"{"intent_id":"\#(id)","question":{"text":{"content":"如何退款"}}}"#)
            #expect(changed.text == "{\(Self.ok)}")
            let list = try await bench.platform("kf/knowledge/list_intent", "{}")
            let next = try #require(try list.reply().text("next_cursor"))
            #expect(
                list.text
                    == #"{\#(Self.ok),"next_cursor":"\#(next)","has_more":0,"intent_list":["#
                    + #"{"group_id":"\#(group)","intent_id":"\#(id)","#
                    + #""question":{"text":{"content":"如何退款"}},"#
                    + #""similar_questions":{"items":[{"text":{"content":"退钱"}}]},"#
                    + #""answers":[{"text":{"content":"点申请"},"attachments":["#
                    + #"{"msgtype":"image","image":{"name":"image.png"}},"#
                    + #"{"msgtype":"video","video":{"name":"video.mp4"}},\#(link),"#
                    + #"{"msgtype":"miniprogram","miniprogram":"#
                    + #"{"title":"M","appid":"wx0","pagepath":"a.html"}}]}]}]}"#)
            let deleted = try await bench.platform(
                "kf/knowledge/del_intent", #"{"intent_id":"\#(id)"}"#)
            #expect(deleted.text == "{\(Self.ok)}")
        }
    }
}
