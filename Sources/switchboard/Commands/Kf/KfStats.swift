import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleFiles
import WeComKF

/// `switchboard kf stats`.
struct KfStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show the platform's figures of an account or a servicer, day by day.",
        discussion: """
            The platform keeps 180 days; yesterday is whole after 06:00 China time, until then the \
            day before is the last. A column nobody has figures in is left out of the table, and of \
            nothing else. A call is made for every 31 days; when a later one fails, the days \
            before are shown all the same, the missing ones are named on standard error, and the \
            exit status is the failure's.

            EXAMPLES
              switchboard kf stats
              switchboard kf stats --days 30 --csv november.csv
              switchboard kf stats --from 2026-11-01 --to 2026-11-15 --servicer zhangsan
            """)

    @Option(help: "How many days, the last one included.")
    var days: Int64?

    @Option(help: "The first day: 2026-11-01.")
    var from: String?

    @Option(help: "The last day. Default: the last one that is whole.")
    var to: String?

    @Option(help: "A servicer's userid: their figures.")
    var servicer: String?

    @Flag(help: "The figures of all servicers together.")
    var servicers = false

    @Option(help: "Write the figures to a CSV file, which spreadsheets open.")
    var csv: String?

    @Flag(help: "Write over a CSV file that is there already.")
    var force = false

    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var options: KfOptions

    func validate() throws {
        if days != nil, from != nil {
            throw ValidationError(
                Bilingual(en: "write --days or --from", zh: "--days 和 --from 只写一个"))
        }
        if let days, !(1...180).contains(days) {
            throw ValidationError(
                Bilingual(en: "--days takes 1 to 180", zh: "--days 要写 1 到 180"))
        }
        if servicer != nil, servicers {
            throw ValidationError(
                Bilingual(
                    en: "write --servicer or --servicers", zh: "--servicer 和 --servicers 只写一个"))
        }
        for (name, text) in [("--from", from), ("--to", to)] {
            guard let text, Self.day(text) == nil else { continue }
            throw ValidationError(
                Bilingual(
                    en: "\(name) takes a day such as 2026-11-01, not '\(text)'",
                    zh: "\(name) 要写日期，比如 2026-11-01，不能写「\(text)」"))
        }
    }

    func run() async throws {
        try await options.withPlatform(of: accountOption.account) { platform in
            let span = try span(now: platform.now)
            let account = try platform.account(accountOption.account)
            if let csv { try LocalFile.requireWritable(csv, overwrites: force) }
            let isOfServicers = servicer != nil || servicers
            let report =
                isOfServicers
                ? try await platform.reads.servicerStatistics(
                    of: servicer.map { ServicerID($0) }, on: account, days: span)
                : try await platform.reads.accountStatistics(of: account, days: span)
            let sheet = StatisticSheet(
                fields: isOfServicers ? StatisticField.ofServicers : StatisticField.ofAccounts,
                lines: report.lines)
            if let csv {
                try LocalFile.write(Data(sheet.csv.utf8), to: csv, overwrites: force)
            }
            try show(sheet, on: platform)
            if let shortfall = report.shortfall {
                let missed = [shortfall.missed.lowerBound, shortfall.missed.upperBound]
                    .map(StatisticSheet.text)
                Terminal.warn(
                    Bilingual(
                        en: "missing: \(missed[0]) to \(missed[1])",
                        zh: "缺少：\(missed[0]) 到 \(missed[1])"),
                    in: platform.language)
                throw shortfall.failure
            }
        }
    }

    private func show(_ sheet: StatisticSheet, on platform: KfPlatform) throws {
        switch platform.format {
        case .json: try Terminal.json(sheet.lines.map(StatisticSheet.Shown.init))
        case .text:
            if sheet.lines.isEmpty {
                return Terminal.say(
                    Bilingual(en: "no figures", zh: "没有数据"), in: platform.language)
            }
            Terminal.report(sheet.table.text(in: platform.language))
            Terminal.line()
            Terminal.report(sheet.chart(in: platform.language))
        }
    }

    private static func day(_ text: String) -> ChinaDay? {
        text.wholeMatch(of: /\d{4}-\d{2}-\d{2}/).flatMap { _ in LocalTime.moment(text) }
            .map { ChinaDay(of: $0) }
    }

    private func span(now: Timestamp) throws -> ClosedRange<ChinaDay> {
        let today = ChinaDay(of: now)
        // Before six the platform hasn't counted yesterday.
        let whole = today + (now - today.start < .seconds(6 * 3600) ? -2 : -1)
        let last = to.flatMap(Self.day) ?? whole
        let first = from.flatMap(Self.day) ?? last + (1 - (days ?? 7))
        guard first <= last else {
            throw CommandFailure(
                .usage,
                Bilingual(en: "the first day is behind the last", zh: "第一天在最后一天之后"))
        }
        return first...last
    }
}

