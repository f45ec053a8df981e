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
    /// Of those, kept back so that a fallback, a notice or a person's prompt can still go out.
    package static let reservedMessages = 1
    /// So many messages may one reply have.
    package static var messagesOfAReply: Int { messages - reservedMessages }
}

/// Checks resolved texts against the limits, with the place of what the author wrote.
struct LimitCheck {
    let log: DiagnosticLog

    /// Reports a text over `limit` bytes.
    func length(
        _ text: String, _ limit: Int, _ what: String, at words: Words,
        help: String = "shorten it; a Chinese character is 3 bytes"
    ) {
        let bytes = text.utf8.count
        guard bytes > limit else { return }
        let source = words.text.contains("$(") ? " with its texts filled in" : ""
        log.report(
            words.diagnostic(
                .tooLong,
                "\(what) has \(bytes) bytes\(source); the platform takes at most \(limit)",
                help: help))
    }

    /// Reports an address without a scheme.
    func url(_ words: Words) {
        length(words.text, PlatformLimits.url, "the address", at: words)
        let text = words.text
        let scheme = text.prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
        }
        guard scheme.first?.isLetter == true, text.dropFirst(scheme.count).hasPrefix("://"),
            text.count > scheme.count + 3, !text.contains(where: \.isWhitespace)
        else {
            log.report(
                words.diagnostic(
                    .badAddress, "'\(text.prefix(80))' is not a complete address",
                    help: "write it with its scheme: https://…"))
            return
        }
    }

    /// Reports an id or a path of a mini program that the platform refuses.
    func miniprogram(appID: String, pagePath: String, needsHTML: Bool, at words: Words) {
        length(appID, PlatformLimits.appID, "the appid", at: words)
        length(pagePath, PlatformLimits.pagePath, "the page path", at: words)
        let path = pagePath.prefix { $0 != "?" }
        if needsHTML, !path.hasSuffix(".html") {
            log.report(
                words.diagnostic(
                    .badPagePath, "the page path '\(path.suffix(80))' does not end in '.html'",
                    help: "write pages/order.html, or pages/order.html?id=1 with a query"))
        }
    }
}
