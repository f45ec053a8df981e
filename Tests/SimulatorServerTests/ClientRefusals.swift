import Boundary
import ChatModel
import Foundation
import WeComKF

/// A value that our client refuses before sending, and the request any other client would have
/// made of it.
struct ClientRefusal: Sendable {
    /// The path below `/cgi-bin/`, and what is wrong.
    let name: String
    /// The JSON another client sends.
    let body: String
    /// Whether one row of the answer is refused, and not the call.
    let isOfOneRow: Bool
    /// Our client's call.
    let call: @Sendable (WeComKFClient) async throws -> Void

    var path: String { String(name.prefix { $0 != " " }) }

    init(
        _ name: String, _ body: String, isOfOneRow: Bool = false,
        _ call: @escaping @Sendable (WeComKFClient) async throws -> Void
    ) {
        self.name = name
        self.body = body
        self.isOfOneRow = isOfOneRow
        self.call = call
    }

    static let all = accounts + conversations + messages + others + knowledge

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }
    private static let account = #""open_kfid":"\#(shop)""#
    private static let long = OpenKfID("wk" + text(63))
    private static let talk = ConversationID(account: shop, customer: ExternalUserID(lin))

    private static let accounts = [
        ClientRefusal("kf/account/add over-long name", #"{"name":"\#(text(17))","media_id":"M"}"#) {
            _ = try await $0.addAccount(name: text(17), avatar: "M")
        },
        ClientRefusal("kf/account/add empty name", #"{"name":"","media_id":"M"}"#) {
            _ = try await $0.addAccount(name: "", avatar: "M")
        },
        ClientRefusal("kf/account/add empty media_id", #"{"name":"a","media_id":""}"#) {
            _ = try await $0.addAccount(name: "a", avatar: "")
        },
        ClientRefusal(
            "kf/account/add over-long media_id", #"{"name":"a","media_id":"\#(text(129))"}"#
        ) { _ = try await $0.addAccount(name: "a", avatar: MediaID(text(129))) },
        ClientRefusal("kf/account/del over-long id", #"{"open_kfid":"\#(long)"}"#) {
            try await $0.deleteAccount(long)
        },
        ClientRefusal("kf/account/del empty id", #"{"open_kfid":""}"#) {
            try await $0.deleteAccount("")
        },
        ClientRefusal("kf/account/update over-long name", #"{\#(account),"name":"\#(text(17))"}"#) {
            try await $0.updateAccount(shop, name: text(17), avatar: nil)
        },
        ClientRefusal(
            "kf/add_contact_way over-long scene", #"{\#(account),"scene":"\#(text(33))"}"#
        ) {
            _ = try await $0.addContactWay(to: shop, scene: text(33))
        },
        ClientRefusal("kf/add_contact_way scene's characters", #"{\#(account),"scene":"a b"}"#) {
            _ = try await $0.addContactWay(to: shop, scene: "a b")
        },
    ]

    private static let conversations = [
        ClientRefusal(
            "kf/service_state/get customer", #"{\#(account),"external_userid":""}"#
        ) { _ = try await $0.session(of: ConversationID(account: shop, customer: "")) },
        ClientRefusal(
            "kf/service_state/get account", #"{"open_kfid":"","external_userid":"\#(lin)"}"#
        ) { _ = try await $0.session(of: ConversationID(account: "", customer: "wm")) },
        ClientRefusal(
            "kf/service_state/trans customer",
            #"{\#(account),"external_userid":"","service_state":2}"#
        ) { _ = try await $0.transfer(ConversationID(account: shop, customer: ""), to: .pool) },
        ClientRefusal(
            "kf/service_state/trans servicer",
            #"{\#(account),"external_userid":"\#(lin)","service_state":3,"servicer_userid":""}"#
        ) { _ = try await $0.transfer(talk, to: .human("")) },
        ClientRefusal("kf/sync_msg account", #"{"open_kfid":"\#(long)"}"#) {
            _ = try await $0.pull(PullRequest(account: long, cursor: nil, token: nil))
        },
        ClientRefusal("kf/sync_msg cursor", #"{\#(account),"cursor":"\#(text(65))"}"#) {
            _ = try await $0.pull(
                PullRequest(account: shop, cursor: SyncCursor(text(65)), token: nil))
        },
        ClientRefusal("kf/sync_msg token", #"{\#(account),"token":"\#(text(129))"}"#) {
            _ = try await $0.pull(
                PullRequest(account: shop, cursor: nil, token: SyncToken(text(129))))
        },
        ClientRefusal("kf/sync_msg limit", #"{\#(account),"limit":1001}"#) {
            _ = try await $0.pull(PullRequest(account: shop, cursor: nil, token: nil, limit: 1001))
        },
        ClientRefusal("kf/send_msg customer", sent(to: "", text: "x")) {
            _ = try await $0.send(
                .text("x"), id: "", to: ConversationID(account: shop, customer: ""))
        },
        ClientRefusal("kf/send_msg msgid", sent(text: "x", id: text(33))) {
            _ = try await $0.send(.text("x"), id: MsgID(text(33)), to: talk)
        },
        ClientRefusal("kf/send_msg msgid's characters", sent(text: "x", id: "a:b")) {
            _ = try await $0.send(.text("x"), id: "a:b", to: talk)
        },
        ClientRefusal(
            "kf/send_msg_on_event code", #"{"code":"","msgtype":"text","text":{"content":"x"}}"#
        ) { _ = try await $0.send(.text("x"), id: "", on: "") },
        ClientRefusal(
            "kf/send_msg_on_event msgid",
            #"{"code":"C","msgid":"a:b","msgtype":"text","text":{"content":"x"}}"#
        ) { _ = try await $0.send(.text("x"), id: "a:b", on: "C") },
    ]

    private static func sent(to customer: String = lin, text: String, id: String? = nil) -> String {
        let id = id.map { #""msgid":"\#($0)","# } ?? ""
        return #"{"touser":"\#(customer)",\#(account),\#(id)"msgtype":"text","#
            + #""text":{"content":"\#(text)"}}"#
    }

    /// A message under its type, and as our client has it.
    private static func message(
        _ type: String, _ object: String, _ what: String, _ body: OutgoingBody
    ) -> ClientRefusal {
        ClientRefusal(
            "kf/send_msg \(type): \(what)",
            #"{"touser":"\#(lin)",\#(account),"msgtype":"\#(type)","\#(type)":\#(object)}"#
        ) { _ = try await $0.send(body, id: "", to: talk) }
    }

    private static func link(_ what: String, title: String = "T", url: String, thumbnail: MediaID)
        -> ClientRefusal
    {
        message(
            "link", #"{"title":"\#(title)","url":"\#(url)","thumb_media_id":"\#(thumbnail)"}"#,
            what,
            .link(.init(title: title, description: nil, url: url, thumbnail: thumbnail)))
    }

    private static func card(
        _ what: String, appID: String = "wx", path: String = "a.html", thumbnail: MediaID = "M"
    ) -> ClientRefusal {
        message(
            "miniprogram",
            #"{"appid":"\#(appID)","thumb_media_id":"\#(thumbnail)","pagepath":"\#(path)"}"#, what,
            .miniprogram(
                .init(appID: appID, title: nil, thumbnail: thumbnail, pagePath: path)))
    }

    private static func menu(
        _ what: String, _ json: String, _ items: [OutgoingBody.Menu.Item], head: String = "",
        tail: String = ""
    ) -> ClientRefusal {
        message(
            "msgmenu", #"{"head_content":"\#(head)","list":[\#(json)],"tail_content":"\#(tail)"}"#,
            what, .menu(.init(head: head, items: items, tail: tail)))
    }

    private static func item(
        _ type: String, _ object: String, _ item: OutgoingBody.Menu.Item
    ) -> ClientRefusal {
        menu("\(type) \(object.prefix(40))", #"{"type":"\#(type)","\#(type)":\#(object)}"#, [item])
    }

    private static let click = #"{"type":"click","click":{"id":"a","content":"A"}}"#
    private static let clicked = OutgoingBody.Menu.Item.click(id: "a", label: "A")

    private static let messages =
        [
            message("text", #"{"content":""}"#, "empty", .text("")),
            message("text", #"{"content":"\#(text(2049))"}"#, "over-long", .text(text(2049))),
            message("image", #"{"media_id":""}"#, "empty", .image("")),
            message("voice", #"{"media_id":""}"#, "empty", .voice("")),
            message("video", #"{"media_id":""}"#, "empty", .video("")),
            message("file", #"{"media_id":""}"#, "empty", .file("")),
            link("no title", title: "", url: "https://e.example", thumbnail: "M"),
            link("no URL", url: "", thumbnail: "M"),
            link("over-long URL", url: "https://e.example/" + text(2031), thumbnail: "M"),
            link("no scheme", url: "e.example/r", thumbnail: "M"),
            link("no thumbnail", url: "https://e.example", thumbnail: ""),
            card("no appid", appID: ""), card("path", path: "pages/b"), card("no path", path: ""),
            card("query", path: "b?x.html"), card("no thumbnail", thumbnail: ""),
            message(
                "location", #"{"latitude":90.5,"longitude":0}"#, "north of the pole",
                .location(.init(latitude: 90.5, longitude: 0, name: "", address: ""))),
            message(
                "location", #"{"latitude":0,"longitude":-180.5}"#, "round the world",
                .location(.init(latitude: 0, longitude: -180.5, name: "", address: ""))),
            message("ca_link", #"{"link_url":""}"#, "empty", .acquisitionLink("")),
            menu("no items", "", []),
            menu(
                "11 items", Array(repeating: click, count: 11).joined(separator: ","),
                Array(repeating: clicked, count: 11)),
            menu("head", click, [clicked], head: text(1025)),
            menu("tail", click, [clicked], tail: text(1025)),
        ] + items

    private static let items = [
        item("click", #"{"id":"","content":"A"}"#, .click(id: "", label: "A")),
        item(
            "click", #"{"id":"\#(text(129))","content":"A"}"#,
            .click(id: WireID(text(129)), label: "A")),
        item("click", #"{"id":"a","content":""}"#, .click(id: "a", label: "")),
        item("click", #"{"id":"a","content":"\#(text(129))"}"#, .click(id: "a", label: text(129))),
        item("view", #"{"url":"","content":"A"}"#, .view(url: "", label: "A")),
        item(
            "view", #"{"url":"\#(text(2049))","content":"A"}"#, .view(url: text(2049), label: "A")),
        item(
            "view", #"{"url":"u","content":"\#(text(1025))"}"#, .view(url: "u", label: text(1025))),
        item(
            "miniprogram", #"{"appid":"\#(text(33))","pagepath":"p","content":"A"}"#,
            .miniprogram(appID: text(33), pagePath: "p", label: "A")),
        item(
            "miniprogram", #"{"appid":"a","pagepath":"\#(text(1025))","content":"A"}"#,
            .miniprogram(appID: "a", pagePath: text(1025), label: "A")),
        item(
            "miniprogram", #"{"appid":"a","pagepath":"p","content":""}"#,
            .miniprogram(appID: "a", pagePath: "p", label: "")),
        item("text", #"{"content":""}"#, .text("", noNewline: false)),
        item("text", #"{"content":"\#(text(257))"}"#, .text(text(257), noNewline: false)),
    ]

    private static let today = ChinaDay(of: ten)

    private static func span(_ first: Int64, _ last: Int64) -> String {
        #""start_time":\#((today + first).start.seconds),"end_time":\#((today + last).start.seconds)"#
    }

    private static let others = [
        ClientRefusal("kf/servicer/add nobody", "{\(account)}") {
            _ = try await $0.addServicers(to: shop, members: [])
        },
        ClientRefusal(
            "kf/servicer/add empty userid", #"{\#(account),"userid_list":[""]}"#, isOfOneRow: true
        ) { _ = try await $0.addServicers(to: shop, members: [""]) },
        ClientRefusal(
            "kf/servicer/del department", #"{\#(account),"department_id_list":[0]}"#,
            isOfOneRow: true
        ) { _ = try await $0.removeServicers(from: shop, members: [], departments: [0]) },
        ClientRefusal(
            "kf/customer/upgrade_service member",
            #"{\#(account),"external_userid":"\#(lin)","type":1,"member":{"userid":""}}"#
        ) { try await $0.upgrade(talk, to: .member("", wording: nil)) },
        ClientRefusal(
            "kf/customer/upgrade_service group",
            #"{\#(account),"external_userid":"\#(lin)","type":2,"groupchat":{"chat_id":""}}"#
        ) { try await $0.upgrade(talk, to: .group("", wording: nil)) },
        ClientRefusal(
            "kf/customer/cancel_upgrade_service customer", #"{\#(account),"external_userid":""}"#
        ) { try await $0.cancelUpgrade(of: ConversationID(account: shop, customer: "")) },
        ClientRefusal("kf/get_corp_statistic too old", "{\(account),\(span(-181, -180))}") {
            _ = try await $0.accountStatistics(of: shop, days: (today + -181)...(today + -180))
        },
        ClientRefusal("kf/get_servicer_statistic today", "{\(account),\(span(0, 0))}") {
            _ = try await $0.servicerStatistics(of: nil, on: shop, days: today...today)
        },
    ]
}
