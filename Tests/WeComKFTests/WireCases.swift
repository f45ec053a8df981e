import Boundary
import ChatModel
import Testing
import WeComKF

/// Each call of the platform as it goes over the wire: what is asked, what a documented answer
/// looks like, and what is read of it.
struct WireCase: Sendable, CustomTestStringConvertible {
    /// Below `/cgi-bin/`.
    let path: String
    /// The answer, as the reference's samples have it.
    let reply: String
    /// The answer that is a file, with its headers; JSON where `nil`.
    var file: WireRecorder.Answer?
    /// Makes the call, with every optional field, and writes down what came of it.
    let work: @Sendable (WeComKFClient) async throws -> String

    init(
        _ path: String, answers reply: String,
        _ work: @escaping @Sendable (WeComKFClient) async throws -> String
    ) {
        self.path = path
        self.reply = reply
        self.work = work
    }

    init(
        _ path: String, _ file: WireRecorder.Answer,
        _ work: @escaping @Sendable (WeComKFClient) async throws -> String
    ) {
        self.init(path, answers: "", work)
        self.file = file
    }

    var testDescription: String { path }

    /// What the platform answers.
    var answer: WireRecorder.Answer { file ?? .init(body: Array(reply.utf8)) }

    /// Those that are answered in JSON.
    static var json: [WireCase] { all.filter { $0.file == nil } }

    static let all: [WireCase] =
        tokens + accounts + servicers + sessions + messages + customers + statistics + groups
        + intents + media

    private static let ok = #"{"errcode":0,"errmsg":"ok"}"#

    private static let tokens = [
        WireCase(
            "gettoken",
            answers:
                #"{"errcode":0,"errmsg":"ok","access_token":"kT9-demo-0001","expires_in":7200}"#
        ) { "\(try await $0.api.authenticate())" }
    ]

    private static let accounts = [
        WireCase(
            "kf/account/add",
            answers: #"{"errcode":0,"errmsg":"ok","open_kfid":"wkDEMO0000000000000002"}"#
        ) { "\(try await $0.addAccount(name: "夜间客服", avatar: "MEDIA-avatar-01"))" },
        WireCase("kf/account/del", answers: ok) { "\(try await $0.deleteAccount(shop))" },
        WireCase("kf/account/update", answers: ok) { client in
            "\(try await client.updateAccount(shop, name: "Night desk", avatar: "MEDIA-avatar-02"))"
        },
        WireCase(
            "kf/account/list",
            answers: #"{"errcode":0,"errmsg":"ok","account_list":[{"open_kfid":"#
                + #""wkDEMO0000000000000001","name":"小店","avatar":"https://e.example/a.png","#
                + #""manage_privilege":true}]}"#
        ) { "\(try await $0.accounts())" },
        WireCase(
            "kf/add_contact_way",
            answers: #"{"errcode":0,"errmsg":"ok","url":"#
                + #""https://work.weixin.qq.com/kf/kfc0ffee0000000001?enc_scene=ENCdemo01"}"#
        ) { "\(try await $0.addContactWay(to: shop, scene: "site_footer-1"))" },
    ]

    private static let changes =
        #"{"errcode":0,"errmsg":"ok","result_list":[{"userid":"anna","errcode":0,"errmsg":"success"},"#
        + #"{"userid":"bo","errcode":0,"errmsg":"ignored"},"#
        + #"{"userid":"chi","errcode":60111,"errmsg":"userid not found"},"#
        + #"{"department_id":7,"errcode":0,"errmsg":"success"}]}"#

    private static let servicers = [
        WireCase("kf/servicer/add", answers: changes) { client in
            let changes = try await client.addServicers(
                to: shop, members: ["anna", "bo", "chi"], departments: [7])
            return "\(changes)"
        },
        WireCase("kf/servicer/del", answers: changes) { client in
            let changes = try await client.removeServicers(
                from: shop, members: ["anna", "bo", "chi"], departments: [7])
            return "\(changes)"
        },
        WireCase(
            "kf/servicer/list",
            answers: #"{"errcode":0,"errmsg":"ok","servicer_list":[{"userid":"anna","status":0},"#
                + #"{"userid":"bo","status":1,"stop_type":0},"#
                + #"{"userid":"chi","status":1,"stop_type":1},{"department_id":7}]}"#
        ) { "\(try await $0.servicers(of: shop))" },
    ]

    private static let sessions = [
        WireCase(
            "kf/service_state/get",
            answers: #"{"errcode":0,"errmsg":"ok","service_state":3,"servicer_userid":"anna"}"#
        ) { "\(try await $0.session(of: conversation))" },
        WireCase(
            "kf/service_state/trans",
            answers: #"{"errcode":0,"errmsg":"ok","msg_code":"MSGCODE-demo-77"}"#
        ) { "\(String(describing: try await $0.transfer(conversation, to: .human("anna"))))" },
    ]

