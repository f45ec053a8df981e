import ChatModel
import RuleEngine

/// Values every conversation may have, which texts and conditions name without declaring them.
///
/// The engine knows them by their Chinese names; rule files may use either.
package enum BuiltInValues {
    /// English names by the Chinese one.
    package static let names: [String: String] = [
        "客户.昵称": "customer.nickname", "客户.性别": "customer.gender", "客户.编号": "customer.id",
        "场景": "scene", "场景.参数": "scene.param", "视频号.场景": "channels.scene",
        "视频号.名称": "channels.name", "会话.摘要": "session.summary",
        "日期": "date", "时间": "time", "队列": "queue",
    ]

    private static let chineseNames = Dictionary(
        names.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })

    /// Both languages' names, for suggestions.
    static let allNames = names.keys.sorted() + names.values.sorted()

    /// The name the engine uses; `nil` for what isn't built in.
    package static func canonical(_ name: String) -> String? {
        names[name] != nil ? name : chineseNames[name]
    }

    /// Whether conditions can't ask for it: it is made when a text is.
    static func isOnlyForTexts(_ canonical: String) -> Bool {
        ["场景", "会话.摘要", "日期", "时间", "队列"].contains(canonical)
    }

    /// Whether it is known whenever a text is shown: only the clock always answers.
    static func isAlwaysKnown(_ canonical: String) -> Bool { shown(canonical) != nil }

    /// How the clock's values are shown where the author names no filter; they are moments.
    static func shown(_ canonical: String) -> Template.Filter? {
        switch canonical {
        case "日期": Template.Filter(.date)
        case "时间": Template.Filter(.time)
        default: nil
        }
    }
}
