import ChatModel
import Foundation
import PlatformSimulator
import Testing

/// Messages that a bot has to bear: of types that are rare, unknown, or not what they should be.
@Suite struct RawMessageTests {
    private static func write(_ bench: Bench, _ body: String) async throws -> [String: Any] {
        let reply = try await bench.post("/simulator/customers/\(lin)/messages", body)
        #expect(reply.status == 200, "\(reply.json)")
        let row = try #require(try await bench.rows().last)
        #expect(row["msgid"] as? String == reply.text("msgid"))
        return row
    }

    @Test func anyTypeWithAnyContent() async throws {
        try await Bench.with({ $0.quotas = .off }) { bench in
            let row = try await Self.write(
                bench,
                #"{"raw":{"msgtype":"hologram","hologram":{"url":"https://e.example/\u5168",""#
                    + #"size":[1,2.5,true,null]},"extra":"x"}}"#)
            #expect(row["msgtype"] as? String == "hologram")
            #expect(row["origin"] as? Int == 3 && row["open_kfid"] as? String == "\(shop)")
            #expect(row["external_userid"] as? String == lin && row["extra"] as? String == "x")
            let content = try #require(row["hologram"] as? [String: Any])
            #expect(content["url"] as? String == "https://e.example/全")
            #expect((content["size"] as? [Any])?.count == 4)
            // The session takes it for a message like any other.
            #expect(
                try await bench.call(
                    "send_msg", EndpointErrorTests.message(#""text","text":{"content":"您好"}"#)
                ).errcode == 0)
        }
    }

    @Test func usualMembersAreReplacedOrLeftOut() async throws {
        try await Bench.with({ $0.quotas = .off }) { bench in
            let row = try await Self.write(
                bench,
                #"{"msgid":"m1","raw":{"msgtype":"text","text":{"menu_id":5},"send_time":"soon","#
                    + #""external_userid":null,"origin":9}}"#)
            #expect(row["msgid"] as? String == "m1")
            #expect(row["send_time"] as? String == "soon" && row["origin"] as? Int == 9)
            #expect(row.keys.contains("external_userid") == false)
            let event = try await Self.write(
                bench, #"{"raw":{"msgtype":"event","event":{"event_type":"moon_phase"}}}"#)
            #expect(event["origin"] as? Int == 4)
            #expect(event.keys.contains("external_userid") == false)
            #expect((event["event"] as? [String: Any])?["event_type"] as? String == "moon_phase")
            // A row that is delivered again is the same.
            _ = try await bench.post("/simulator/redeliver", #"{"msgid":"m1"}"#)
            #expect(try await bench.rows().last?["send_time"] as? String == "soon")
        }
    }

    @Test func servicersSendMenus() async throws {
        try await Bench.with({ settings in
            settings.quotas = .off
            settings.accounts[0].routing = .humanFirst
        }) { bench in
            try await bench.customerWrites("在吗")
            let path = "/simulator/servicers/anna/messages"
            let sample = try await bench.post(path, #"{"customer":"\#(lin)","type":"msgmenu"}"#)
            #expect(sample.status == 200, "\(sample.json)")
            var row = try #require(try await bench.rows().last)
            #expect(row["msgtype"] as? String == "msgmenu" && row["origin"] as? Int == 5)
            #expect(row["servicer_userid"] as? String == "anna")
            let menu = try #require(row["msgmenu"] as? [String: Any])
            #expect((menu["list"] as? [[String: Any]])?.count == 2)
            // What it offers can be tapped.
            row = try await Self.write(bench, #"{"click":"B"}"#)
            #expect((row["text"] as? [String: Any])?["menu_id"] as? String == "B")
            let own = try await bench.post(
                path,
                #"{"customer":"\#(lin)","raw":{"msgtype":"msgmenu","msgmenu":{"list":"#
                    + #"[{"type":"hop","hop":{}}]}}}"#)
            #expect(own.status == 200, "\(own.json)")
            row = try #require(try await bench.rows().last)
            #expect((row["msgmenu"] as? [String: Any])?["list"] is [[String: Any]])
            #expect(row["origin"] as? Int == 5)
        }
    }

    @Test(arguments: [
        (#"{"type":"msgmenu"}"#, "customers send no menus"),
        (#"{"raw":{}}"#, "raw: msgtype is missing, or no text"),
        (#"{"raw":{"msgtype":7}}"#, "raw: msgtype is missing, or no text"),
        (#"{"raw":{"msgtype":"a","msgid":"m"}}"#, "raw: msgid can't be replaced"),
        (#"{"raw":"text"}"#, "the body is no JSON object of the documented kind"),
    ])
    func mistakesAreNamed(body: String, words: String) async throws {
        try await Bench.with { bench in
            let reply = try await bench.post("/simulator/customers/\(lin)/messages", body)
            #expect(reply.status == 400 && reply.text("error") == words)
        }
    }

    @Test("sync_msg: voice_format 1 names a SILK file as long as the voice")
    func voicesInSILK() async throws {
        try await Bench.with({ $0.quotas = .off }) { bench in
            _ = try await bench.post(
                "/simulator/customers/\(lin)/messages", #"{"type":"voice","media_id":"V1"}"#)
            func voice(_ format: Int) async throws -> Raw {
                let page = try await bench.call(
                    "sync_msg", #"{"open_kfid":"\#(shop)","voice_format":\#(format)}"#)
                let row = try #require(page.objects("msg_list").last)
                let id = try #require((row["voice"] as? [String: Any])?["media_id"] as? String)
                return try await bench.platform("media/get?media_id=\(id)")
            }
            let amr = try await voice(0)
            #expect(amr[header: "Content-Type"] == "audio/amr")
            #expect(amr.body == MediaFile.sample(.voice).bytes)
            let silk = try await voice(1)
            #expect(silk[header: "Content-Type"] == "audio/silk")
            #expect(silk[header: "Content-Disposition"] == #"attachment; filename="voice.silk""#)
            #expect(Array(silk.body.prefix(10)) == [0x02] + Array("#!SILK_V3".utf8))
            // One second: fifty packets of 20 ms, each with its length.
            #expect(silk.body.count == 10 + 50 * 2)
            // It can be had, not sent.
            let sent = try await bench.call(
                "send_msg", EndpointErrorTests.message(#""voice","voice":{"media_id":"V1-silk"}"#))
            #expect(sent.errcode == 40007)
            let none = try await bench.platform("media/get?media_id=V2-silk")
            #expect(none.errcode == 40007)
        }
    }
}
