import ChatModel
import Operations
import RuleFiles
import Testing

/// What the platform refuses with, in Chinese.
@Suite struct PlatformFailureWordsTests {
    private func words(_ code: Int?, _ meaning: String) -> String {
        PlatformFailure(code: code, handling: .drop, meaning: meaning).words.zh
    }

    @Test func everyCodeHasItsChineseMeaning() {
        for code in PlatformErrorCode.allCases {
            #expect(code.chinese.contains(/[\u{4E00}-\u{9FFF}]/), "\(code)")
            #expect(words(code.rawValue, "?") == code.chinese)
        }
        // Two numbers that read the same could not be told apart.
        let meanings = PlatformErrorCode.allCases.map(\.chinese)
        #expect(Set(meanings).count == meanings.count)
        #expect(words(77_777, "code 77777, unknown").contains("query?e=77777"))
    }

    @Test func whatTheClientAddsIsKept() {
        #expect(
            words(60020, "not trusted; the platform saw 203.0.113.7")
                == "这台服务器的 IP 不在应用的企业可信IP里；平台看到的是 203.0.113.7")
        #expect(
            words(40014, "invalid; a fresh access token was refused as well")
                == "access_token 不对；换了新的 token 也被拒绝")
        #expect(
            words(95006, "refused before sending: name has 17 characters")
                == "客服账号的名称不合规：name has 17 characters")
        #expect(
            words(nil, "not sent, no connection: refused (curl 7)")
                == "连不上，什么也没发出: refused (curl 7)")
        #expect(words(nil, "something new") == "something new")
    }
}
