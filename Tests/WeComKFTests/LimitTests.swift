import Boundary
import ChatModel
import Testing
import WeComKF

/// The platform's limits, on both sides; what breaks one never leaves the house.
@Suite struct LimitTests {
    private static func text(_ bytes: Int) -> String { String(repeating: "x", count: bytes) }
    private static func menu(_ item: OutgoingBody.Menu.Item) -> OutgoingBody {
        .menu(.init(head: nil, items: [item], tail: nil))
    }
    private static func items(_ count: Int) -> OutgoingBody {
        .menu(
            .init(
                head: nil, items: (0..<count).map { .click(id: WireID("i\($0)"), label: "L") },
                tail: nil))
    }
    private static func link(_ url: String, title: String = "T") -> OutgoingBody {
        .link(.init(title: title, description: nil, url: url, thumbnail: "M"))
    }
    private static func card(_ path: String, app: String = "wx") -> OutgoingBody {
        .miniprogram(.init(appID: app, title: nil, thumbnail: "M", pagePath: path))
    }
    private static func place(_ latitude: Double, _ longitude: Double) -> OutgoingBody {
        .location(.init(latitude: latitude, longitude: longitude, name: "", address: ""))
    }
    private static let https = "https://e.example/"

    /// The last that passes.
    static let allowed: [OutgoingBody] = [
        .text(text(2048)), .text("发" + text(2045)),
        link(https + text(2048 - https.utf8.count)), link("weixin+x-1.2:a"),
        card("a.html"), card("a.html?q=" + text(10)),
        items(1), items(10),
        .menu(.init(head: text(1024), items: [.text("x", noNewline: false)], tail: text(1024))),
        menu(.click(id: WireID(text(128)), label: text(128))),
        menu(.view(url: text(2048), label: text(1024))),
        menu(.miniprogram(appID: text(32), pagePath: text(1024), label: text(1024))),
        menu(.text(text(256), noNewline: true)),
        place(90, 180), place(-90, -180),
    ]

