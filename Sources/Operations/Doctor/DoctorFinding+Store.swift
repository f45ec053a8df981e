package import ChatModel
import RuleFiles

/// The database: the file, and what it tells of the last days.
extension DoctorFinding {
    // MARK: The file

    /// What `PRAGMA quick_check` found; empty for a whole file.
    package static func integrity(_ faults: [String], of path: String) -> DoctorFinding {
        guard let first = faults.first else {
            return .well(.integrity, path, Bilingual(en: "the file is whole", zh: "文件完好"))
        }
        return .trouble(
            .error, .integrity, path,
            Bilingual(
                en: "SQLite finds damage (\(faults.count)): \(first)",
                zh: "SQLite 发现损坏（\(faults.count) 处）：\(first)"),
            cause: Bilingual(
                en: "a failing disk, or the file was copied or restored without its -wal",
                zh: "磁盘故障，或者复制、恢复时漏了 -wal"),
            cure: Bilingual(
                en: "stop 'serve', keep the files, restore the last backup; first_start: skip "
                    + "where there is none",
                zh: "停掉 serve，留好现在的文件，恢复最近的备份；没有备份就用 first_start: skip 重新开始"))
    }

    /// How the file's steps compare with this program's.
    ///
    /// - Parameters:
    ///   - applied: Names of the file's migrations; `known` of this program's.
    package static func schema(
        _ path: String, applied: [String], known: [String]
    ) -> DoctorFinding {
        let last = applied.last ?? "-"
        if !Set(applied).isSubset(of: known) {
            return .trouble(
                .error, .schema, path,
                Bilingual(
                    en: "written by a newer program (\(last))", zh: "是更新的程序写的（\(last)）"),
                cause: Bilingual(en: "this program is older than the server's", zh: "这个程序比服务器的旧"),
                cure: Bilingual(
                    en:
                        "use the program that serves, or restore the backup from before the upgrade",
                    zh: "用正在运行的那个版本，或恢复升级前的备份"))
        }
        if applied.count < known.count {
            return .trouble(
                .warning, .schema, path,
                Bilingual(
                    en: "tables of version \(last); this program's are \(known.last ?? "-")",
                    zh: "表是 \(last) 版，这个程序用 \(known.last ?? "-") 版"),
                cause: Bilingual(
                    en: "the program was upgraded, but has not served since", zh: "升级后还没启动过 serve"),
                cure: Bilingual(
                    en: "make a backup, then start 'serve': it brings the tables up to date",
                    zh: "先备份，再启动 serve，它会升级表"))
        }
        return .well(.schema, path, Bilingual(en: "version \(last)", zh: "\(last) 版"))
    }

    /// Bytes free where the store is, and in its WAL.
    package static func space(_ path: String, free: Int64, wal: Int64) -> [DoctorFinding] {
        let room = Bilingual(en: "\(megabytes(free)) free", zh: "还剩 \(megabytes(free))")
        let log = Bilingual("\(megabytes(wal)) WAL")
        var findings: [DoctorFinding] = []
        if free < 1 << 30 {
            findings.append(
                .trouble(
                    free < 100 << 20 ? .error : .warning, .space, path, room,
                    cause: Bilingual(
                        en: "nothing deletes old rows, and a full disk stops every answer",
                        zh: "旧记录不会自动删除；磁盘满了就什么都回不了"),
                    cure: Bilingual(
                        en: "make room, or move 'store' to a larger disk while 'serve' is stopped",
                        zh: "腾出空间，或停掉 serve 后把 store 移到大一点的磁盘")))
        } else {
            findings.append(.well(.space, path, room))
        }
        // The engine checkpoints at 16 MB and cuts the file to 64 MB afterwards.
        if wal > 256 << 20 {
            findings.append(
                .trouble(
                    .warning, .wal, path, log,
                    cause: Bilingual(
                        en: "a reader (a stray sqlite3, a backup that hangs) keeps it from being "
                            + "emptied",
                        zh: "有读者（忘了关的 sqlite3、卡住的备份）占着，清空不了"),
                    cure: Bilingual(
                        en: "end what has the file open: fuser -v on it names them",
                        zh: "结束占用文件的程序：用 fuser -v 查")))
        } else {
            findings.append(.well(.wal, path, log))
        }
        return findings
    }

    /// Whether others than the owner may read a file.
    ///
    /// - Parameters:
    ///   - id: ``ID/storeRights`` or ``ID/secretFiles``.
    ///   - mode: The permission bits.
    package static func rights(_ id: ID, _ path: String, mode: Int) -> DoctorFinding {
        let octal = String(mode & 0o777, radix: 8)
        if mode & 0o077 == 0 {
            return .well(
                id, path, Bilingual(en: "for its owner alone (\(octal))", zh: "只有属主能读（\(octal)）"))
        }
        return .trouble(
            .warning, id, path,
            mode & 0o007 == 0
                ? Bilingual(en: "its group may use it (\(octal))", zh: "同组的人也能读（\(octal)）")
                : Bilingual(en: "everybody may use it (\(octal))", zh: "谁都能读（\(octal)）"),
            cause: Bilingual(
                en: "it was created or copied with a lax umask; it holds customers' words or a "
                    + "secret",
                zh: "创建或复制时 umask 太松；里面有客户的话或密钥"),
            cure: Bilingual(en: "chmod 600 '\(path)'", zh: "chmod 600 '\(path)'"))
    }

