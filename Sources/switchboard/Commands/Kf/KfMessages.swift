import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleFiles
import WeComKF

/// `switchboard kf messages`.
struct KfMessagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "Send messages, and read an account's log.",
        discussion: """
            A message sent here counts against the five a customer's message allows; the bot \
            doesn't know of it.

            EXAMPLES
              switchboard kf messages send wmDEMO0001 --text 您的快递今天到
              switchboard kf messages send wmDEMO0001 --menu 请选择 --click track=查快递
              switchboard kf messages send-on-event --code CODE --text 欢迎
              switchboard kf messages pull --limit 20
            """,
        subcommands: [KfMessagesSend.self, KfMessagesSendOnEvent.self, KfMessagesPull.self])
}

/// `switchboard kf messages send`.
struct KfMessagesSend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a message to a customer.",
        discussion: """
            Only in the states untreated and assistant, within 48 hours of the customer's last \
            message, five a message of theirs. Files are uploaded first. Every message has a \
            msgid: where no answer came, the same command with that --msgid says it once only.

            EXAMPLES
              switchboard kf messages send wmDEMO0001 --text 您的快递今天到
              switchboard kf messages send wmDEMO0001 --image photo.jpg
              switchboard kf messages send wmDEMO0001 --link https://e.example/r \\
                --title 退货说明 --thumb box.png
              switchboard kf messages send wmDEMO0001 --menu 请选择 \\
                --click track=查快递 --view https://e.example/faq=常见问题 --tail 谢谢
              switchboard kf messages send wmDEMO0001 --location 31.23,121.47 --title 九号码头
            """)

    @Argument(help: "The customer's external_userid.")
    var customer: String

    @OptionGroup var message: KfMessageOptions
    @OptionGroup var files: KfFileOptions
    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func validate() throws { try KfMessageOptions.requireOne(message.kinds + files.kinds) }

    func run() async throws {
        try await options.withPlatform(of: accountOption.account, isRehearsal: dryRun.dryRun) {
            platform in
            let conversation = try platform.conversation(customer, accountOption.account)
            let body: OutgoingBody
            if let plain = message.body {
                body = plain
            } else {
                body = try await files.body(title: message.title) { path, kind in
                    let file = try LocalFile.upload(path, as: kind)
                    platform.warnOfSize(of: file)
                    return try await platform.changes.upload(file).id
                }
            }
            let id = try await platform.changes.send(
                body, id: message.newID(), to: conversation)
            try message.report(id, on: platform)
        }
    }
}

/// `switchboard kf messages send-on-event`.
struct KfMessagesSendOnEvent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-on-event", abstract: "Send a code's one message.",
        discussion: """
            A welcome code and the code of an ended session are good for 20 seconds, the others \
            for 48 hours; each for one text or, where its scene allows, one menu.

            EXAMPLES
              switchboard kf messages send-on-event --code CODE --text 欢迎
              switchboard kf messages send-on-event --code CODE --menu 满意吗 --click y=满意
            """)

    @Option(help: "The code: of an event, or of 'kf state move'.")
    var code: String

    @OptionGroup var message: KfMessageOptions
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func validate() throws { try KfMessageOptions.requireOne(message.kinds) }

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            guard let body = message.body else { return }
            let id = try await platform.changes.send(
                body, id: message.newID(), on: EventCode(code))
            try message.report(id, on: platform)
        }
    }
}