    @Test(arguments: allowed) func passes(body: OutgoingBody) async throws {
        let transport = ScriptedTransport(#"{"errcode":0}"#)
        _ = try await client(transport).api.send(conversation, "m", body)
        #expect(transport.calls.count == 1)
    }

    /// The first that doesn't, with the code and the words.
    static let refused: [(OutgoingBody, Int, String)] = [
        (.text(text(2049)), 45002, "text.content is 2049 bytes; the platform takes 2048"),
        (.text("发货" + text(2045)), 45002, "text.content is 2051 bytes; the platform takes 2048"),
        (.text(""), 44004, "text.content is empty"),
        (.image(""), 40007, "image.media_id is empty"),
        (.voice(""), 40007, "voice.media_id is empty"),
        (
            link(https + text(2049 - https.utf8.count)), 40058,
            "link.url is 2049 bytes; the platform takes 2048"
        ),
        (link(""), 40058, "link.url is empty"),
        (link("e.example/r"), 45034, "link.url has no scheme such as https://"),
        (link("1http://e"), 45034, "link.url has no scheme such as https://"),
        (link("商城:x"), 45034, "link.url has no scheme such as https://"),
        (link(https, title: ""), 40058, "link.title is empty"),
        (card("pages/b"), 40058, "miniprogram.pagepath does not end in .html"),
        (card("pages/b?x.html"), 40058, "miniprogram.pagepath does not end in .html"),
        (card("a.html", app: ""), 40058, "miniprogram.appid is empty"),
        (items(0), 40058, "msgmenu.list is empty"),
        (items(11), 95008, "msgmenu.list is 11 items; the platform takes 10"),
        (
            .menu(.init(head: text(1025), items: [], tail: nil)), 45002,
            "msgmenu.head_content is 1025 bytes; the platform takes 1024"
        ),
        (
            .menu(.init(head: nil, items: [], tail: text(1025))), 45002,
            "msgmenu.tail_content is 1025 bytes; the platform takes 1024"
        ),
        (
            menu(.click(id: WireID(text(129)), label: "L")), 40058,
            "msgmenu.list[0].click.id is 129 bytes; the platform takes 128"
        ),
        (menu(.click(id: "", label: "L")), 40058, "msgmenu.list[0].click.id is empty"),
        (
            menu(.click(id: "a", label: text(129))), 40058,
            "msgmenu.list[0].click.content is 129 bytes; the platform takes 128"
        ),
        (menu(.click(id: "a", label: "")), 40058, "msgmenu.list[0].click.content is empty"),
        (
            menu(.view(url: text(2049), label: "L")), 40058,
            "msgmenu.list[0].view.url is 2049 bytes; the platform takes 2048"
        ),
        (
            menu(.view(url: "u", label: text(1025))), 40058,
            "msgmenu.list[0].view.content is 1025 bytes; the platform takes 1024"
        ),
        (
            menu(.miniprogram(appID: text(33), pagePath: "p", label: "L")), 40058,
            "msgmenu.list[0].miniprogram.appid is 33 bytes; the platform takes 32"
        ),
        (
            menu(.miniprogram(appID: "a", pagePath: text(1025), label: "L")), 40058,
            "msgmenu.list[0].miniprogram.pagepath is 1025 bytes; the platform takes 1024"
        ),
        (
            menu(.miniprogram(appID: "a", pagePath: "p", label: text(1025))), 40058,
            "msgmenu.list[0].miniprogram.content is 1025 bytes; the platform takes 1024"
        ),
        (
            menu(.text(text(257), noNewline: false)), 40058,
            "msgmenu.list[0].text.content is 257 bytes; the platform takes 256"
        ),
        (
            place(90.1, 0), 40058,
            "location.latitude is 90.1 degrees; the platform takes -90 to 90"
        ),
        (
            place(.nan, 0), 40058, "location.latitude is nan degrees; the platform takes -90 to 90"
        ),
        (
            place(0, -180.5), 40058,
            "location.longitude is -180.5 degrees; the platform takes -180 to 180"
        ),
        (.acquisitionLink(""), 40058, "ca_link.link_url is empty"),
    ]

    @Test(arguments: refused)
    func isRefusedHere(body: OutgoingBody, code: Int, words: String) async {
        let transport = ScriptedTransport(#"{"errcode":0}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.send(conversation, "m", body)
        }
        #expect(failure?.code == code && failure?.handling == .drop && failure?.wasSent == false)
        #expect(failure?.meaning == "refused before sending: " + words)
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: [
        (String(repeating: "a", count: 32), nil), ("azAZ09_-", nil),
        (String(repeating: "a", count: 33), "msgid is 33 bytes; the platform takes 32"),
        ("a:b", "msgid has other characters than 0-9 a-z A-Z _ -"),
        ("号", "msgid has other characters than 0-9 a-z A-Z _ -"),
    ])
    func msgIDs(id: String, words: String?) async {
        let transport = ScriptedTransport(#"{"errcode":0}"#)
        let api = client(transport).api
        var refusals: [PlatformFailure] = []
        do throws(PlatformFailure) {
            _ = try await api.send(conversation, MsgID(id), .text("x"))
        } catch { refusals.append(error) }
        do throws(PlatformFailure) {
            _ = try await api.sendOnEvent("C", MsgID(id), .text("x"))
        } catch { refusals.append(error) }
        #expect(
            refusals.map(\.meaning) == words.map {
                ["refused before sending: \($0)", "refused before sending: \($0)"]
            } ?? [])
        #expect(refusals.allSatisfy { $0.code == 40058 })
    }

    @Test func aCodeTakesTextAndMenuOnly() async {
        let transport = ScriptedTransport(#"{"errcode":0}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.sendOnEvent("C", "m", .image("M"))
        }
        #expect(failure?.code == 40008 && failure?.handling == .drop)
        #expect(transport.requests.isEmpty)
    }

    /// The platform cuts these by itself; we do it between characters.
    @Test func titlesAreCutNotRefused() async throws {
        let transport = ScriptedTransport(#"{"errcode":0}"#)
        let api = client(transport).api
        let long = String(repeating: "发", count: 400)
        _ = try await api.send(
            conversation, "m",
            .link(.init(title: long, description: long, url: "https://e", thumbnail: "M")))
        _ = try await api.send(
            conversation, "m",
            .miniprogram(
                .init(
                    appID: "wx", title: Self.text(62) + "👨‍👩‍👧", thumbnail: "M", pagePath: "a.html")))
        func chars(_ count: Int) -> String { String(repeating: "发", count: count) }
        #expect(
            transport.calls[0].text.contains(
                #""title":"\#(chars(42))","desc":"\#(chars(170))","url""#))
        #expect(transport.calls[1].text.contains(#""title":"\#(Self.text(62))","thumb"#))
    }

    @Test func otherBounds() async {
        let transport = ScriptedTransport(#"{"errcode":0,"next_cursor":"C"}"#)
        let api = client(transport).api
        for limit in [0, 1001] {
            let failure = await failure { () throws(PlatformFailure) in
                _ = try await api.pull(
                    PullRequest(account: shop, cursor: nil, token: nil, limit: limit))
            }
            #expect(failure?.code == 40058)
        }
        let nobody = await failure { () throws(PlatformFailure) in
            _ = try await api.transfer(conversation, .human(""))
        }
        #expect(nobody?.code == 40058 && transport.requests.isEmpty)
    }

    @Test func customersAreAskedForByTheHundred() async throws {
        let transport = ScriptedTransport(#"{"errcode":0}"#)
        let api = client(transport).api
        _ = try await api.customers((1...100).map { ExternalUserID("wm\($0)") }, false)
        #expect(transport.calls.count == 1)
        _ = try await api.customers((1...201).map { ExternalUserID("wm\($0)") }, false)
        #expect(transport.calls.count == 4)
        #expect(transport.calls.last?.text == #"{"external_userid_list":["wm201"]}"#)
    }
}
