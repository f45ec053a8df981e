/// Bundles, texts, menus, slots, schedules.
extension KeyNote {
    static let bundleNotes: [KeyNote] = [
        KeyNote("kf", "格式版本，写 1", "the version of the format: 1", .oneOf(["1"])),
        KeyNote(
            "bundle", "这份规则包的名字，不能和别的文件重名", "the bundle's name, unique over all files"),
        KeyNote("owner", "谁维护，出问题找谁", "who looks after it"),
        KeyNote(
            "accounts", "服务哪些客服账号（别名；真实 open_kfid 写在服务器配置里）",
            "the aliases of the accounts it serves", list: .also),
        KeyNote(
            "include", "引入的文件，路径从这个文件算起，* 代表任意名字",
            "files that belong to this bundle, relative to this one", list: .also),
        KeyNote(
            "valid", "什么时候有效：2026-11-01 .. 2026-11-12，两头都算，可以只写一头",
            "when it is in force: 2026-11-01 .. 2026-11-12, both days included"),
        KeyNote("defaults", "整份规则包的默认值", "what the bundle's rules leave unsaid"),
        KeyNote("schedules", "时间表：营业时间、值班时间", "named opening hours"),
        KeyNote("texts", "写一次、到处用 $(名字) 填的话", "named texts, filled in as $(name)"),
        KeyNote("templates", "和 texts 一样，常用来放长文字", "the same as texts, for longer ones"),
        KeyNote(
            "words", "词表：关键词里写 $(名字) 就等于列出里面每个词",
            "lists of words; $(name) in a keyword stands for each of them", list: .also),
        KeyNote("menus", "菜单", "named menus"),
        KeyNote("slots", "槽位：流程里要问的东西", "what flows ask for"),
        KeyNote(
            "notices", "临时公告：到期自动失效，在回答前先说", "notices with an expiry, said before an answer",
            list: .only),
        KeyNote("rules", "规则，从上到下", "the rules", list: .only),
        KeyNote(
            "faq", "常见问题：意思相近的话都会答到", "questions and answers, found by similarity",
            list: .only),
        KeyNote("flows", "流程：一步步问清再办", "conversations of several steps"),
        KeyNote("bundle.handoff", "转人工的方案，起名字多处使用", "named ways to call a person"),
        KeyNote("surveys", "评价", "surveys"),
        KeyNote("tests", "这份规则包保证做到的对话", "conversations the bundle promises", list: .only),
        KeyNote("override", "true：顶替引入文件里的同名项", "true: replaces its namesake", .flag),
        KeyNote(
            "renamed_from", "改名以前的名字；旧菜单、报表接得上", "its earlier name, so that nothing breaks"),

        // Defaults.
        KeyNote(
            "fold", "比较前抹平哪些差别；除了“拼音”都总是生效",
            "what is folded before comparing; all but 拼音 always apply",
            .oneOf([
                "全半角", "繁简", "大小写", "标点", "表情", "拼音", "width", "script", "case", "marks",
                "emoji", "pinyin",
            ]), list: .also),
        KeyNote(
            "idle", "静默多久就忘掉问到的槽位（30m）", "slots are forgotten after this much silence",
            .duration),
        KeyNote(
            "budget_keep", "平台给的 5 条里留几条备用（1）", "how many of the five messages are kept back",
            .integer(0...4)),
        KeyNote("zone", "时区，例如 Asia/Shanghai", "an IANA time zone"),
        KeyNote(
            "ask_back", "像好几个问题时，列出来让客户点", "said above the candidates when a question is unclear"),
        KeyNote("askBack.head", "候选上面的话", "above the candidates"),
        KeyNote("askBack.none", "最后一行：都不是", "the last line: none of these"),
        KeyNote("similar", "类似问（asks_like、faq）怎么算像", "how 'asks_like' and 'faq' judge"),
        KeyNote(
            "similar.answer", "有几成把握才直接回答（0.75）", "how sure to be to answer",
            .decimal(0.5...1)),
        KeyNote(
            "similar.ask_back", "有几成把握才反问（0.35）", "how sure to be to ask back",
            .decimal(0...1)),
        KeyNote(
            "similar.synonyms", "同义词：{ 退款: [退钱, 返钱] }", "words read as another one",
            list: .inside),
        KeyNote(
            "similar.opposites", "反义词：[[开通, 关闭], [国内, 国外]]，一句问开通，绝不答关闭",
            "words that exclude each other", list: .nested),
        KeyNote(
            "similar.fillers", "口头语，比对时少算一半", "what people say around a question",
            list: .also),
        KeyNote(
            "similar.not_negations", "带“不、没”却不是否定的词，例如 不粘锅",
            "words with a negating character that negate nothing", list: .also),
        KeyNote("cancel", "说这些词就退出流程", "words that leave a flow"),
        KeyNote("cancelled", "退出流程时说的话", "said when the customer leaves it"),
        KeyNote("expire", "客户多久不回，流程就算了", "the flow is left after this much silence", .duration),

        // Schedules.
        KeyNote(
            "weekly", "每周的时段：周一至周五: [09:00-12:00, 13:30-18:00]",
            "hours by day: Mon-Fri: [09:00-18:00]", .hours, list: .inside, isRequired: true),
        KeyNote(
            "calendar", "cn：法定假日休息，调休补班日按周一", "cn: China's holidays and make-up days",
            .oneOf(["cn"])),
        KeyNote(
            "except", "不一样的日子：2026-02-15..2026-02-21: closed", "days that are different", .hours,
            list: .inside),
        KeyNote("schedule.text", "$(名字) 显示的话，不写就自动生成", "what $(name) shows"),

        // Texts and menus.
        KeyNote("zh", "中文", "in Chinese"),
        KeyNote("en", "英文", "in English"),
        KeyNote("text", "文字", "words for the customer"),
        KeyNote("namedText.text", "文字", "the text"),
        KeyNote("head", "选项上面的话，最多 1024 字节", "above the items, at most 1024 bytes"),
        KeyNote(
            "items", "1 到 10 项：键是名字，值是显示的字", "one to ten items: key and label",
            isRequired: true),
        KeyNote("tail", "选项下面的话", "below the items"),
        KeyNote(
            "numbers", "true：加上序号，客户回复数字等于点那一项",
            "true: a customer may answer with an item's number", .flag),
        KeyNote("click", "点了由规则回答（clicks: 菜单.键）", "a tap that a rule answers"),
        KeyNote("view", "打开的网址", "the page it opens"),
        KeyNote("mini", "打开的小程序：appid/页面路径", "the mini program it opens: appid/path"),
        KeyNote("no_newline", "true：后面不换行", "true: no line break behind it", .flag),
        KeyNote("thanks", "收到评价后说的话", "said after the customer's mark"),
        KeyNote("low", "低分时怎么办", "what is done about low marks"),
        KeyNote(
            "lowGrade.at_most", "几分以下算低分", "marks up to this are low", .integer(-1000...1000),
            isRequired: true),

        // Slots.
        KeyNote(
            "accept", "接受什么：anything、date、phone、order，或 { digits: 12 } 等", "what is taken",
            .oneOf(["anything", "date", "phone", "order"])),
        KeyNote("digits", "几位数字：12 或 6..8", "how many digits: 12, or 6..8"),
        KeyNote("regex", "正则表达式，比抹平以后的字", "a regular expression over the folded text"),
        KeyNote(
            "choice", "其中一个；十个以内会变成菜单", "one of these; up to ten become a menu",
            .text, list: .inside),
        KeyNote("date", "true：日期", "true: a day", .onlyTrue),
        KeyNote("phone", "true：手机或座机号", "true: a phone number", .onlyTrue),
        KeyNote("order", "true：订单号或订单卡片", "true: an order's number or card", .onlyTrue),
        KeyNote(
            "mask", "给人看时打码：middle 中间，all 全部", "how it is shown to people",
            .oneOf(["middle", "all"])),
        KeyNote(
            "keep", "记多久：session 到会话结束或静默为止，customer 一直，24h 这么久", "how long it is remembered",
            .durationOr(["session", "customer"])),
        KeyNote("slot.ask", "怎么问", "the question", isRequired: true),
        KeyNote("tries", "最多问几次（3）", "how often it is asked for", .integer(1...9)),
        KeyNote("retry", "没认出来时怎么说", "after an answer that isn't accepted"),
    ]
}
