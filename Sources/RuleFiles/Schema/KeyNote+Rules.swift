/// Rules, what they hear, what they do.
extension KeyNote {
    private static let kinds = [
        "image", "voice", "video", "file", "location", "link", "business_card", "miniprogram",
        "menu", "shop_product", "shop_order", "merged_msg", "channels", "other",
    ]

    static let ruleNotes: [KeyNote] = [
        KeyNote("rule.rule", "规则的名字", "the rule's name", isRequired: true),
        KeyNote("question.rule", "规则的名字；不写就是问题本身", "the rule's name; else the question is"),
        KeyNote("notice.notice", "公告的名字", "the notice's name", isRequired: true),
        KeyNote(
            "active", "什么时候说：2026-07-01 00:00 .. 2026-07-05 24:00", "when it is said",
            isRequired: true),
        KeyNote("question.ask", "标准问", "the standard question", isRequired: true),
        KeyNote("like", "客户的其他问法", "other wordings"),
        KeyNote("id", "统计用的英文编号", "an ASCII name for metrics"),
        KeyNote("rule.renamed_from", "改名以前的名字", "its earlier names", list: .also),
        KeyNote("question.renamed_from", "改名以前的名字", "its earlier names", list: .also),
        KeyNote(
            "rule.accounts", "只给其中几个账号用", "only for some of the bundle's accounts", list: .also),
        KeyNote(
            "priority", "排在分数前面，少用；urgent 还能打断流程",
            "before the score; use it rarely", .oneOf(["urgent", "high", "normal", "low"])),
        KeyNote(
            "once_per", "同一位客户这段时间内只答一次", "not twice to a customer within this time", .duration),
        KeyNote("when", "什么时候用：任何一个就行", "when it applies: any of these"),
        KeyNote("rule.when", "什么时候用：任何一个就行", "when it applies: any of these", isRequired: true),
        KeyNote(
            "notice.when", "什么时候说：任何一个就行", "when it is said: any of these", isRequired: true),
        KeyNote("if", "还要满足：全部成立", "all of these must hold"),
        KeyNote("unless", "除非：一个也不许成立", "none of these may hold"),
        KeyNote("tag", "打标签", "tags the customer"),
        KeyNote("set", "记下几个值：{ 名字: 值 }", "keeps values: { name: value }"),
        KeyNote(
            "reply", "回复：一段话、一个菜单，或最多 4 条", "the reply: a text, a menu, or up to four messages",
            list: .also),
        KeyNote("answer", "和 reply 一样", "the same as reply", list: .also),
        KeyNote("start", "启动一个流程", "starts a flow"),
        KeyNote("handoff", "转人工：方案的名字，或 { to: pool, … }", "calls a person: a policy"),
        KeyNote(
            "upgrade", "请接待人员推荐专员或客户群：{ member: … } 或 { group: … }",
            "asks the servicer to recommend a specialist or a customer group"),
        KeyNote("member", "专员的 userid，要在 升级服务 里配置过", "a specialist's userid"),
        KeyNote("group", "客户群的 chat_id，要在 升级服务 里配置过", "a customer group's chat_id"),
        KeyNote("wording", "推荐语", "words for the customer"),
        KeyNote(
            "end", "结束会话：true，或 { goodbye: … }", "ends the session: true or { goodbye: … }",
            .onlyTrue),
        KeyNote("goodbye", "结束时的一段文字或一个菜单", "one text or one menu with the end"),
        KeyNote("examples", "客户真会说的话，必须由这条规则回答", "sentences this rule must answer"),
        KeyNote("not_examples", "不许由这条规则回答的话", "sentences this rule must not answer"),

        // What they hear.
        KeyNote("triggers.clicks", "点了这个菜单项：菜单.项 · 100 分", "this item was tapped: menu.item"),
        KeyNote("triggers.says", "话里有这个词 · 50～80 分", "the message contains these words"),
        KeyNote("says_exactly", "整句话就是这个词 · 95 分", "the whole message is these words"),
        KeyNote(
            "says_all", "话里这几个词都有 · 50～80 分", "the message contains all of these", list: .nested),
        KeyNote("starts_with", "以它开头 · 70～90 分", "the message begins with these words"),
        KeyNote("ends_with", "以它结尾 · 70～90 分", "the message ends with these words"),
        KeyNote(
            "matches", "正则表达式：整句 90 分，一部分 50～80 分", "a regular expression finds something",
            list: .also),
        KeyNote("asks_like", "意思和这句话相近 · 81～95 分", "the message means about the same"),
        KeyNote(
            "triggers.sends", "发来这种消息 · 30 分", "a message of this kind came", .oneOf(kinds),
            list: .also),
        KeyNote(
            "event", "enter_session：客户打开了聊天窗口 · 100 分", "the customer opened the chat",
            .oneOf(["enter_session"]), list: .also),
        KeyNote("no_match", "别的规则都不答 · 0 分", "no other rule applies", .onlyTrue),
        KeyNote("any", "任何一组成立", "one of the groups holds", list: .only),
        KeyNote("all", "每一组都成立", "every group holds", list: .only),
        KeyNote(
            "triggers.all", "when 里没有 all：用 says_all 或 if", "not in 'when': use says_all or if"),
        KeyNote("not", "不成立", "the group doesn't hold"),
        KeyNote("triggers.not", "when 里没有 not：用 unless", "not in 'when': use unless"),

        // Conditions.
        KeyNote("conditions.scene", "从这个入口进来，* 代表任意字", "the entrance's scene", list: .also),
        KeyNote(
            "conditions.state", "会话归谁：bot 机器人、pool 排队、human 人工、ended 已结束", "whose turn it is",
            .oneOf(["bot", "untreated", "assistant", "pool", "human", "ended"]), list: .also),
        KeyNote(
            "conditions.misses", "连续第几句没听懂（或更多）", "at least so many misses in a row",
            .integer(1...99)),
        KeyNote("hours", "在这个时间表里；{ closed: 名字 } 是不在", "within this schedule", list: .also),
        KeyNote("openHours.open", "在这个时间表里", "within this schedule", list: .also),
        KeyNote("openHours.closed", "不在这个时间表里", "outside this schedule", list: .also),
        KeyNote(
            "conditions.slot", "已经知道这个值，或 { 名字: 是什么 }", "a value is known, or what it is",
            list: .inside),
        KeyNote("in_flow", "在这个流程里；any 是任何一个", "in this flow; any for any", list: .also),
        KeyNote("returning", "true：以前来过", "true: had a session before", .flag),
        KeyNote("tagged", "有这个标签", "bears this tag"),
        KeyNote("conditions.language", "客户在说哪种语言：zh、en", "the customer's language", list: .also),
        KeyNote("known", "true 已知，false 还不知道", "whether it is known", .flag),
        KeyNote("is", "是其中一个", "it is one of these", list: .also),
        KeyNote("at_least", "至少这么大", "a number, at least this"),
        KeyNote("at_most", "最多这么大", "a number, at most this"),

        // Messages.
        KeyNote("template", "texts 里的一段话，和 $(名字) 一样", "a named text"),
        KeyNote("message.menu", "菜单的名字", "a menu's name"),
        KeyNote("message.survey", "评价的名字", "a survey's name"),
        KeyNote("image", "图片的路径，相对这个文件", "a file beside this one"),
        KeyNote("voice", "语音的路径，相对这个文件", "a file beside this one"),
        KeyNote("video", "视频的路径，相对这个文件", "a file beside this one"),
        KeyNote("file", "文件的路径，相对这个文件", "a file beside this one"),
        KeyNote("message.link", "图文链接卡片", "a link card"),
        KeyNote("message.miniprogram", "小程序卡片", "a mini program card"),
        KeyNote("location", "位置", "a place"),
        KeyNote("title", "标题", "the title"),
        KeyNote("link.title", "标题，最多 128 字节", "the title, at most 128 bytes", isRequired: true),
        KeyNote("desc", "描述，最多 512 字节", "the description"),
        KeyNote("url", "网址", "the address"),
        KeyNote("link.url", "网址", "the address", isRequired: true),
        KeyNote("thumb", "封面的路径，相对这个文件", "a file beside this one", isRequired: true),
        KeyNote("appid", "小程序的 appid", "the mini program's appid"),
        KeyNote("miniprogram.appid", "小程序的 appid", "the mini program's appid", isRequired: true),
        KeyNote("path", "页面路径", "the page"),
        KeyNote("miniprogram.path", "页面路径，以 .html 结尾", "the page, ends in .html", isRequired: true),
        KeyNote("name", "名称", "the name"),
        KeyNote("address", "地址", "the address"),
        KeyNote("latitude", "纬度", "-90 to 90"),
        KeyNote("longitude", "经度", "-180 to 180"),
    ]
}
