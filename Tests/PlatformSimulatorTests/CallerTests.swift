import ChatModel
import PlatformSimulator
import Testing

@Suite struct CallerTests {
    private static func token(_ world: inout PlatformSimulator) throws -> String {
        try world.getToken(corp: AccessTests.corp, secret: "s3cret").get().token
    }

    // MARK: Trusted addresses

    @Test func onlyTrustedAddressesMayCall() throws {
        var world = makeWorld { $0.apps[0].trustedAddresses = ["127.0.0.1"] }
        let token = try Self.token(&world)
        #expect(world.authenticate(token, for: .sendMessage).errcode == 0)
        world.caller = "127.0.0.2"
        let refusal = try #require(world.authenticate(token, for: .sendMessage).refusal)
        #expect(refusal.errcode == 60020 && refusal.verdict == .limited)
        #expect(world.book.last?.summary == "address 127.0.0.2")
        // A token is given to anyone who knows the secret.
        #expect(try Self.token(&world) == token)
    }

    @Test func aChangedListCountsAfterAMinute() throws {
        var world = makeWorld()
        let token = try Self.token(&world)
        func call() -> Int { world.authenticate(token, for: .sendMessage).errcode }
        world.caller = "127.0.0.2"
        world.trust(["127.0.0.1"], for: app)
        world.wait(.milliseconds(59_999))
        #expect(call() == 0)
        world.wait(.milliseconds(1))
        #expect(call() == 60020)
        world.trust(["127.0.0.1", "127.0.0.2"], for: app)
        #expect(call() == 60020)
        world.wait(.seconds(60))
        #expect(call() == 0)
        world.trust([], for: app, after: .zero)
        #expect(call() == 60020)
        world.trust(nil, for: app, after: .zero)
        #expect(call() == 0)
    }

    // MARK: Quotas

    @Test("45009: an address has its quota for all corps together, and every address its own")
    func anAddressHasItsQuota() throws {
        var world = makeWorld { settings in
            settings.quotas = .off
            settings.quotas.perAddressMinute = 3
            settings.apps.append(.init(alias: "other", corp: "wwOther", secret: "x"))
            settings.accounts.append(.init(id: "wkOther", name: "别家", app: "other"))
        }
        func call(_ account: OpenKfID, _ caller: AppAlias) -> Int {
            world.servicers(of: account, by: caller).errcode
        }
        #expect([call(shop, app), call("wkOther", "other"), call(shop, app)] == [0, 0, 0])
        #expect(call("wkOther", "other") == 45009)
        #expect(world.book.last?.reason == "address 127.0.0.1: over 3 calls a minute")
        world.caller = "127.0.0.2"
        #expect([call(shop, app), call("wkOther", "other"), call(shop, app)] == [0, 0, 0])
        #expect(call(shop, app) == 45009)
        world.caller = "127.0.0.1"
        #expect(call(shop, app) == 45009)
    }

    // MARK: Wrong secrets

    @Test func twoThousandWrongSecretsBlockTheAddressForAnHour() throws {
        var world = makeWorld { $0.quotas = .off }
        let token = try Self.token(&world)
        func guess() -> Int { world.getToken(corp: AccessTests.corp, secret: "no").errcode }
        for _ in 0..<1999 { #expect(guess() == 40001) }
        #expect(world.authenticate(token, for: .sendMessage).errcode == 0)
        #expect(guess() == 40001)
        #expect(guess() == 45009)
        // The right secret and a good token do not help, from this address.
        #expect(world.getToken(corp: AccessTests.corp, secret: "s3cret").errcode == 45009)
        #expect(world.authenticate(token, for: .sendMessage).errcode == 45009)
        world.caller = "127.0.0.2"
        #expect(world.authenticate(token, for: .sendMessage).errcode == 0)
        world.caller = "127.0.0.1"
        world.wait(.seconds(3600) - .milliseconds(1))
        #expect(world.authenticate(token, for: .sendMessage).errcode == 45009)
        world.wait(.milliseconds(1))
        #expect(world.authenticate(token, for: .sendMessage).errcode == 0)
    }

    @Test func guessesAreCountedByTheHour() throws {
        var world = makeWorld { $0.wrongSecretsAnHour = 3 }
        func guess() -> Int { world.getToken(corp: AccessTests.corp, secret: "no").errcode }
        #expect(guess() == 40001)
        #expect(guess() == 40001)
        world.wait(.seconds(3600))
        #expect(guess() == 40001)
        #expect(guess() == 40001)
        #expect(guess() == 40001)
        #expect(guess() == 45009)
    }
}
