import ChatModel

/// The documented messages and events, as the platform writes them, with what they mean.
enum SampleRows {
    /// A row's own JSON and what it must become.
    struct Sample: Sendable {
        var json: String
        var content: Inbound.Content
    }

    static let page: String = page(messages.map(\.json) + events.map(\.json))

    static func page(_ rows: [String]) -> String {
        #"{"errcode":0,"errmsg":"ok","next_cursor":"CUR-2","has_more":1,"msg_list":["#
            + rows.joined(separator: ",") + "]}"
    }

    /// Messages of the documented customer, by type (§8.4).
    static let messages = bodies.map {
        Sample(json: envelope($0.0), content: .fromCustomer(lin, $0.1))
    }

    private static let bodies: [(String, MessageBody)] = [
        (
            #""text","text":{"content":"where is my order","menu_id":"track"}"#,
            .text("where is my order", menuItem: "track")
        ),
        (#""text","text":{"content":"你好"}"#, .text("你好", menuItem: nil)),
        (#""image","image":{"media_id":"M-img"}"#, .image("M-img")),
        (#""voice","voice":{"media_id":"M-voi"}"#, .voice("M-voi")),
        (#""video","video":{"media_id":"M-vid"}"#, .video("M-vid")),
        (#""file","file":{"media_id":"M-fil"}"#, .file("M-fil")),
        (
            #""location","location":{"latitude":31.23,"longitude":121.47,"name":"Pier 9","address":"1 River Rd"}"#,
            .location(
                .init(latitude: 31.23, longitude: 121.47, name: "Pier 9", address: "1 River Rd"))
        ),
        (
            #""link","link":{"title":"T","desc":"D","url":"https://e.example/a","pic_url":"https://e.example/p.png"}"#,
            .link(
                .init(
                    title: "T", description: "D", url: "https://e.example/a",
                    pictureURL: "https://e.example/p.png"))
        ),
        (#""business_card","business_card":{"userid":"anna"}"#, .businessCard("anna")),
        (
            #""miniprogram","miniprogram":{"title":"T","appid":"wx00demo","pagepath":"pages/i.html","thumb_media_id":"M-th"}"#,
            .miniprogram(
                .init(appID: "wx00demo", title: "T", pagePath: "pages/i.html", thumbnail: "M-th"))
        ),
        (
            #""msgmenu","msgmenu":{"head_content":"Pick","list":[{"type":"click","click":{"id":"a","content":"A"}},{"type":"view","view":{"url":"https://e.example/v","content":"B"}},{"type":"miniprogram","miniprogram":{"appid":"wx00demo","pagepath":"p.html","content":"C"}},{"type":"text","text":{"content":"D","no_newline":1}},{"type":"brand_new","brand_new":{"content":"E"}}],"tail_content":"bye"}"#,
            .menu(
                .init(
                    head: "Pick",
                    items: [
                        .click(id: "a", label: "A"), .view(url: "https://e.example/v", label: "B"),
                        .miniprogram(appID: "wx00demo", pagePath: "p.html", label: "C"),
                        .text("D", noNewline: true),
                    ], tail: "bye"))
        ),
        (
            #""channels_shop_product","channels_shop_product":{"product_id":"10001","head_img":"https://e.example/h.png","title":"Mug","sales_price":"1990","shop_nickname":"Shop","shop_head_img":"https://e.example/s.png"}"#,
            .shopProduct(
                .init(
                    id: "10001", title: "Mug", pictureURL: "https://e.example/h.png",
                    priceFen: 1990, shop: "Shop", shopPictureURL: "https://e.example/s.png"))
        ),
        (
            #""channels_shop_order","channels_shop_order":{"order_id":"20002","product_titles":"Mug","price_wording":"¥19.90","state":"paid","image_url":"https://e.example/o.png","shop_nickname":"Shop"}"#,
            .shopOrder(
                .init(
                    id: "20002", title: "Mug", price: "¥19.90", state: "paid",
                    pictureURL: "https://e.example/o.png", shop: "Shop"))
        ),
        (
            #""merged_msg","merged_msg":{"title":"Chat history","item":[{"send_time":1700000000,"msgtype":"text","sender_name":"Lee","msg_content":"{\"msgtype\":\"text\",\"text\":{\"content\":\"hi\"}}"},{"send_time":1700000001,"msgtype":"image","sender_name":"Ann","msg_content":"{\"image\":{\"media_id\":\"M\"}}"}]}"#,
            .mergedMessages(
                .init(
                    title: "Chat history",
                    items: [
                        .init(
                            sentAt: Timestamp(seconds: 1_700_000_000), sender: "Lee",
                            body: .text("hi", menuItem: nil)),
                        .init(
                            sentAt: Timestamp(seconds: 1_700_000_001), sender: "Ann",
                            body: .image("M")),
                    ]))
        ),
        (
            #""channels","channels":{"sub_type":1,"nickname":"Name","title":"Post title"}"#,
            .channels(.init(kind: .post, nickname: "Name", title: "Post title"))
        ),
        (#""meeting""#, .other(type: "meeting")),
        (#""schedule""#, .other(type: "schedule")),
        (#""note","note":{"anything":[1,2,{"x":null}]}"#, .other(type: "note")),
    ]

    /// A message of the documented customer; `body` begins with the type.
    static func envelope(_ body: String, origin: String = "3") -> String {
        #"{"msgid":"from_msgid_9001","open_kfid":"wkDEMO0000000000000001","external_userid":"wmDEMO00000000000000aa","send_time":1700000321,"origin":\#(origin),"msgtype":\#(body)}"#
    }

    /// Events (§8.5); in `event` K and C stand for the account and the customer.
    static let events = objects.map { Sample(json: event($0.0), content: .event($0.1)) }

    private static let objects: [(String, Event)] = [
        (
            #"{"event_type":"enter_session",K,C,"scene":"site_footer","scene_param":"sku=9","welcome_code":"WELCOME-demo-1","wechat_channels":{"nickname":"Demo TV","scene":1}}"#,
            .entered(
                lin,
                Entrance(
                    scene: "site_footer", sceneParameter: "sku=9", welcomeCode: "WELCOME-demo-1",
                    channelsScene: 1, channelsName: "Demo TV"))
        ),
        (
            #"{"event_type":"enter_session",K,C,"scene":"","scene_param":"","welcome_code":""}"#,
            .entered(lin, Entrance())
        ),
        (
            #"{"event_type":"msg_send_fail",K,C,"fail_msgid":"out-000017","fail_type":10}"#,
            .sendFailed(lin, message: "out-000017", .customerRejects)
        ),
        (
            #"{"event_type":"msg_send_fail",K,C,"fail_msgid":"out-000017","fail_type":99}"#,
            .sendFailed(lin, message: "out-000017", .other(99))
        ),
        (
            #"{"event_type":"servicer_status_change","servicer_userid":"anna",K,"status":2,"stop_type":1}"#,
            .servicerStatusChanged("anna", .paused)
        ),
        (
            #"{"event_type":"servicer_status_change","servicer_userid":"anna",K,"status":2,"stop_type":0}"#,
            .servicerStatusChanged("anna", .stopped)
        ),
        (
            #"{"event_type":"servicer_status_change","servicer_userid":"anna",K,"status":1}"#,
            .servicerStatusChanged("anna", .receiving)
        ),
        (
            #"{"event_type":"session_status_change",K,C,"change_type":1,"new_servicer_userid":"anna","msg_code":"MSGCODE-demo-78"}"#,
            .sessionChanged(lin, .pickedUp(by: "anna", code: "MSGCODE-demo-78"))
        ),
        (
            #"{"event_type":"session_status_change",K,C,"change_type":2,"old_servicer_userid":"anna","new_servicer_userid":"bo"}"#,
            .sessionChanged(lin, .transferred(from: "anna", to: "bo"))
        ),
        (
            #"{"event_type":"session_status_change",K,C,"change_type":3,"old_servicer_userid":"anna","msg_code":"MSGCODE-demo-79"}"#,
            .sessionChanged(lin, .ended(by: "anna", code: "MSGCODE-demo-79"))
        ),
        (
            #"{"event_type":"session_status_change",K,C,"change_type":4,"old_servicer_userid":"anna","new_servicer_userid":"bo"}"#,
            .sessionChanged(lin, .reopened(from: "anna", by: "bo"))
        ),
        (
            #"{"event_type":"session_status_change",K,C,"change_type":5}"#,
            .sessionChanged(lin, .unknown(type: 5))
        ),
        (
            #"{"event_type":"user_recall_msg",K,C,"recall_msgid":"from_msgid_9001"}"#,
            .customerRecalled(lin, message: "from_msgid_9001")
        ),
        (
            #"{"event_type":"servicer_recall_msg",K,C,"recall_msgid":"m7","servicer_userid":"anna"}"#,
            .servicerRecalled(lin, "anna", message: "m7")
        ),
        (
            #"{"event_type":"reject_customer_msg_switch_change",K,C,"servicer_userid":"anna","reject_switch":1}"#,
            .rejectSwitched(lin, "anna", rejects: true)
        ),
        (
            #"{"event_type":"reject_customer_msg_switch_change",K,C,"servicer_userid":"anna","reject_switch":0}"#,
            .rejectSwitched(lin, "anna", rejects: false)
        ),
        (
            #"{"event_type":"brand_new",K,C,"x":{"y":[]}}"#,
            .unknown(type: "brand_new", customer: lin)
        ),
    ]

    /// An event's row; K and C stand for the account and the customer.
    static func event(_ object: String) -> String {
        let object =
            object
            .replacing(",K", with: #","open_kfid":"wkDEMO0000000000000001""#)
            .replacing(",C", with: #","external_userid":"wmDEMO00000000000000aa""#)
        return
            #"{"msgid":"ev-1","send_time":1700000400,"origin":4,"msgtype":"event","event":\#(object)}"#
    }
}
