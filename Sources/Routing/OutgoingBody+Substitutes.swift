import ChatModel

extension OutgoingBody {
    /// The most bytes of one text (wecom-kf reference §9).
    private static let longestText = 2048

    /// What says the same where the platform refused this message with `code`; empty where nothing
    /// does (wecom-kf reference §16).
    ///
    /// 95030, a type the KF component forbids: the words of it. 45002, too long: its parts.
    func substitutes(for code: Int?) -> [OutgoingBody] {
        switch (code, self) {
        case (95030, .text), (95030, .image), (95030, .voice), (95030, .video), (95030, .file): []
        case (95030, _): parts(of: words)
        case (45002, .text(let text)) where text.utf8.count > Self.longestText: parts(of: text)
        default: []
        }
    }

    private func parts(of text: String) -> [OutgoingBody] {
        var parts: [String] = []
        for character in text {
            let last = parts.last?.utf8.count ?? Self.longestText
            if last + character.utf8.count > Self.longestText {
                // A single character of more bytes than a text may have is no word of anybody's.
                if character.utf8.count > Self.longestText { continue }
                parts.append("")
            }
            parts[parts.count - 1].append(character)
        }
        return parts.map { .text($0) }
    }

    /// All of it that can be said in words.
    private var words: String {
        let lines: [String?] =
            switch self {
            case .text(let text): [text]
            case .image, .voice, .video, .file: []
            case .link(let link): [link.title, link.description, link.url]
            case .miniprogram(let program): [program.title]
            case .menu(let menu):
                [menu.head]
                    + menu.items.map {
                        if case .view(let url, let label) = $0 {
                            "\(label) \(url)"
                        } else {
                            $0.label
                        }
                    } + [menu.tail]
            case .location(let place): [place.name, place.address]
            case .acquisitionLink(let url): [url]
            }
        return lines.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
