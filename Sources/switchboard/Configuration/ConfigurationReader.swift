import Boundary
import ChatModel
import Foundation
import Routing
import RuleFiles

/// Reads `switchboard.yml`: all mistakes at once, each with its place and cure.
struct ConfigurationReader {
    let log = DiagnosticLog()
    /// Relative paths in the file are meant from its folder.
    private let folder: String

    init(folder: String) { self.folder = folder }

    /// The configuration in the file at `path`.
    ///
    /// - Throws: ``CommandFailure`` with every mistake rendered.
    static func configuration(at path: String) throws -> Configuration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "the configuration \(path) can't be read", zh: "配置文件 \(path) 读不了"),
                cure: Bilingual(
                    en: "check the path given with --config", zh: "看看 --config 写的路径对不对"))
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "the configuration \(path) is not UTF-8", zh: "配置文件 \(path) 不是 UTF-8 编码"),
                cure: Bilingual(en: "save it as UTF-8", zh: "存成 UTF-8"))
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "the configuration \(path) is empty", zh: "配置文件 \(path) 是空的"),
                cure: Bilingual(
                    en: "'switchboard serve --print-config' shows what one looks like",
                    zh: "运行 switchboard serve --print-config 看配置长什么样"))
        }
        let source = RuleSource(path: path, text: text)
        let folder = PathParts(path).folder
        let reader = ConfigurationReader(folder: folder.isEmpty ? "." : folder)
        let configuration = reader.read(source)
        guard let configuration, !reader.log.hasErrors else {
            // Without the lines themselves: a secret may stand there by mistake, and what a
            // service writes to standard error ends up in a journal.
            let mistakes = reader.log.diagnostics.sorted()
            func text(_ language: MessageLanguage) -> String {
                let renderer = DiagnosticRenderer(
                    sources: [source], language: language, showsExcerpt: false)
                return String(mistakes.map(renderer.text).joined().dropLast())
            }
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "the configuration is wrong\n" + text(.en), zh: "配置写错了\n" + text(.zh)))
        }
        return configuration
    }

    private func read(_ source: RuleSource) -> Configuration? {
        guard let root = YAMLDocument.parse(source, log: log),
            let map = MapCursor(root, as: Bilingual(en: "the configuration", zh: "配置"), log: log)
        else { return nil }
        let corps = elements("corps", of: map).compactMap(corp)
        let listen = map.text("listen").flatMap(listen) ?? .init(host: "127.0.0.1", port: 8080)
        let store = map.text("store")?.text ?? "data/switchboard.db"
        let rules = map.text("rules")?.text ?? "rules/"
        let firstStart = map.value("first_start").flatMap(firstStart) ?? .skip
        let quotas = map.value("quotas").map(quotas) ?? .platform
        let clock = map.choice("clock", of: Configuration.Clock.self) ?? .system
        let calls = map.value("calls").map(calls) ?? [:]
        let media = map.value("media").flatMap(media)
        map.finish()
        refuseDuplicates(corps, at: root)
        if clock == .simulator,
            let corp = corps.first(where: { !Self.isLoopback($0.api) })
        {
            log.report(
                .badValue, at: map.value("clock") ?? root,
                Bilingual(
                    en: "'clock: simulator' needs a simulator on loopback, but '\(corp.alias)' "
                        + "calls " + corp.api,
                    zh: "clock: simulator 只能配本机的模拟平台，但「\(corp.alias)」调用的是 \(corp.api)"),
                help: Bilingual(
                    en: "use 'clock: system', or point 'api' at http://127.0.0.1:8090",
                    zh: "用 clock: system，或把 api 改成 http://127.0.0.1:8090"))
        }
        return Configuration(
            corps: corps, listen: listen, store: path(store), rules: path(rules),
            firstStart: firstStart, quotas: quotas, clock: clock,
            mediaRetention: media ?? .seconds(30 * 86_400), calls: calls)
    }

    /// `{ keep: 30d }`.
    private func media(_ node: YAMLNode) -> Duration? {
        guard let map = MapCursor(node, as: .quoted("media"), log: log) else { return nil }
        let keep = map.requiredText("keep")
        map.finish()
        guard let keep, let text = keep.text else { return nil }
        if text.hasSuffix("d"), let days = Int(text.dropLast()), (1...3650).contains(days) {
            return .seconds(days * 86_400)
        }
        log.report(
            .badValue, at: keep,
            Bilingual(
                en: "'keep' takes a number of days, not '\(text)'",
                zh: "「keep」要写天数，不是「\(text)」"),
            help: Bilingual(en: "30d, at most 3650d", zh: "30d，最多 3650d"))
        return nil
    }

    /// The elements of a list that must be there and hold at least one.
    private func elements(_ key: String, of map: MapCursor) -> [YAMLNode] {
        map.requiredValue(key) == nil ? [] : map.elements(key)
    }

    private func corp(_ node: YAMLNode) -> Configuration.Corp? {
        guard let map = MapCursor(node, as: Bilingual(en: "a corp", zh: "企业"), log: log) else {
            return nil
        }
        let alias = map.requiredText("alias")?.text
        let id = map.requiredText("corp_id")?.text
        let api = map.text("api")
        if let api, let text = api.text, !text.hasPrefix("http://"), !text.hasPrefix("https://") {
            log.report(
                .badValue, at: api,
                Bilingual(
                    en: "'api' must begin with https:// or http://",
                    zh: "「api」要以 https:// 或 http:// 开头"),
                help: Bilingual(
                    en: "the platform's is \(Configuration.platform)",
                    zh: "平台的地址是 \(Configuration.platform)"))
        } else if let api, let text = api.text, text.hasPrefix("http://"), !Self.isLoopback(text) {
            log.report(
                .badValue, at: api,
                Bilingual(
                    en: "'api' without TLS is allowed on loopback only", zh: "「api」不加密只能用在本机"),
                help: Bilingual(en: "write https://", zh: "写 https://"))
        }
        let apps = elements("apps", of: map).compactMap(app)
        map.finish()
        guard let alias, let id else { return nil }
        return Configuration.Corp(
            alias: alias, id: CorpID(id), api: api?.text ?? Configuration.platform, apps: apps)
    }

    private func app(_ node: YAMLNode) -> Configuration.App? {
        guard let map = MapCursor(node, as: Bilingual(en: "an app", zh: "应用"), log: log) else {
            return nil
        }
        let alias = map.requiredText("alias")
        if let alias, let text = alias.text,
            !text.utf8.allSatisfy({ Self.aliasBytes.contains($0) })
        {
            log.report(
                .badValue, at: alias,
                Bilingual(
                    en: "an app's alias is part of its callback's address", zh: "应用的别名会写进回调地址"),
                help: Bilingual(
                    en: "use letters, digits, '-' and '_'", zh: "只用英文字母、数字、- 和 _"))
        }
        let credential = credential(map)
        let token = map.requiredValue("token").flatMap { self.secret($0, "token") }
        let aesKey = map.requiredValue("aes_key").flatMap { self.secret($0, "aes_key") }
        var accounts: [AccountAlias: OpenKfID] = [:]
        if let node = map.requiredValue("accounts"),
            let list = MapCursor(node, as: .quoted("accounts"), log: log)
        {
            if list.namedEntries.isEmpty {
                log.report(
                    .badValue, at: node,
                    Bilingual(en: "'accounts' names no account", zh: "「accounts」里没有账号"),
                    help: Bilingual(
                        en: "an alias and its open_kfid: { shop: wk… }",
                        zh: "写别名和它的 open_kfid：{ shop: wk… }"))
            }
            for entry in list.namedEntries {
                guard
                    let id = MapCursor.text(
                        entry.value,
                        as: Bilingual(
                            en: "the account '\(entry.name)'", zh: "账号「\(entry.name)」"), log: log)
                else { continue }
                accounts[AccountAlias(entry.name)] = OpenKfID(id.text ?? "")
            }
        }
        map.finish()
        guard let alias = alias?.text, let credential, let token, let aesKey else { return nil }
        return Configuration.App(
            alias: AppAlias(alias), credential: credential, token: token, aesKey: aesKey,
            accounts: accounts)
    }

    /// `secret`, or `access_token` in its place.
    private func credential(_ map: MapCursor) -> Configuration.Credential? {
        guard let node = map.value("access_token") else {
            return map.requiredValue("secret").flatMap { self.secret($0, "secret") }.map {
                .secret($0)
            }
        }
        if let both = map.value("secret") {
            log.report(
                .badValue, at: both,
                Bilingual(
                    en: "'secret' and 'access_token' exclude each other",
                    zh: "「secret」和「access_token」只能写一个"),
                help: Bilingual(
                    en: "'access_token' is for apps whose tokens a service gives",
                    zh: "「access_token」用于由别的服务发放 token 的应用"))
        }
        guard let service = MapCursor(node, as: .quoted("access_token"), log: log) else {
            return nil
        }
        let url = service.requiredText("url")
        let secret = service.value("secret").flatMap { self.secret($0, "secret") }
        service.finish()
        guard let url, let text = url.text else { return nil }
        guard text.hasPrefix("https://") || text.hasPrefix("http://") && Self.isLoopback(text)
        else {
            log.report(
                .badValue, at: url,
                Bilingual(
                    en: "tokens travel with TLS, or on loopback",
                    zh: "token 只能走 TLS，或者只在本机传"),
                help: Bilingual(en: "write https://", zh: "写 https://"))
            return nil
        }
        return .service(url: text, secret: secret)
    }

    func secret(_ node: YAMLNode, _ key: String) -> Secret? {
        guard node.map != nil else {
            log.report(
                .wrongType, at: node,
                Bilingual(
                    en: "'\(key)' must not stand in the configuration itself",
                    zh: "「\(key)」不能直接写在配置里"),
                help: Bilingual(
                    en: "name its place: { env: NAME } or { file: path }",
                    zh: "写它在哪里：{ env: 环境变量名 } 或 { file: 路径 }"))
            return nil
        }
        guard let map = MapCursor(node, as: .quoted(key), log: log) else { return nil }
        // Other keys aren't named in the message: in `{ the-secret-itself }` it would be one.
        let isAlone = map.namedEntries.count == 1
        let (name, file) = (map.text("env")?.text, map.text("file")?.text)
        switch (name, file) {
        case (let name?, nil) where isAlone: return .environment(name)
        case (nil, let file?) where isAlone: return .file(path(file))
        default:
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "'\(key)' takes exactly one of 'env' and 'file'",
                    zh: "「\(key)」要写 env 或 file，只写一个"),
                help: Bilingual(
                    en: "{ env: NAME } or { file: path }", zh: "{ env: 环境变量名 } 或 { file: 路径 }"))
            return nil
        }
    }

    private func listen(_ node: YAMLNode) -> Configuration.Listen? {
        let text = node.text ?? ""
        if let listen = Configuration.Listen(text) { return listen }
        log.report(
            .badValue, at: node,
            Bilingual(
                en: "'listen' takes an address and a port, not '\(text)'",
                zh: "「listen」要写地址和端口，不是「\(text)」"),
            help: Bilingual(
                en: "127.0.0.1:8080, or [::1]:8080", zh: "127.0.0.1:8080 或 [::1]:8080"))
        return nil
    }

    private func firstStart(_ node: YAMLNode) -> FirstStart? {
        if let text = node.text {
            switch text {
            case "skip": return .skip
            case "unanswered-only": return .unansweredOnly
            default: break
            }
        } else if let map = MapCursor(node, as: .quoted("first_start"), log: log) {
            if let since = map.requiredText("since"), let text = since.text {
                map.finish()
                if let time = Self.time(text) { return .since(time) }
                log.report(
                    .badValue, at: since,
                    Bilingual(
                        en: "'since' takes a time with its zone, not '\(text)'",
                        zh: "「since」要写带时区的时间，不是「\(text)」"),
                    help: Bilingual("2026-11-20T00:00+08:00"))
            }
            return nil
        }
        log.report(
            .badValue, at: node,
            Bilingual(
                en: "'first_start' has no '\(node.text ?? "")'",
                zh: "「first_start」没有「\(node.text ?? "")」"),
            help: Bilingual(
                en: "one of: skip, unanswered-only, { since: 2026-11-20T00:00+08:00 }",
                zh: "可以写：skip、unanswered-only、{ since: 2026-11-20T00:00+08:00 }"))
        return nil
    }

    private func refuseDuplicates(_ corps: [Configuration.Corp], at root: YAMLNode) {
        var apps: Set<AppAlias> = []
        var aliases: Set<AccountAlias> = []
        var ids: Set<OpenKfID> = []
        for app in corps.flatMap(\.apps) {
            if !apps.insert(app.alias).inserted {
                log.report(
                    .duplicateName, at: root,
                    Bilingual(
                        en: "two apps are called '\(app.alias)'", zh: "有两个应用叫「\(app.alias)」"),
                    help: Bilingual(
                        en: "an app's alias names its callback, so it must be unique",
                        zh: "应用的别名用在回调地址里，不能重复"))
            }
            for (alias, id) in app.accounts {
                if !aliases.insert(alias).inserted {
                    log.report(
                        .duplicateName, at: root,
                        Bilingual(
                            en: "two accounts are called '\(alias)'", zh: "有两个账号叫「\(alias)」"),
                        help: Bilingual(
                            en: "rule files name accounts by alias, so it must be unique",
                            zh: "规则文件用别名认账号，不能重复"))
                }
                if !ids.insert(id).inserted {
                    log.report(
                        .duplicateName, at: root,
                        Bilingual(
                            en: "the account \(id) is listed twice", zh: "账号 \(id) 写了两次"),
                        help: Bilingual(
                            en: "an account is pulled by one app only", zh: "一个账号只能归一个应用"))
                }
            }
        }
    }

    private func path(_ text: String) -> String {
        text.hasPrefix("/") || folder == "." ? text : "\(folder)/\(text)"
    }

    private static let aliasBytes = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".utf8)

    /// Whether an address means this machine.
    static func isLoopback(_ address: String) -> Bool {
        guard let host = URLComponents(string: address)?.host else { return false }
        return host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
    }

    private static func time(_ text: String) -> Timestamp? {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime]
        let date =
            formatter.date(from: text)
            ?? formatter.date(
                from: text.replacingOccurrences(
                    of: #"T(\d\d:\d\d)(Z|[+-])"#, with: "T$1:00$2", options: .regularExpression))
        return date.map { Timestamp(milliseconds: Int64($0.timeIntervalSince1970 * 1000)) }
    }
}
