package import ChatModel
package import RuleFiles

extension PlatformFailure {
    /// What it means, in the reader's language.
    ///
    /// ``PlatformFailure/meaning`` is English, for logs and scripts. What libcurl or a check before
    /// sending adds to it stays English in Chinese, too.
    package var words: Bilingual { Bilingual(en: meaning, zh: chinese) }

    private var chinese: String {
        guard let code else {
            guard let (english, chinese) = Self.beginnings.first(where: { meaning.hasPrefix($0.0) })
            else { return meaning }
            return chinese + meaning.dropFirst(english.count)
        }
        let known =
            name?.chinese
            ?? "这个版本不认识 \(code)，可以查 https://open.work.weixin.qq.com/devtool/query?e=\(code)"
        if meaning.hasPrefix(Self.refusedHere) {
            return "\(known)：\(meaning.dropFirst(Self.refusedHere.count))"
        }
        return Self.additions.reduce(known) { text, addition in
            guard let start = meaning.firstRange(of: addition.english) else { return text }
            let value = meaning[start.upperBound...].prefix { $0 != ";" }
            return text + addition.chinese + value
        }
    }

    /// How the client begins what it says of a call that was refused before it was made.
    private static let refusedHere = "refused before sending: "

    /// How the client begins what it says of a call without an answer.
    private static let beginnings = [
        ("no usable answer", "没有可用的回答"), ("not sent, no connection", "连不上，什么也没发出"),
        ("not sent, the token service failed", "token 服务出错，什么也没发出"),
        ("the connection broke before the answer", "还没等到回答，连接就断了"),
        ("the answer was too large", "回答太大"), ("the HTTP client is shutting down", "程序正在退出"),
    ]

    /// What the client adds to a code's meaning.
    private static let additions = [
        (english: "; the platform saw ", chinese: "；平台看到的是 "),
        (english: "; a fresh access token was refused as well", chinese: "；换了新的 token 也被拒绝"),
    ]
}
