package import ChatModel
import RuleFiles

/// A callback that was refused, tried with every app's settings: which of them fit.
///
/// Names of apps are `corp/app`, those of corps are their aliases.
package struct CallbackTrial: Hashable, Sendable {
    /// The app at whose address it came in.
    package var app: String
    /// Where it was found: a time, or a file.
    package var source: String
    /// When it came in, by this machine's clock; `nil` where nobody wrote it down.
    package var receivedAt: Timestamp?
    /// The time the sender signed, to the second.
    package var sentAt: Timestamp?
    /// Whether it has a signature and a ciphertext of the right shape: anything else isn't the
    /// platform's, or was changed under way.
    package var isWhole: Bool
    /// The apps whose Token signed it.
    package var tokens: [String]
    /// The apps whose EncodingAESKey opens it.
    package var keys: [String]
    /// Whom it is meant for, masked; `nil` when no key opened it.
    package var receiver: String?
    /// The configured corps it is meant for.
    package var corps: [String]
    /// The corp the app stands under.
    package var corp: String

    /// A trial.
    package init(
        app: String, corp: String, source: String, receivedAt: Timestamp? = nil,
        sentAt: Timestamp? = nil, isWhole: Bool = true, tokens: [String] = [],
        keys: [String] = [], receiver: String? = nil, corps: [String] = []
    ) {
        self.app = app
        self.corp = corp
        self.source = source
        self.receivedAt = receivedAt
        self.sentAt = sentAt
        self.isWhole = isWhole
        self.tokens = tokens
        self.keys = keys
        self.receiver = receiver
        self.corps = corps
    }

    /// Whether the app's own settings verify and open it.
    package var fits: Bool {
        isWhole && tokens.contains(app) && keys.contains(app) && corps.contains(corp)
    }
}

extension DoctorFinding {
    /// How far a callback's time may lie from ours (wecom-kf reference §3.4).
    private static let replayWindow: Duration = .seconds(600)

    /// What the refused callbacks of one app say about its Token, EncodingAESKey and corp id.
    ///
    /// - Parameters:
    ///   - trials: Newest first. What came before one that fits was sent with other settings and
    ///     says nothing about today's.
    package static func callbacks(of app: String, trials: [CallbackTrial]) -> [DoctorFinding] {
        guard !trials.isEmpty else {
            return [
                .well(
                    .recorded, app,
                    Bilingual(
                        en: "no refused callback is recorded. To try the settings, press save in "
                            + "the app's API receiving settings (接收消息 → 设置API接收) while 'serve' "
                            + "runs, or hand one in with --callback",
                        zh: "没有被拒的回调记录。想试一试：开着 serve，在应用的「接收消息 → 设置API接收」里点保存，"
                            + "或用 --callback 交一份"))
            ]
        }
        var found: [DoctorFinding] = []
        for trial in trials {
            for finding in judged(trial) where !found.contains(where: { $0.id == finding.id }) {
                found.append(finding)
            }
            if trial.fits { break }
        }
        return found
    }

    private static func judged(_ trial: CallbackTrial) -> [DoctorFinding] {
        guard trial.isWhole else { return [changed(trial)] }
        guard trial.tokens.contains(trial.app) else {
            // What the aes_key opens says for whom it is, whoever signed it.
            let isForAnother =
                trial.tokens.isEmpty && trial.keys.contains(trial.app)
                && !trial.corps.contains(trial.corp)
            return [wrongToken(trial)] + (isForAnother ? [wrongCorp(trial)] : [])
        }
        guard trial.keys.contains(trial.app) else { return [wrongKey(trial)] }
        guard trial.corps.contains(trial.corp) else { return [wrongCorp(trial)] }
        if let late = clock(trial) { return [late] }
        return [
            .well(
                .recorded, trial.app,
                Bilingual(
                    en: "the callback refused (\(trial.source)) fits today's token, aes_key and "
                        + "corp_id; if they were changed since, 'serve' needs a restart",
                    zh: "被拒的回调（\(trial.source)）和现在的 token、aes_key、corp_id 都对得上；"
                        + "如果是后来改的，要重启 serve"))
        ]
    }

