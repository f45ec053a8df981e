package import ChatModel
package import RuleFiles

extension Refusal {
    /// What it means and what a person can do about it, for the support lead.
    package func remedy(in language: MessageLanguage) -> String {
        language == .zh ? chineseRemedy : remedy
    }

    private var chineseRemedy: String {
        switch self {
        case .waitingInPool: "客户在排队，只有转接返回的凭据能说一句。请同事接起来，或者结束会话。"
        case .humanServing: "同事正在接待，只能从企业微信里回复。结束会话后，客户再来就是机器人。"
        case .sessionEnded: "会话已经结束。客户再说话就是新的会话。"
        case .customerNeverWrote: "客户还没说过话，这之前只能用欢迎语的凭据说一句。"
        case .windowClosed: "客户 48 小时没说话了，要等他再开口。"
        case .replyBudgetSpent: "客户说一句最多回 5 条，已经用完。把回复写短，或等客户再说。"
        case .customerRejects: "同事把这位客户的消息关掉了，要在企业微信里打开。"
        case .noWelcomeCode: "平台只给 48 小时内没说过话、没被欢迎过的客户发欢迎语凭据。"
        case .welcomeCodeExpired: "欢迎语凭据只活 20 秒。看看回调是不是来得慢、拉消息有没有堵住。"
        case .codeExpired: "凭据过期了：结束语 20 秒，排队提示 48 小时。看看回调是不是来得慢。"
        case .codeUsed: "一张凭据只能发一条，把话并成一段或一个菜单。"
        case .codeUnknown: "这个会话没有发过这张凭据。"
        case .codeLost: "带凭据的那次应答丢了；会话本身已经变了。"
        case .codeStateMoved: "会话已经离开这张凭据对应的状态，不用处理。"
        case .codeTextOnly: "排队或接待中，凭据只能发文字，把菜单换成文字。"
        case .codeTextOrMenuOnly: "凭据只能发文字或菜单，别的等客户说话以后再发。"
        case .humanNeverReturnsToBot: "同事手里的会话只能转给别的同事或结束。结束后客户再来就是机器人。"
        case .poolNeverReturnsToBot: "排队中的会话只能由同事接起或结束。结束后客户再来就是机器人。"
        case .untreatedIsNoTarget: "只有客户说话才会开一个未处理的会话。"
        case .endedIsFinal: "结束了的会话不能再转，客户再说话会开新的。"
        case .servicerUnavailable: "这位同事没在接待，或者没在企业微信里激活。换一位，或者转到待接入池。"
        case .platformStopped: "平台不让这个应用或账号调用，要先改配置或权限，详见运行日志。"
        case .platformDropped: "平台彻底拒绝了这条消息，原因看旁边的错误码。"
        case .platformUnreachable: "试了几次平台都没有回应，检查网络和平台状态。"
        }
    }
}
