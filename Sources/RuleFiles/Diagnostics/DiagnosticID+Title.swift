/// What each id is about, in a line.
extension DiagnosticID {
    /// One line without a full stop: the heading of its explanation.
    package var title: Bilingual {
        switch self {
        case .fileTooLarge: Bilingual(en: "The file is too large", zh: "文件太大")
        case .fullWidth:
            Bilingual(en: "Full-width punctuation used as syntax", zh: "语法位置用了全角符号")
        case .yamlSyntax: Bilingual(en: "Not YAML", zh: "不是正确的 YAML")
        case .tab: Bilingual(en: "A tab", zh: "制表符")
        case .anchor: Bilingual(en: "An anchor, an alias or a merge key", zh: "锚点、引用或合并键")
        case .tag: Bilingual(en: "A tag or a directive", zh: "YAML 标签或指令")
        case .severalDocuments: Bilingual(en: "A second document", zh: "一个文件里有两份文档")
        case .duplicateKey: Bilingual(en: "A key that stands there already", zh: "同一个键写了两次")
        case .tooDeep: Bilingual(en: "Nested too deep", zh: "嵌套太深")
        case .tooManyNodes: Bilingual(en: "Too many values", zh: "值太多")
        case .badCharacter: Bilingual(en: "An invisible character", zh: "看不见的字符")
        case .emptyFile: Bilingual(en: "The file is empty", zh: "文件是空的")
        case .unknownKey: Bilingual(en: "An unknown key", zh: "没有这个键")
        case .missingKey: Bilingual(en: "A missing key", zh: "缺少必写的键")
        case .wrongType:
            Bilingual(en: "A text where a list belongs, and the like", zh: "类型不对：该写列表的地方写了文字之类")
        case .badValue: Bilingual(en: "A value that isn't one of those allowed", zh: "不能写这个值")
        case .emptyText: Bilingual(en: "An empty text, list or map", zh: "空的文字、列表或内容")
        case .unsupported: Bilingual(en: "Not possible in this place", zh: "这里不能用这个写法")
        case .formatVersion:
            Bilingual(en: "A format this version doesn't read", zh: "格式版本读不了")
        case .nothingIncluded: Bilingual(en: "'include' finds no file", zh: "include 找不到文件")
        case .includeCycle: Bilingual(en: "Files that include each other", zh: "文件互相引入")
        case .notAFragment:
            Bilingual(en: "Something an included file can't say", zh: "被引入的文件里不能写的内容")
        case .wireLock: Bilingual(en: "The lock file is damaged", zh: "编号锁定文件坏了")
        default: titleOfMeaning
        }
    }

    private var titleOfMeaning: Bilingual {
        switch self {
        case .noExamples: Bilingual(en: "Words, but no examples", zh: "有关键词却没有例句")
        case .doesNothing: Bilingual(en: "A rule that does nothing", zh: "规则什么也不做")
        case .oneCharacterKeyword: Bilingual(en: "A keyword of one character", zh: "只有一个字的关键词")
        case .keywordFoldsToNothing:
            Bilingual(en: "A keyword with nothing but marks", zh: "只有标点的关键词")
        case .shortKeyword:
            Bilingual(
                en: "A short keyword of a rule that moves the session is heard inside another "
                    + "sentence",
                zh: "会转人工或结束会话的规则用了太短的词，别的句子里也有")
        case .quotedText: Bilingual(en: "Quotes the customer would see", zh: "客户会看到的引号")
        case .foldAlwaysApplies:
            Bilingual(en: "'fold' leaves out what always applies", zh: "fold 漏写了总是生效的项")
        case .missingLanguage: Bilingual(en: "A language is missing", zh: "少了一种语言")
        case .uncertainValue:
            Bilingual(en: "A value that may not be known yet", zh: "用到时可能还不知道的值")
        case .duplicateName: Bilingual(en: "A name used twice", zh: "重名")
        case .unknownName: Bilingual(en: "A name that isn't declared", zh: "没有声明过的名字")
        case .notClickable:
            Bilingual(en: "An item whose tap no rule can hear", zh: "点了也听不到的菜单项")
        case .textCycle: Bilingual(en: "A text that contains itself", zh: "文本包含了自己")
        case .accountServedTwice:
            Bilingual(en: "An account served by two bundles", zh: "一个账号归了两个规则包")
        case .invalidPattern: Bilingual(en: "Not a regular expression", zh: "正则表达式写错了")
        case .wireIDCollision:
            Bilingual(en: "Two menu items with the same id on the wire", zh: "两个菜单项的编号相同")
        case .placeholder: Bilingual(en: "A placeholder written wrongly", zh: "占位符写错了")
        case .unused: Bilingual(en: "Something nobody uses", zh: "没有人用到")
        case .unansweredItem: Bilingual(en: "A tap no rule answers", zh: "点了没有规则回答的菜单项")
        case .noFallback: Bilingual(en: "No 'no_match' rule", zh: "没有兜底规则")
        case .nothingToOverride:
            Bilingual(en: "'override' replaces nothing", zh: "override 没有可覆盖的对象")
        case .overlappingHours: Bilingual(en: "Hours that overlap", zh: "时段重叠")
        case .tooManyCombinations:
            Bilingual(en: "Word lists make too many combinations", zh: "词表组合太多")
        case .badRename:
            Bilingual(en: "'renamed_from' names what is still there", zh: "renamed_from 写了还在用的名字")
        default: titleOfQuality
        }
    }