    private static func megabytes(_ bytes: Int64) -> String {
        bytes < 10 << 30 ? "\(bytes >> 20) MB" : "\(bytes >> 30) GB"
    }

    // MARK: What it holds

    /// How long the platform keeps messages for a pull.
    private static let history: Duration = .seconds(3 * 86_400)

    /// Where an account's pulling stands, by the store alone.
    ///
    /// - Parameters:
    ///   - sinceNews: The time since the last page with anything new was committed; `nil` before
    ///     the first. A quiet account commits nothing, so a long time is no fault by itself.
    ///   - isServing: Whether a server has the store.
    ///   - waiting: Rows the platform holds after the cursor, or why it didn't say; `nil` when it
    ///     wasn't asked.
    package static func cursor(
        of account: AccountAlias, sinceNews: Duration?, isServing: Bool,
        waiting: Result<Waiting, PlatformFailure>?
    ) -> DoctorFinding {
        guard let sinceNews else {
            if isServing {
                return .trouble(
                    .warning, .cursor, account.rawValue,
                    Bilingual(en: "never pulled", zh: "还没有拉取过"),
                    cause: Bilingual(
                        en: "the server has just started, fetches a long history, or is refused",
                        zh: "服务刚启动、在拉很长的历史，或者被平台拒绝"),
                    cure: Bilingual(
                        en: "wait a minute, then see platform.* and server.ready here",
                        zh: "等一分钟，再看这里的 platform.* 和 server.ready"))
            }
            return .well(
                .cursor, account.rawValue,
                Bilingual(
                    en: "never pulled: 'first_start' decides what is answered",
                    zh: "还没有拉取过：回复哪些由 first_start 决定"))
        }
        let news =
            Bilingual(en: "last news ", zh: "最近一次有新消息：") + sinceNews.roughly
            + Bilingual(en: " ago", zh: "前")
        if isServing { return .well(.cursor, account.rawValue, news) }
        let rows: Waiting
        switch waiting {
        case .success(let known): rows = known
        case .failure(let failure):
            // Nobody knows what waits: that is not well.
            return .skipped(
                .cursor, account.rawValue,
                news + Bilingual("; kf/sync_msg: ") + DoctorFinding.words(of: failure))
        case nil:
            return .skipped(
                .cursor, account.rawValue,
                news + Bilingual(en: "; the platform was not asked", zh: "；没有问平台"))
        }
        let evidence =
            news
            + Bilingual(
                en: ", \(rows.count)\(rows.isMore ? " or more" : "") waiting on the platform",
                zh: "，平台上还有 \(rows.count)\(rows.isMore ? " 条以上" : " 条")")
        if rows.count == 0 { return .well(.cursor, account.rawValue, evidence) }
        return .trouble(
            sinceNews > history - .seconds(86_400) ? .error : .warning, .cursor,
            account.rawValue, evidence,
            cause: Bilingual(
                en: "no server runs; the platform keeps messages for 3 days",
                zh: "没有服务在运行；平台只保留 3 天的消息"),
            cure: Bilingual(
                en: "start 'serve': it goes on at the cursor, and answers who wrote under 48 hours "
                    + "ago",
                zh: "启动 serve：它从游标继续，回复 48 小时内说过话的客户"))
    }

    /// How much the platform holds after a cursor.
    package struct Waiting: Hashable, Sendable {
        /// Rows seen.
        package var count: Int
        /// Whether there are further ones.
        package var isMore: Bool

        /// An answer.
        package init(count: Int, isMore: Bool) {
            self.count = count
            self.isMore = isMore
        }
    }

    /// Actions that are still to do.
    ///
    /// - Parameters:
    ///   - oldest: The age of the oldest.
    package static func backlog(pending: Int, oldest: Duration?, isServing: Bool) -> DoctorFinding {
        guard pending > 0, let oldest else {
            return .well(.backlog, "", Bilingual(en: "nothing waits to be sent", zh: "没有待发的"))
        }
        let evidence =
            Bilingual(
                en: "\(pending) waiting to be done, the oldest for ", zh: "\(pending) 条待办，最早的等了")
            + oldest.roughly
        if oldest < .seconds(60) { return .well(.backlog, "", evidence) }
        return .trouble(
            isServing && oldest > .seconds(600) ? .error : .warning, .backlog, "", evidence,
            cause: isServing
                ? Bilingual(
                    en: "the platform refuses or limits the calls, or doesn't answer",
                    zh: "平台拒绝、限流，或者没有应答")
                : Bilingual(en: "no server runs to do them", zh: "没有服务在运行"),
            cure: isServing
                ? Bilingual(
                    en: "see platform.* and quota.* here, and 'a call failed' in the log",
                    zh: "看这里的 platform.* 和 quota.*，以及日志里的 a call failed")
                : Bilingual(
                    en: "start 'serve'; what is older than 48 hours is given up",
                    zh: "启动 serve；超过 48 小时的会放弃"))
    }

