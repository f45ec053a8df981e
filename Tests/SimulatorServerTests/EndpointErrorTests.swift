import ChatModel
import Foundation
import PlatformSimulator
import SimulatorServer
import Testing

/// What every endpoint answers to a request that is wrong, by the platform's own numbers.
@Suite struct EndpointErrorTests {
    static let talk = ShapeTests.talk
    static let account = #""open_kfid":"\#(shop)""#

    /// A path, a body (`nil` for a GET) and the number it is refused with.
    static let requests: [(String, String?, Int)] = [
        // Accounts
        ("kf/account/add", #"{"name":"a"}"#, 40058),
        ("kf/account/add", #"{"media_id":"M"}"#, 40058),
        ("kf/account/add", #"{"name":1,"media_id":"M"}"#, 40058),
        ("kf/account/add", #"{"name":"a","media_id":"M"}"#, 40007),
        ("kf/account/add", #"{"name":"12345678901234567","media_id":"M"}"#, 95006),
        ("kf/account/del", "{}", 40058), ("kf/account/del", #"{"open_kfid":"wkNo"}"#, 95004),
        ("kf/account/del", "{\(account)}", 95005),
        ("kf/account/update", #"{"name":"a"}"#, 40058),
        ("kf/account/update", #"{\#(account),"media_id":"M"}"#, 40007),
        ("kf/account/list", #"{"limit":101}"#, 40058),
        ("kf/account/list", #"{"limit":"0"}"#, 40058),
        ("kf/account/list", #"{"limit":"many"}"#, 40058),
        ("kf/account/list?limit=101", nil, 40058),
        ("kf/add_contact_way", "{}", 40058),
        ("kf/add_contact_way", #"{\#(account),"scene":"a b"}"#, 40058),
        // Servicers
        ("kf/servicer/add", "{\(account)}", 40058),
        ("kf/servicer/add", #"{\#(account),"userid_list":"anna"}"#, 40058),
        ("kf/servicer/add", #"{\#(account),"department_id_list":["x"]}"#, 40058),
        ("kf/servicer/add", #"{"open_kfid":"no","userid_list":["a"]}"#, 95000),
        ("kf/servicer/del", #"{\#(account),"userid_list":[],"department_id_list":[]}"#, 40058),
        ("kf/servicer/list", nil, 40058), ("kf/servicer/list?open_kfid=wkNo", nil, 95004),
        // Sessions and messages
        ("kf/service_state/get", #"{\#(account)}"#, 40058),
        ("kf/service_state/get", #"{\#(account),"external_userid":"wmNo"}"#, 40096),
        ("kf/service_state/trans", #"{\#(talk),"service_state":9}"#, 40058),
        ("kf/service_state/trans", #"{\#(talk),"service_state":"three"}"#, 40058),
        ("kf/service_state/trans", #"{\#(talk),"service_state":3}"#, 40058),
        (
            "kf/service_state/trans",
            #"{\#(talk),"service_state":3,"servicer_userid":"nobody"}"#, 95014
        ),
        ("kf/sync_msg", #"{\#(account),"limit":1001}"#, 40058),
        ("kf/sync_msg", #"{\#(account),"limit":-1}"#, 40058),
        ("kf/sync_msg", #"{\#(account),"voice_format":2}"#, 40058),
        ("kf/sync_msg", #"{\#(account),"cursor":"\#(String(repeating: "a", count: 65))"}"#, 40058),
        ("kf/sync_msg", #"{\#(account),"cursor":"\#(String(repeating: "a", count: 64))"}"#, 50100),
        ("kf/sync_msg", #"{\#(account),"token":"\#(String(repeating: "a", count: 129))"}"#, 40058),
        ("kf/sync_msg", #"{\#(account),"token":"\#(String(repeating: "a", count: 128))"}"#, 95007),
        ("kf/send_msg", message(#""image","image":{"media_id":"M"}"#), 40007),
        ("kf/send_msg", message(#""business_card","business_card":{"userid":"a"}"#), 40008),
        (
            "kf/send_msg",
            message(#""link","link":{"title":"T","url":"e.example","thumb_media_id":"M"}"#), 45034
        ),
        ("kf/send_msg", message(#""location","location":{"name":"a"}"#), 40058),
        ("kf/send_msg_on_event", #"{"code":"x","msgtype":"text"}"#, 40058),
        // Customers
        ("kf/customer/batchget", "{}", 40058),
        ("kf/customer/batchget", #"{"external_userid_list":"a"}"#, 40058),
        ("kf/customer/upgrade_service", #"{\#(talk)}"#, 40058),
        ("kf/customer/upgrade_service", #"{\#(talk),"type":1}"#, 40058),
        ("kf/customer/upgrade_service", #"{\#(talk),"type":3,"member":{"userid":"a"}}"#, 40058),
        ("kf/customer/upgrade_service", #"{\#(talk),"type":2,"groupchat":{}}"#, 40058),
        ("kf/customer/upgrade_service", #"{\#(talk),"type":1,"member":{"userid":"a"}}"#, 95021),
        ("kf/customer/cancel_upgrade_service", "{\(account)}", 40058),
        // Statistics
        ("kf/get_corp_statistic", #"{"start_time":1,"end_time":1}"#, 40058),
        ("kf/get_corp_statistic", #"{\#(account),"start_time":1}"#, 40058),
        ("kf/get_corp_statistic", #"{\#(account),"start_time":1,"end_time":1}"#, 40058),
        ("kf/get_servicer_statistic", #"{\#(account),"start_time":[],"end_time":1}"#, 40058),
        // The knowledge base
        ("kf/knowledge/add_group", "{}", 40058), ("kf/knowledge/add_group", #"{"name":""}"#, 40058),
        ("kf/knowledge/del_group", #"{"group_id":"no"}"#, 40058),
        ("kf/knowledge/mod_group", #"{"group_id":"no","name":"a"}"#, 40058),
        ("kf/knowledge/list_group", #"{"limit":1001}"#, 40058),
        ("kf/knowledge/list_group", #"{"cursor":"no"}"#, 50100),
        ("kf/knowledge/add_intent", #"{"group_id":"no"}"#, 40058),
        (
            "kf/knowledge/add_intent",
            #"{"group_id":"no","question":{"text":{"content":"a"}},"#
                + #""answers":[{"text":{"content":"a"},"attachments":[{"msgtype":"voice"}]}]}"#,
            40008
        ),
        (
            "kf/knowledge/add_intent",
            #"{"group_id":"no","question":{"text":{"content":"a"}},"#
                + #""answers":[{"text":{"content":"a"},"attachments":[{"msgtype":"image"}]}]}"#,
            40058
        ),
        ("kf/knowledge/del_intent", #"{"intent_id":"no"}"#, 40058),
        ("kf/knowledge/mod_intent", #"{"intent_id":"no"}"#, 40058),
        ("kf/knowledge/list_intent", #"{"cursor":"no"}"#, 50100),
    ]

    static func message(_ rest: String) -> String {
        #"{"touser":"\#(lin)",\#(account),"msgtype":\#(rest)}"#
    }

    @Test("every endpoint: the documented number for each mistake, in the book as illegal")
    func mistakes() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("在吗")
            for (path, body, errcode) in Self.requests {
                let raw = try await bench.platform(path, body)
                #expect(raw.status == 200)
                #expect(raw.errcode == errcode, "\(path) \(body ?? "")")
                let entry = try #require(bench.server.withSimulator { $0.book.last })
                #expect(entry.errcode == errcode && entry.verdict == .illegal, "\(path)")
                #expect(entry.reason?.isEmpty == false, "\(path) \(body ?? "")")
            }
        }
    }

    @Test("every endpoint: 41001 without a token, 40058 by the wrong method, broken JSON told so")
    func everyEndpoint() async throws {
        try await Bench.with { bench in
            let token = try await bench.accessToken()
            let gets: Set<Endpoint> = [
                .getToken, .listServicers, .getUpgradeConfig, .getQualification, .getMedia,
                .callbackAddresses, .domainAddresses,
            ]
            for endpoint in Endpoint.allCases where endpoint != .getToken {
                let path = "/cgi-bin/\(endpoint.path)"
                let isGet = gets.contains(endpoint)
                let (right, wrong) = isGet ? ("GET", "POST") : ("POST", "GET")
                let anonymous = try await bench.raw(right, path, body: isGet ? [] : [0x7B, 0x7D])
                #expect(anonymous.errcode == 41001, "\(path)")
                if endpoint != .listAccounts {
                    let other = try await bench.raw(wrong, path + "?access_token=\(token)")
                    #expect(other.errcode == 40058, "\(path)")
                }
                if !isGet, endpoint != .uploadMedia {
                    let broken = try await bench.raw(
                        "POST", path + "?access_token=\(token)", body: [0x7B])
                    #expect(broken.errcode == 40058, "\(path)")
                    #expect(broken.text.contains("Warning: wrong json format."), "\(path)")
                }
            }
            let unknown = try await bench.raw("POST", "/cgi-bin/kf/no?access_token=\(token)")
            #expect(unknown.status == 404)
        }
    }

    @Test("every endpoint: a body of over 1 MiB is 40206")
    func tooLarge() async throws {
        try await Bench.with { bench in
            let body = #"{"name":"\#(String(repeating: "a", count: 1 << 20))"}"#
            let raw = try await bench.platform("kf/knowledge/add_group", body)
            #expect(raw.errcode == 40206)
        }
    }
}
