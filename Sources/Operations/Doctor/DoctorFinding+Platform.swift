package import ChatModel
import RuleFiles

extension DoctorFinding {
    // MARK: The clock

    /// Beyond this a clock is worth a word, and beyond the second it loses codes: a welcome code
    /// lives 20 seconds, and with a clock ahead what a customer writes right after an ending of
    /// ours looks older than it.
    private static let smallSkew: Duration = .seconds(2), largeSkew: Duration = .seconds(5)

    /// How this machine's clock lies to the platform's.
    ///
    /// - Parameters:
    ///   - ahead: By how much ours is ahead at least; negative for behind.
    package static func clock(_ host: String, ahead: Duration) -> DoctorFinding {
        let size = max(ahead, .zero - ahead)
        let words = ahead.roughly
        if size <= smallSkew {
            return .well(
                .clock, host,
                Bilingual(en: "this clock and the platform's agree", zh: "本机时钟和平台一致"))
        }
        return .trouble(
            size > largeSkew ? .error : .warning, .clock, host,
            ahead > .zero
                ? Bilingual(
                    en: "this machine's clock is \(words.en) ahead of the platform's",
                    zh: "本机时钟比平台快 \(words.zh)")
                : Bilingual(
                    en: "this machine's clock is \(words.en) behind the platform's",
                    zh: "本机时钟比平台慢 \(words.zh)"),
            cause: Bilingual(
                en: "codes live 20 seconds and are given up by this clock; a customer's message "
                    + "within the difference of our own ending is taken for an old one",
                zh: "凭据只活 20 秒，按本机时钟算过期；客户在我们结束会话后这段时间里说的话会被当成旧消息"),
            cure: Bilingual(
                en: "run NTP on this machine (timedatectl set-ntp true)",
                zh: "在这台机器上打开 NTP（timedatectl set-ntp true）"))
    }

    /// Whether messages were ever heard before they were written.
    ///
    /// - Parameters:
    ///   - shortest: The shortest time between a message's own time and ours when it was decided
    ///     about; `nil` when there is none in the last day.
    package static func messages(shortestDelay shortest: Duration?) -> DoctorFinding? {
        guard let shortest, shortest < .zero - smallSkew else { return nil }
        let words = shortest.roughly
        return .trouble(
            shortest < .zero - largeSkew ? .error : .warning, .clockOfMessages, "",
            Bilingual(
                en: "a message of the last day was heard \(words.en) before it was written",
                zh: "最近一天有消息在写下之前 \(words.zh)就收到了"),
            cause: Bilingual(
                en: "this machine's clock is, or was, behind the platform's",
                zh: "本机时钟比平台慢，或者慢过"),
            cure: Bilingual(
                en: "run NTP on this machine (timedatectl set-ntp true)",
                zh: "在这台机器上打开 NTP（timedatectl set-ntp true）"))
    }

    // MARK: Calls

    /// What a call that failed says of an app's credentials, rights or network.
    ///
    /// - Parameters:
    ///   - app: `corp/app`.
    ///   - call: The endpoint that was asked.
    package static func failure(
        _ failure: PlatformFailure, of app: String, calling call: String
    ) -> DoctorFinding {
        let complaint = Complaint(failure)
        return .trouble(
            complaint.severity, complaint.id(calling: call), app,
            Bilingual("\(call): ") + words(of: failure), cause: complaint.cause,
            cure: complaint.cure)
    }

    /// What a call failed with: the code, its meaning, the hint.
    static func words(of failure: PlatformFailure) -> Bilingual {
        let code = failure.code.map { "\($0) " } ?? ""
        let hint = failure.hint.map { " (hint \($0))" } ?? ""
        return Bilingual(code) + failure.words + Bilingual(hint)
    }

