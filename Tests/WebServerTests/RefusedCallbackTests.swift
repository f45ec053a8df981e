import CallbackCrypto
import ChatModel
import Synchronization
import Testing
import WebServer

/// What is told of refused callbacks, so that settings can be tried on them later.
@Suite struct RefusedCallbackTests {
    let world: World

    init() throws { world = try World() }

    @Test func whatVerificationRefusedIsToldAsItCame() async throws {
        let news = try world.sealed(World.news())
        let body = news.xml(toUserName: "ww1")
        let wrong = news.query.replacing("nonce=", with: "nonce=0")
        let echo = try world.sealed("echo").verificationQuery
            .replacing("nonce=", with: "nonce=0")
        try await world.serve { port in
            let answers = [
                try await world.post(port, wrong, body),
                try await world.get(port, "/callback/shop?\(echo)"),
            ]
            #expect(answers.map(\.status) == [400, 400])
            world.clock.withLock { $0 = $0 + .seconds(3600) }
            #expect(try await world.post(port, news).status == 400)
        }
        let refused = world.refused.withLock { $0 }
        #expect(refused.map(\.cause) == ["signature", "signature", "timestamp"])
        #expect(refused.map(\.query) == [wrong, echo, news.query])
        #expect(refused.map(\.body) == [body, [], body])
        #expect(refused.allSatisfy { $0.app == "shop" })
        #expect(refused.map(\.receivedAt.seconds) == [1_700_000_000, 1_700_000_000, 1_700_003_600])
    }

    @Test func whatNoSettingMendsIsNot() async throws {
        try await world.serve { port in
            let sealed = try world.sealed(World.news())
            let query = sealed.query
            #expect(try await world.post(port, sealed).status == 200)
            #expect(try await world.post(port, query, Array("<xml/>".utf8)).status == 400)
            #expect(
                try await world.post(port, "nonce=1", sealed.xml(toUserName: "a")).status == 400)
            #expect(try await world.post(port, sealed, to: "nobody").status == 404)
            // As large as a stranger likes, but not kept.
            let large = String(repeating: "A", count: RefusedCallback.largest)
            let body = Array("<xml><Encrypt>\(large)</Encrypt></xml>".utf8)
            #expect(try await world.post(port, query, body).status == 400)
        }
        #expect(world.refused.withLock { $0 }.isEmpty)
    }
}