/// Days of figures, for people, spreadsheets and scripts.
struct StatisticSheet {
    let fields: [StatisticField]
    /// Oldest first.
    let lines: [DayStatistic]

    /// A day as scripts read it: the platform's own names.
    struct Shown: Encodable {
        let day: String
        let figures: [String: Double]?

        init(_ line: DayStatistic) {
            day = StatisticSheet.text(line.day)
            figures = line.figures.map { figures in
                Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) })
            }
        }
    }

    /// The days in rows, without the columns nobody has figures in.
    var table: TextTable {
        let fields = fields.filter { field in
            lines.contains { $0.figures?[field].map { $0 != 0 } ?? false }
        }
        let kept = fields.isEmpty ? [StatisticField.sessions] : fields
        return TextTable(
            [.init(en: "day", zh: "日期")] + kept.map { .init($0.head, isNumber: true) },
            rows: lines.map { line in
                [Self.text(line.day)]
                    + kept.map { field in
                        line.figures?[field].map { Self.text($0, field) } ?? "-"
                    }
            })
    }

    /// All figures, a day a line; a byte-order mark tells spreadsheets that it is UTF-8.
    var csv: String {
        let head = (["day"] + fields.map(\.rawValue)).joined(separator: ",")
        let rows = lines.map { line in
            ([Self.text(line.day)]
                + fields.map { field in line.figures?[field].map(Self.plain) ?? "" })
                .joined(separator: ",")
        }
        return "\u{FEFF}" + ([head] + rows).map { $0 + "\r\n" }.joined()
    }

    /// A bar for each day's sessions, and a dash where the platform has no figures: that is no 0.
    func chart(in language: MessageLanguage) -> String {
        let most = lines.compactMap { $0.figures?[.sessions] }.max() ?? 0
        let head = StatisticField.sessions.head[language]
        let bars = lines.map { line in
            guard let count = line.figures?[.sessions] else {
                return "\(Self.text(line.day))  -\n"
            }
            // In eighths of a character, and something of every day that has any.
            let eighths =
                most > 0 ? max(count > 0 ? 1 : 0, Int(count / most * Self.longestBar * 8)) : 0
            let bar =
                String(repeating: "█", count: eighths / 8)
                + (eighths % 8 > 0 ? Self.parts[eighths % 8 - 1] : "")
            return "\(Self.text(line.day))  \(bar) \(Self.plain(count))\n"
        }
        return head + "\n" + bars.joined()
    }

    /// Characters of the longest bar: what fits 80 columns beside the day.
    private static let longestBar = 50.0
    private static let parts = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    static func text(_ day: ChinaDay) -> String { String(LocalTime.text(day.start).prefix(10)) }

    private static func text(_ value: Double, _ field: StatisticField) -> String {
        if field.isRate { return String(format: "%.1f%%", value * 100) }
        if field == .firstReply { return String(format: "%.1f s", value) }
        return plain(value)
    }

    /// Without a fraction where there is none.
    private static func plain(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension StatisticField {
    /// What it is called above a column.
    var head: Bilingual {
        switch self {
        case .sessions: Bilingual(en: "sessions", zh: "会话数")
        case .customers: Bilingual(en: "customers", zh: "客户数")
        case .customerMessages: Bilingual(en: "messages", zh: "客户消息")
        case .upgradedCustomers: Bilingual(en: "upgraded", zh: "升级服务")
        case .assistantSessions: Bilingual(en: "by bot", zh: "智能回复")
        case .assistantTransferRate: Bilingual(en: "to people", zh: "转人工率")
        case .knowledgeHitRate: Bilingual(en: "knowledge hits", zh: "知识命中率")
        case .rejectedCustomers: Bilingual(en: "rejected", zh: "被拒收")
        case .replyRate: Bilingual(en: "replied", zh: "回复率")
        case .firstReply: Bilingual(en: "first reply", zh: "首次回复")
        case .surveys: Bilingual(en: "surveys", zh: "满意度邀请")
        case .surveyParticipationRate: Bilingual(en: "answered", zh: "参评率")
        case .satisfiedRate: Bilingual(en: "satisfied", zh: "满意率")
        case .middlingRate: Bilingual(en: "middling", zh: "一般率")
        case .dissatisfiedRate: Bilingual(en: "dissatisfied", zh: "不满意率")
        case .memberInvitations: Bilingual(en: "specialist hints", zh: "专员邀请")
        case .memberCustomers: Bilingual(en: "took specialist", zh: "添加专员")
        case .groupInvitations: Bilingual(en: "group hints", zh: "客户群邀请")
        case .groupCustomers: Bilingual(en: "joined group", zh: "加入客户群")
        }
    }
}