    private static func changed(_ trial: CallbackTrial) -> DoctorFinding {
        .trouble(
            .warning, .callbackChanged, trial.app,
            Bilingual(
                en: "a request (\(trial.source)) holds no whole callback",
                zh: "有一个请求（\(trial.source)）里没有完整的回调"),
            cause: Bilingual(
                en: "it isn't the platform's, or a proxy changes or cuts what passes",
                zh: "不是平台发的，或者中间的代理改动、截断了请求"),
            cure: Bilingual(
                en: "have the proxy pass query and body on unchanged (docs/operating.md, In front "
                    + "of it); a stranger's request needs no cure",
                zh: "让代理原样转发 query 和正文（见 docs/operating.md「In front of it」）；陌生人的请求不用管"))
    }

    private static func wrongToken(_ trial: CallbackTrial) -> DoctorFinding {
        let app = trial.app
        func finding(_ evidence: Bilingual, cause: Bilingual, cure: Bilingual) -> DoctorFinding {
            .trouble(
                .error, .callbackToken, app,
                Bilingual(en: "a callback (\(trial.source)) ", zh: "回调（\(trial.source)）")
                    + evidence, cause: cause, cure: cure)
        }
        let others = trial.tokens.joined(separator: ", ")
        if !trial.tokens.isEmpty {
            return finding(
                Bilingual(
                    en: "is signed with the Token of \(others)", zh: "是用 \(others) 的 Token 签的"),
                cause: Bilingual(
                    en: "the callback URL of \(others) ends in this app's alias, or the two apps' "
                        + "tokens were swapped",
                    zh: "\(others) 的回调地址写成了这个应用的，或者两个应用的 Token 配反了"),
                cure: Bilingual(
                    en: "in each app's 设置API接收 compare the end of the URL with its alias, and "
                        + "the Token with 'token'; restart 'serve'",
                    zh: "在每个应用的「设置API接收」里核对 URL 结尾和别名、Token 和 token；然后重启 serve"))
        }
        if trial.keys.contains(app) {
            return finding(
                Bilingual(
                    en: "decrypts with the aes_key, but its signature does not match the token",
                    zh: "用 aes_key 解得开，但签名和 token 对不上"),
                cause: Bilingual(
                    en:
                        "the configured token is not the Token of the console; the aes_key is right",
                    zh: "配置的 token 和后台的 Token 不一样；aes_key 是对的"),
                cure: Bilingual(
                    en: "copy the Token of 设置API接收 into 'token' again, and restart 'serve'",
                    zh: "把「设置API接收」里的 Token 重新复制到 token，重启 serve"))
        }
        if !trial.keys.isEmpty {
            let keys = trial.keys.joined(separator: ", ")
            return finding(
                Bilingual(
                    en: "matches no configured token, but decrypts with the aes_key of \(keys)",
                    zh: "哪个 token 都对不上，却能用 \(keys) 的 aes_key 解开"),
                cause: Bilingual(
                    en:
                        "it is a callback of \(keys), whose Token was changed, at this app's address",
                    zh: "这是 \(keys) 的回调，发到了这个应用的地址，而且它的 Token 换过"),
                cure: Bilingual(
                    en: "mend the callback URL of \(keys), copy its Token again, restart 'serve'",
                    zh: "改正 \(keys) 的回调地址，重新复制它的 Token，重启 serve"))
        }
        return finding(
            Bilingual(
                en: "matches no configured token and no aes_key", zh: "哪个 token、哪个 aes_key 都对不上"),
            cause: Bilingual(
                en: "Token and EncodingAESKey were both made anew in the console, or it is not the "
                    + "platform's",
                zh: "后台的 Token 和 EncodingAESKey 都重新生成过，或者根本不是平台发的"),
            cure: Bilingual(
                en: "copy both from 设置API接收 again, restart 'serve', press save there",
                zh: "从「设置API接收」重新复制这两项，重启 serve，再在那里点保存"))
    }

