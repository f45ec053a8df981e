import Boundary
import Foundation
import RuleFiles

/// `calls:`: the company's own systems, each with its operations.
extension ConfigurationReader {
    /// The operations below `calls:`.
    func calls(_ node: YAMLNode) -> [CompanyOperation: Configuration.Call] {
        guard let services = MapCursor(node, as: .quoted("calls"), log: log) else { return [:] }
        var calls: [CompanyOperation: Configuration.Call] = [:]
        for service in services.namedEntries {
            checkName(service)
            guard
                let operations = MapCursor(
                    service.value,
                    as: Bilingual(
                        en: "the system '\(service.name)'", zh: "系统「\(service.name)」"), log: log)
            else { continue }
            if operations.namedEntries.isEmpty {
                log.report(
                    .badValue, at: service.value,
                    Bilingual(
                        en: "'\(service.name)' names no operation", zh: "「\(service.name)」里没有操作"),
                    help: Bilingual(
                        en: "an operation and its address: { 查询: { url: https://… } }",
                        zh: "写操作和它的地址：{ 查询: { url: https://… } }"))
            }
            for operation in operations.namedEntries {
                checkName(operation)
                let name = CompanyOperation(service: service.name, name: operation.name)
                calls[name] = call(operation.value, name)
            }
        }
        return calls
    }

    /// Rules write `system.operation`, so neither may hold a dot.
    private func checkName(_ entry: YAMLNode.Entry) {
        let isName = entry.name.allSatisfy {
            $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_"
        }
        if entry.name.isEmpty || !isName {
            log.report(
                .badValue, at: entry.key,
                Bilingual(
                    en: "a system and an operation are named with letters, digits, '-' and '_'",
                    zh: "系统和操作的名字只能用文字、数字、- 和 _"),
                help: Bilingual(
                    en: "rules call it by both names with a dot between them: 订单系统.查询",
                    zh: "规则里用“系统.操作”来调用：订单系统.查询"))
        }
    }

    private func call(
        _ node: YAMLNode, _ operation: CompanyOperation
    ) -> Configuration.Call? {
        guard let map = MapCursor(node, as: .quoted("\(operation)"), log: log) else { return nil }
        let url = map.requiredText("url").flatMap(address)
        let method = map.choice("method", of: Configuration.Call.Method.self) ?? .post
        let secret = map.value("secret").flatMap { self.secret($0, "secret") }
        let header = map.text("header")
        if let header, secret == nil, map.value("secret") == nil {
            log.report(
                .badValue, at: header,
                Bilingual(
                    en: "'header' says where the secret goes, but there is none",
                    zh: "「header」是放密钥的地方，但没有写密钥"),
                help: Bilingual(
                    en: "add 'secret: { env: NAME }', or delete 'header'",
                    zh: "加上 secret: { env: 环境变量名 }，或删掉 header"))
        }
        let place = header.flatMap(name) ?? "Authorization"
        let answer = map.text("answer").map(path) ?? []
        let tries = map.integer("tries", in: 1...5) ?? 2
        map.finish()
        guard let url else { return nil }
        return Configuration.Call(
            method: method, url: url, secret: secret, header: place, answer: answer, tries: tries)
    }

    private func address(_ node: YAMLNode) -> String? {
        let text = node.text ?? ""
        func refuse(_ message: Bilingual, _ help: Bilingual) -> String? {
            log.report(.badValue, at: node, message, help: help)
            return nil
        }
        let example = Bilingual("https://erp.example.com/orders")
        guard let url = URLComponents(string: text), let address = url.url?.absoluteString,
            let host = url.host, !host.isEmpty, let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme)
        else {
            return refuse(
                Bilingual(
                    en: "'url' takes an address that begins with https://",
                    zh: "「url」要写以 https:// 开头的地址"), example)
        }
        guard url.user == nil, url.password == nil else {
            return refuse(
                Bilingual(
                    en: "'url' must not hold a name and a password", zh: "「url」里不能写用户名和密码"),
                Bilingual(
                    en: "name them with 'secret': { env: NAME }",
                    zh: "用 secret 写：{ env: 环境变量名 }"))
        }
        guard url.fragment == nil else {
            return refuse(
                Bilingual(en: "'url' must not hold a '#'", zh: "「url」里不能有 #"), example)
        }
        guard scheme == "https" || Self.isInHouse(host) else {
            return refuse(
                Bilingual(
                    en: "'url' without TLS is allowed within the house only: loopback, a private "
                        + "address, or a name without a dot",
                    zh: "「url」不加密只能用在公司内部：本机、内网地址，或不带点的主机名"),
                Bilingual(en: "write https://", zh: "写 https://"))
        }
        return address
    }

    /// Whether a host is certainly not on the Internet.
    static func isInHouse(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "[::1]" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        if parts.count == 4, bytes.count == 4 {
            // RFC 1918 and loopback.
            return bytes[0] == 127 || bytes[0] == 10 || (bytes[0], bytes[1]) == (192, 168)
                || bytes[0] == 172 && (16...31).contains(bytes[1])
        }
        // A name without a dot, but no number: those are addresses written another way.
        if parts.count == 1 { return host.first?.isLetter == true }
        return ["localhost", "internal", "local", "lan"].contains(parts.last)
    }

    private func name(_ node: YAMLNode) -> String? {
        let text = node.text ?? ""
        if text.lowercased() == "authorization" { return "Authorization" }
        let header = HTTPRequest.Header(name: text, value: "")
        if text.lowercased().hasPrefix("x-"), text.count > 2, header.isSendable { return text }
        log.report(
            .badValue, at: node,
            Bilingual(
                en: "'header' takes 'Authorization' or a name that begins with 'X-'",
                zh: "「header」要写 Authorization，或以 X- 开头的名字"),
            help: Bilingual(en: "such as X-Api-Key", zh: "比如 X-Api-Key"))
        return nil
    }

    private func path(_ node: YAMLNode) -> [String] {
        let steps = (node.text ?? "").split(separator: ".", omittingEmptySubsequences: false)
        if steps.contains(where: \.isEmpty) {
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "'answer' takes names with a dot between them", zh: "「answer」要写用点隔开的名字"),
                help: Bilingual(
                    en: "data.order; elements of a list are counted from 1: data.1",
                    zh: "data.order；列表从 1 数起：data.1"))
        }
        return steps.map(String.init)
    }
}
