import Boundary
import ChatModel
import Foundation
import Operations
import PlatformSimulator
import Replay
import Routing
import RuleEngine
import RuleFiles
import SQLiteStore
import Testing

/// A conversation between a customer and the bot, on the simulated platform and its clock, kept in
/// a real store.
final class Talk {
    static let account: OpenKfID = "wk1"
    static let customer: ExternalUserID = "wmA4XiBcQAAsecretcustomerid"
    static let version: RuleSetVersion = "v1"

    let id = ConversationID(account: account, customer: customer)
    let store: SQLiteStore
    let loaded: LoadedRules
    let rules: RuleSet
    private(set) var platform: PlatformSimulator
    /// What the company's systems answer, by `system.operation`; `nil` in time's stead.
    var answers: [String: [String: String]?] = [:]

    /// Why they answer nothing of use.
    var failures: [String: String] = [:]

    private let router: Router
    private let folder: URL
    private var cursor: SyncCursor?
    private var sent = 0

    /// Begins at 2026-03-02 10:00 in China, a Monday.
    static let start = Timestamp(seconds: 1_772_416_800)
    static let path = "shop.kf.yml"

    init(
        _ text: String, servicers: [ServicerID] = ["zhangsan", "lisi"],
        receiving: Set<ServicerID>? = nil, routing: SimulatorSettings.Routing = .api
    ) async throws {
        loaded = RuleFiles.load([RuleSource(path: Self.path, text: text)])
        let (loadedDefinition, report) = (loaded.definition, loaded.report())
        let definition = try #require(loadedDefinition, "\(report)")
        rules = try RuleSet(definition)
        folder = FileManager.default.temporaryDirectory
            .appending(path: "operations-talk-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try SQLiteStore(path: folder.appending(path: "a.db").path)
        var settings = SimulatorSettings(
            apps: [.init(alias: "kf", corp: "ww1", secret: "s")],
            accounts: [
                .init(
                    id: Self.account, name: "shop", app: "kf", routing: routing,
                    servicers: servicers.map {
                        .init(
                            id: $0, status: receiving?.contains($0) ?? true ? .receiving : .stopped)
                    })
            ])
        settings.quotas = .off
        platform = PlatformSimulator(settings: settings, startingAt: Self.start, seed: 7)
        router = Router(
            active: Playbook(rules, version: Self.version), aliases: [Self.account: "shop"])
        try await store.publish(
            PublishedVersion(
                id: Self.version, definition: definition, sources: [Self.path: text],
                author: "test", note: "", publishedAt: Self.start), activate: true)
        try await commit(
            .roster(
                Self.account,
                servicers.map {
                    ServicerListing(servicer: $0, isReceiving: receiving?.contains($0) ?? true)
                }))
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: What happens

    func says(_ text: String) async throws { try await writes(.text(text, menuItem: nil)) }

    func writes(_ body: MessageBody) async throws {
        try platform.writes(Self.customer, Self.account, body)
        try await settle()
    }

    /// Taps the item with this label on a menu that was shown.
    func taps(_ label: String) async throws {
        let items = platform.messagesShown(in: id).reversed().flatMap { shown -> [WireID] in
            guard case .menu(let menu) = shown.body else { return [] }
            return menu.items.compactMap { item in
                if case .click(let id, label) = item { id } else { nil }
            }
        }
        let item = try #require(items.first, "no item \(label) was shown")
        try platform.clicks(Self.customer, Self.account, item: item)
        try await settle()
    }

    func enters(scene: String? = nil) async throws {
        try platform.enters(Self.customer, Self.account, scene: scene)
        try await settle()
    }

    /// Somebody does something in the WeCom client.
    func act(_ act: (inout PlatformSimulator, ConversationID) throws -> Void) async throws {
        try act(&platform, id)
        try await settle()
    }

    /// Lets time pass, firing the timers on the way.
    func passes(_ time: Duration) async throws {
        let target = platform.now + time
        while let due = try await store.nextTimer(), due <= target {
            platform.advance(to: max(due, platform.now))
            try await commit(.timers(try await store.timers(dueBy: platform.now, limit: 100)))
            try await settle()
        }
        platform.advance(to: target)
        try await settle()
    }

    /// The customer does this, and we hear of it only later.
    func lately(_ time: Duration, _ act: (inout PlatformSimulator) throws -> Void) async throws {
        try act(&platform)
        platform.advance(to: platform.now + time)
        try await settle()
    }

    // MARK: The bot

    private func commit(_ work: Work) async throws {
        let (router, now) = (router, platform.now)
        _ = try await store.commit(work, version: Self.version, now: now) {
            router.step(work, on: $0, now: now)
        }
    }

    private func settle() async throws {
        for _ in 0..<1000 {
            let page = try platform.sync(
                Self.account, cursor: cursor, token: nil, limit: nil, by: "kf"
            ).get()
            cursor = page.next
            if !page.rows.isEmpty {
                try await commit(
                    .page(
                        Work.Page(
                            account: Self.account, rows: page.rows, next: page.next, token: nil)))
            }
            guard let entry = try await store.pendingOutbox().first else {
                if page.rows.isEmpty { return }
                continue
            }
            try await commit(
                .outcomes([CompletedAction(entry: entry, outcome: try perform(entry))]))
        }
        Issue.record("the bot never comes to rest")
    }

    private func perform(_ entry: OutboxEntry) throws -> Outcome {
        sent += 1
        let msgID = MsgID("out\(sent)")
        let now = platform.now
        do {
            switch entry.action {
            case .send(let body):
                _ = try platform.send(to: id, msgID: msgID, body, by: "kf").get()
                return .accepted(code: nil, at: now)
            case .sendOnEvent(let code, let body):
                _ = try platform.sendOnEvent(code, msgID: msgID, body, by: "kf").get()
                return .accepted(code: nil, at: now)
            case .transfer(let target):
                let code = try platform.transfer(id, to: target, by: "kf").get()
                return .accepted(code: code, at: now)
            case .upgrade(.member(let servicer, _)):
                try platform.upgradeService(id, to: .member(servicer), by: "kf").get()
                return .accepted(code: nil, at: now)
            case .upgrade(.group(let group, _)):
                try platform.upgradeService(id, to: .groupChat(group.rawValue), by: "kf").get()
                return .accepted(code: nil, at: now)
            case .call(let call):
                let name = "\(call.service).\(call.operation)"
                if let why = failures[name] { return .answered(.failed(why)) }
                let answer = answers[name] ?? nil
                if let answer { return .answered(.fields(answer)) }
                platform.advance(to: now + call.timeout)
                return .answered(.failed("timeout"))
            }
        } catch {
            Issue.record("\(entry.action) was refused: \(error)")
            throw error
        }
    }

    // MARK: The recording

    /// What was said to the customer, menus by their head.
    var heard: [String] {
        platform.messagesShown(in: id).map { shown in
            switch shown.body {
            case .text(let text): text
            case .menu(let menu): menu.head ?? ""
            default: ""
            }
        }
    }

    /// Why each row was answered, or not.
    func reasons() async throws -> [String] {
        try await store.conversationLog(id).compactMap { entry in
            if case .row(let record) = entry { record.reason } else { nil }
        }
    }

    func bundle() throws -> CompiledBundle { try #require(rules.bundle(serving: "shop")) }

    /// The conversation as a test.
    func recorded(_ name: String = "录") async throws -> String {
        var recording = Recording(
            bundle: try bundle(), files: [Self.path], key: RedactionTests.key)
        let memory = try #require(try await store.conversation(id)).memory
        let text = recording.test(
            named: name, of: try await store.conversationLog(id),
            values: memory.lasting.merging(memory.values) { $1 })
        #expect(recording.unredactable == 0)
        return try #require(text)
    }

    /// Plays a test against the rules the conversation ran on.
    func play(_ text: String) -> ReplayReport {
        let sources = loaded.sources
        return ReplayRunner.run(files: [RuleSource(path: "recorded.test.yml", text: text)]) {
            path in
            sources.first { $0.path == path }
        }
    }

    /// The conversation as a test that passes.
    func roundTrip(sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let text = try await recorded()
        let report = play(text)
        let (isGreen, tests) = (report.isGreen, report.tests.count)
        #expect(
            isGreen && tests == 1, "\(text)\n\(report.text())", sourceLocation: sourceLocation)
        return text
    }
}
