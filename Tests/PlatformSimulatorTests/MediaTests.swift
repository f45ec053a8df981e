import ChatModel
import PlatformSimulator
import Testing

@Suite struct MediaTests {
    static let threeDays: Duration = .seconds(3 * 86_400)
    static let png = MediaFile.sample(.image).bytes
    static let mp4 = MediaFile.sample(.video).bytes

    /// `start`, made `count` bytes long.
    static func padded(_ start: [UInt8], to count: Int) -> [UInt8] {
        start + Array(repeating: 0, count: count - start.count)
    }

    @Test("media/upload: the id is good for three days and for all apps of the corp")
    func threeDaysForTheWholeCorp() throws {
        var world = makeWorld {
            $0.apps.append(.init(alias: "second", corp: $0.apps[0].corp, secret: "x"))
            $0.apps.append(.init(alias: "other", corp: "ww2", secret: "x"))
        }
        let view = try world.upload(type: "image", name: "a.png", bytes: Self.png, by: app).get()
        #expect(view.createdAt == ten && view.type == .image)
        world.wait(Self.threeDays - .milliseconds(1))
        let file = try world.media(view.id, by: "second").get()
        #expect(file == MediaFile(type: .image, name: "a.png", bytes: Self.png))
        #expect(world.media(view.id, by: "other").errcode == 40007)
        world.wait(.milliseconds(1))
        #expect(world.media(view.id, by: app).errcode == 40007)
        #expect(world.media("M1", by: app).errcode == 40007)
        #expect(world.media("", by: app).errcode == 41006)
    }

    @Test("media/upload: every sample is one of its type", arguments: MediaType.allCases)
    func samples(type: MediaType) throws {
        var world = makeWorld()
        let file = MediaFile.sample(type)
        #expect(file.type == type && file.refusal == nil)
        #expect(try world.media(world.uploaded(file), by: app).get() == file)
    }

    /// A type, what its files begin with, how long one is, and the number it is refused with.
    static let sizeLimits: [(String, [UInt8], Int, Int)] = [
        ("image", png, 10 << 20, 0), ("image", png, (10 << 20) + 1, 40009),
        ("video", mp4, 10 << 20, 0), ("video", mp4, (10 << 20) + 1, 40011),
        ("file", [], 20 << 20, 0), ("file", [], (20 << 20) + 1, 45001),
        ("voice", Array("#!AMR\n".utf8), (2 << 20) + 1, 45001),
        ("file", [], 6, 0), ("file", [], 5, 40006), ("file", [], 0, 44001),
    ]

    @Test(
        "media/upload: image 10 MB (40009), video 10 MB (40011), file 20 MB (45001)",
        arguments: sizeLimits)
    func sizes(type: String, start: [UInt8], count: Int, errcode: Int) {
        var world = makeWorld()
        let bytes = Self.padded(start, to: count)
        #expect(world.upload(type: type, name: "a", bytes: bytes, by: app).errcode == errcode)
    }

