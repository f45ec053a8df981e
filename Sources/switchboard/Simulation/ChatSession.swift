import Boundary
import ChatModel
import Foundation
import RuleFiles
import SQLiteStore

/// One chat: what was typed goes to the simulator, what happened since is shown.
struct ChatSession {
    let control: SimulatorControl
    let customer: ExternalUserID
    let cast: ChatCast
    let printer: DemoPrinter
    let database: String?
    let language: MessageLanguage
    private var shown = 0
    private var clicks: [SimulatorControl.Line.Click] = []

    init(
        control: SimulatorControl, customer: ExternalUserID, cast: ChatCast,
        printer: DemoPrinter, database: String?, language: MessageLanguage
    ) {
        self.control = control
        self.customer = customer
        self.cast = cast
        self.printer = printer
        self.database = database
        self.language = language
    }

    /// Leaves earlier lines of the conversation unshown.
    mutating func begin() async throws {
        let timeline = try await control.conversation(with: customer)?.timeline ?? []
        shown = timeline.count
        clicks = timeline.last { $0.clicks != nil }?.clicks ?? []
    }

    /// Does what `line` says and shows what comes of it.
    mutating func take(_ line: String) async throws {
        guard line.hasPrefix(":") else {
            try await control.write(customer, line)
            return try await showNews(answering: true)
        }
        let words = line.dropFirst().split(separator: " ").map(String.init)
        guard let command = words.first else { return }
        let rest = words.dropFirst()
        switch command {
        case "help": Terminal.line(Self.help[language])
        case "enter":
            let scene = rest.first.map { $0.hasPrefix("scene=") ? String($0.dropFirst(6)) : $0 }
            try await control.enter(customer, scene: scene)
            try await showNews(answering: true)
        case "human":
            try await human(Array(rest))
            try await showNews()
        case "end":
            let conversation = try await control.conversation(with: customer)
            guard let servicer = conversation?.servicer else {
                throw CommandFailure(
                    .usage, Bilingual(en: "nobody serves the customer", zh: "没有人在接待这位客户"),
                    cure: Bilingual(
                        en: ":human NAME picks the session up", zh: ":human 账号 把会话接起来"))
            }
            try await control.servicer(ServicerID(servicer), "end", customer)
            try await showNews()
        case "wait":
            guard let text = rest.first, let seconds = Self.seconds(text) else {
                throw CommandFailure(
                    .usage, Bilingual(en: ":wait takes a span of time", zh: ":wait 后面写一段时间"),
                    cure: Bilingual(en: ":wait 25s, 5m, 2h or 3d", zh: ":wait 25s、5m、2h 或 3d"))
            }
            try await control.advance(seconds: seconds)
            try await showNews()
        case "state":
            let conversation = try await control.conversation(with: customer)
            let (state, left) = (conversation?.state ?? 4, conversation?.budget_left ?? 0)
            Terminal.say(
                Bilingual(
                    en: "  state \(state), servicer \(conversation?.servicer ?? "none"), "
                        + "\(left) of 5 messages left",
                    zh: "  会话状态：\(SessionStateName.text(state).zh)（\(state)），"
                        + "接待人员：\(conversation?.servicer ?? "无")，5 条里还能发 \(left) 条"),
                in: language)
        case "why": try await why()
        case "tap": try await tap(rest.joined(separator: " "))
        case "sends": try await send(rest.first)
        default:
            guard Int(command) != nil else {
                let help = Suggestion.help(for: command, among: Self.commands)
                throw CommandFailure(
                    .usage, Bilingual(en: "there is no ':\(command)'", zh: "没有命令「:\(command)」"),
                    cure: help ?? Bilingual(en: ":help lists all", zh: ":help 列出全部"))
            }
            try await tap(command)
        }
    }

