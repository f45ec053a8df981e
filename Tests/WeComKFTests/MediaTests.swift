import Boundary
import ChatModel
import Synchronization
import Testing
import WeComKF

/// Temporary media: what is uploaded, what is refused before, and what a download may look like.
@Suite struct MediaTests {
    private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, 0x4A, 0x46]
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let mp4: [UInt8] = [0, 0, 0, 0x18] + Array("ftypmp42".utf8)

    /// A file of `count` bytes that begins with `head`, and exists nowhere.
    private static func file(_ kind: MediaKind, _ head: [UInt8], count: Int) -> MediaUpload {
        MediaUpload(
            kind: kind, filename: "a", count: count, head: head, content: .path("/nowhere"))
    }

    private static func voice(milliseconds: Int) -> MediaUpload {
        // Frames of the lowest rate: a type byte of 4 (0) and 12 bytes, 20 ms each.
        let frame = [UInt8](repeating: 0, count: 13)
        let frames = (0..<(milliseconds / 20)).flatMap { _ in frame }
        return MediaUpload(
            kind: .voice, filename: "a.amr", bytes: Array("#!AMR\n".utf8) + frames)
    }

    static let allowed: [MediaUpload] = [
        file(.image, jpeg, count: 10 << 20), file(.image, png, count: 6),
        file(.video, mp4, count: 10 << 20), file(.voice, Array("#!AMR\n".utf8), count: 2 << 20),
        file(.file, [], count: 20 << 20), voice(milliseconds: 60_000),
    ]

    @Test("media/upload: the last size and length that pass", arguments: allowed)
    func passes(_ file: MediaUpload) async throws {
        let transport = ScriptedTransport(#"{"errcode":0,"media_id":"M","created_at":"17"}"#)
        let media = try await client(transport).upload(file)
        #expect(media == UploadedMedia(id: "M", createdAt: Timestamp(seconds: 17)))
        #expect(transport.calls.first?.url.hasSuffix("&type=\(file.kind.rawValue)") == true)
    }

    static let refused: [(MediaUpload, Int)] = [
        (file(.image, jpeg, count: (10 << 20) + 1), 40009),
        (file(.video, mp4, count: (10 << 20) + 1), 40011),
        (file(.voice, Array("#!AMR\n".utf8), count: (2 << 20) + 1), 45001),
        (file(.file, [], count: (20 << 20) + 1), 45001),
        (file(.file, [], count: 5), 40006), (file(.file, [], count: 0), 44001),
        (file(.image, Array("GIF89a".utf8), count: 100), 40004),
        (file(.image, mp4, count: 100), 40123), (file(.video, jpeg, count: 100), 40004),
        (file(.voice, mp4, count: 100), 301017), (file(.image, [], count: 100), 40123),
        (file(.voice, Array("#!AMR-WB\n".utf8), count: 100), 301017),
        (voice(milliseconds: 60_020), 45007),
        (MediaUpload(kind: .file, filename: "", bytes: Array("123456".utf8)), 40058),
    ]

    @Test("media/upload: the first that doesn't", arguments: refused)
    func isRefused(_ file: MediaUpload, code: Int) async {
        let transport = ScriptedTransport(#"{"errcode":0,"media_id":"M"}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).upload(file)
        }
        #expect(failure?.code == code, "\(failure?.meaning ?? "")")
        #expect(transport.requests.isEmpty)
    }

    /// A transport that answers `media/get` with a file.
    private struct Files: HTTPTransport {
        let answer: HTTPResponse

        func response(to request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            if request.isTokenRequest {
                return HTTPResponse(
                    status: 200,
                    body: Array(#"{"errcode":0,"access_token":"T","expires_in":7200}"#.utf8))
            }
            #expect(
                request.url.hasSuffix("/cgi-bin/media/get?access_token=T&media_id=M%2F1")
                    && request.method == .get)
            #expect(request.wantedHeaders == ["Content-Type", "Content-Disposition"])
            return answer
        }
    }

    private func download(
        _ type: String, _ disposition: String?, _ body: String, status: Int = 200
    ) async throws(PlatformFailure) -> DownloadedMedia {
        var headers = ["Content-Type": type]
        headers["Content-Disposition"] = disposition
        let transport = Files(
            answer: HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
        let client = WeComKFClient(
            base: "https://qyapi.weixin.qq.com",
            tokens: TokenKeeper(
                corp: "ww", base: "https://qyapi.weixin.qq.com", source: .secret({ secret }),
                transport: transport, now: { Timestamp(seconds: 1) }),
            transport: transport,
            environment: Environment(
                now: { Timestamp(seconds: 1) }, random: { 0 }, sleep: { _ in },
                shortHash: { _ in "" }))
        return try await client.download("M/1")
    }

    @Test(
        "media/get: a file",
        arguments: [
            (#"attachment; filename="chart.png""#, "chart.png"),
            ("attachment; filename=chart.png", "chart.png"),
            (#"attachment; filename="%E5%B0%BA%E7%A0%81.png""#, "尺码.png"),
            (#"attachment; filename="x"; filename*=UTF-8''%E5%B0%BA.png"#, "尺.png"),
            (#"attachment; filename="../../etc/passwd""#, "passwd"),
            (#"attachment; filename="..""#, nil), ("attachment", nil),
        ])
    func file(disposition: String, name: String?) async throws {
        let media = try await download("image/png", disposition, "bytes")
        #expect(
            media
                == DownloadedMedia(
                    filename: name, contentType: "image/png", bytes: Array("bytes".utf8)))
    }

    @Test func aTextFileOfACustomerIsAFile() async throws {
        let media = try await download(
            "text/plain", #"attachment; filename="a.txt""#, #"{"errcode":40007}"#)
        #expect(media.filename == "a.txt")
    }

    @Test("media/get: an envelope", arguments: ["application/json; charset=UTF-8", "text/plain"])
    func envelope(type: String) async {
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await download(type, nil, #"{"errcode":40007,"errmsg":"invalid media_id"}"#)
        }
        #expect(failure?.code == 40007 && failure?.handling == .uploadAgain)
    }

    @Test(arguments: [#"{"errcode":0}"#, "<html>", ""]) func nothingUsable(body: String) async {
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await download("text/plain", nil, body)
        }
        #expect(failure?.code == nil && failure?.handling == .retry)
    }

    @Test func voicesAreTimedByTheirFrames() {
        #expect(VoiceDuration.ofAMR(Array("#!AMR\n".utf8)) == .zero)
        #expect(VoiceDuration.ofAMR([1, 2, 3]) == nil)
        // Type 7 (12.2 kbit/s) has 32 bytes a frame; one that is cut off counts.
        let frame: [UInt8] = [7 << 3] + [UInt8](repeating: 0, count: 31)
        #expect(
            VoiceDuration.ofAMR(Array("#!AMR\n".utf8) + frame + frame.prefix(3))
                == .milliseconds(40))
    }
}