    private var titleOfQuality: Bilingual {
        switch self {
        case .duplicateKeyword:
            Bilingual(en: "A keyword written twice in a rule", zh: "同一条规则里重复的关键词")
        case .widePattern:
            Bilingual(en: "A regular expression that fits everything", zh: "什么都匹配的正则表达式")
        case .deadPattern:
            Bilingual(en: "A regular expression that fits nothing", zh: "什么都匹配不到的正则表达式")
        case .menuNeverShown: Bilingual(en: "A menu that is never shown", zh: "从来不会显示的菜单")
        case .noGreeting: Bilingual(en: "No greeting", zh: "没有欢迎语")
        case .expired: Bilingual(en: "Its time is over", zh: "已经过期")
        case .expiresSoon: Bilingual(en: "Its time is over soon", zh: "快要过期")
        case .calendarYear:
            Bilingual(en: "A year whose holidays aren't known", zh: "没有这一年的节假日数据")
        case .neverOpen: Bilingual(en: "A schedule that is never open", zh: "从来不开的时间表")
        case .contradiction:
            Bilingual(en: "Conditions that can't hold together", zh: "互相矛盾的条件")
        case .noClosed: Bilingual(en: "'open' without 'closed'", zh: "写了 open 却没写 closed")
        default: titleOfRouting
        }
    }

    private var titleOfRouting: Bilingual {
        switch self {
        case .entangledQuestions:
            Bilingual(en: "Two questions that answer for each other", zh: "两个问题互相抢答")
        case .sameQuestion: Bilingual(en: "The same wording in two questions", zh: "两个问题有相同的问法")
        case .flowTooDeep: Bilingual(en: "Flows nested too deep", zh: "流程一层套一层，太深")
        case .hijackedExample:
            Bilingual(en: "Hijacked: another rule answers an example", zh: "规则抢答：例句被别的规则抢走")
        case .wonNotExample:
            Bilingual(en: "A rule answers one of its 'not_examples'", zh: "规则回答了自己的反例")
        case .tie:
            Bilingual(en: "Two rules have the same score for an example", zh: "两条规则对同一例句同分")
        case .unheardExample:
            Bilingual(en: "No rule, or only 'no_match', answers an example", zh: "例句没有规则回答")
        case .neverWins: Bilingual(en: "A trigger another rule always takes", zh: "总被别的规则抢先的触发条件")
        case .handoffAndEnd:
            Bilingual(en: "A rule that hands over and ends", zh: "既转人工又结束会话")
        case .welcomeCannotMove:
            Bilingual(
                en: "A greeting that hands over, ends or recommends", zh: "欢迎语不能转人工、结束会话或推荐")
        case .startAndMove:
            Bilingual(en: "A rule that starts a flow and moves the session", zh: "既启动流程又转人工或结束")
        case .flowCycle: Bilingual(en: "A flow that starts itself", zh: "流程启动了自己")
        case .policyCycle:
            Bilingual(en: "Hand-off policies that send the customer in a circle", zh: "转人工方案绕圈")
        case .unreachableStep: Bilingual(en: "A step that is never reached", zh: "走不到的步骤")
        default: titleOfLegality
        }
    }

    private var titleOfLegality: Bilingual {
        switch self {
        case .tooLong: Bilingual(en: "Longer than the platform takes", zh: "超过平台的长度限制")
        case .tooManyItems: Bilingual(en: "More than ten items", zh: "菜单超过十项")
        case .nothingToTap: Bilingual(en: "A menu without items", zh: "菜单没有选项")
        case .badAddress: Bilingual(en: "An address without its scheme", zh: "网址不完整")
        case .badPagePath:
            Bilingual(en: "A page path that doesn't end in '.html'", zh: "页面路径没有以 .html 结尾")
        case .tooManyMessages: Bilingual(en: "More messages than a reply may have", zh: "回复的条数太多")
        case .welcomeReply:
            Bilingual(en: "A greeting that isn't one text or one menu", zh: "欢迎语只能是一段文字或一个菜单")
        case .noticeReply: Bilingual(en: "A notice that isn't one message", zh: "公告只能是一条消息")
        case .waitingText: Bilingual(en: "'waiting_text' is not one text", zh: "排队提示不是一段文字")
        case .closingMessage:
            Bilingual(en: "'ended' or 'goodbye' is not one text or one menu", zh: "结束语不是一段文字或一个菜单")
        case .illegalFallback:
            Bilingual(en: "A step the platform doesn't allow here", zh: "平台不允许在这里这样做")
        case .mayBeTooLong:
            Bilingual(en: "Perhaps longer than the platform takes", zh: "可能超过平台的长度限制")
        case .mediaNotFound: Bilingual(en: "A file to send that isn't there", zh: "找不到要发的文件")
        case .mediaTooLarge:
            Bilingual(en: "A file the platform takes in no such size", zh: "文件大小平台不收")
        case .mediaFormat: Bilingual(en: "A file in another format", zh: "文件格式不对")
        case .mediaMayNotShow:
            Bilingual(en: "A picture that may not reach the customer", zh: "客户可能收不到的图片")
        case .mediaIDExpires: Bilingual(en: "A 'media_id' that expires", zh: "会失效的 media_id")
        case .overBudget:
            Bilingual(en: "A path with more messages than are allowed", zh: "有一条路会发太多条消息")
        case .illegalStep:
            Bilingual(en: "A path with a step the platform refuses", zh: "有一条路平台不允许")
        case .idleOverdue: Bilingual(en: "'overdue' that changes nothing", zh: "不起作用的 overdue")
        default: Bilingual(rawValue)
        }
    }
}
