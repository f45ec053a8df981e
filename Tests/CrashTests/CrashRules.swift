import Foundation

/// The rules of the crash test: one text for every message, each recognisable as the answer to it.
enum CrashRules {
    static let topics = 40
    static let handOver = "人工"
    static let farewell = "再见"
    /// Said together with the wish for a person: the servicer's to answer, unless the session has
    /// gone on by the time the bot knows.
    static let aside = "还有一件事"
    static let answerToAside = "请讲"

    static func question(_ topic: Int) -> String { String(format: "问题%02d", topic) }
    static func answer(_ topic: Int) -> String { String(format: "回答%02d", topic) }

    static var file: String {
        let echoes = (0..<topics).map { topic in
            """
              - rule: 第\(topic)题
                when: { says_exactly: \(question(topic)) }
                reply: \(answer(topic))
            """
        }
        return """
            kf: 1
            bundle: 崩溃测试
            owner: 测试
            accounts: [shop]
            menus:
              满意度:
                head: 本次服务结束啦，您觉得怎么样？
                items: { 满意: 满意, 不满意: 不满意 }
            handoff:
              人工客服:
                to: pool
                waiting_text: 正在转接，请稍候。
                ended: { menu: 满意度 }
            rules:
              - rule: 欢迎语
                when: { event: enter_session }
                reply: 欢迎光临
              - rule: 转人工
                when: { says_exactly: \(handOver) }
                handoff: 人工客服
              - rule: 结束
                when: { says_exactly: \(farewell) }
                end: { goodbye: 祝您生活愉快 }
              - rule: 还有
                when: { says_exactly: \(aside) }
                reply: \(answerToAside)
              - rule: 评价
                when: { clicks: [满意度.满意, 满意度.不满意] }
                reply: 谢谢
              - rule: 没听懂
                when: { no_match: true }
                reply: 没听懂

            """ + echoes.joined(separator: "\n") + "\n"
    }
}
