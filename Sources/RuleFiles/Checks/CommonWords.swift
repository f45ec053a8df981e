import RuleEngine

/// Everyday words that contain a keyword of customer service and mean something else.
///
/// Chinese has no spaces: `says: 人工` hears 人工智能 too. Small on purpose: words customers do
/// write, collected by keyword.
enum CommonWords {
    private static let table: [String: [String]] = [
        "人工": ["人工智能", "人工费", "人工湖", "人工草坪", "人工成本"],
        "真人": ["真人秀", "真人版"],
        "老板": ["老板娘"],
        "再见": ["再见面"],
        "电话": ["电话费", "电话卡", "电话手表"],
        "密码": ["密码锁", "密码箱"],
        "积分": ["微积分"],
        "保险": ["保险丝", "保险柜", "保险箱"],
        "活动": ["活动板房", "活动扳手"],
        "你好": ["你好像"],
        "好的": ["最好的"],
        "转人工": ["不要转人工", "别转人工"],
    ]

    private static let byKeyword: [String: [String]] = Dictionary(
        uniqueKeysWithValues: table.map { (FoldedText($0.key).keywords, $0.value) })

    /// Words that contain a folded keyword; empty for none known.
    static func containing(_ keyword: String) -> [String] { byKeyword[keyword] ?? [] }
}
