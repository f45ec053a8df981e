import ChatModel
import SessionMachine
import Testing

/// What a code may carry, once, in time and in its state.
@Suite struct CodeTests {
    /// From wecom-kf reference §10.2: lifetime, the state it needs, whether it takes a menu.
    static let scenes: [(CodeScene, Duration, Int?, Bool)] = [
        (.welcome, .seconds(20), nil, true),
        (.queued, .seconds(172_800), 2, false),
        (.assigned, .seconds(172_800), 3, false),
        (.ended, .seconds(20), 4, true),
    ]

    static let bodies: [OutgoingBody] = [
        .image("m"), .voice("m"), .video("m"), .file("m"),
        .link(OutgoingBody.Link(title: "t", description: nil, url: "u", thumbnail: "m")),
        .miniprogram(
            OutgoingBody.Miniprogram(appID: "a", title: nil, thumbnail: "m", pagePath: "p")),
        .location(MessageBody.Location(latitude: 0, longitude: 0, name: "", address: "")),
        .acquisitionLink("l"),
    ]

    @Test func theScenesAreThePlatforms() {
        #expect(Self.scenes.map(\.0) == CodeScene.allCases, "a scene without a line")
        for (scene, lifetime, state, allowsMenu) in Self.scenes {
            #expect(scene.lifetime == lifetime)
            #expect(scene.requiredState == state)
            #expect(scene.allowsMenu == allowsMenu)
        }
        #expect(CodeScene.margin == .seconds(2))
    }

    /// Scene × state × body, in time.
    @Test func everySceneStateAndBody() {
        for (scene, _, required, allowsMenu) in Self.scenes {
            for state in everyState {
                let session = SessionMachine.sample(state, codes: .holding(scene))
                let isThere = required == nil || required == state.number
                func check(_ body: OutgoingBody, _ refusal: Refusal?) {
                    let expected = isThere ? refusal : .codeStateMoved
                    let answer = session.refusal(
                        ofSending: body, with: EventCode(scene.rawValue), at: noon)
                    #expect(answer == expected, "\(scene) in \(state): \(body.type)")
                }
                check(words, nil)
                check(menu, allowsMenu ? nil : .codeTextOnly)
                for body in Self.bodies { check(body, .codeTextOrMenuOnly) }
            }
        }
    }

    /// The clock starts with the event's creation, however late we hear of it; the last two
    /// seconds are left unused.
    @Test func aCodeIsUsableForItsLifetimeLessTwoSeconds() {
        let homes: [CodeScene: SessionState] = [
            .welcome: .ended, .queued: .pool, .assigned: .human(anna), .ended: .ended,
        ]
        let lastMoments: [(CodeScene, Duration, Refusal)] = [
            (.welcome, .seconds(18), .welcomeCodeExpired), (.ended, .seconds(18), .codeExpired),
            (.queued, .seconds(172_798), .codeExpired),
            (.assigned, .seconds(172_798), .codeExpired),
        ]
        for (scene, last, refusal) in lastMoments {
            let code = EventCode(scene.rawValue)
            let ledger = CodeLedger.holding(scene)
            #expect(ledger.entry(of: code)?.usableUntil == noon + last)
            let session = SessionMachine.sample(homes[scene] ?? .ended, codes: ledger)
            for (passed, expected) in [
                (Duration.zero, nil), (last, nil), (last + .milliseconds(1), refusal),
                (last + .seconds(1), refusal), (last + .seconds(2), refusal),
                (last + .seconds(3600), refusal),
            ] {
                let answer = session.refusal(ofSending: words, with: code, at: noon + passed)
                #expect(answer == expected, "\(scene) after \(passed)")
            }
        }
    }

