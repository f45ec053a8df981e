import ChatModel
import Foundation
import PlatformSimulator
import SimulatorServer
import Testing

/// The limits of messages, on the platform's side: the same that the client keeps before it sends.
@Suite struct SendLimitTests {
    private static func text(_ bytes: Int) -> String { String(repeating: "x", count: bytes) }
    private static func menu(_ item: String) -> String {
        #""msgmenu","msgmenu":{"list":[\#(item)]}"#
    }
    private static func click(_ id: String, _ label: String) -> String {
        menu(#"{"type":"click","click":{"id":"\#(id)","content":"\#(label)"}}"#)
    }
    private static func view(_ url: String, _ label: String) -> String {
        menu(#"{"type":"view","view":{"url":"\#(url)","content":"\#(label)"}}"#)
    }
    private static func card(_ app: String, _ path: String, _ label: String) -> String {
        menu(
            #"{"type":"miniprogram","miniprogram":{"appid":"\#(app)","pagepath":"\#(path)","#
                + #""content":"\#(label)"}}"#)
    }
    private static func words(_ text: String) -> String {
        menu(#"{"type":"text","text":{"content":"\#(text)"}}"#)
    }
    private static func around(head: String, tail: String) -> String {
        #""msgmenu","msgmenu":{"head_content":"\#(head)","tail_content":"\#(tail)","#
            + #""list":[{"type":"text","text":{"content":"x"}}]}"#
    }
    private static func items(_ count: Int) -> String {
        let item = #"{"type":"click","click":{"id":"a","content":"A"}}"#
        return menu(Array(repeating: item, count: count).joined(separator: ","))
    }
    private static func link(_ url: String, title: String = "T", thumb: String = "M") -> String {
        #""link","link":{"title":"\#(title)","url":"\#(url)","thumb_media_id":"\#(thumb)"}"#
    }
    private static func program(_ path: String, app: String = "wx", thumb: String = "M") -> String {
        #""miniprogram","miniprogram":{"appid":"\#(app)","pagepath":"\#(path)","#
            + #""thumb_media_id":"\#(thumb)"}"#
    }
    private static func place(_ latitude: Double, _ longitude: Double) -> String {
        #""location","location":{"latitude":\#(latitude),"longitude":\#(longitude)}"#
    }
    private static func said(_ text: String) -> String { #""text","text":{"content":"\#(text)"}"# }
    private static let https = "https://e.example/"

    /// The last that passes; `M` stands for a picture that is there.
    static let allowed: [String] = [
        said(text(2048)), said("发" + text(2045)), link(https + text(2048 - https.utf8.count)),
        program("a.html"), program("a.html?q=" + text(10)), items(1), items(10),
        around(head: text(1024), tail: text(1024)), click(text(128), text(128)),
        view(text(2048), text(1024)), card(text(32), text(1024), text(1024)), words(text(256)),
        place(90, 180), place(-90, -180),
        #""ca_link","ca_link":{"link_url":"https://work.weixin.qq.com/ca/a"}"#,
    ]

    /// The first that doesn't, with the platform's number and what the book says.
    static let refused: [(String, Int, String)] = [
        (said(text(2049)), 45002, "text.content: 2049 bytes, at most 2048"),
        (said("发货" + text(2045)), 45002, "text.content: 2051 bytes, at most 2048"),
        (said(""), 44004, "text.content: empty"),
        (#""image","image":{"media_id":""}"#, 40007, "image.media_id: empty"),
        (#""voice","voice":{"media_id":""}"#, 40007, "voice.media_id: empty"),
        (
            link(https + text(2049 - https.utf8.count)), 40058,
            "link.url: 2049 bytes, at most 2048"
        ),
        (link(""), 40058, "link.url: empty"),
        (link("e.example/r"), 45034, "link.url: no scheme"),
        (link(https, title: ""), 40058, "link.title: empty"),
        (link(https, thumb: ""), 40007, "link.thumb_media_id: empty"),
        (program("pages/b"), 40058, "miniprogram.pagepath: not .html"),
        (program("pages/b?x.html"), 40058, "miniprogram.pagepath: not .html"),
        (program("a.html", app: ""), 40058, "miniprogram.appid: empty"),
        (program("a.html", thumb: ""), 40007, "miniprogram.thumb_media_id: empty"),
        (items(0), 40058, "msgmenu.list: empty"),
        (items(11), 95008, "msgmenu.list: 11 items, at most 10"),
        (menu(#"{"type":"jump"}"#), 95009, "menu item type"),
        (
            around(head: text(1025), tail: ""), 45002,
            "msgmenu.head_content: 1025 bytes, at most 1024"
        ),
        (
            around(head: "", tail: text(1025)), 45002,
            "msgmenu.tail_content: 1025 bytes, at most 1024"
        ),
        (click(text(129), "L"), 40058, "msgmenu.list[0].click.id: 129 bytes, at most 128"),
        (click("", "L"), 40058, "msgmenu.list[0].click.id: empty"),
        (click("a", text(129)), 40058, "msgmenu.list[0].click.content: 129 bytes, at most 128"),
        (click("a", ""), 40058, "msgmenu.list[0].click.content: empty"),
        (view(text(2049), "L"), 40058, "msgmenu.list[0].view.url: 2049 bytes, at most 2048"),
        (view("u", text(1025)), 40058, "msgmenu.list[0].view.content: 1025 bytes, at most 1024"),
        (
            card(text(33), "p", "L"), 40058,
            "msgmenu.list[0].miniprogram.appid: 33 bytes, at most 32"
        ),
        (
            card("a", text(1025), "L"), 40058,
            "msgmenu.list[0].miniprogram.pagepath: 1025 bytes, at most 1024"
        ),
        (
            card("a", "p", text(1025)), 40058,
            "msgmenu.list[0].miniprogram.content: 1025 bytes, at most 1024"
        ),
        (words(text(257)), 40058, "msgmenu.list[0].text.content: 257 bytes, at most 256"),
        (place(90.1, 0), 40058, "location.latitude: 90.1, -90 to 90"),
        (place(0, 181), 40058, "location.longitude: 181.0, -180 to 180"),
        (place(0, -180.5), 40058, "location.longitude: -180.5, -180 to 180"),
        (#""ca_link","ca_link":{"link_url":""}"#, 40058, "ca_link.link_url: empty"),
    ]

    @Test("send_msg: what just keeps every limit is accepted")
    func passes() async throws {
        try await Bench.with { bench in
            let picture = try await bench.sample(.image)
            for message in Self.allowed {
                // Each of the customer's messages lets five pass.
                try await bench.customerWrites("在吗")
                let body = EndpointErrorTests.message(
                    message.replacing(#"media_id":"M""#, with: #"media_id":"\#(picture)""#))
                let reply = try await bench.call("send_msg", body)
                #expect(reply.errcode == 0, "\(message.prefix(200)) \(reply.json)")
            }
        }
    }

    @Test("send_msg: the first byte, item or degree too much is refused, and the book says which")
    func areRefused() async throws {
        try await Bench.with { bench in
            try await bench.customerWrites("在吗")
            for (message, errcode, reason) in Self.refused {
                let reply = try await bench.call("send_msg", EndpointErrorTests.message(message))
                #expect(reply.errcode == errcode, "\(reason)")
                let entry = try #require(bench.server.withSimulator { $0.book.last })
                #expect(entry.reason == reason && entry.verdict == .illegal)
            }
        }
    }

    @Test("open_kfid: 64 bytes may be an account's, 65 are 95000")
    func accountIDs() async throws {
        try await Bench.with { bench in
            for (count, errcode) in [(64, 95004), (65, 95000)] {
                let id = "wk" + Self.text(count - 2)
                for path in ["account/del", "sync_msg", "add_contact_way"] {
                    let reply = try await bench.call(path, #"{"open_kfid":"\#(id)"}"#)
                    #expect(reply.errcode == errcode, "\(path) of \(count) bytes")
                }
            }
        }
    }
}