    /// Taps an item: its number in the last menu, its label there, or `menu.item`.
    private mutating func tap(_ words: String) async throws {
        let item: WireID
        if let number = Int(words) {
            guard clicks.indices.contains(number - 1) else {
                throw CommandFailure(
                    .usage,
                    Bilingual(
                        en: "the last menu has no item \(number)", zh: "上一个菜单没有第 \(number) 项"),
                    cure: clicks.isEmpty
                        ? Bilingual(en: "no menu was shown yet", zh: "还没有出现过菜单")
                        : Bilingual(en: "1 to \(clicks.count)", zh: "1 到 \(clicks.count)"))
            }
            item = WireID(clicks[number - 1].id)
        } else if let shown = clicks.first(where: { $0.label == words }) {
            item = WireID(shown.id)
        } else if let known = cast.items[words] {
            item = known
        } else {
            let names = clicks.map(\.label) + cast.items.keys.sorted()
            throw CommandFailure(
                .usage,
                words.isEmpty
                    ? Bilingual(en: ":tap takes an item", zh: ":tap 后面写一个菜单项")
                    : Bilingual(
                        en: "there is no item '\(words)' to tap", zh: "没有能点的菜单项「\(words)」"),
                cure: Suggestion.help(for: words, among: names)
                    ?? Bilingual(
                        en: ":tap 1, or :tap and a menu's name, a dot and the item",
                        zh: "写 :tap 1，或 :tap 菜单.项"))
        }
        do {
            try await control.click(customer, item: item.rawValue)
        } catch let failure as CommandFailure
            where failure.message.en.hasPrefix("no menu shown")
            || failure.message.en.contains("never met")
        {
            throw CommandFailure(
                .usage,
                Bilingual(
                    en: "'\(words)' is in no menu the customer was shown",
                    zh: "客户还没有看到过有「\(words)」的菜单"),
                cure: Bilingual(
                    en: "only what was shown can be tapped; ':enter' brings the greeting",
                    zh: "看到了才能点；:enter 打开聊天窗口，会收到欢迎语"))
        }
        try await showNews(answering: true)
    }

    /// Sends a message that isn't words.
    private mutating func send(_ kind: String?) async throws {
        guard let kind, let name = Self.kinds[kind] else {
            throw CommandFailure(
                .usage,
                Bilingual(en: ":sends takes a kind of message", zh: ":sends 后面写一种消息"),
                cure: Bilingual(en: "one of: ", zh: "可以写：")
                    + Bilingual(Self.kinds.keys.sorted().joined(separator: ", ")))
        }
        try await control.act("customers/\(customer)/messages", ["type": name])
        try await showNews(answering: true)
    }

    private func human(_ words: [String]) async throws {
        guard let name = words.first else {
            throw CommandFailure(
                .usage,
                Bilingual(en: ":human takes a servicer's name", zh: ":human 后面写接待人员的账号"),
                cure: Bilingual(en: "one of: ", zh: "可以写：")
                    + Bilingual(cast.servicers.map(\.rawValue).joined(separator: ", ")))
        }
        let servicer = ServicerID(name)
        if try await control.conversation(with: customer)?.state == 2 {
            try await control.servicer(servicer, "pick-up", customer)
        }
        let words = words.dropFirst().joined(separator: " ")
        if !words.isEmpty {
            try await control.servicer(servicer, "messages", customer, ["text": words])
        }
    }

    /// Shows new lines until nothing has come for 1.2 seconds; for the bot's first word, where it
    /// owes one, for 5 seconds.
    private mutating func showNews(answering: Bool = false) async throws {
        var (quiet, isAnswered) = (0, !answering)
        for _ in 0..<100 where quiet < (isAnswered ? 12 : 50) {
            let conversation = try await control.conversation(with: customer)
            let timeline = conversation?.timeline ?? []
            let news = timeline.dropFirst(shown)
            quiet = news.isEmpty ? quiet + 1 : 0
            // In the pool and with a servicer the bot stays silent.
            if conversation?.state ?? 0 > 1 || news.contains(where: { $0.who == "api" }) {
                isAnswered = true
            }
            for line in news {
                if line.who != "customer" { printer.line(line, slackMilliseconds: nil) }
                if let items = line.clicks, !items.isEmpty {
                    clicks = items
                    for (index, item) in items.enumerated() {
                        Terminal.line("             :\(index + 1)  \(item.label)")
                    }
                }
            }
            shown = timeline.count
            try await Task.sleep(for: .milliseconds(100))
        }
        guard answering else { return }
        switch try await control.conversation(with: customer)?.state {
        case 2:
            Terminal.say(
                Bilingual(
                    en: "  no answer while the customer waits for a person; ':human NAME', then "
                        + "':end'",
                    zh: "  客户在排队等人，机器人不回答；先 :human 账号，再 :end"), in: language)
        case 3:
            Terminal.say(
                Bilingual(
                    en: "  no answer while a person serves the customer; ':end' ends that",
                    zh: "  人工接待中，机器人不回答；:end 结束人工"), in: language)
        default: break
        }
    }

