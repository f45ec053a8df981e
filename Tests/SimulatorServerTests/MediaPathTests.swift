import ChatModel
import Foundation
import PlatformSimulator
import SimulatorServer
import Testing

@Suite struct MediaPathTests {
    @Test("media/upload, media/get: the shapes; created_at is a text")
    func thereAndBack() async throws {
        try await Bench.with { bench in
            let file = MediaFile.sample(.image)
            let raw = try await bench.upload("image", file.bytes, name: "图 1.png")
            let id = try #require(try raw.reply().text("media_id"))
            #expect(
                raw.text
                    == #"{\#(ShapeTests.ok),"type":"image","media_id":"\#(id)","#
                    + #""created_at":"1772416800"}"#)
            let back = try await bench.platform("media/get?media_id=\(id)")
            #expect(back.status == 200 && back.body == file.bytes)
            #expect(back[header: "Content-Type"] == "image/png")
            #expect(
                back[header: "Content-Disposition"] == #"attachment; filename="图 1.png""#)
        }
    }

    @Test("media/get: JSON when the id expired, is unknown or missing: 40007, 41006")
    func failuresAreJSON() async throws {
        try await Bench.with { bench in
            let id = try await bench.sample(.voice)
            bench.clock.move(by: .seconds(3 * 86_400))
            for (query, errcode) in [
                ("media_id=\(id)", 40007), ("media_id=no", 40007), ("media_id=", 41006),
                ("x=1", 41006),
            ] {
                let raw = try await bench.platform("media/get?\(query)")
                #expect(raw.status == 200 && raw.errcode == errcode)
                #expect(raw[header: "Content-Type"]?.hasPrefix("application/json") == true)
            }
        }
    }

