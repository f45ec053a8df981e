import ChatModel
import RuleEngine

/// Finds the files that rules send, and judges what the platform would say to them.
struct MediaCheck {
    /// What is known of the files at hand, by path.
    let listings: [String: MediaListing]
    let log: DiagnosticLog

    /// What stands for the file `words` names, sent as `kind`; a `media_id` as it is written.
    func id(_ words: Words, as kind: MediaKind) -> MediaID {
        guard RuleFiles.isMediaPath(words.text) else {
            if !words.text.isEmpty { warnOfID(words, kind) }
            return MediaID(words.text)
        }
        guard !words.text.hasPrefix("/"), !words.text.contains("\\") else {
            report(
                words, .mediaNotFound, en: "a file to send is named relative to this file",
                zh: "要发的文件写相对这个文件的路径",
                help: Bilingual(en: "for example: pictures/size.png", zh: "例如：pictures/size.png"))
            return MediaID(words.text)
        }
        guard let listing = listings[SourceSet.beside(words.place.file, words.text)] else {
            report(
                words, .mediaNotFound, en: "there is no file '\(words.text)' beside this one",
                zh: "这个文件旁边没有「\(words.text)」", help: cure(for: words))
            return MediaID(words.text)
        }
        check(listing, words, kind)
        let name = words.text.split(separator: "/").last.map { String($0) } ?? words.text
        return MediaID(LibraryFile(hash: listing.hash, name: name))
    }

    private func check(_ listing: MediaListing, _ words: Words, _ kind: MediaKind) {
        if listing.count < 6 {
            return report(
                words, .mediaTooLarge, en: "'\(words.text)' is empty, or nearly so",
                zh: "「\(words.text)」是空的，或者几乎是空的",
                help: Bilingual(
                    en: "the platform takes files of 6 bytes and more", zh: "平台只收 6 字节以上的文件"))
        }
        if let formats = kind.formats, listing.format.map({ !formats.contains($0) }) ?? true {
            return report(
                words, .mediaFormat,
                en: "'\(words.text)' is not \(kind.formatsInWords), which '\(kind.rawValue)' takes",
                zh: "「\(words.text)」不是 \(kind.formatsInWords)，「\(kind.rawValue)」只收这种",
                help: kind == .voice
                    ? Bilingual(
                        en: "convert it to AMR, for example: ffmpeg -i a.mp3 -ar 8000 -ac 1 a.amr",
                        zh: "转成 AMR，例如：ffmpeg -i a.mp3 -ar 8000 -ac 1 a.amr")
                    : Bilingual(
                        en: "save it in that format, or send it with 'file'",
                        zh: "另存为这种格式，或者用 file 发"))
        }
        if listing.count > kind.largest {
            return report(
                words, .mediaTooLarge,
                en: "'\(words.text)' has \(size(listing.count)); the platform takes "
                    + "\(size(kind.largest)) as '\(kind.rawValue)'",
                zh: "「\(words.text)」有 \(size(listing.count))，平台的 \(kind.rawValue) "
                    + "最多收 \(size(kind.largest))",
                help: Bilingual(en: "make it smaller", zh: "压缩一下"))
        }
        if let milliseconds = listing.milliseconds, milliseconds > 60_000 {
            return report(
                words, .mediaTooLarge,
                en: "'\(words.text)' lasts \(milliseconds / 1000) seconds; the platform takes 60",
                zh: "「\(words.text)」有 \(milliseconds / 1000) 秒，平台最多收 60 秒",
                help: Bilingual(en: "cut it", zh: "剪短一点"))
        }
        if listing.count > kind.largestShown {
            report(
                words, .mediaMayNotShow,
                en: "'\(words.text)' has \(size(listing.count)); pictures over "
                    + "\(size(kind.largestShown)) may not reach the customer",
                zh: "「\(words.text)」有 \(size(listing.count))；超过 "
                    + "\(size(kind.largestShown)) 的图片客户可能收不到",
                help: Bilingual(
                    en: "save it smaller, or as JPG", zh: "缩小一点，或者存成 JPG"))
        }
    }

    private func warnOfID(_ words: Words, _ kind: MediaKind) {
        report(
            words, .mediaIDExpires,
            en: "the platform forgets a media_id after 3 days",
            zh: "平台的 media_id 三天后就失效",
            help: Bilingual(
                en: "put the file beside the rules and write its path: pictures/size.png",
                zh: "把文件放在规则旁边，写它的路径：pictures/size.png"))
    }

    private func cure(for words: Words) -> Bilingual {
        let name = words.text.split(separator: "/").last.map { String($0) } ?? ""
        let near = listings.keys.filter { $0.hasSuffix("/" + name) || $0 == name }.min()
        if let near { return Bilingual(en: "did you mean \(near)?", zh: "是不是 \(near)？") }
        return Bilingual(
            en: "put the file there, or correct the path; capital letters count",
            zh: "把文件放到那里，或者改对路径；注意大小写")
    }

    private func size(_ bytes: Int) -> String {
        bytes >= 1 << 20
            ? "\((bytes * 10 / (1 << 20)).tenths) MB" : "\(max(1, bytes / 1024)) KB"
    }

    private func report(
        _ words: Words, _ id: DiagnosticID, en: String, zh: String, help: Bilingual
    ) {
        log.report(words.diagnostic(id, Bilingual(en: en, zh: zh), help: help))
    }
}

extension Int {
    /// A count of tenths as a number: 15 is 1.5, 20 is 2.
    fileprivate var tenths: String {
        self % 10 == 0 ? "\(self / 10)" : "\(self / 10).\(self % 10)"
    }
}