    private static let messages = [
        WireCase(
            "kf/sync_msg",
            answers: #"{"errcode":0,"errmsg":"ok","next_cursor":"CUR-2","has_more":0,"msg_list":["#
                + #"{"msgid":"from_msgid_9001","open_kfid":"wkDEMO0000000000000001","#
                + #""external_userid":"wmDEMO00000000000000aa","send_time":1700000321,"origin":3,"#
                + #""msgtype":"text","text":{"content":"where is my order","menu_id":"track"}}]}"#
        ) { client in
            let page = try await client.pull(
                PullRequest(
                    account: shop, cursor: "CUR-demo-41", token: "ENC-demo-token-0001", limit: 500,
                    voiceFormat: .silk))
            // The row's own JSON is kept as it came.
            return "\(page.next) \(page.hasMore) "
                + page.rows.map { "\($0.msgID) \($0.sentAt) \($0.content)" }.joined()
        },
        WireCase(
            "kf/send_msg", answers: #"{"errcode":0,"errmsg":"ok","msgid":"out-000017"}"#
        ) {
            "\(try await $0.send(.text("您的包裹今天发出"), id: "out-000017", to: conversation))"
        },
        WireCase(
            "kf/send_msg_on_event", answers: #"{"errcode":0,"errmsg":"ok","msgid":"wel-000001"}"#
        ) { "\(try await $0.send(.text("您好"), id: "wel-000001", on: "WELCOME-demo-1"))" },
    ]

    private static let customers = [
        WireCase(
            "kf/customer/batchget",
            answers: #"{"errcode":0,"errmsg":"ok","customer_list":[{"external_userid":"#
                + #""wmDEMO00000000000000aa","nickname":"Lin","avatar":"https://e.example/l.png","#
                + #""gender":2,"unionid":"oU-demo","enter_session_context":{"scene":"site_footer","#
                + #""scene_param":"sku=9","wechat_channels":{"nickname":"Demo TV","scene":1}}}],"#
                + #""invalid_external_userid":["wmBAD"]}"#
        ) { "\(try await $0.customers([lin, "wmBAD"], withEntrance: true))" },
        WireCase(
            "kf/customer/get_upgrade_service_config",
            answers: #"{"errcode":0,"errmsg":"ok","member_range":{"userid_list":["anna","bo"],"#
                + #""department_id_list":[2,3]},"groupchat_range":{"chat_id_list":["wrDEMO1"]}}"#
        ) { "\(try await $0.upgradeRange())" },
        WireCase("kf/customer/upgrade_service", answers: ok) { client in
            try await client.upgrade(conversation, to: .member("anna", wording: "专属顾问"))
            return
                "\(try await client.upgrade(conversation, to: .group("wrDEMO1", wording: "进群有优惠")))"
        },
        WireCase("kf/customer/cancel_upgrade_service", answers: ok) {
            "\(try await $0.cancelUpgrade(of: conversation))"
        },
        WireCase(
            "kf/get_corp_qualification",
            answers: #"{"errcode":0,"errmsg":"ok","wechat_channels_binding":true}"#
        ) { "\(String(describing: try await $0.isChannelsAccountBound()))" },
    ]

    /// 2023-11-13 and the day after, in China time; the tests' clock stands at 2023-11-15 06:13.
    static let days = ChinaDay(number: 19_674)...ChinaDay(number: 19_675)