/// `switchboard kf messages pull`.
struct KfMessagesPull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Read a page of an account's messages and events.",
        discussion: """
            From the cursor on; without one, from the earliest of the last 3 days. The bot's own \
            cursor stays where it is. Without a callback's token the platform allows few calls. \
            Prints customers' words as they are: mind who reads along.

            EXAMPLES
              switchboard kf messages pull --limit 20
              switchboard kf messages pull --cursor CURSOR --format json
              switchboard kf messages pull --voice-format silk
            """)

    @Option(help: "Where to begin: the 'next' of the page before.")
    var cursor: String?

    @Option(help: "A callback's token, good for 10 minutes.")
    var token: String?

    @Option(help: "The most rows, 1 to 1000.")
    var limit = 100

    @Option(help: "What voice messages can be fetched as: amr or silk. Default: amr.")
    var voiceFormat: PullRequest.VoiceFormat?

    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var options: KfOptions

    func validate() throws {
        if !(1...1000).contains(limit) {
            throw ValidationError(
                Bilingual(en: "--limit takes 1 to 1000", zh: "--limit 要写 1 到 1000"))
        }
    }

    func run() async throws {
        try await options.withPlatform(of: accountOption.account) { platform in
            let page = try await platform.reads.pull(
                PullRequest(
                    account: platform.account(accountOption.account),
                    cursor: cursor.map { SyncCursor($0) }, token: token.map { SyncToken($0) },
                    limit: limit, voiceFormat: voiceFormat))
            switch platform.format {
            case .json: Terminal.line(String(decoding: try Self.json(page), as: UTF8.self))
            case .text:
                let table = TextTable(
                    [
                        .init(en: "sent (+08:00)", zh: "时间（+08:00）"), .init(en: "by", zh: "谁"),
                        .init(en: "customer", zh: "客户"), .init(en: "what", zh: "内容"),
                        .init(Bilingual("msgid")),
                    ],
                    rows: page.rows.map { row in
                        [
                            LocalTime.text(row.sentAt), row.writer[platform.language],
                            row.customer?.rawValue ?? "", row.words, row.msgID.rawValue,
                        ]
                    })
                if !page.rows.isEmpty { Terminal.report(table.text(in: platform.language)) }
                Terminal.say(
                    Bilingual(
                        en: "\(counted(page.rows.count, "row")), next \(page.next)"
                            + (page.hasMore ? ", there is more" : ""),
                        zh: "\(page.rows.count) 行，next \(page.next)"
                            + (page.hasMore ? "，后面还有" : "")),
                    in: platform.language)
            }
        }
    }

    /// The rows as the platform wrote them: nothing it adds is lost.
    private static func json(_ page: PulledPage) throws -> Data {
        let rows = page.rows.compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.raw.utf8))
        }
        let object: [String: Any] = [
            "next": page.next.rawValue, "hasMore": page.hasMore, "rows": rows,
        ]
        return try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }
}

extension PullRequest.VoiceFormat: ExpressibleByArgument {}

extension Inbound {
    fileprivate var writer: Bilingual {
        switch content {
        case .fromCustomer: Bilingual(en: "customer", zh: "客户")
        case .fromServicer(let servicer, _, _):
            servicer.map { Bilingual($0.rawValue) } ?? Bilingual(en: "servicer", zh: "接待人员")
        case .event: Bilingual(en: "event", zh: "平台")
        case .unknown(let origin, _): Bilingual("\(origin)")
        }
    }

    /// What was written, or else its kind with what tells it apart.
    fileprivate var words: String {
        switch content {
        case .fromCustomer(_, let body), .fromServicer(_, _, let body): body.words
        case .event(let event): event.type
        case .unknown: "?"
        }
    }
}

extension MessageBody {
    fileprivate var words: String {
        switch self {
        case .text(let text, _): text
        case .image(let id), .voice(let id), .video(let id), .file(let id): "[\(kind)] \(id)"
        case .location(let place): "[\(kind)] \(place.name)"
        case .link(let link): "[\(kind)] \(link.title) \(link.url)"
        case .businessCard(let id): "[\(kind)] \(id)"
        case .miniprogram(let card): "[\(kind)] \(card.title)"
        case .shopProduct(let product): "[\(kind)] \(product.id) \(product.title)"
        case .shopOrder(let order): "[\(kind)] \(order.id) \(order.title)"
        case .mergedMessages(let history):
            "[\(kind)] \(history.title)"
                + history.items.map { "; \($0.sender ?? "?"): \($0.body.words)" }.joined()
        case .channels(let card): "[\(kind)] \(card.nickname) \(card.title)"
        case .menu(let menu):
            "[\(kind)] "
                + ([menu.head].compactMap(\.self) + menu.items.map(\.label)).joined(separator: "; ")
        case .other(let type): "[\(type)]"
        }
    }
}
