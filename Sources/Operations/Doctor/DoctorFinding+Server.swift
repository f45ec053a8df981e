package import ChatModel
package import RuleFiles

extension DoctorFinding {
    // MARK: Rules

    /// Whether rules decide, and whether the files say the same.
    ///
    /// - Parameters:
    ///   - active: The active version.
    ///   - files: The version the files would be; `nil` when they can't be read.
    ///   - path: Where the files are.
    package static func rules(
        active: RuleSetVersion?, files: RuleSetVersion?, path: String
    ) -> [DoctorFinding] {
        guard let active else {
            return [
                .trouble(
                    .error, .active, "",
                    Bilingual(en: "nothing has been published", zh: "还没有发布过规则"),
                    cause: Bilingual(
                        en: "'serve' has not run with this database, or refused the rules",
                        zh: "这个数据库还没有跑过 serve，或者规则被拒"),
                    cure: Bilingual(
                        en: "switchboard check \(path); switchboard publish \(path)",
                        zh: "switchboard check \(path)；switchboard publish \(path)"))
            ]
        }
        var findings: [DoctorFinding] = [
            .well(.active, "", Bilingual(en: "version \(active) decides", zh: "现在用 \(active) 版"))
        ]
        guard let files else {
            findings.append(
                .skipped(
                    .unpublished, path,
                    Bilingual(en: "no rule files can be read there", zh: "那里没有能读的规则文件")))
            return findings
        }
        findings.append(
            files == active
                ? .well(
                    .unpublished, path,
                    Bilingual(en: "the files are the active version", zh: "文件和现行版本一致"))
                : .trouble(
                    .warning, .unpublished, path,
                    Bilingual(
                        en: "the files are \(files), the active version is \(active)",
                        zh: "文件是 \(files)，现行版本是 \(active)"),
                    cause: Bilingual(
                        en: "they were edited and not published, or rolled back and not mended",
                        zh: "改了没有发布，或者回滚后文件没改"),
                    cure: Bilingual(
                        en: "switchboard diff active \(path); then publish them, or put them back",
                        zh: "先 switchboard diff active \(path)；再发布，或者改回去")))
        return findings
    }

    /// Whether the active version serves an account.
    package static func served(_ account: AccountAlias, isServed: Bool) -> DoctorFinding {
        if isServed {
            return .well(
                .served, account.rawValue,
                Bilingual(en: "the active version has rules for it", zh: "现行版本里有它的规则"))
        }
        return .trouble(
            .error, .served, account.rawValue,
            Bilingual(en: "the active version has no rules for it", zh: "现行版本里没有它的规则"),
            cause: Bilingual(
                en:
                    "no bundle lists the alias under 'accounts', so customers there are not answered",
                zh: "没有规则文件的 accounts 写着这个别名，那里的客户没有人回"),
            cure: Bilingual(
                en: "add '\(account)' to a bundle's 'accounts' and publish, or take it out of the "
                    + "configuration",
                zh: "把「\(account)」加进规则文件的 accounts 再发布，或从配置里去掉"))
    }

    // MARK: Server

    /// Whether a server has the database.
    ///
    /// - Parameters:
    ///   - holder: What the lock says of who has it; `nil` when nobody has.
    package static func server(holder: Bilingual?) -> DoctorFinding {
        if let holder { return .well(.server, "", holder) }
        return .trouble(
            .warning, .server, "",
            Bilingual(en: "no server runs on this database", zh: "没有服务在用这个数据库"),
            cause: Bilingual(
                en: "it was stopped, or serves from another 'store'", zh: "服务停了，或者用的是别的 store"),
            cure: Bilingual(
                en: "start 'switchboard serve', and see its log if it ends at once",
                zh: "启动 switchboard serve；如果马上退出，看它的日志"))
    }

    /// What `/readyz` answered: the checks that failed.
    package static func ready(
        at address: String, failing: [(name: String, detail: Bilingual)]
    ) -> DoctorFinding {
        if failing.isEmpty {
            return .well(.ready, address, Bilingual(en: "ready", zh: "就绪"))
        }
        let lists = failing.map { Bilingual("\($0.name): ") + $0.detail }
        return .trouble(
            .error, .ready, address,
            Bilingual(
                en: "not ready: \(lists.map(\.en).joined(separator: "; "))",
                zh: "没有就绪：\(lists.map(\.zh).joined(separator: "；"))"),
            cause: Bilingual(
                en: "the server runs, but what is named above fails", zh: "服务在跑，但上面这几项不行"),
            cure: Bilingual(
                en: "'token' and 'pull' follow from platform.* here; settings it read at its start "
                    + "need a restart",
                zh: "token 和 pull 看这里的 platform.*；启动时读的设置要重启才生效"))
    }

    /// An endpoint that the platform blocks for a while, as `/readyz` tells.
    ///
    /// - Parameters:
    ///   - endpoint: The corp and the endpoint.
    ///   - detail: For how long.
    package static func blocked(_ endpoint: String, _ detail: Bilingual) -> DoctorFinding {
        .trouble(
            .warning, .quotaRefused, endpoint, detail,
            cause: Bilingual(
                en: "the endpoint was called too often with this corp (45009)",
                zh: "这家企业把这个接口调得太多（45009）"),
            cure: Bilingual(
                en: "wait: it goes on by itself. If it comes back, look for what else calls with "
                    + "this corp, or lower 'quotas'",
                zh: "等一等，会自己恢复。如果反复出现，看看还有什么程序在用这家企业调接口，或调小 quotas"))
    }

    /// A server that has the database, but doesn't answer.
    package static func silent(at address: String, _ reason: String) -> DoctorFinding {
        .trouble(
            .error, .ready, address,
            Bilingual(en: "no answer: \(reason)", zh: "没有应答：\(reason)"),
            cause: Bilingual(
                en: "the server hangs, or listens where this machine can't reach it",
                zh: "服务卡住了，或者监听在这里连不到的地址"),
            cure: Bilingual(
                en: "compare 'listen' with how it was started; see its log; restart it",
                zh: "核对 listen 和启动参数；看日志；重启"))
    }

    // MARK: Settings

    /// A secret that can't be had.
    package static func secret(_ place: String, _ why: Bilingual, cure: Bilingual?) -> DoctorFinding
    {
        .trouble(
            .error, .secrets, place, why,
            cause: Bilingual(
                en: "'serve' reads it at its start and would refuse to start",
                zh: "serve 启动时要读它，读不到就不启动"),
            cure: cure
                ?? Bilingual(
                    en: "set it, or name another place in the configuration", zh: "设置它，或在配置里改写别的位置")
        )
    }

    /// Callback settings that can't be right.
    package static func callbackKey(_ app: String, _ why: String) -> DoctorFinding {
        .trouble(
            .error, .callbackKeys, app, Bilingual(why),
            cause: Bilingual(
                en: "Token is 1 to 32 letters and digits, EncodingAESKey exactly 43",
                zh: "Token 是 1 到 32 个字母和数字，EncodingAESKey 正好 43 个"),
            cure: Bilingual(
                en: "copy both again from the app's 设置API接收", zh: "从应用的「设置API接收」重新复制这两项"))
    }
}