    /// A service that should have given an app's token, and did not: the platform is not concerned.
    ///
    /// - Parameters:
    ///   - app: `corp/app`.
    ///   - host: Scheme, host and port of the service.
    package static func tokenService(
        _ failure: PlatformFailure, of app: String, at host: String
    ) -> DoctorFinding {
        .trouble(
            .error, .token, app, Bilingual("\(host): ") + words(of: failure),
            cause: failure.code == nil
                ? Bilingual(
                    en: "the service under 'access_token' doesn't run, isn't reached, or answers "
                        + "no token",
                    zh: "access_token 写的服务没有运行、连不上，或者没有给出 token")
                : Bilingual(
                    en: "the service under 'access_token' refuses to give a token",
                    zh: "access_token 写的服务不给 token"),
            cure: Bilingual(
                en: "start it, or mend 'url' and 'secret' under 'access_token'; it must answer as "
                    + "gettoken does: {\"access_token\":\"…\",\"expires_in\":7200}",
                zh: "启动它，或改正 access_token 的 url 和 secret；它要像 gettoken 那样回答："
                    + "{\"access_token\":\"…\",\"expires_in\":7200}"))
    }
}

/// What a failed call means to whoever set the app up (wecom-kf reference §2, §16).
private struct Complaint {
    let failure: PlatformFailure

    init(_ failure: PlatformFailure) { self.failure = failure }

    func id(calling call: String) -> DoctorFinding.ID {
        switch failure.name {
        case .ipNotTrusted, .ipNotInWhiteList: .trustedIP
        case .rateLimit, .concurrencyLimit: .quotaRefused
        case nil where failure.code == nil: .reachable
        case .badAccessToken, .accessTokenExpired, .accessTokenMissing: .token
        default: call == "gettoken" ? .token : .calls
        }
    }

    var severity: DoctorFinding.Severity {
        switch failure.handling {
        case .retry where failure.code != nil: .warning
        case .wait: .warning
        default: .error
        }
    }

    var cause: Bilingual { both.cause }
    var cure: Bilingual { both.cure }

