import RuleFiles

/// A bundle that works as it is, with its tests: what `init` begins a project with.
///
/// The files are those of `rules/` in the repository, embedded when the program is built.
struct ProjectTemplate: Sendable {
    /// As `--template` takes it.
    let name: String
    /// What it does, in one line.
    let summary: Bilingual
    /// File name and text; the first is the bundle itself.
    let files: [(name: String, text: String)]

    /// Every template, the most used first.
    static let all = [
        ProjectTemplate(
            name: "电商售后",
            summary: Bilingual(
                en: "a shop's after-sales: orders, refunds, addresses, hand-over, survey",
                zh: "网店售后：查订单、退款、改地址、转人工、评价"),
            files: [
                ("旗舰店售后.kf.yml", PackageResources.旗舰店售后_kf_yml),
                ("旗舰店售后.test.yml", PackageResources.旗舰店售后_test_yml),
            ]),
        ProjectTemplate(
            name: "预约",
            summary: Bilingual(
                en: "appointments: what, when, phone number; reschedule and cancel",
                zh: "到店预约：选项目、日期、时段，改约和取消"),
            files: [
                ("门店预约.kf.yml", PackageResources.门店预约_kf_yml),
                ("门店预约.test.yml", PackageResources.门店预约_test_yml),
            ]),
        ProjectTemplate(
            name: "软件支持",
            summary: Bilingual(
                en: "software support: FAQ in two languages, troubleshooting, escalation by hours",
                zh: "软件支持：中英文问答、排查、报错登记、按时间升级"),
            files: [
                ("云账本支持.kf.yml", PackageResources.云账本支持_kf_yml),
                ("云账本常见问题.kf.yml", PackageResources.云账本常见问题_kf_yml),
                ("云账本支持.test.yml", PackageResources.云账本支持_test_yml),
            ]),
    ]

    private init(name: String, summary: Bilingual, files: [(String, [UInt8])]) {
        self.name = name
        self.summary = summary
        self.files = files.map { ($0, String(decoding: $1, as: UTF8.self)) }
    }
}
