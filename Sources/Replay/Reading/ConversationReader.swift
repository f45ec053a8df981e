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
            MapCursor.report(node, as: .quoted("tests"), wanted: .list, log: log)
            return []
        }
        var places: [String: SourcePlace] = [:]
        return list.compactMap { element in
            guard let test = test(element) else { return nil }
            if let first = places.updateValue(test.place, forKey: test.name) {
                log.report(
                    .duplicateName, at: element,
                    Bilingual(
                        en: "a second test '\(test.name)'; the other is in line \(first.line)",
                        zh: "测试「\(test.name)」写了两遍，另一个在第 \(first.line) 行"),
                    help: Bilingual(en: "name what is different about it", zh: "把不同之处写进名字"))
            }
            return test
        }
    }

    private func test(_ node: YAMLNode) -> ConversationTest? {
        let what = Bilingual(en: "a test", zh: "一项测试")
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        let name = map.requiredText("test")
        let startsAt = map.text("at").flatMap(time)
        let seed = map.integer("seed", in: 0...Int.max)
        let routing = map.choice("routing", of: SimulatorSettings.Routing.self)
        let account = map.text("account")
        let pages = map.map("pages")
        let pageSize = pages?.integer("size", in: 1...1000)
        let emptyPageEvery = pages?.integer("empty_every", in: 2...1000)
        pages?.finish()
        let slots = map.map("slots")?.namedEntries ?? []
        let tags = map.texts("tags").map { TagName($0.text ?? "") }
        _ = map.requiredValue("steps")
        let list = map.list("steps") ?? []
        if list.count > Self.mostSteps, let extra = list.dropFirst(Self.mostSteps).first {
            log.report(
                .badValue, at: extra,
                Bilingual(
                    en: "a test has at most \(Self.mostSteps) steps",
                    zh: "一项测试最多 \(Self.mostSteps) 步"),
                help: Bilingual(en: "make several tests of it", zh: "拆成几项"))
        }
        let steps = list.prefix(Self.mostSteps).compactMap(step)
        map.finish()
        guard let name, let defaultStart = ShanghaiTime.timestamp(ConversationTest.defaultStart)
        else { return nil }
        var known: [ValueName: String] = [:]
        for entry in slots {
            let value = MapCursor.text(entry.value, as: .quoted(entry.name), log: log)
            known[ValueName(entry.name)] = value?.text
        }
        return ConversationTest(
            name: name.text ?? "", place: node.place, startsAt: startsAt ?? defaultStart,
            seed: UInt64(seed ?? 1), routing: routing ?? .api,
            account: account.map { AccountAlias($0.text ?? "") }, pageSize: pageSize ?? 1000,
            emptyPageEvery: emptyPageEvery ?? 0, slots: known, tags: tags, steps: Array(steps))
    }

    private func time(_ node: YAMLNode) -> Timestamp? {
        if let time = ShanghaiTime.timestamp(node.text ?? "") { return time }
        log.report(
            .badValue, at: node,
            Bilingual(
                en: "'at' takes a date and a time, not '\(node.text ?? "")'",
                zh: "「at」要写日期和时间，不是「\(node.text ?? "")」"),
            help: Bilingual(
                en: "write for example 2026-03-02 10:00; the zone is Asia/Shanghai",
                zh: "例如 2026-03-02 10:00，北京时间"))
        return nil
    }

    // MARK: Steps

    private static let kinds = [
        "customer", "clicks", "sends", "enters", "recall", "wait", "servicer", "ends", "transfers",
        "reopens", "platform", "answers", "publish", "expect",
    ]
    /// Steps that mean something without a value: whoever it can only be.
    private static let bare: Set = ["enters", "recall", "ends"]

    private func step(_ node: YAMLNode) -> Step? {
        if let word = node.text, Self.bare.contains(word) {
            return kind(word, node, nil).map {
                Step(place: node.place, words: words(at: node.place), kind: $0)
            }
        }
        let what = Bilingual(en: "a step", zh: "一步")
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        let present = Self.kinds.compactMap { map.entry($0) }
        map.finish()
        guard present.count < 2 else {
            let names = present.map(\.name)
            log.report(
                .badValue, at: present[1].key,
                Bilingual(
                    en: "a step is one thing, this is \(names.joined(separator: " and "))",
                    zh: "一步只做一件事，这里写了 \(names.joined(separator: " 和 "))"),
                help: Bilingual(
                    en: "begin a new step with '- \(names[1]): …'",
                    zh: "另起一步：- \(names[1]): …"))
            return nil
        }
        guard let entry = present.first else {
            if node.map?.isEmpty != false {
                log.report(
                    .missingKey, at: node,
                    Bilingual(
                        en: "a step needs one of: \(Self.kinds.joined(separator: ", "))",
                        zh: "一步要写其中一个：\(Self.kinds.joined(separator: "、"))"))
            }
            return nil
        }
        let isBare = entry.value.isEmpty && Self.bare.contains(entry.name)
        guard isBare || map.value(entry.name) != nil,
            let kind = kind(entry.name, isBare ? nil : entry.value, map)
        else { return nil }
        return Step(place: entry.key.place, words: words(at: entry.key.place), kind: kind)
    }

    /// The line at a place, without a dash at its beginning.
    func words(at place: SourcePlace) -> String {
        guard place.line >= 1, place.line <= lines.count else { return "" }
        let line = lines[place.line - 1].trimmed
        return line.hasPrefix("- ") ? line.dropFirst(2).trimmed : line
    }

    /// The step called `name`; `node` is `nil` where nothing stands after it.
    private func kind(_ name: String, _ node: YAMLNode?, _ step: MapCursor?) -> Step.Kind? {
        // A bare word is its own node.
        let value = node.flatMap { $0.text == name && step == nil ? nil : $0 }
        guard let value else {
            switch name {
            case "enters": return .enters(ConversationTest.defaultCustomer, Step.Entering())
            case "recall": return .recalls(ConversationTest.defaultCustomer, nil)
            default: return .servicer(ConversationTest.defaultCustomer, [.ends(nil)])
            }
        }
        switch name {
        case "customer":
            let writings = (value.list ?? [value]).compactMap(writing)
            return writings.isEmpty ? nil : .customer(writings)
        case "sends": return sending(value).map { .customer([$0]) }
        case "clicks": return click(value)
        case "enters": return entering(value)
        case "recall": return recalling(value)
        case "wait": return step.flatMap { wait($0, "wait") }.map(Step.Kind.wait)
        case "servicer": return servicer(value)
        case "ends": return ending(value)
        case "transfers": return transferring(value)
        case "reopens": return reopening(value)
        case "platform": return fault(value).map(Step.Kind.platform)
        case "answers": return answers(value)
        case "publish": return step.map { $0.texts("publish") }.flatMap(publishing)
        default: return expectation(value).map(Step.Kind.expect)
        }
    }

    private func publishing(_ paths: [YAMLNode]) -> Step.Kind? {
        paths.isEmpty ? nil : .publish(paths)
    }

    /// A span of time that a test may really spend.
    func wait(_ map: MapCursor, _ key: String) -> Duration? {
        guard let duration = map.duration(key) else { return nil }
        if duration <= Self.longestWait { return duration }
        log.report(
            .badValue, at: map.node[key: key] ?? map.node,
            Bilingual(en: "'\(key)' is longer than 30d", zh: "「\(key)」超过了 30 天"),
            help: Bilingual(
                en: "a session lasts 48h at most, and the platform keeps messages for 3d",
                zh: "会话最长 48 小时，平台的消息只留 3 天"))
        return nil
    }

    /// The customer a map names; the only one where it names none.
    func customer(_ map: MapCursor, _ key: String = "customer") -> ExternalUserID {
        map.text(key).map { ExternalUserID($0.text ?? "") } ?? ConversationTest.defaultCustomer
    }
}
