import ChatModel
import RuleEngine

/// What the platform takes in one message (wecom-kf reference §9.3, §9.4), in bytes of UTF-8
/// where nothing else is said.
package enum PlatformLimits {
    /// A text message.
    package static let text = 2048
    /// Above and below a menu's items, each.
    package static let menuHead = 1024
    /// Items of a menu.
    package static let menuItems = 10
    /// The label of an item that is tapped to answer.
    package static let clickLabel = 128
    /// The label of an item that opens a page or a mini program.
    package static let openingLabel = 1024
    /// Words between a menu's items.
    package static let menuText = 256
    /// Any address.
    package static let url = 2048
    /// A mini program's id.
    package static let appID = 32
    /// A mini program's page path in a menu; the same is asked of a card.
    package static let pagePath = 1024
    /// A link card's title.
    package static let linkTitle = 128
    /// A link card's description.
    package static let linkDescription = 512
    /// A mini program card's title.
    package static let miniprogramTitle = 64
    /// Messages we may send for one message of a customer (§9.2).
    package static let messages = 5
    /// Of those, kept back unless a bundle's `budget_keep` says otherwise, so that a fallback, a
    /// notice or a person's prompt can still go out.
    package static let reservedMessages = 1
}

/// Checks resolved texts against the limits, with the place of what the author wrote.
struct LimitCheck {
    let log: DiagnosticLog

    private static let shorten = Bilingual(
        en: "shorten it; a Chinese character is 3 bytes", zh: "写短一点；一个汉字占 3 字节")

    /// Reports a text over `limit` bytes.
    func length(_ text: String, _ limit: Int, _ what: Bilingual, at words: Words) {
        length(bytes: text.utf8.count, limit, what, at: words)
    }

    /// Reports a template that is over `limit` bytes in some language even with empty values.
    func length(_ template: Template, _ limit: Int, _ what: Bilingual, at text: LocalText) {
        for (index, variant) in template.variants.enumerated() {
            let bytes = variant.parts.reduce(0) { sum, part in
                if case .literal(let text) = part { sum + text.utf8.count } else { sum }
            }
            let words = index < text.variants.count ? text.variants[index].words : text.words
            length(bytes: bytes, limit, what, at: words)
        }
    }

    private func length(bytes: Int, _ limit: Int, _ what: Bilingual, at words: Words) {
        guard bytes > limit else { return }
        let isFilled = words.text.contains("$(")
        log.report(
            words.diagnostic(
                .tooLong,
                Bilingual(
                    en:
                        "\(what.en) has \(bytes) bytes\(isFilled ? " with its texts filled in" : "")"
                        + "; the platform takes at most \(limit)",
                    zh: "\(what.zh)\(isFilled ? "填好占位符后" : "")有 \(bytes) 字节，"
                        + "平台最多收 \(limit) 字节"),
                help: Self.shorten))
    }

    /// Reports an address without a scheme.
    func url(_ words: Words) {
        length(words.text, PlatformLimits.url, Bilingual(en: "the address", zh: "网址"), at: words)
        let text = words.text
        let scheme = text.prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
        }
        guard scheme.first?.isLetter == true, text.dropFirst(scheme.count).hasPrefix("://"),
            text.count > scheme.count + 3, !text.contains(where: \.isWhitespace)
        else {
            log.report(
                words.diagnostic(
                    .badAddress,
                    Bilingual(
                        en: "'\(text.prefix(80))' is not a complete address",
                        zh: "「\(text.prefix(80))」不是完整的网址"),
                    help: Bilingual(
                        en: "write it with its scheme: https://…", zh: "写上开头的 https://…")))
            return
        }
    }

    /// Reports an id or a path of a mini program that the platform refuses.
    func miniprogram(appID: String, pagePath: String, needsHTML: Bool, at words: Words) {
        length(appID, PlatformLimits.appID, Bilingual(en: "the appid", zh: "appid"), at: words)
        length(
            pagePath, PlatformLimits.pagePath, Bilingual(en: "the page path", zh: "页面路径"),
            at: words)
        let path = pagePath.prefix { $0 != "?" }
        if needsHTML, !path.hasSuffix(".html") {
            log.report(
                words.diagnostic(
                    .badPagePath,
                    Bilingual(
                        en: "the page path '\(path.suffix(80))' does not end in '.html'",
                        zh: "页面路径「\(path.suffix(80))」没有以 .html 结尾"),
                    help: Bilingual(
                        en: "write pages/order.html, or pages/order.html?id=1 with a query",
                        zh: "写成 pages/order.html，带参数写成 pages/order.html?id=1")))
        }
    }
}
