import ArgumentParser
import ChatModel
import Foundation
import RuleFiles
import WeComKF

/// `switchboard kf links`.
struct KfLinksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Make links that open a chat, and their QR codes.",
        discussion: """
            A link works for ever; the platform keeps no list of them.

            EXAMPLES
              switchboard kf links add --scene web --qr
              switchboard kf links add --scene box --param sku=9 --png box.png --svg box.svg
              switchboard kf links qr https://work.weixin.qq.com/kf/kfc123 --png chat.png
            """,
        subcommands: [KfLinksAdd.self, KfLinksQR.self])
}

/// Where a QR code is drawn.
struct QRCodeOptions: ParsableArguments {
    @Option(help: "Write the QR code as a PNG picture.")
    var png: String?

    @Option(help: "Write the QR code as an SVG drawing.")
    var svg: String?

    @Flag(help: "Write over a picture that is there already.")
    var force = false

    var isWanted: Bool { png != nil || svg != nil }

    /// Refuses a file that can't be written: before a link is made that nobody could draw.
    func requireWritable() throws {
        for path in [png, svg].compactMap(\.self) {
            try LocalFile.requireWritable(path, overwrites: force)
        }
    }

    /// Writes the pictures that are wanted.
    func write(_ code: QRCode) throws {
        if let png { try LocalFile.write(Data(code.png()), to: png, overwrites: force) }
        if let svg { try LocalFile.write(Data(code.svg.utf8), to: svg, overwrites: force) }
    }
}

/// `switchboard kf links add`.
struct KfLinksAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a link that opens a chat with an account.",
        discussion: """
            A rule hears the scene and the parameter when a customer comes in by the link: \
            if: { scene: web }, and $(场景.参数).

            EXAMPLES
              switchboard kf links add
              switchboard kf links add --scene web --qr
              switchboard kf links add --scene box --param sku=9 --svg box.svg
            """)

    @Option(help: "Where the link will stand: at most 32 of 0-9 a-z A-Z _ -.")
    var scene: String?

    @Option(help: "A parameter, at most 128 bytes; wants a scene.")
    var param: String?

    @Flag(help: "Draw the QR code on the terminal.")
    var qr = false

    @OptionGroup var pictures: QRCodeOptions
    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func validate() throws {
        if param != nil, scene == nil {
            throw ValidationError(
                Bilingual(
                    en: "--param wants --scene: only a link with a scene takes a parameter",
                    zh: "写了 --param 还要写 --scene：只有带场景的链接才能带参数"))
        }
    }

    func run() async throws {
        try await options.withPlatform(of: accountOption.account, isRehearsal: dryRun.dryRun) {
            platform in
            let account = try platform.account(accountOption.account)
            try pictures.requireWritable()
            let way = try await platform.changes.addContactWay(to: account, scene: scene)
            if platform.isRehearsal { return }
            let url = try param.map { try way.url(with: $0) } ?? way.url
            try platform.done(Bilingual(url), json: ["url": url, "account": account.rawValue])
            guard qr || pictures.isWanted else { return }
            let code = try QRCode(of: url)
            if qr, platform.format == .text {
                Terminal.report(code.blocks(isColored: Terminal.Color.auto.isWanted))
            }
            try pictures.write(code)
        }
    }
}

/// `switchboard kf links qr`.
struct KfLinksQR: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qr", abstract: "Draw the QR code of a link that is there already.",
        discussion: """
            Calls nobody.

            EXAMPLES
              switchboard kf links qr https://work.weixin.qq.com/kf/kfc123
              switchboard kf links qr https://work.weixin.qq.com/kf/kfc123 --png chat.png
            """)

    @Argument(help: "The link.")
    var link: String

    @Option(help: "auto, always or never: colours on the terminal.")
    var color: Terminal.Color = .auto

    @OptionGroup var pictures: QRCodeOptions
    @OptionGroup var languageOptions: LanguageOptions

    func run() throws {
        let code = try QRCode(of: link)
        if !pictures.isWanted { Terminal.report(code.blocks(isColored: color.isWanted)) }
        try pictures.write(code)
    }
}
