import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// Reads the `tests:` of a test file or a rule file; every mistake goes to the log.
struct ConversationReader {
    let log: DiagnosticLog
    /// The lines of the file, for quoting steps.
    private let lines: [Substring]

    /// The most steps of one test: more than anyone reads.
    static let mostSteps = 10_000
    /// The most repetitions of a fault: two days of a puller that tries once a minute, many times.
    static let mostTimes = 100_000
    /// The longest wait or delay: the bot looks for news once a minute all the while.
    static let longestWait: Duration = .seconds(30 * 24 * 3600)

    init(_ source: RuleSource, log: DiagnosticLog) {
        self.log = log
        let text = source.text.hasPrefix("\u{FEFF}") ? source.text.dropFirst() : source.text[...]
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// The tests below `node`, as far as they could be read.
    func tests(_ node: YAMLNode) -> [ConversationTest] {
        guard let list = node.list else {
            MapCursor.report(node, as: "'tests'", wanted: "a list", log: log)
            return []
        }
        var places: [String: SourcePlace] = [:]
        return list.compactMap { element in
            guard let test = test(element) else { return nil }
            if let first = places.updateValue(test.place, forKey: test.name) {
                log.report(
                    .duplicateName, at: element,
                    "a second test '\(test.name)'; the other is in line \(first.line)",
                    help: "name what is different about it")
            }
            return test
        }
    }

    private func test(_ node: YAMLNode) -> ConversationTest? {
        guard let map = MapCursor(node, as: "a test", log: log) else { return nil }
        let name = map.requiredText("test")
        let startsAt = map.text("at").flatMap(time)
        let seed = map.integer("seed", in: 0...Int.max)
        let routing = map.choice("routing", of: SimulatorSettings.Routing.self)
        let account = map.text("account")
        let pages = map.map("pages")
        let pageSize = pages?.integer("size", in: 1...1000)
        let emptyPageEvery = pages?.integer("empty_every", in: 2...1000)
        pages?.finish()
        _ = map.requiredValue("steps")
        let list = map.list("steps") ?? []
        if list.count > Self.mostSteps, let extra = list.dropFirst(Self.mostSteps).first {
            log.report(
                .badValue, at: extra, "a test has at most \(Self.mostSteps) steps",
                help: "make several tests of it")
        }
        let steps = list.prefix(Self.mostSteps).compactMap(step)
        map.refuseUnsupported(["calendar", "as", "slots", "version"])
        map.finish()
        guard let name, let defaultStart = ShanghaiTime.timestamp(ConversationTest.defaultStart)
        else { return nil }
        return ConversationTest(
            name: name.text ?? "", place: node.place, startsAt: startsAt ?? defaultStart,
            seed: UInt64(seed ?? 1), routing: routing ?? .api,
            account: account.map { AccountAlias($0.text ?? "") }, pageSize: pageSize ?? 1000,
            emptyPageEvery: emptyPageEvery ?? 0, steps: Array(steps))
    }

    private func time(_ node: YAMLNode) -> Timestamp? {
        if let time = ShanghaiTime.timestamp(node.text ?? "") { return time }
        log.report(
            .badValue, at: node, "'at' takes a date and a time, not '\(node.text ?? "")'",
            help: "write for example 2026-03-02 10:00; the zone is Asia/Shanghai")
        return nil
    }

    // MARK: Steps

    private static let kinds = [
        "customer", "clicks", "sends", "enters", "wait", "servicer", "ends", "platform", "expect",
    ]

    private func step(_ node: YAMLNode) -> Step? {
        guard let map = MapCursor(node, as: "a step", log: log) else { return nil }
        map.refuseUnsupported(["answers", "chooses", "recalls"])
        let present = Self.kinds.compactMap { map.entry($0) }
        map.finish()
        guard present.count < 2 else {
            log.report(
                .badValue, at: present[1].key,
                "a step is one thing, this is \(present.map(\.name).joined(separator: " and "))",
                help: "begin a new step with '- \(present[1].name): …'")
            return nil
        }
        guard let entry = present.first else {
            if node.map?.isEmpty != false {
                log.report(
                    .missingKey, at: node,
                    "a step needs one of: \(Self.kinds.joined(separator: ", "))")
            }
            return nil
        }
        guard map.value(entry.name) != nil, let kind = kind(entry, of: map) else { return nil }
        return Step(place: entry.key.place, words: words(at: entry.key.place), kind: kind)
    }

    /// The line at a place, without a dash at its beginning.
    func words(at place: SourcePlace) -> String {
        guard place.line >= 1, place.line <= lines.count else { return "" }
        let line = lines[place.line - 1].trimmed
        return line.hasPrefix("- ") ? line.dropFirst(2).trimmed : line
    }

    private func kind(_ entry: YAMLNode.Entry, of step: MapCursor) -> Step.Kind? {
        let value = entry.value
        switch entry.name {
        case "customer":
            let writings = (value.list ?? [value]).compactMap(writing)
            return writings.isEmpty ? nil : .customer(writings)
        case "sends":
            return sending(value).map { .customer([$0]) }
        case "clicks":
            return click(value)
        case "enters":
            return entering(value)
        case "wait":
            return wait(step, "wait").map(Step.Kind.wait)
        case "servicer":
            return servicer(value)
        case "ends":
            return ending(value)
        case "platform":
            return fault(value).map(Step.Kind.platform)
        default:
            return expectation(value).map(Step.Kind.expect)
        }
    }

    /// A span of time that a test may really spend.
    func wait(_ map: MapCursor, _ key: String) -> Duration? {
        guard let duration = map.duration(key) else { return nil }
        if duration <= Self.longestWait { return duration }
        log.report(
            .badValue, at: map.node[key: key] ?? map.node, "'\(key)' is longer than 30d",
            help: "a session lasts 48h at most, and the platform keeps messages for 3d")
        return nil
    }

    // MARK: The customer

    private func writing(_ node: YAMLNode) -> Step.Writing? {
        if node.map == nil {
            return MapCursor.text(node, as: "'customer'", log: log).map {
                Step.Writing(
                    customer: ConversationTest.defaultCustomer,
                    body: .text($0.text ?? "", menuItem: nil))
            }
        }
        guard let map = MapCursor(node, as: "'customer'", log: log) else { return nil }
        let customer = self.customer(map, "id")
        let text = map.text("text")
        let kind = map.choice("sends", of: MessageKind.self)
        let msgID = map.text("msgid").map { MsgID($0.text ?? "") }
        map.finish()
        switch (text, kind) {
        case (let text?, nil):
            return Step.Writing(
                customer: customer, body: .text(text.text ?? "", menuItem: nil), msgID: msgID)
        case (nil, let kind?):
            return Step.Writing(customer: customer, body: kind.sample, msgID: msgID)
        case (nil, nil):
            if map.node[key: "text"] == nil, map.node[key: "sends"] == nil {
                log.report(.missingKey, at: node, "'customer' needs one of: text, sends")
            }
            return nil
        case (_?, _?):
            log.report(.badValue, at: node, "'customer' takes 'text' or 'sends', not both")
            return nil
        }
    }

    private func sending(_ node: YAMLNode) -> Step.Writing? {
        guard node.map != nil else {
            return MapCursor.text(node, as: "'sends'", log: log)
                .flatMap { MapCursor.choice($0, as: "sends", of: MessageKind.self, log: log) }
                .map {
                    Step.Writing(customer: ConversationTest.defaultCustomer, body: $0.sample)
                }
        }
        guard let map = MapCursor(node, as: "'sends'", log: log) else { return nil }
        _ = map.requiredValue("kind")
        let kind = map.choice("kind", of: MessageKind.self)
        let customer = self.customer(map)
        let msgID = map.text("msgid").map { MsgID($0.text ?? "") }
        map.finish()
        return kind.map { Step.Writing(customer: customer, body: $0.sample, msgID: msgID) }
    }

    private func click(_ node: YAMLNode) -> Step.Kind? {
        guard node.map != nil else {
            return item(node).map { .clicks(ConversationTest.defaultCustomer, $0) }
        }
        guard let map = MapCursor(node, as: "'clicks'", log: log) else { return nil }
        let customer = self.customer(map)
        let item = map.text("menu").flatMap(self.item)
        let wireID = map.text("wire_id")
        let label = map.text("text")
        map.finish()
        if let wireID, let label {
            return .clicks(customer, .old(WireID(wireID.text ?? ""), label: label.text ?? ""))
        }
        if item == nil, map.node[key: "menu"] == nil {
            log.report(
                .missingKey, at: node, "'clicks' needs 'menu: menu.item'",
                help: "for an item of a menu long gone write 'wire_id' and 'text', its label")
        }
        return item.map { .clicks(customer, $0) }
    }

    private func item(_ node: YAMLNode) -> Step.Click? {
        guard let node = MapCursor.text(node, as: "'clicks'", log: log), let text = node.text
        else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else {
            log.report(
                .badValue, at: node, "'clicks' takes a menu and an item with '.' between",
                help: "for example 主菜单.退款")
            return nil
        }
        return .item(menu: MenuName(String(parts[0])), key: String(parts[1]))
    }

    private func entering(_ node: YAMLNode) -> Step.Kind? {
        guard let map = MapCursor(node, as: "'enters'", log: log) else { return nil }
        let customer = self.customer(map)
        var entering = Step.Entering()
        entering.scene = map.text("scene")?.text
        entering.sceneParameter = map.text("scene_param")?.text
        entering.hasCode = map.flag("code") ?? true
        map.finish()
        return .enters(customer, entering)
    }

    /// The customer a map names; the only one where it names none.
    func customer(_ map: MapCursor, _ key: String = "customer") -> ExternalUserID {
        map.text(key).map { ExternalUserID($0.text ?? "") } ?? ConversationTest.defaultCustomer
    }
}

extension MessageKind {
    /// A message of this kind, for tests that care for nothing but the kind.
    fileprivate var sample: MessageBody {
        switch self {
        case .text: .text("", menuItem: nil)
        case .image: .image("MEDIA-1")
        case .voice: .voice("MEDIA-2")
        case .video: .video("MEDIA-3")
        case .file: .file("MEDIA-4")
        case .location:
            .location(
                MessageBody.Location(latitude: 31.23, longitude: 121.47, name: "码头", address: ""))
        case .link: .link(title: "网页", url: "https://example.com/")
        case .businessCard: .businessCard("zhangsan")
        case .miniprogram: .miniprogram(appID: "wx00demo", title: "小程序", pagePath: "pages/i.html")
        case .menu: .menu
        case .shopProduct: .shopProduct(id: "10001", title: "商品")
        case .shopOrder: .shopOrder(id: "20002", title: "订单")
        case .mergedMessages: .mergedMessages(title: "聊天记录")
        case .channels: .channels(nickname: "视频号", title: "视频")
        case .other: .other(type: "meeting")
        }
    }
}
