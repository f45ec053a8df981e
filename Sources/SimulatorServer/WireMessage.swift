import ChatModel

/// A message as a caller sends it; `body()` says what it means.
struct WireMessage: Decodable {
    /// Why a message can't be understood, as the platform's number.
    struct Unreadable: Error {
        let errcode: Int
        let what: String
    }

    private let msgtype: String
    private let text: Text?
    private let image, voice, video, file: Medium?
    private let link: Link?
    private let miniprogram: Miniprogram?
    private let msgmenu: Menu?
    private let location: Place?
    private let ca_link: AcquisitionLink?

    private struct Text: Decodable { let content: String }
    private struct Medium: Decodable { let media_id: String }
    private struct Link: Decodable {
        let title, url, thumb_media_id: String
        let desc: String?
    }
    private struct Miniprogram: Decodable {
        let appid, thumb_media_id, pagepath: String
        let title: String?
    }
    private struct Menu: Decodable {
        let head_content, tail_content: String?
        let list: [Item]?
    }
    private struct Item: Decodable {
        let type: String
        let click: Click?
        let view: View?
        let miniprogram: ItemProgram?
        let text: ItemText?
    }
    private struct Click: Decodable {
        let id: String?
        let content: String
    }
    private struct View: Decodable { let url, content: String }
    private struct ItemProgram: Decodable { let appid, pagepath, content: String }
    private struct ItemText: Decodable {
        let content: String
        let no_newline: Int?
    }
    private struct Place: Decodable {
        let name, address: String?
        let latitude, longitude: Double
    }
    private struct AcquisitionLink: Decodable { let link_url: String }

    /// The message; its lengths are not looked at.
    func body() throws(Unreadable) -> OutgoingBody {
        switch msgtype {
        case "text": return .text(try required(text).content)
        case "image": return .image(MediaID(try required(image).media_id))
        case "voice": return .voice(MediaID(try required(voice).media_id))
        case "video": return .video(MediaID(try required(video).media_id))
        case "file": return .file(MediaID(try required(file).media_id))
        case "link":
            let link = try required(link)
            return .link(
                .init(
                    title: link.title, description: link.desc, url: link.url,
                    thumbnail: MediaID(link.thumb_media_id)))
        case "miniprogram":
            let program = try required(miniprogram)
            return .miniprogram(
                .init(
                    appID: program.appid, title: program.title,
                    thumbnail: MediaID(program.thumb_media_id), pagePath: program.pagepath))
        case "msgmenu": return .menu(try menu(required(msgmenu)))
        case "location":
            let place = try required(location)
            return .location(
                .init(
                    latitude: place.latitude, longitude: place.longitude, name: place.name ?? "",
                    address: place.address ?? ""))
        case "ca_link": return .acquisitionLink(try required(ca_link).link_url)
        default: throw Unreadable(errcode: 40008, what: "msgtype")
        }
    }

    private func menu(_ menu: Menu) throws(Unreadable) -> OutgoingBody.Menu {
        var items: [OutgoingBody.Menu.Item] = []
        for item in menu.list ?? [] { items.append(try self.item(item)) }
        return OutgoingBody.Menu(head: menu.head_content, items: items, tail: menu.tail_content)
    }

    private func item(_ item: Item) throws(Unreadable) -> OutgoingBody.Menu.Item {
        switch item.type {
        case "click":
            let click = try required(item.click)
            // The id may be left out on the wire; the label then serves to recognise the tap.
            return .click(id: WireID(click.id ?? click.content), label: click.content)
        case "view":
            let view = try required(item.view)
            return .view(url: view.url, label: view.content)
        case "miniprogram":
            let program = try required(item.miniprogram)
            return .miniprogram(
                appID: program.appid, pagePath: program.pagepath, label: program.content)
        case "text":
            let text = try required(item.text)
            return .text(text.content, noNewline: text.no_newline == 1)
        default: throw Unreadable(errcode: 95009, what: "menu item type")
        }
    }

    private func required<Part>(_ part: Part?) throws(Unreadable) -> Part {
        guard let part else { throw Unreadable(errcode: 40058, what: "the body of \(msgtype)") }
        return part
    }
}
