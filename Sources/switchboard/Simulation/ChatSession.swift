import Boundary
import ChatModel
import Foundation
import SQLiteStore

/// One chat: what was typed goes to the simulator, what happened since is shown.
struct ChatSession {
    let control: SimulatorControl
    let customer: ExternalUserID
    let printer: DemoPrinter
    let database: String?
    private var shown = 0
    private var clicks: [SimulatorControl.Line.Click] = []

    init(
        control: SimulatorControl, customer: ExternalUserID, printer: DemoPrinter,
        database: String?
    ) {
        self.control = control
        self.customer = customer
        self.printer = printer
        self.database = database
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
        case "help": Terminal.line(Self.help)
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
                    .usage, "nobody serves the customer", cure: ":human NAME picks the session up")
            }
            try await control.servicer(ServicerID(servicer), "end", customer)
            try await showNews()
        case "wait":
            guard let text = rest.first, let seconds = Self.seconds(text) else {
                throw CommandFailure(.usage, ":wait takes a span of time", cure: ":wait 25s")
            }
            try await control.advance(seconds: seconds)
            try await showNews()
        case "state":
            let conversation = try await control.conversation(with: customer)
            Terminal.line(
                "  state \(conversation?.state ?? 4), servicer \(conversation?.servicer ?? "none"), "
                    + "\(conversation?.budget_left ?? 0) of 5 messages left")
        case "why": try await why()
        default:
            guard let number = Int(command) else {
                throw CommandFailure(.usage, "there is no ':\(command)'", cure: ":help lists all")
            }
            guard clicks.indices.contains(number - 1) else {
                throw CommandFailure(
                    .usage, "the last menu has no item \(number)",
                    cure: clicks.isEmpty ? "no menu was shown yet" : "1 to \(clicks.count)")
            }
            try await control.click(customer, item: clicks[number - 1].id)
            try await showNews(answering: true)
        }
    }

    private func human(_ words: [String]) async throws {
        guard let name = words.first else {
            throw CommandFailure(
                .usage, ":human takes a servicer's name",
                cure: ":human \(EmbeddedDefault.servicers[0])")
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
            Terminal.line(
                "  no answer while the customer waits for a person; ':human NAME', then ':end'")
        case 3:
            Terminal.line("  no answer while a person serves the customer; ':end' ends that")
        default: break
        }
    }

    private func why() async throws {
        guard let database else {
            throw CommandFailure(
                .usage, "the bot's database is not known", cure: "name it with --store")
        }
        guard FileManager.default.fileExists(atPath: database) else {
            throw CommandFailure(.unreadable, "there is no database at \(database)")
        }
        let store = try SQLiteStore(path: database)
        defer { try? store.close() }
        let id = ConversationID(account: EmbeddedDefault.account, customer: customer)
        printer.reasons(try await store.transcript(of: id).suffix(5))
    }

    private static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()),
            (1...1_000_000).contains(number)
        else { return nil }
        return number * unit
    }

    private static let help = """
          :1 :2 …           tap an item of the last menu
          :enter scene=web  open the chat, by a link with a scene
          :human NAME [words]  a servicer picks the session up, and says something
          :end              the servicer ends the session
          :wait 25s         let time pass (the bot must run with 'clock: simulator')
          :state            the session's state and what may still be sent
          :why              why the bot did what it did
          :quit             end the chat
        """
}
