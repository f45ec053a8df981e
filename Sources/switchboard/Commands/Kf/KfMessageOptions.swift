import ArgumentParser
import ChatModel
import RuleFiles

/// A text or a menu: what any message may be.
struct KfMessageOptions: ParsableArguments {
    @Option(help: "A text, at most 2048 bytes.")
    var text: String?

    @Option(help: "A menu under this head; its items follow.")
    var menu: String?

    @Option(help: "An item that comes back as a text: ID=LABEL.")
    var click: [Pair] = []

    @Option(help: "An item that opens a page: URL=LABEL.")
    var view: [Pair] = []

    @Option(help: "Words below the menu's items.")
    var tail: String?

    @Option(help: "The title of a link, a mini program or a place.")
    var title: String?

    @Option(help: "The message's own id: a second one is refused. Default: a random one.")
    var msgid: String?

    /// What stands before and behind the last `=`.
    struct Pair: ExpressibleByArgument {
        let value: String
        let label: String

        init?(argument: String) {
            guard let equals = argument.lastIndex(of: "="), equals > argument.startIndex else {
                return nil
            }
            value = String(argument[..<equals])
            label = String(argument[argument.index(after: equals)...])
        }

        /// Refuses an address without a scheme, as the platform would: most likely the two sides
        /// were swapped.
        func requireAddress(of option: String) throws {
            guard value.prefixMatch(of: /[A-Za-z][A-Za-z0-9+.\-]*:./) == nil else { return }
            throw ValidationError(
                Bilingual(
                    en: "\(option): '\(value)' is no address such as https://…; the address stands "
                        + "before the '=', the words behind it",
                    zh: "\(option)：「\(value)」不是 https:// 这样的地址；地址写在“=”前面，文字写在后面"))
        }
    }

    func validate() throws { for page in view { try page.requireAddress(of: "--view") } }

    /// The options that say what is sent, with whether each is written.
    var kinds: [(name: String, isWritten: Bool)] {
        [("--text", text != nil), ("--menu", menu != nil)]
    }

    /// The id that is written, or a random one: without any, a message whose answer is lost could
    /// not be repeated.
    ///
    /// - Returns: 22 letters and digits of chance; the platform takes 32 bytes.
    func newID() -> MsgID {
        if let msgid { return MsgID(msgid) }
        let characters = "0123456789abcdefghijklmnopqrstuvwxyz"
        return MsgID(String((0..<22).map { _ in characters.randomElement() ?? "0" }))
    }

    /// The text or the menu; `nil` for neither.
    var body: OutgoingBody? {
        if let text { return .text(text) }
        guard let menu else { return nil }
        let clicks = click.map {
            OutgoingBody.Menu.Item.click(id: WireID($0.value), label: $0.label)
        }
        let views = view.map { OutgoingBody.Menu.Item.view(url: $0.value, label: $0.label) }
        return .menu(OutgoingBody.Menu(head: menu, items: clicks + views, tail: tail))
    }

    /// Refuses a command line that says nothing to send, or two things.
    static func requireOne(_ kinds: [(name: String, isWritten: Bool)]) throws {
        guard kinds.count(where: \.isWritten) != 1 else { return }
        let names = kinds.map(\.name)
        throw ValidationError(
            Bilingual(
                en: "write one of \(names.joined(separator: ", "))",
                zh: "要写一个，只写一个：\(names.joined(separator: "、"))"))
    }

    /// Tells the id of what was sent.
    func report(_ id: MsgID, on platform: KfPlatform) throws {
        try platform.done(
            Bilingual(en: "accepted, msgid \(id)", zh: "平台收下了，msgid \(id)"),
            json: ["msgid": id.rawValue])
    }
}

/// Messages that only `send` takes: files and cards.
struct KfFileOptions: ParsableArguments {
    @Option(help: "A picture: a JPG or PNG file.")
    var image: String?

    @Option(help: "A voice message: an AMR file of at most 60 s.")
    var voice: String?

    @Option(help: "A video: an MP4 file.")
    var video: String?

    @Option(help: "Any file.")
    var file: String?

    @Option(help: "A card that opens this address; wants --title and --thumb.")
    var link: String?

    @Option(help: "A card that opens this mini program; wants --page and --thumb.")
    var miniprogram: String?

    @Option(help: "The mini program's page, which ends in .html.")
    var page: String?

    @Option(help: "The picture of a link or a mini program.")
    var thumb: String?

    @Option(help: "The words below a link's title.")
    var desc: String?

    @Option(help: "A place: degrees north,degrees east.")
    var location: Coordinates?

    @Option(help: "The place's postal address.")
    var address: String?

    @Option(help: "A customer-acquisition link (获客链接).")
    var caLink: String?

    /// `31.23,121.47`.
    struct Coordinates: ExpressibleByArgument {
        let latitude: Double
        let longitude: Double

        init?(argument: String) {
            let parts = argument.split(separator: ",").map { Double($0) }
            guard parts.count == 2, let latitude = parts[0], let longitude = parts[1],
                latitude.isFinite, longitude.isFinite
            else { return nil }
            (self.latitude, self.longitude) = (latitude, longitude)
        }
    }

    func validate() throws {
        for (name, isWritten) in [("--link", link != nil), ("--miniprogram", miniprogram != nil)]
        where isWritten && thumb == nil {
            throw ValidationError(
                Bilingual(en: "\(name) wants --thumb", zh: "写了 \(name) 还要写 --thumb"))
        }
        if miniprogram != nil, page == nil {
            throw ValidationError(
                Bilingual(en: "--miniprogram wants --page", zh: "写了 --miniprogram 还要写 --page"))
        }
    }

    /// The options that say what is sent, with whether each is written.
    var kinds: [(name: String, isWritten: Bool)] {
        [
            ("--image", image != nil), ("--voice", voice != nil), ("--video", video != nil),
            ("--file", file != nil), ("--link", link != nil),
            ("--miniprogram", miniprogram != nil), ("--location", location != nil),
            ("--ca-link", caLink != nil),
        ]
    }

    /// The message, its files uploaded.
    func body(
        title: String?, upload: (String, MediaKind) async throws -> MediaID
    ) async throws -> OutgoingBody {
        if let image { return .image(try await upload(image, .image)) }
        if let voice { return .voice(try await upload(voice, .voice)) }
        if let video { return .video(try await upload(video, .video)) }
        if let file { return .file(try await upload(file, .file)) }
        if let location {
            return .location(
                MessageBody.Location(
                    latitude: location.latitude, longitude: location.longitude,
                    name: title ?? "", address: address ?? ""))
        }
        if let caLink { return .acquisitionLink(caLink) }
        let thumbnail = try await upload(thumb ?? "", .image)
        if let miniprogram {
            return .miniprogram(
                OutgoingBody.Miniprogram(
                    appID: miniprogram, title: title, thumbnail: thumbnail, pagePath: page ?? ""))
        }
        return .link(
            OutgoingBody.Link(
                title: title ?? "", description: desc, url: link ?? "", thumbnail: thumbnail))
    }
}