    private static func describe(_ report: StatisticReport) -> String {
        report.lines.map { line in
            let figures = line.figures.map { figures in
                figures.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key)=\($0.value)" }
                    .joined(separator: " ")
            }
            return "\(line.day.number): \(figures ?? "no data")"
        }.joined(separator: "\n")
    }

    private static let statistics = [
        WireCase(
            "kf/get_corp_statistic",
            answers: #"{"errcode":0,"errmsg":"ok","statistic_list":[{"stat_time":1699804800,"#
                + #""statistic":{"session_cnt":2,"customer_cnt":1,"customer_msg_cnt":6,"#
                + #""upgrade_service_customer_cnt":0,"ai_session_reply_cnt":1,"#
                + #""ai_transfer_rate":0.5,"ai_knowledge_hit_rate":0.25,"#
                + #""msg_rejected_customer_cnt":1}},{"stat_time":1699891200}]}"#
        ) { describe(try await $0.accountStatistics(of: shop, days: days)) },
        WireCase(
            "kf/get_servicer_statistic",
            answers: #"{"errcode":0,"errmsg":"ok","statistic_list":[{"stat_time":1699804800,"#
                + #""statistic":{"session_cnt":1,"customer_cnt":1,"customer_msg_cnt":1,"#
                + #""reply_rate":1,"first_reply_average_sec":17.25,"satisfaction_investgate_cnt":1,"#
                + #""satisfaction_participation_rate":1,"satisfied_rate":1,"middling_rate":0,"#
                + #""dissatisfied_rate":0,"upgrade_service_customer_cnt":0,"#
                + #""upgrade_service_member_invite_cnt":0,"upgrade_service_member_customer_cnt":0,"#
                + #""upgrade_service_groupchat_invite_cnt":0,"#
                + #""upgrade_service_groupchat_customer_cnt":0,"msg_rejected_customer_cnt":0}}]}"#
        ) { describe(try await $0.servicerStatistics(of: "anna", on: shop, days: days)) },
    ]

    private static let groups = [
        WireCase(
            "kf/knowledge/add_group", answers: #"{"errcode":0,"errmsg":"ok","group_id":"G1"}"#
        ) { "\(try await $0.addKnowledgeGroup(named: "售后"))" },
        WireCase("kf/knowledge/del_group", answers: ok) {
            "\(try await $0.deleteKnowledgeGroup("G1"))"
        },
        WireCase("kf/knowledge/mod_group", answers: ok) {
            "\(try await $0.renameKnowledgeGroup("G1", to: "退换货"))"
        },
        WireCase(
            "kf/knowledge/list_group",
            answers: #"{"errcode":0,"errmsg":"ok","next_cursor":"C2","has_more":0,"group_list":["#
                + #"{"group_id":"G0","name":"默认分组","is_default":1},"#
                + #"{"group_id":"G1","name":"售后","is_default":0}]}"#
        ) { "\(try await $0.knowledgeGroups(only: "G1"))" },
    ]

    private static let answer = KnowledgeAnswer(
        text: "3 working days",
        attachments: [
            .image("M1"), .video("M2"),
            .link(
                title: "Policy", pictureURL: "https://e.example/p.png", description: "full text",
                url: "https://e.example/pol"),
            .miniprogram(
                title: "Refund", thumbnail: "M3", appID: "wx00demo", pagePath: "/pages/r.html"),
        ])

    private static let intents = [
        WireCase(
            "kf/knowledge/add_intent", answers: #"{"errcode":0,"errmsg":"ok","intent_id":"I1"}"#
        ) { client in
            let id = try await client.addKnowledgeIntent(
                to: "G1", question: "refund time?", similar: ["when is my refund"], answer: answer)
            return "\(id)"
        },
        WireCase("kf/knowledge/del_intent", answers: ok) {
            "\(try await $0.deleteKnowledgeIntent("I1"))"
        },
        WireCase("kf/knowledge/mod_intent", answers: ok) { client in
            let done: Void = try await client.changeKnowledgeIntent(
                "I1", question: "refund?", similar: [], answer: KnowledgeAnswer(text: "soon"))
            return "\(done)"
        },
        WireCase(
            "kf/knowledge/list_intent",
            answers: #"{"errcode":0,"errmsg":"ok","next_cursor":"C2","has_more":0,"intent_list":["#
                + #"{"group_id":"G1","intent_id":"I1","question":{"text":{"content":"q"}},"#
                + #""similar_questions":{"items":[{"text":{"content":"s"}}]},"#
                + #""answers":[{"text":{"content":"a"},"attachments":["#
                + #"{"msgtype":"image","image":{"name":"chart.png"}},"#
                + #"{"msgtype":"link","link":{"title":"T","picurl":"https://e.example/p.png","#
                + #""desc":"D","url":"https://e.example/l"}},"#
                + #"{"msgtype":"miniprogram","miniprogram":{"title":"M","appid":"wx00demo","#
                + #""pagepath":"/p.html"}}]}]}]}"#
        ) { "\(try await $0.knowledgeIntents(in: "G1", only: "I1"))" },
    ]

    private static let media = [
        WireCase(
            "media/upload",
            answers: #"{"errcode":0,"errmsg":"ok","type":"voice","media_id":"MEDIA-1","#
                + #""created_at":"1700000000"}"#
        ) { client in
            let file = MediaUpload(
                kind: .voice, filename: "问\"候.amr", bytes: Array("#!AMR\n<".utf8))
            return "\(try await client.upload(file))"
        },
        WireCase(
            "media/get",
            .init(
                headers: "Content-Type: image/png\r\n"
                    + #"Content-disposition: attachment; filename="a b.png""#,
                body: [0x89, 0x50, 0x4E, 0x47])
        ) { "\(try await $0.download("MEDIA/1"))" },
    ]
}