    private static func wrongKey(_ trial: CallbackTrial) -> DoctorFinding {
        let others = trial.keys.joined(separator: ", ")
        return .trouble(
            .error, .callbackAESKey, trial.app,
            Bilingual(
                en: "a callback (\(trial.source)) is signed with the token, but does not decrypt "
                    + "with the aes_key",
                zh: "回调（\(trial.source)）的签名和 token 对得上，但 aes_key 解不开")
                + (others.isEmpty
                    ? Bilingual("")
                    : Bilingual(en: "; that of \(others) opens it", zh: "；\(others) 的能解开")),
            cause: Bilingual(
                en: "the configured aes_key is not the EncodingAESKey of the console; the token is "
                    + "right",
                zh: "配置的 aes_key 和后台的 EncodingAESKey 不一样；token 是对的"),
            cure: Bilingual(
                en: "copy the EncodingAESKey of 设置API接收, 43 characters, into 'aes_key' again, "
                    + "and restart 'serve'",
                zh: "把「设置API接收」里的 EncodingAESKey（43 个字符）重新复制到 aes_key，重启 serve"))
    }

    private static func wrongCorp(_ trial: CallbackTrial) -> DoctorFinding {
        let found = trial.receiver ?? ""
        let others = trial.corps.joined(separator: ", ")
        let isSigned = trial.tokens.contains(trial.app)
        return .trouble(
            .error, .callbackCorp, trial.app,
            Bilingual(
                en: "a callback (\(trial.source)) \(isSigned ? "verifies and " : "")decrypts, but "
                    + "is meant for “\(found)”",
                zh: "回调（\(trial.source)）\(isSigned ? "验得过、" : "")解得开，但是发给「\(found)」的")
                + (others.isEmpty
                    ? Bilingual("")
                    : Bilingual(en: ", the corp '\(others)'", zh: "，也就是企业「\(others)」")),
            cause: Bilingual(
                en: "the corp_id of '\(trial.corp)' is another; "
                    + (isSigned ? "token and aes_key are right" : "the aes_key is right"),
                zh: "「\(trial.corp)」的 corp_id 写错了；"
                    + (isSigned ? "token 和 aes_key 是对的" : "aes_key 是对的")),
            cure: others.isEmpty
                ? Bilingual(
                    en: "write the 企业ID that 我的企业 shows as 'corp_id'",
                    zh: "把「我的企业」里的企业ID 写到 corp_id")
                : Bilingual(
                    en: "move the app under the corp '\(others)' in the configuration",
                    zh: "在配置里把这个应用移到企业「\(others)」下面"))
    }

    private static func clock(_ trial: CallbackTrial) -> DoctorFinding? {
        guard let receivedAt = trial.receivedAt, let sentAt = trial.sentAt else { return nil }
        let off = receivedAt - sentAt
        guard off > replayWindow || off < .zero - replayWindow else { return nil }
        return .trouble(
            .error, .callbackClock, trial.app,
            Bilingual(
                en: "a genuine callback (\(trial.source)) was signed ", zh: "真的回调（\(trial.source)）")
                + off.roughly
                + (off > .zero
                    ? Bilingual(en: " before it came in", zh: "之前签的")
                    : Bilingual(en: " after it came in", zh: "之后才签的")),
            cause: Bilingual(
                en: "this machine's clock is wrong, or an old request was sent again",
                zh: "这台机器的时钟不准，或者是重放的旧请求"),
            cure: Bilingual(
                en: "run NTP (timedatectl set-ntp true)", zh: "打开 NTP（timedatectl set-ntp true）"))
    }
}