    @Test func theClockStartsWithTheEventNotWithItsArrival() {
        // Created at noon; the page that brings it arrives 17 s later, and once 19 s later.
        let session = SessionMachine().after(.entered(code: "w"), at: noon)
        #expect(session.refusal(ofSending: menu, with: "w", at: noon + .seconds(17)) == nil)
        #expect(
            session.refusal(ofSending: menu, with: "w", at: noon + .seconds(19))
                == .welcomeCodeExpired)
    }

    // MARK: Once

    @Test func aCodeIsGoodOnce() {
        var session = SessionMachine().after(.entered(code: "w"), at: noon)
        #expect(session.refusal(ofSending: words, with: "w", at: noon) == nil)
        session.orderedSend(with: "w")
        #expect(session.refusal(ofSending: words, with: "w", at: noon) == .codeUsed)
        #expect(session.codes.entry(for: .welcome) == nil)
    }

    /// The same event in another page must not make a spent code good again.
    @Test func seeingTheEventAgainDoesNotRenewTheCode() {
        var session = SessionMachine().after(.entered(code: "w"), at: noon)
        session.orderedSend(with: "w")
        session.observed(.entered(code: "w"), at: noon)
        #expect(session.refusal(ofSending: words, with: "w", at: noon) == .codeUsed)
    }

    @Test func aCodeNobodyIssuedIsUnknown() {
        let session = SessionMachine.sample(.ended, codes: .holding(.ended))
        #expect(session.refusal(ofSending: words, with: "guess", at: noon) == .codeUnknown)
    }

    /// Sending with a code needs no window and no budget, and leaves both alone.
    @Test func codesAreOutsideTheBudget() {
        var session = SessionMachine().after(.customerWrote(pendingSends: 5), at: noon)
        session.observed(.entered(code: "w"), at: noon)
        #expect(session.refusal(ofSending: words, with: "w", at: noon) == nil)
        session.orderedSend(with: "w")
        #expect(session.window == ReplyWindow(openedAt: noon, ordered: 5))
    }

    // MARK: Issued again

    @Test func aNewerCodeReplacesTheOlder() {
        var session = SessionMachine().after(.entered(code: "old"), at: noon)
        session.observed(.entered(code: "new"), at: noon + .seconds(5))
        #expect(session.refusal(ofSending: words, with: "old", at: noon) == .codeUnknown)
        #expect(session.codes.entry(for: .welcome)?.code == "new")
        #expect(session.codes.entry(for: .welcome)?.issuedAt == noon + .seconds(5))
    }

    @Test func anOlderCodeDoesNotReplaceTheNewer() {
        var session = SessionMachine().after(.entered(code: "new"), at: noon)
        session.observed(.entered(code: "old"), at: noon - .seconds(5))
        #expect(session.codes.entry(for: .welcome)?.code == "new")
    }

    @Test func enteringWithoutACodeKeepsTheOneWeHave() {
        var session = SessionMachine().after(.entered(code: "w"), at: noon)
        session.observed(.entered(code: nil), at: noon + .seconds(1))
        #expect(session.codes.entry(for: .welcome)?.code == "w")
    }

    @Test func eachSceneKeepsItsOwnCode() {
        var ledger = CodeLedger()
        for (second, scene) in CodeScene.allCases.enumerated() {
            ledger.issued(EventCode(scene.rawValue), for: scene, at: noon + .seconds(second))
        }
        #expect(ledger.entries.map(\.scene) == CodeScene.allCases)
        ledger.spent("queued")
        #expect(ledger.entries.map(\.scene) == [.welcome, .assigned, .ended])
    }

    @Test func expiredCodesAreForgotten() {
        var session = SessionMachine.sample(.pool, codes: .holding(.queued))
        session.observed(.entered(code: "w"), at: noon)
        session.dropExpiredCodes(at: noon + .seconds(18))
        #expect(session.codes.entries.count == 2)
        session.dropExpiredCodes(at: noon + .milliseconds(18_001))
        #expect(session.codes.entries.map(\.scene) == [.queued])
        session.dropExpiredCodes(at: noon + .seconds(48 * 3600))
        #expect(session.codes.entries.isEmpty)
    }

    // MARK: The session moves on

    @Test func pickingUpMakesTheQueueCodeUseless() {
        var session = SessionMachine.sample(.assistant)
        session.commanded(.pool, code: "q", at: noon)
        session.observed(.sessionChanged(.pickedUp(by: anna, code: "a")), at: noon + .seconds(1))
        let now = noon + .seconds(2)
        #expect(session.refusal(ofSending: words, with: "q", at: now) == .codeStateMoved)
        #expect(session.refusal(ofSending: words, with: "a", at: now) == nil)
        session.observed(
            .sessionChanged(.transferred(from: anna, to: bert)), at: noon + .seconds(1))
        #expect(session.refusal(ofSending: words, with: "a", at: now) == nil, "still state 3")
    }

    @Test func writingAgainMakesTheEndCodeUseless() {
        var session = SessionMachine.sample(.human(anna))
        session.observed(.sessionChanged(.ended(by: anna, code: "e")), at: noon)
        #expect(session.refusal(ofSending: menu, with: "e", at: noon) == nil)
        session.observed(.customerWrote(pendingSends: 0), at: noon + .seconds(1))
        #expect(session.refusal(ofSending: menu, with: "e", at: noon) == .codeStateMoved)
    }

    /// An assigned code lives 48 hours, a session perhaps a minute: the next session may reach
    /// state 3 while the code of the last one still looks good.
    @Test func aNewSessionForgetsTheLongCodesOfTheLast() {
        var session = SessionMachine.sample(.human(anna), codes: .holding(.assigned))
        session.observed(.sessionChanged(.ended(by: anna, code: nil)), at: noon + .seconds(1))
        session.observed(.customerWrote(pendingSends: 0), at: noon + .seconds(2))
        session.observed(.sessionChanged(.pickedUp(by: bert, code: nil)), at: noon + .seconds(3))
        #expect(
            session.refusal(ofSending: words, with: "assigned", at: noon + .seconds(4))
                == .codeUnknown)
    }
}