    @Test("media/get: a file comes as octets, so that nobody takes it for a refusal")
    func textFilesAreOctets() async throws {
        try await Bench.with { bench in
            let json = Array(#"{"errcode":40007}"#.utf8)
            let raw = try await bench.upload("file", json, name: "a.json")
            let id = try #require(try raw.reply().text("media_id"))
            let back = try await bench.platform("media/get?media_id=\(id)")
            #expect(back.body == json)
            #expect(back[header: "Content-Type"] == "application/octet-stream")
        }
    }

    static let ranges: [(String, Int, Range<Int>?, String?)] = [
        ("bytes=0-3", 206, 0..<4, "bytes 0-3/12"), ("bytes=4-", 206, 4..<12, "bytes 4-11/12"),
        ("bytes=-2", 206, 10..<12, "bytes 10-11/12"), ("bytes=8-99", 206, 8..<12, "bytes 8-11/12"),
        ("bytes=-99", 206, 0..<12, "bytes 0-11/12"), ("bytes=12-", 416, nil, "bytes */12"),
        ("bytes=-0", 416, nil, "bytes */12"), ("bytes=3-1", 200, 0..<12, nil),
        ("bytes=0-1,4-5", 200, 0..<12, nil), ("lines=1-2", 200, 0..<12, nil),
    ]

    @Test("media/get: Range is honoured", arguments: ranges)
    func parts(range: String, status: Int, part: Range<Int>?, contentRange: String?) async throws {
        try await Bench.with { bench in
            let bytes = Array("hello, world".utf8)
            let raw = try await bench.upload("file", bytes, name: "a")
            let id = try #require(try raw.reply().text("media_id"))
            let token = try await bench.accessToken()
            let back = try await bench.raw(
                "GET", "/cgi-bin/media/get?access_token=\(token)&media_id=\(id)",
                headers: ["Range": range])
            #expect(back.status == status)
            #expect(back.body == part.map { Array(bytes[$0]) } ?? [])
            #expect(back[header: "Content-Range"] == contentRange)
        }
    }

    @Test("media/upload: forms as clients in many languages write them")
    func forms() async throws {
        try await Bench.with { bench in
            let bytes = Array("\r\n--boundar\r\n\r\n--\u{0}\u{FF}--".utf8)
            let other = ("form-data; name=\"description\"", Array("x".utf8))
            let forms: [(String, String, [(String, [UInt8])], String)] = [
                ("b", "b", [("form-data; name=media; filename=a.txt", bytes)], "a.txt"),
                (
                    "b", "\"b\"", [(#"form-data; filename="a;b.txt"; name="media""#, bytes)],
                    "a;b.txt"
                ),
                (
                    "b", "b; charset=utf-8",
                    [(#"form-data;name="media";filename="C:\x\a.txt""#, bytes)], "a.txt"
                ),
                (
                    "b-1", "b-1",
                    [other, other, (#"Form-Data; NAME="media"; filelength=7"#, [7] + bytes)],
                    "media"
                ),
                ("b", "b", [(#"form-data; name="media"; filename="""#, bytes), other], "media"),
            ]
            for (boundary, quoted, parts, name) in forms {
                let raw = try await bench.uploadForm(
                    "file", boundary: boundary, quoted: quoted, parts: parts)
                let id = try #require(try raw.reply().text("media_id"), "\(raw.text)")
                let file = bench.server.withSimulator { $0.file(MediaID(id), of: shop) }
                #expect(file?.bytes.suffix(bytes.count) == bytes[...] && file?.name == name)
            }
        }
    }

    @Test(
        "media/upload: what is no form is 40058, a form without media or with nothing in it 44001")
    func noForms() async throws {
        try await Bench.with { bench in
            let path =
                "/cgi-bin/media/upload?type=file&access_token=\(try await bench.accessToken())"
            let part = "--b\r\nContent-Disposition: form-data; name=\"media\"\r\n\r\n"
            for (type, body) in [
                ("application/json", "{}"), ("multipart/form-data", part + "abcdefg\r\n--b--"),
                ("multipart/form-data; boundary=b", part + "abcdefg"),
                ("multipart/form-data; boundary=b", "--b"),
                ("multipart/form-data; boundary=b", "nothing"),
                ("multipart/form-data; boundary=b", String(repeating: part + "\r\n", count: 17)),
            ] {
                let raw = try await bench.raw(
                    "POST", path, headers: ["Content-Type": type], body: Array(body.utf8))
                #expect(raw.errcode == 40058, "\(body)")
            }
            let other = try await bench.uploadForm(
                "file", parts: [("form-data; name=\"x\"", [1, 2])])
            #expect(other.errcode == 44001)
            let empty = try await bench.upload("file", [])
            #expect(empty.errcode == 44001)
        }
    }

    @Test("media/upload: the platform's numbers come over the wire: 40005, 40006, 40123, 45001")
    func numbers() async throws {
        try await Bench.with { bench in
            let picture = MediaFile.sample(.image).bytes
            let largest = [UInt8](repeating: 7, count: 20 << 20)
            for (type, bytes, errcode) in [
                (nil, picture, 40005), ("thumb", picture, 40005), ("file", [1, 2, 3, 4, 5], 40006),
                ("image", Array("picture".utf8), 40123), ("file", largest, 0),
                ("file", largest + [7], 45001),
            ] as [(String?, [UInt8], Int)] {
                let raw = try await bench.upload(type, bytes)
                #expect(raw.errcode == errcode)
            }
        }
    }

    @Test("media/get: a customer's files, with bytes of their own or without")
    func customersFiles() async throws {
        try await Bench.with { bench in
            let photo = Array("\u{89}photo".utf8)
            let kept = try await bench.raw(
                "POST", "/simulator/media?type=image&name=me.jpg", body: photo)
            let id = try #require(try kept.reply().text("media_id"))
            for body in [#"{"type":"image","media_id":"\#(id)"}"#, #"{"type":"voice"}"#] {
                _ = try await bench.post("/simulator/customers/\(lin)/messages", body)
            }
            let rows = try await bench.rows()
            #expect((rows[0]["image"] as? [String: String]) == ["media_id": id])
            let voice = try #require((rows[1]["voice"] as? [String: String])?["media_id"])
            let first = try await bench.platform("media/get?media_id=\(id)")
            #expect(first.body == photo)
            let second = try await bench.platform("media/get?media_id=\(voice)")
            #expect(second.body == MediaFile.sample(.voice).bytes)
            #expect(second[header: "Content-Type"] == "audio/amr")
            let bad = try await bench.raw("POST", "/simulator/media?type=x", body: [1])
            #expect(bad.status == 400)
        }
    }
}
