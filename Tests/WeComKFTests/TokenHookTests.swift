import Boundary
import ChatModel
import Synchronization
import Testing
import WeComKF

/// Tokens of a third-party app come of a service of its provider's.
@Suite struct TokenHookTests {
    private static let url = "https://tokens.example/kf?app=1"

    private func scripted(
        _ service: @escaping @Sendable (Int) -> Result<String, TransportError>,
        platform: @escaping ScriptedTransport.Answer = { _ in .success(#"{"errcode":0}"#) }
    ) -> ScriptedTransport {
        ScriptedTransport { request in
            guard request.url.hasPrefix(Self.url) else { return await platform(request) }
            #expect(request.headers == [.init(name: "Authorization", value: "Bearer k")])
            return service(request.url.contains("&refused=1") ? 2 : 1)
        }
    }

    private func hooked(_ transport: ScriptedTransport) -> WeComKFClient {
        client(
            transport,
            source: .hook(
                .service(
                    url: Self.url, header: { .init(name: "Authorization", value: "Bearer k") },
                    transport: transport)))
    }

    @Test func theServicesTokenIsUsedUntilItIsOld() async throws {
        let transport = scripted { _ in .success(#"{"access_token":"T/1","expires_in":7200}"#) }
        let client = hooked(transport)
        try await client.deleteAccount(shop)
        try await client.deleteAccount(shop)
        let urls = transport.calls.map(\.url)
        #expect(urls.filter { $0.hasPrefix(Self.url) } == [Self.url])
        #expect(urls.filter { $0.contains("access_token=T%2F1") }.count == 2)
        #expect(transport.tokenRequests == 0)
    }

    @Test func theSecretIsReadForEveryRequest() async throws {
        let transport = ScriptedTransport(
            #"{"errcode":0,"access_token":"T","expires_in":7200}"#)
        let clock = TestClock()
        let secrets = Mutex(["Bearer 1", nil, "Bearer 2"])
        let client = client(
            transport, clock: clock,
            source: .hook(
                .service(
                    url: Self.url,
                    header: {
                        secrets.withLock { $0.removeFirst() }.map {
                            .init(name: "Authorization", value: $0)
                        }
                    }, transport: transport)))
        try await client.deleteAccount(shop)
        clock.advance(by: .seconds(7200))
        let failure = await failure { () throws(PlatformFailure) in
            try await client.deleteAccount(shop)
        }
        #expect(failure?.handling == .retry && failure?.meaning.contains("can't be read") == true)
        clock.advance(by: .seconds(2))
        try await client.deleteAccount(shop)
        let asked = transport.calls.filter { $0.url.hasPrefix(Self.url) }
        #expect(asked.map { $0.headers.map(\.value) } == [["Bearer 1"], ["Bearer 2"]])
    }

    @Test func aRefusedTokenIsToldToTheService() async throws {
        let transport = scripted({ .success(#"{"errcode":0,"access_token":"T\#($0)"}"#) }) {
            .success(
                $0.url.contains("access_token=T1")
                    ? #"{"errcode":40014,"errmsg":"invalid access_token"}"# : #"{"errcode":0}"#)
        }
        try await hooked(transport).deleteAccount(shop)
        #expect(
            transport.calls.map(\.url).filter { $0.hasPrefix(Self.url) }.last?.hasSuffix(
                "&refused=1") == true)
    }

    @Test(arguments: [#"{"expires_in":7200}"#, "<html>", "[]", ""])
    func anAnswerWithoutATokenIsAskedForAgain(answer: String) async {
        let transport = scripted { _ in .success(answer) }
        let failure = await failure { () throws(PlatformFailure) in
            try await hooked(transport).deleteAccount(shop)
        }
        #expect(failure?.handling == .retry && failure?.code == nil)
        #expect(failure?.meaning.contains("token service") == true)
        #expect(transport.calls.count == 1)
    }

    @Test func theServicesRefusalIsThePlatforms() async {
        let transport = scripted { _ in .success(#"{"errcode":40082,"errmsg":"suite token"}"#) }
        let failure = await failure { () throws(PlatformFailure) in
            try await hooked(transport).deleteAccount(shop)
        }
        #expect(failure?.code == 40082 && failure?.handling == .stop)
    }

    @Test func appsThatShareAKeeperShareItsToken() async throws {
        let transport = ScriptedTransport(#"{"errcode":0}"#)
        let clock = TestClock()
        let keeper = TokenKeeper(
            corp: "ww", base: "https://qyapi.weixin.qq.com", source: .secret({ secret }),
            transport: transport, now: { clock.now })
        for _ in 0..<2 {
            let client = WeComKFClient(
                base: "https://qyapi.weixin.qq.com", tokens: keeper, transport: transport,
                environment: Environment(
                    now: { clock.now }, random: { 0 }, sleep: { _ in }, shortHash: { _ in "" }))
            try await client.deleteAccount(shop)
        }
        #expect(transport.tokenRequests == 1)
    }

    @Test func codesHaveNames() {
        for code in PlatformErrorCode.allCases {
            let failure = PlatformFailure(code: code.rawValue, handling: .drop, meaning: "")
            #expect(failure.name == code)
        }
        #expect(PlatformErrorCode.sessionForbidsSending.rawValue == 95018)
        #expect(PlatformFailure(code: 96_999, handling: .drop, meaning: "").name == nil)
    }
}