    private func why() async throws {
        guard let database else {
            throw CommandFailure(
                .usage, Bilingual(en: "the bot's database is not known", zh: "不知道机器人的数据库在哪"),
                cure: Bilingual(en: "name it with --store", zh: "用 --store 写上"))
        }
        guard FileManager.default.fileExists(atPath: database) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "there is no database at \(database)", zh: "找不到数据库 \(database)"))
        }
        let store = try SQLiteStore(path: database, hash: Environment.live.shortHash)
        defer { try? store.close() }
        let id = ConversationID(account: EmbeddedDefault.account, customer: customer)
        let lines = try await store.transcript(of: id)
        printer.reasons(lines.suffix(5))
        guard let last = lines.last(where: { $0.who == "customer" })?.msgID else { return }
        let past = PastDecision(store: store, language: language)
        Terminal.line()
        for line in try await past.lines(about: last) {
            Terminal.line(line.isEmpty ? "" : "  " + line)
        }
    }

    private static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()),
            (1...1_000_000).contains(number)
        else { return nil }
        return number * unit
    }
}

/// What a chat says of itself.
extension ChatSession {
    /// The words of its commands.
    static let commands = [
        "tap", "enter", "sends", "human", "end", "wait", "state", "why", "help", "quit",
    ]

    /// Kinds of messages, by the names rules have for them, as the simulator calls them.
    private static let kinds = [
        "image": "image", "voice": "voice", "video": "video", "file": "file",
        "location": "location", "link": "link", "business_card": "business_card",
        "miniprogram": "miniprogram", "shop_product": "channels_shop_product",
        "shop_order": "channels_shop_order", "merged_msg": "merged_msg", "channels": "channels",
    ]

    /// What Tab completes.
    var completions: [String] {
        Self.commands.map { ":" + $0 } + cast.items.keys.sorted() + Self.kinds.keys.sorted()
            + cast.servicers.map(\.rawValue) + ["scene="]
    }

    static let hint = Bilingual(
        en: "Type as the customer. ':help' lists commands, ':quit' ends.",
        zh: "直接打字就是客户说话；:help 看命令，:quit 退出。")

    private static let help = Bilingual(
        en: """
              :1 :2 …           tap an item of the last menu
              :tap 菜单.项       tap an item by its name, or by its label
              :sends image      send a picture; or voice, video, file, location …
              :enter scene=web  open the chat, by a link with a scene
              :human NAME [words]  a servicer picks the session up, and says something
              :end              the servicer ends the session
              :wait 25s         let time pass (the bot must run with 'clock: simulator')
              :state            the session's state and what may still be sent
              :why              why the bot did what it did
              :quit             end the chat
            """,
        zh: """
              :1 :2 …           点上一个菜单的第几项
              :tap 菜单.项       按名字点菜单项，或按显示的字
              :sends image      发图片；还有 voice、video、file、location …
              :enter scene=web  打开聊天窗口，从哪个入口进来
              :human 账号 [话]   同事接起来，说一句话
              :end              同事结束会话
              :wait 25s         过一会儿（机器人要用 clock: simulator 启动）
              :state            会话现在归谁，还能发几条
              :why              刚才为什么这样回答
              :quit             退出
            """)
}
