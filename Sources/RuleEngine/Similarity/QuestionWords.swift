/// The lists every FAQ begins with; users add to them.
enum QuestionWords {
    /// What people say around a question: counts half.
    static let fillers =
        words(
            """
            请问 请问一下 我想问 我想请问 我想问一下 我想问下 我想请问一下 我想请问下 想问一下 想问下 想请问 请问下
            想咨询 想咨询一下 我想咨询 我想咨询一下 咨询一下 想知道 我想知道 想了解 我想了解 想了解一下 我想了解一下
            你好 您好 亲 亲亲 在吗 麻烦 麻烦问一下 麻烦问下 打扰一下 不好意思 谢谢 多谢 哈喽 嗨 那个 就是 就是说
            客服
            """) + "吗呢啊呀吧哦哈嘛啦喔噢诶哎唉嗯呗哟咯".map { String($0) }

    /// What negates when it stands alone; Latin words that end in n't do too.
    static let negations = words("不 没 无 未 别 非 not no never")

    /// What stands between a word and itself in a question: 是不是, 有没有.
    static let parting = words("不 没")

    /// What holds a negating character and negates nothing.
    static let notNegations = words(
        """
        有没有 是不是 能不能 可不可以 不好意思 没关系 没事 对不起 差不多 无论 不管 不但 不仅 特别 非常 别人 别的 分别
        个别 级别 不同 是否 无理由 无忧 无线 无限 无痕 未来 别墅 别名 不锈钢 不少 不断 不久 没收 非遗
        """)

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
