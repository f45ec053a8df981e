import Foundation
import RuleFiles

/// The files of this repository that people read as examples, and those of the language's
/// reference.
enum FormattedFiles {
    /// Every `.kf.yml` and `.test.yml` below `rules/` and `fixtures/`.
    static let sources: [RuleSource] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../..").standardized
        return ["rules", "fixtures"].flatMap { folder -> [RuleSource] in
            let walker = FileManager.default.enumerator(
                atPath: root.appending(path: folder).path)
            let names = (walker?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".yml") }
            return names.sorted().compactMap { name in
                let path = "\(folder)/\(name)"
                let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
                return text.map { RuleSource(path: path, text: $0) }
            }
        }
    }()

    /// A bundle with every part of the language, in canonical form.
    static let rich = RuleSource(path: "rich.kf.yml", text: richFile)

    /// Its conversation tests, in canonical form.
    static let tests = RuleSource(
        path: "rich.test.yml",
        text: #"""
            tests_for: 旗舰店售后.kf.yml
            tests:
              - test: 午休转人工，留在机器人
                at: 2026-03-02 12:30
                steps:
                  - customer: 转人工
                  - expect: { reply_contains: 工作时间, state: bot }
              - test: 国庆调休补班日照常转人工
                at: 2026-10-10 10:00                     # 周六补班
                steps:
                  - customer: 转人工
                  - expect: { handoff: 售后, state: human }
              - test: 人工结束后 20 秒内发评价，点评价不算新问题
                at: 2026-03-02 10:00
                steps:
                  - customer: 转人工
                  - expect: { handoff: 售后, servicer: zhangsan }
                  - ends: zhangsan
                  - expect: { survey: 满意度, within: 20s }
                  - clicks: 满意度.1
                  - expect: { tag: 差评, not_rule: 没听懂 }
              - test: 平台重复推送同一条消息，只回一次
                steps:
                  - customer: { text: 怎么退款, msgid: m1 }
                  - platform: { redeliver: m1, times: 2 }
                  - expect: { sent: 2 }                  # 说明 + 菜单，各一条
              - test: 欢迎码过期就不再硬发
                steps:
                  - platform: { delay_callbacks: 25s }
                  - enters: {}
                  - expect: { sent: 0, reason: welcome_code_expired }

            """#)
}
