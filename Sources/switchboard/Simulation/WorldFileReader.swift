import ChatModel
import PlatformSimulator
import RuleFiles
import SimulatorServer

/// Reads a world file, the corps, apps and accounts of `simulate --world`.
enum WorldFileReader {
    /// What the file at `path` describes; what it leaves out of the demo's corp is as in the demo.
    ///
    /// - Throws: ``CommandFailure`` with every mistake rendered.
    static func world(at path: String, onto demo: SimulatorSettings) throws -> WorldDescription {
        let what = Bilingual(en: "world file", zh: "世界文件")
        return try SimulationFile.value(at: path, what: what, option: "--world") { root, log in
            guard let map = YAMLWorldMap(root, as: .world, log: log) else { return nil }
            var reader = WorldReader<YAMLWorldMap>(
                onto: demo, isWhole: true,
                seals: .init(token: EmbeddedDefault.token, aesKey: EmbeddedDefault.aesKey))
            return reader.read(map)
        }
    }
}

/// A map of a world's description in a YAML file; mistakes go to the file's log.
private struct YAMLWorldMap: WorldMap {
    private let cursor: MapCursor

    init?(_ node: YAMLNode, as part: WorldPart, log: DiagnosticLog) {
        guard let cursor = MapCursor(node, as: part.name, log: log) else { return nil }
        self.cursor = cursor
    }

    func has(_ key: String) -> Bool { cursor.entry(key) != nil }

    func text(_ key: String) -> String? { cursor.text(key)?.text }

    func missing(_ key: String) {
        let example = WorldExample.value(of: key).map { "\(key): \($0)" }
        cursor.log.report(
            .missingKey, at: cursor.node,
            Bilingual(
                en: "\(cursor.what.en) needs '\(key):'", zh: "\(cursor.what.zh)缺少「\(key):」"),
            help: example.map {
                Bilingual(en: "add it, for instance: \($0)", zh: "补上，例如 \($0)")
            })
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        cursor.integer(key, in: range)
    }

    func flag(_ key: String) -> Bool? { cursor.flag(key) }

    func choice<Choice>(_ key: String, of type: Choice.Type) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        cursor.choice(key, of: type)
    }

    func choices<Choice>(_ key: String, of type: Choice.Type) -> [Choice]?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        has(key) ? cursor.choices(key, of: type).map(\.0) : nil
    }

    func map(_ key: String, as part: WorldPart) -> YAMLWorldMap? {
        cursor.value(key).flatMap { YAMLWorldMap($0, as: part, log: cursor.log) }
    }

    func items(_ key: String, as part: WorldPart) -> [WorldItem<YAMLWorldMap>]? {
        cursor.list(key)?.compactMap { node -> WorldItem<YAMLWorldMap>? in
            if node.map != nil {
                return YAMLWorldMap(node, as: part, log: cursor.log).map { .map($0) }
            }
            let each = Bilingual(en: "each of '\(key)'", zh: "「\(key)」的每一项")
            return MapCursor.text(node, as: each, log: cursor.log)?.text.map { .name($0) }
        }
    }

    func refuse(_ key: String, _ mistake: WorldMistake) {
        cursor.log.report(
            .badValue, at: cursor.entry(key)?.value ?? cursor.node,
            Bilingual(en: "'\(key)': \(mistake.english)", zh: "「\(key)」：\(mistake.chinese)"),
            help: Bilingual(en: mistake.englishCure, zh: mistake.chineseCure))
    }

    func finish() { cursor.finish() }
}

extension WorldPart {
    /// What messages call a map of this part.
    fileprivate var name: Bilingual {
        switch self {
        case .world: Bilingual(en: "a world file", zh: "世界文件")
        case .corp: Bilingual(en: "a corp", zh: "一个企业")
        case .member: Bilingual(en: "a member", zh: "一个成员")
        case .department: Bilingual(en: "a department", zh: "一个部门")
        case .upgrade: Bilingual(en: "'upgrade'", zh: "「upgrade」")
        case .app: Bilingual(en: "an app", zh: "一个应用")
        case .callback: Bilingual(en: "'callback'", zh: "「callback」")
        case .account: Bilingual(en: "an account", zh: "一个客服账号")
        case .servicer: Bilingual(en: "a servicer", zh: "一个接待人员")
        case .quotas: Bilingual(en: "'quotas'", zh: "「quotas」")
        case .ceiling: Bilingual(en: "a limit of 'concurrency'", zh: "一条「concurrency」限制")
        }
    }
}

extension WorldMistake {
    fileprivate var chinese: String {
        switch self {
        case .taken(let name): "「\(name)」已经有了"
        case .unknown(let name, .department, _): "没有部门「\(name)」"
        case .unknown(let name, _, _): "没有成员「\(name)」"
        case .noNumber(let text): "「\(text)」不是从 1 起的整数"
        case .noMap(let name): "只写「\(name)」不够"
        case .noName: "这里只写名字"
        case .noAccountID(let text): "「\(text)」不是客服账号的 id"
        case .noURL(let text): "「\(text)」不是 http 或 https 地址"
        case .noCallbackKey: "token 或 aes_key 不合规定"
        }
    }

    fileprivate var chineseCure: String {
        switch self {
        case .taken: return "换一个，或者删掉其中一个"
        case .unknown(_, let part, let known):
            let list = part == .department ? "departments" : "members"
            let others = known.isEmpty ? "" : "，或从这些里选：" + known.joined(separator: "、")
            return "把它加进企业的 \(list)" + others
        case .noNumber: return "写数字：[7, 8]"
        case .noMap: return "写成一组“键: 值”"
        case .noName: return "写名字的列表：[甲, 乙]"
        case .noAccountID: return "以 wk 开头，最多 64 字节：wkDEMO0000000000000002"
        case .noURL: return "写完整：http://127.0.0.1:8080/callback/kf"
        case .noCallbackKey: return "token 最多 32 个字母和数字，aes_key 正好 43 个"
        }
    }
}
