import Boundary
import ChatModel
import Routing
import Testing
import WeComKF

/// What goes over the wire, byte for byte.
@Suite struct RequestTests {
    /// The one call that `work` makes.
    private func call(
        answering json: String = #"{"errcode":0,"errmsg":"ok","msgid":"accepted-1"}"#,
        _ work: (PlatformAPI) async throws -> Void
    ) async throws -> HTTPRequest {
        let transport = ScriptedTransport(json)
        try await work(client(transport).api)
        #expect(transport.tokenRequests == 1)
        return try #require(transport.calls.first)
    }

    @Test func gettokenCarriesCorpAndSecret() async throws {
        let transport = ScriptedTransport("")
        try await client(transport).api.authenticate()
        let request = try #require(transport.requests.first)
        #expect(
            request.url == "https://qyapi.weixin.qq.com/cgi-bin/gettoken"
                + "?corpid=ww0000demo00000001&corpsecret=s3cr3t%2FKF%2Bdemo")
        #expect(request.method == .get && request.body.isEmpty)
    }

    @Test func pullWithEverything() async throws {
        let request = try await call(
            answering: #"{"errcode":0,"next_cursor":"CUR-2","has_more":0,"msg_list":[]}"#
        ) { (api) async throws in
            let page = try await api.pull(
                PullRequest(
                    account: shop, cursor: "CUR-demo-41", token: "ENC-demo-token-0001", limit: 500))
            #expect(page == PulledPage(next: "CUR-2", hasMore: false, rows: []))
        }
        #expect(
            request.url
                == "https://qyapi.weixin.qq.com/cgi-bin/kf/sync_msg?access_token=TOKEN-1")
        #expect(request.method == .post)
        #expect(
            request.text
                == #"{"cursor":"CUR-demo-41","token":"ENC-demo-token-0001","limit":500,"#
                + #""open_kfid":"wkDEMO0000000000000001"}"#)
    }

    @Test func pullLeavesOutWhatIsAbsentOrEmpty() async throws {
        for cursor in [nil, SyncCursor("")] {
            let request = try await call(answering: #"{"errcode":0,"next_cursor":"C"}"#) {
                (api) async throws in
                _ = try await api.pull(PullRequest(account: shop, cursor: cursor, token: nil))
            }
            #expect(request.text == #"{"limit":1000,"open_kfid":"wkDEMO0000000000000001"}"#)
        }
    }

    /// Every type of message, with the object it must become.
    static let bodies: [(OutgoingBody, String)] = [
        (.text("Your parcel left today"), #""text","text":{"content":"Your parcel left today"}"#),
        (
            .text("您好：\"发货\" a/b\\c\n\t\r\u{1}\u{1F}\u{7F}🚚"),
            #""text","text":{"content":"您好：\"发货\" a/b\\c\n\t\r\u0001\u001f"# + "\u{7F}🚚\"}"
        ),
        (.image("M1"), #""image","image":{"media_id":"M1"}"#),
        (.voice("M2"), #""voice","voice":{"media_id":"M2"}"#),
        (.video("M3"), #""video","video":{"media_id":"M3"}"#),
        (.file("M4"), #""file","file":{"media_id":"M4"}"#),
        (
            .link(
                .init(
                    title: "Guide", description: "How to return", url: "https://e.example/r",
                    thumbnail: "M5")),
            #""link","link":{"title":"Guide","desc":"How to return","#
                + #""url":"https://e.example/r","thumb_media_id":"M5"}"#
        ),
        (
            .link(
                .init(title: "Guide", description: "", url: "https://e.example/r", thumbnail: "M5")),
            #""link","link":{"title":"Guide","url":"https://e.example/r","thumb_media_id":"M5"}"#
        ),
        (
            .miniprogram(
                .init(appID: "wx00demo", title: "Book", thumbnail: "M6", pagePath: "pages/b.html")),
            #""miniprogram","miniprogram":{"appid":"wx00demo","title":"Book","#
                + #""thumb_media_id":"M6","pagepath":"pages/b.html"}"#
        ),
        (
            .miniprogram(
                .init(
                    appID: "wx00demo", title: nil, thumbnail: "M6", pagePath: "pages/b.html?a=b")),
            #""miniprogram","miniprogram":{"appid":"wx00demo","#
                + #""thumb_media_id":"M6","pagepath":"pages/b.html?a=b"}"#
        ),
        (
            .menu(
                .init(
                    head: "How can we help?",
                    items: [
                        .click(id: "track", label: "Track order"),
                        .view(url: "https://e.example/faq", label: "Read FAQ"),
                        .miniprogram(appID: "wx00demo", pagePath: "pages/b.html", label: "Book"),
                        .text("or write to us", noNewline: true),
                        .text("bye", noNewline: false),
                    ], tail: "We reply within minutes")),
            #""msgmenu","msgmenu":{"head_content":"How can we help?","list":["#
                + #"{"type":"click","click":{"id":"track","content":"Track order"}},"#
                + #"{"type":"view","view":{"url":"https://e.example/faq","content":"Read FAQ"}},"#
                + #"{"type":"miniprogram","miniprogram":{"appid":"wx00demo","#
                + #""pagepath":"pages/b.html","content":"Book"}},"#
                + #"{"type":"text","text":{"content":"or write to us","no_newline":1}},"#
                + #"{"type":"text","text":{"content":"bye"}}],"#
                + #""tail_content":"We reply within minutes"}"#
        ),
        (
            .menu(.init(head: nil, items: [.click(id: "a", label: "A")], tail: nil)),
            #""msgmenu","msgmenu":{"list":[{"type":"click","click":{"id":"a","content":"A"}}]}"#
        ),
        (
            .location(.init(latitude: 31.23, longitude: 121.47, name: "Pier 9", address: "")),
            #""location","location":{"name":"Pier 9","latitude":31.23,"longitude":121.47}"#
        ),
        (
            .acquisitionLink("https://work.weixin.qq.com/ca/demo01"),
            #""ca_link","ca_link":{"link_url":"https://work.weixin.qq.com/ca/demo01"}"#
        ),
    ]

    @Test(arguments: bodies) func send(body: OutgoingBody, golden: String) async throws {
        let request = try await call { (api) async throws in
            #expect(try await api.send(conversation, "out-000017", body) == "accepted-1")
        }
        #expect(
            request.url
                == "https://qyapi.weixin.qq.com/cgi-bin/kf/send_msg?access_token=TOKEN-1")
        #expect(
            request.text
                == #"{"touser":"wmDEMO00000000000000aa","open_kfid":"wkDEMO0000000000000001","#
                + #""msgid":"out-000017","msgtype":\#(golden)}"#)
    }

    @Test(arguments: bodies.filter(\.0.isTextOrMenu))
    func sendOnEvent(body: OutgoingBody, golden: String) async throws {
        let request = try await call { (api) async throws in
            #expect(
                try await api.sendOnEvent("WELCOME-demo-1", "wel-000001", body) == "accepted-1")
        }
        #expect(
            request.url
                == "https://qyapi.weixin.qq.com/cgi-bin/kf/send_msg_on_event?access_token=TOKEN-1")
        #expect(
            request.text
                == #"{"code":"WELCOME-demo-1","msgid":"wel-000001","msgtype":\#(golden)}"#)
    }

    @Test func emptyMsgIDIsLeftOutAndOursReturnedWhenNoneComesBack() async throws {
        let request = try await call(answering: #"{"errcode":0}"#) { (api) async throws in
            #expect(try await api.send(conversation, "", .text("x")) == "")
        }
        #expect(!request.text.contains("msgid"))
        _ = try await call(answering: #"{"errcode":0,"errmsg":"ok"}"#) { (api) async throws in
            #expect(try await api.send(conversation, "mine", .text("x")) == "mine")
        }
    }

    @Test(arguments: [
        (#"{"errcode":0,"service_state":1}"#, Outcome.ActualSession(number: 1, servicer: nil)),
        (
            #"{"errcode":0,"service_state":"3","servicer_userid":"anna"}"#,
            Outcome.ActualSession(number: 3, servicer: "anna")
        ),
        (
            #"{"errcode":0,"service_state":2,"servicer_userid":"stale"}"#,
            Outcome.ActualSession(number: 2, servicer: nil)
        ),
    ])
    func session(reply: String, expected: Outcome.ActualSession) async throws {
        let request = try await call(answering: reply) { (api) async throws in
            #expect(try await api.session(conversation) == expected)
        }
        #expect(
            request.url
                == "https://qyapi.weixin.qq.com/cgi-bin/kf/service_state/get?access_token=TOKEN-1")
        #expect(
            request.text
                == #"{"open_kfid":"wkDEMO0000000000000001","#
                + #""external_userid":"wmDEMO00000000000000aa"}"#)
    }

    @Test(arguments: [
        (SessionTarget.assistant, #""service_state":1"#, nil as EventCode?),
        (.pool, #""service_state":2"#, "MSGCODE-demo-77"),
        (.human("anna"), #""service_state":3,"servicer_userid":"anna""#, "MSGCODE-demo-77"),
        (.ended, #""service_state":4"#, "MSGCODE-demo-77"),
    ])
    func transfer(target: SessionTarget, golden: String, code: EventCode?) async throws {
        let reply =
            code.map { #"{"errcode":0,"errmsg":"ok","msg_code":"\#($0)"}"# }
            ?? #"{"errcode":0,"errmsg":"ok"}"#
        let request = try await call(answering: reply) { (api) async throws in
            #expect(try await api.transfer(conversation, target) == code)
        }
        #expect(
            request.url
                == "https://qyapi.weixin.qq.com/cgi-bin/kf/service_state/trans?access_token=TOKEN-1"
        )
        #expect(
            request.text
                == #"{"open_kfid":"wkDEMO0000000000000001","#
                + #""external_userid":"wmDEMO00000000000000aa",\#(golden)}"#)
    }

    @Test func anEmptyMsgCodeIsNone() async throws {
        _ = try await call(answering: #"{"errcode":0,"msg_code":""}"#) { (api) async throws in
            #expect(try await api.transfer(conversation, .pool) == nil)
        }
    }

    @Test func servicers() async throws {
        let reply =
            #"{"errcode":0,"servicer_list":[{"userid":"anna","status":0},"#
            + #"{"userid":"bo","status":1,"stop_type":0},{"userid":"chi","status":1,"stop_type":1},"#
            + #"{"userid":"dee"},{"department_id":7},{},{"userid":"eve","status":9}]}"#
        let request = try await call(answering: reply) { (api) async throws in
            #expect(
                try await api.servicers("wk demo&1") == [
                    .member("anna", .receiving), .member("bo", .stopped), .member("chi", .paused),
                    .member("dee", nil), .department(7), .member("eve", nil),
                ])
        }
        #expect(request.method == .get && request.body.isEmpty)
        #expect(
            request.url
                == "https://qyapi.weixin.qq.com/cgi-bin/kf/servicer/list"
                + "?access_token=TOKEN-1&open_kfid=wk%20demo%261")
    }

    @Test func customers() async throws {
        let reply =
            #"{"errcode":0,"errmsg":"ok","customer_list":[{"external_userid":"#
            + #""wmDEMO00000000000000aa","nickname":"Lin","avatar":"https://e.example/l.png","#
            + #""gender":0,"enter_session_context":{"scene":"site_footer"}}],"#
            + #""invalid_external_userid":["wmBAD"]}"#
        let request = try await call(answering: reply) { (api) async throws in
            #expect(
                try await api.customers([lin, "wmBAD"], false)
                    == CustomerBatch(
                        profiles: [
                            .init(
                                id: lin, nickname: "Lin", avatar: "https://e.example/l.png",
                                entrance: Entrance(scene: "site_footer"))
                        ], unknown: ["wmBAD"]))
        }
        #expect(
            request.url
                == "https://qyapi.weixin.qq.com/cgi-bin/kf/customer/batchget?access_token=TOKEN-1")
        #expect(
            request.text == #"{"external_userid_list":["wmDEMO00000000000000aa","wmBAD"]}"#)
    }

    @Test func noCustomersNoCall() async throws {
        let transport = ScriptedTransport("")
        let batch = try await client(transport).api.customers([], false)
        #expect(batch == CustomerBatch(profiles: [], unknown: []))
        #expect(transport.requests.isEmpty)
    }
}