    /// Actions given up in the last day, by why, the commonest first.
    package static func failures(_ reasons: [(why: String, count: Int)]) -> DoctorFinding {
        let total = reasons.reduce(0) { $0 + $1.count }
        if total == 0 {
            return .well(
                .failures, "",
                Bilingual(en: "nothing was given up in the last day", zh: "最近一天没有放弃的"))
        }
        let list = reasons.prefix(5).map { "\($0.why) ×\($0.count)" }.joined(separator: ", ")
        return .trouble(
            .warning, .failures, "",
            Bilingual(
                en: "\(total) given up in the last day: \(list)", zh: "最近一天放弃了 \(total) 条：\(list)"),
            cause: Bilingual(
                en: "the platform refused them, or their time was over", zh: "被平台拒绝，或者过了时限"),
            cure: Bilingual(
                en: "'switchboard sessions' shows whose they are; the reasons are in "
                    + "docs/operating.md, When a call fails",
                zh: "用 switchboard sessions 看是谁的；原因见 docs/operating.md「When a call fails」"))
    }

    /// Whether the console routes new sessions to people before the bot can answer.
    ///
    /// A session that a servicer has, or that waits in the pool, refuses the bot's first answer
    /// with 95018 (wecom-kf reference §7.5), and nothing announces such a session.
    ///
    /// - Parameters:
    ///   - taken: Customers of the last days whose answer was refused because a person had the
    ///     session, without a transfer of ours or an event before it.
    ///   - wrote: Customers who wrote in that time.
    package static func peopleFirst(
        of account: AccountAlias, taken: Int, wrote: Int
    ) -> DoctorFinding {
        if taken == 0 {
            return .well(
                .peopleFirst, account.rawValue,
                Bilingual(
                    en: "no session was a person's from its start (of \(wrote) in the last days)",
                    zh: "最近几天 \(wrote) 位客户，没有一上来就归人工的会话"))
        }
        return .trouble(
            taken * 2 >= wrote || taken >= 20 ? .error : .warning, .peopleFirst, account.rawValue,
            Bilingual(
                en: "\(taken) of \(wrote) customers in the last days had a servicer or the pool "
                    + "before the bot could answer (95018)",
                zh: "最近几天 \(wrote) 位客户里，有 \(taken) 位在机器人回复之前就归了人工或待接入池（95018）"),
            cause: Bilingual(
                en: "the console's reception rule routes new sessions to people while a servicer "
                    + "receives; the platform then refuses what the bot sends",
                zh: "后台的接待方式在有人接待时把新会话先给人工，平台就不让机器人发了"),
            cure: Bilingual(
                en: "微信客服 → the account → 接待方式: don't route to people first; and tick the "
                    + "account under 通过API管理微信客服账号, so that new sessions begin with the bot",
                zh: "「微信客服 → 账号 → 接待方式」里不要先给人工；再在「通过API管理微信客服账号」里勾上账号，让新会话先到机器人"))
    }

    // MARK: Quotas

    /// Calls made through the outbox, for each endpoint (wecom-kf reference §15: 10 000 a minute
    /// and 150 000 an hour for each corp and endpoint).
    package static func quota(
        _ endpoint: String, lastMinute: Int, lastHour: Int
    ) -> DoctorFinding {
        let evidence = Bilingual(
            en: "\(lastMinute) calls in the last minute, \(lastHour) in the last hour",
            zh: "最近一分钟 \(lastMinute) 次，一小时 \(lastHour) 次")
        if lastMinute < 8000, lastHour < 120_000 { return .well(.quota, endpoint, evidence) }
        return .trouble(
            .warning, .quota, endpoint, evidence,
            cause: Bilingual(
                en:
                    "over 80 % of what the platform allows a corp: 10 000 a minute, 150 000 an hour",
                zh: "超过平台上限的 80%：每家企业每分钟 1 万次、每小时 15 万次"),
            cure: Bilingual(
                en: "merge replies into fewer messages, or spread the accounts over several corps",
                zh: "把回复并成更少的条数，或把账号分到几家企业"))
    }

    /// Actions that a quota made us give up in the last day.
    package static func quotaRefused(count: Int) -> DoctorFinding {
        if count == 0 {
            return .well(
                .quotaRefused, "",
                Bilingual(
                    en: "no answer of the last day was lost to 45009", zh: "最近一天没有因 45009 丢掉的回复"))
        }
        return .trouble(
            .error, .quotaRefused, "",
            Bilingual(
                en: "\(count) actions of the last day were given up after 45009",
                zh: "最近一天有 \(count) 条因 45009 放弃"),
            cause: Bilingual(
                en: "the corp's quota was used up for over an hour, perhaps by another program",
                zh: "企业的调用额度用完了一个多小时，也可能是别的程序用的"),
            cure: Bilingual(
                en: "look for what else calls with this corp, or lower 'quotas'",
                zh: "看看还有什么程序在用这家企业调接口，或调小 quotas"))
    }
}