    private var both: (cause: Bilingual, cure: Bilingual) {
        switch failure.name {
        case nil where failure.code == nil:
            (
                Bilingual(
                    en: "this machine doesn't reach the platform, or something between answers in "
                        + "its place",
                    zh: "这台机器连不上平台，或者中间有别的东西代答"),
                Bilingual(
                    en: "check DNS, the firewall's way out to port 443, and https_proxy; then "
                        + "'curl -I' the address",
                    zh: "检查 DNS、防火墙的出站 443 端口和 https_proxy；再用 curl -I 试这个地址")
            )
        case .ipNotTrusted, .ipNotInWhiteList:
            (
                Bilingual(
                    en: "the address above is not in the app's list of trusted ones",
                    zh: "上面这个地址不在应用的企业可信IP里"),
                Bilingual(
                    en: "enter \(seenAddress ?? "this server's outgoing address") under 企业可信IP "
                        + "of the app; it takes about a minute",
                    zh: "把 \(seenAddress ?? "这台服务器的出口 IP") 填到应用的「企业可信IP」，大约一分钟生效")
            )
        case .badSecret, .invalidSecret, .secretMissing:
            (
                Bilingual(
                    en: "the secret is not this app's, belongs to another corp, or the app is off",
                    zh: "secret 不是这个应用的、不是这家企业的，或者应用停用了"),
                Bilingual(
                    en: "copy the Secret of the app (应用管理) again and restart 'serve'; don't try "
                        + "often: wrong secrets bar the whole address for an hour",
                    zh: "在「应用管理」里重新复制这个应用的 Secret，重启 serve；别反复试，错多了整个 IP 会被封一小时")
            )
        case .badCorpID, .corpIDMissing:
            (
                Bilingual(en: "corp_id is not a corp's", zh: "corp_id 不是企业 ID"),
                Bilingual(
                    en: "write the 企业ID that 我的企业 shows as 'corp_id'",
                    zh: "把「我的企业」里的企业ID 写到 corp_id")
            )
        case .badAccessToken, .accessTokenExpired, .accessTokenMissing, .badSuiteToken,
            .suiteTokenExpired:
            (
                Bilingual(
                    en: "a token that was just handed out is refused: it is another app's or "
                        + "another environment's, or it was withdrawn",
                    zh: "刚拿到的 token 就被拒：是别的应用或别的环境的，或者被收回了"),
                Bilingual(
                    en: "see whether 'api' and the secret, or the service under 'access_token', "
                        + "belong together; run doctor again in a minute",
                    zh: "看看 api 和 secret（或 access_token 服务）是不是同一套；一分钟后再跑一次 doctor")
            )
        case .rateLimit, .concurrencyLimit:
            (
                Bilingual(
                    en: "the endpoint was called too often with this corp; it is blocked until the "
                        + "window ends",
                    zh: "这家企业把这个接口调得太多，要等时间窗结束"),
                Bilingual(
                    en: "look for what else calls with this corp, or lower 'quotas'",
                    zh: "看看还有什么程序在用这家企业调接口，或调小 quotas")
            )
        case .apiNotAuthorized, .noAPIPermission, .accountNotGranted, .apiSwitchedOff,
            .permissionWithdrawn, .authorizationRevoked, .suiteNotAuthorized:
            (
                Bilingual(
                    en: "the app may not use the WeChat KF interface, or not this account",
                    zh: "应用没有微信客服接口的权限，或者没有这个账号的权限"),
                Bilingual(
                    en: "微信客服 → 可调用接口的应用: list the app; 通过API管理微信客服账号: tick the "
                        + "accounts",
                    zh: "「微信客服 → 可调用接口的应用」里加上这个应用，「通过API管理微信客服账号」里勾上账号")
            )
        case .grantedToAnotherApp:
            (
                Bilingual(
                    en: "the interface is granted to another (代开发) app",
                    zh: "接口已经授权给另一个（代开发）应用"),
                Bilingual(
                    en: "withdraw that grant in the console, or configure that app instead",
                    zh: "在后台取消那个授权，或者改用那个应用")
            )
        case .independentEditionSecret, .mergedEditionSecret:
            (
                Bilingual(
                    en: "the secret is of the other edition of WeChat KF",
                    zh: "secret 是另一版微信客服的"),
                Bilingual(
                    en: "use the Secret of a 自建应用 of this corp, not that of the system app",
                    zh: "用这家企业自建应用的 Secret，不要用系统应用的")
            )
        case .appDisabled, .systemAppDisabled, .corpUnavailable, .corpNotVerified:
            (
                Bilingual(
                    en: "the app is disabled, or the corp is not verified or not in order",
                    zh: "应用停用了，或者企业没认证、状态不正常"),
                Bilingual(
                    en: "switch the app on under 应用管理; look at the corp's state under 我的企业",
                    zh: "在「应用管理」里启用应用；在「我的企业」里看企业状态")
            )
        case .invalidOpenKfID, .noSuchAccount:
            (
                Bilingual(
                    en: "the account was deleted, or is another corp's",
                    zh: "账号删掉了，或者是别的企业的"),
                Bilingual(
                    en: "compare the open_kfid under 'accounts' with what the platform lists",
                    zh: "把 accounts 里的 open_kfid 和平台列出的核对一下")
            )
        case .busy, .dataConflict:
            (
                Bilingual(en: "the platform is busy", zh: "平台忙"),
                Bilingual(en: "run doctor again in a minute", zh: "过一分钟再跑一次 doctor")
            )
        default:
            (
                Bilingual(en: "the platform refuses the call", zh: "平台拒绝了调用"),
                Bilingual(
                    en: "look the code up: https://open.work.weixin.qq.com/devtool/query?e="
                        + "\(failure.code ?? 0)",
                    zh: "查这个错误码：https://open.work.weixin.qq.com/devtool/query?e="
                        + "\(failure.code ?? 0)")
            )
        }
    }

    /// The address a 60020 names.
    private var seenAddress: String? {
        failure.meaning.split(separator: "the platform saw ").dropFirst().last.map(String.init)
    }
}