    @Test("media/upload: 60 seconds of voice are accepted, 20 ms more are 45007")
    func sixtySeconds() {
        var world = makeWorld()
        for (frames, errcode) in [(3000, 0), (3001, 45007)] {
            let bytes = MediaFile.silence(frames: frames)
            #expect(
                world.upload(type: "voice", name: "a", bytes: bytes, by: app).errcode == errcode)
        }
    }

    /// Two frames of every kind there is, and what is cut off or reserved.
    @Test("media/upload: a voice whose frames don't add up is 301017")
    func framesAddUp() {
        let head = Array("#!AMR\n".utf8)
        func errcode(_ bytes: [UInt8]) -> Int? {
            MediaFile(type: .voice, name: "", bytes: head + bytes).refusal
        }
        for (kind, size) in [12, 13, 15, 17, 19, 20, 26, 31, 5].enumerated() {
            let frame = [UInt8(kind << 3 | 4)] + Array(repeating: 0, count: size)
            #expect(errcode(frame + frame) == nil)
            #expect(errcode(frame + frame.dropLast()) == 301_017)
        }
        #expect(errcode([15 << 3]) == nil)
        #expect(errcode([9 << 3]) == 301_017)
        #expect(errcode([]) == 301_017)
        #expect(MediaFile(type: .voice, name: "", bytes: Array("ID3 mp3".utf8)).refusal == 301_017)
    }

    @Test(
        "media/upload: a broken picture is 40123, a GIF 40004, a film that is no MP4 40004",
        arguments: [
            ("image", "not a picture", 40123), ("image", "GIF89a....", 40004),
            ("image", "BM........", 40004), ("image", "RIFF....WEBP", 40004),
            ("video", "....moov....", 40004),
        ])
    func formats(type: String, words: String, errcode: Int) {
        var world = makeWorld()
        let bytes = Array(words.utf8)
        #expect(world.upload(type: type, name: "a.png", bytes: bytes, by: app).errcode == errcode)
    }

    /// A JPG's parts: a head that holds a small picture of its own, a table, a scan with a byte
    /// 0xFF of the picture and a restart, fill bytes, a second scan, the end.
    static let jpeg: [UInt8] =
        [0xFF, 0xD8] + [0xFF, 0xE1, 0, 8, 0xFF, 0xD8, 0xFF, 0xD9, 7, 7]
        + [0xFF, 0xDB, 0, 3, 1] + [0xFF, 0xDA, 0, 2, 9, 0xFF, 0, 9, 0xFF, 0xD0, 9]
        + [0xFF, 0xFF, 0xC4, 0, 3, 1] + [0xFF, 0xDA, 0, 2, 9, 9] + [0xFF, 0xD9]

    @Test("media/upload: a picture without its end is 40123, whatever lies behind the end")
    func wholePictures() {
        func errcode(_ bytes: some Sequence<UInt8>) -> Int? {
            MediaFile(type: .image, name: "a", bytes: Array(bytes)).refusal
        }
        #expect(MediaFile(type: .image, name: "", bytes: Self.jpeg).contentType == "image/jpeg")
        for picture in [Self.png, Self.jpeg] {
            #expect(errcode(picture) == nil)
            #expect(errcode(picture + [0]) == nil)
            #expect(errcode(picture + Self.jpeg + Array("trailer".utf8)) == nil)
            for count in 6..<picture.count {
                let refusal = errcode(picture.prefix(count))
                #expect(refusal == 40123, "\(count) of \(picture.count) bytes")
            }
        }
        // A chunk that claims more than there is.
        var boastful = Self.png
        boastful[8] = 0x7F
        #expect(errcode(boastful) == 40123)
    }

    @Test("media/upload: another type, or none, is 40005", arguments: ["thumb", "IMAGE", "", nil])
    func types(type: String?) {
        var world = makeWorld()
        #expect(world.upload(type: type, name: "a", bytes: Self.png, by: app).errcode == 40005)
    }

    @Test("media/upload: beyond the bound the oldest files expire early")
    func bytesAreBounded() throws {
        var world = makeWorld { $0.mediaLimit = 30 }
        let files = (0..<4).map {
            MediaFile(type: .file, name: "\($0)", bytes: Array(repeating: 0, count: 10))
        }
        let ids = try files.map { try world.uploaded($0) }
        #expect(ids.map { world.media($0, by: app).errcode } == [40007, 0, 0, 0])
        let large = MediaFile(type: .file, name: "", bytes: Array(repeating: 0, count: 100))
        let last = try world.uploaded(large)
        #expect((ids + [last]).map { world.media($0, by: app).errcode }.last == 0)
        #expect(world.media(ids[3], by: app).errcode == 40007)
    }

    // MARK: In messages

    @Test("kf/send_msg: media must be live and of the message's type, 40007")
    func mediaOfMessages() throws {
        var world = makeWorld()
        try world.says("在吗")
        let ids = try Dictionary(
            uniqueKeysWithValues: MediaType.allCases.map { ($0, try world.uploaded(.sample($0))) })
        let make: [(MediaType, (MediaID) -> OutgoingBody)] = [
            (.image, { .image($0) }), (.voice, { .voice($0) }), (.video, { .video($0) }),
            (.file, { .file($0) }),
            (
                .image,
                {
                    .link(
                        .init(title: "T", description: nil, url: "https://e.example", thumbnail: $0)
                    )
                }
            ),
            (
                .image,
                { .miniprogram(.init(appID: "wx0", title: nil, thumbnail: $0, pagePath: "a.html")) }
            ),
        ]
        for (wanted, body) in make {
            try world.says("还在吗")
            for (type, id) in ids {
                let errcode = world.send(to: talk, msgID: nil, body(id), by: app).errcode
                #expect(errcode == (type == wanted ? 0 : 40007))
            }
            #expect(world.send(to: talk, msgID: nil, body("M1"), by: app).errcode == 40007)
        }
        world.wait(.seconds(2 * 86_400))
        let late = try world.uploaded(.sample(.image))
        world.wait(.seconds(86_400))
        try world.says("又来了")
        let old = try #require(ids[.image])
        #expect(world.send(to: talk, msgID: nil, .image(old), by: app).errcode == 40007)
        #expect(world.send(to: talk, msgID: nil, .image(late), by: app).errcode == 0)
    }

    @Test("media/get: what a customer sends can be fetched, and sent on")
    func customersMedia() throws {
        var world = makeWorld()
        let photo = MediaFile(type: .image, name: "我.jpg", bytes: [0xFF, 0xD8, 0xFF, 1, 2, 3])
        let id = try #require(try world.uploads(photo, for: shop))
        try world.writes(lin, shop, .image(id))
        #expect(try world.media(id, by: app).get() == photo)
        #expect(world.send(to: talk, msgID: nil, .image(id), by: app).errcode == 0)
        // Without bytes of its own, a message still has a file behind it.
        try world.writes(lin, shop, .voice("MEDIA-9"))
        try world.writes(lin, shop, .video(""))
        #expect(try world.media("MEDIA-9", by: app).get() == .sample(.voice))
        guard case .fromCustomer(_, .video(let made)) = try world.pullAll()[2].content else {
            Issue.record("no video")
            return
        }
        #expect(try world.media(made, by: app).get() == .sample(.video))
        #expect(world.file(made, of: shop) == .sample(.video))
    }

    @Test("kf/sync_msg: 2 MB of image are passed on, of more it tells in words")
    func tooLargeToPassOn() throws {
        var world = makeWorld()
        for (size, isPassed) in [(2 << 20, true), (2 << 20 | 1, false)] {
            let file = MediaFile(
                type: .image, name: "a", bytes: Self.padded(Self.png, to: size))
            let id = try #require(try world.uploads(file, for: shop))
            try world.writes(lin, shop, .image(id))
            let content = try world.pullAll().last?.content
            #expect((content == .fromCustomer(lin, .image(id))) == isPassed)
            if case .fromCustomer(_, .text) = content { #expect(!isPassed) }
        }
        let huge = MediaFile(type: .file, name: "", bytes: Self.padded([], to: (64 << 20) + 1))
        #expect(try world.uploads(huge, for: shop) == nil)
    }
}
