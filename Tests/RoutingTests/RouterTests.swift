import ChatModel
import Routing
import RuleEngine
import SessionMachine
import Testing

@Suite struct RouterTests {
    private var world: World
    private let refused95018 = PlatformFailure(code: 95018, handling: .reconcile, meaning: "state")

    init() throws { world = try World() }

    // MARK: Answers

    @Test mutating func aRuleAnswersInOrder() {
        let effects = world.customer("怎么退款")
        #expect(effects.reason == .rule("退款"))
        #expect(effects.inbox.last?.score == 65)
        #expect(effects.actions == [.send(.text("七天内可退")), .send(Shop.menu.body)])
        #expect(effects.outbox.map(\.id.ordinal) == [0, 1])
        #expect(effects.position?.cursor == "next")
        #expect(world.conversation.session.state == .assistant)
    }

    @Test mutating func theSameMessageAgainIsNotDecidedAgain() {
        world.customer("你好", msgID: "m")
        let effects = world.customer("你好", msgID: "m")
        #expect(effects.inbox.isEmpty)
        #expect(effects.outbox.isEmpty)
    }

    @Test mutating func theSameMessageTwiceInOnePageIsDecidedOnce() {
        let row = world.row(.fromCustomer(World.customer, .text("你好", menuItem: nil)))
        #expect(world.pull([row, row]).outbox.count == 1)
    }

    @Test mutating func missesAreCountedAndForgotten() {
        #expect(world.customer("天书").reason == .rule("没懂"))
        #expect(world.customer("天书二").reason == .rule("又没懂"))
        world.customer("你好")
        #expect(world.customer("天书三").reason == .rule("没懂"))
    }

    @Test mutating func anAccountWithoutRulesSaysSo() {
        world.router = Router(rules: world.router.active?.rules, aliases: [:])
        #expect(world.customer("你好").reason == .noRulesForAccount)
    }

    @Test mutating func theSixthMessageIsNotOrdered() {
        let rows = (0..<3).map { _ in
            world.row(.fromCustomer(World.customer, .text("退款", menuItem: nil)))
        }
        // Three answers of two messages each, none confirmed before the last question.
        let effects = world.pull(rows)
        #expect(effects.outbox.count == ReplyWindow.budget)
        #expect(effects.notes.contains("unsent:reply_budget_spent rule:退款"))
    }

    @Test mutating func theBudgetIsFullAgainWhenTheCustomerWritesAndNothingIsPending() {
        world.customer("退款")
        world.acceptAll()
        world.now = world.now + .seconds(1)
        world.customer("退款")
        #expect(world.conversation.session.window.left == 3)
    }

    @Test mutating func nothingIsSaidAfter48Hours() {
        let old = world.row(.fromCustomer(World.customer, .text("你好", menuItem: nil)))
        world.now = world.now + .seconds(48 * 3600)
        let effects = world.pull([old])
        #expect(effects.reason == .refused(.windowClosed))
        #expect(effects.outbox.isEmpty)
    }

    @Test mutating func aRowFromTheFutureDoesNotMakeTheNextOnesOld() {
        let damaged = Inbound(
            msgID: "damaged", account: World.account,
            sentAt: world.now + .seconds(365 * 24 * 3600),
            content: .fromCustomer(World.customer, .text("再见", menuItem: nil)))
        world.pull([damaged])
        world.completed(.accepted(code: nil, at: world.now))
        world.now = world.now + .seconds(10)
        #expect(world.customer("你好").reason == .rule("你好"))
        #expect(world.conversation.session.state == .assistant)
    }

    // MARK: Welcome

    @Test mutating func aWelcomeGoesWithItsCodeBeforeItsDeadline() {
        let effects = world.event(
            .entered(World.customer, Entrance(scene: "web", welcomeCode: "W")))
        #expect(effects.reason == .rule("欢迎"))
        #expect(effects.actions == [.sendOnEvent("W", Shop.menu.body)])
        #expect(effects.outbox[0].expires)
        #expect(effects.outbox[0].deadline == Timestamp(seconds: world.now.seconds) + .seconds(18))
    }

    @Test mutating func withoutACodeTheBotDoesNotGreet() {
        let effects = world.event(.entered(World.customer, Entrance(scene: "web")))
        #expect(effects.reason == .refused(.noWelcomeCode))
        #expect(effects.outbox.isEmpty)
    }

    @Test mutating func anOldWelcomeCodeIsNotTried() {
        let row = world.row(.event(.entered(World.customer, Entrance(welcomeCode: "W"))))
        world.now = world.now + .seconds(19)
        let effects = world.pull([row])
        #expect(effects.reason == .refused(.welcomeCodeExpired))
        #expect(effects.notes.contains("code_unused:welcome: welcome_code_expired"))
        #expect(effects.outbox.isEmpty)
    }

    // MARK: Substitutes

    @Test mutating func aMenuThatIsForbiddenIsSaidInWords() {
        world.customer("退款")
        world.completed(.accepted(code: nil, at: world.now))
        let refusal = PlatformFailure(code: 95030, handling: .drop, meaning: "forbidden")
        let effects = world.completed(.refused(refusal, actual: nil))
        #expect(effects.actions == [.send(.text("您好\n申请退款"))])
        let again = world.completed(.refused(refusal, actual: nil))
        #expect(again.actions.isEmpty, "words are all that is left")
    }

    @Test mutating func aTextThatIsTooLongIsSaidInParts() {
        let long = String(repeating: "退货须知。", count: 200)
        let entry = OutboxEntry(
            id: ActionID(cause: .inbound("m"), ordinal: 0), conversation: World.id,
            action: .send(.text(long)), decidedAt: world.now, deadline: world.now, expires: false,
            reason: "rule:退款")
        world.customer("你好")
        world.acceptAll()
        world.pending = [entry]
        let effects = world.completed(
            .refused(PlatformFailure(code: 45002, handling: .drop, meaning: "long"), actual: nil))
        let parts = effects.actions.compactMap { action in
            if case .send(.text(let text)) = action { text } else { nil }
        }
        #expect(parts.joined() == long && parts.count == 2)
        #expect(parts.allSatisfy { $0.utf8.count <= 2048 })
        // One as long as it may be has no parts: whatever it was refused for, it isn't its length.
        world.pending = world.pending.filter { $0.id != entry.id }
        world.completed(
            .refused(PlatformFailure(code: 45002, handling: .drop, meaning: "long"), actual: nil))
        #expect(world.pending.count == 1)
    }

    // MARK: Profile

    /// Rules about the customer and the way they came.
    private static func asking() throws -> World {
        func rule(_ name: RuleName, _ conditions: [Condition]) -> RuleDefinition {
            RuleDefinition(
                name: name, place: SourcePlace(file: "shop.kf.yml", line: 1, column: 1),
                triggers: [.saysExactly("在吗")], conditions: conditions,
                reply: [
                    .text(
                        Template(variants: [
                            .init(
                                language: nil,
                                parts: [
                                    .value("场景", []), .literal("/"), .value("场景.参数", []),
                                    .literal("/"), .value("视频号.名称", []), .literal("/"),
                                    .value("客户.昵称", []),
                                ])
                        ]))
                ])
        }
        return try World(
            rules: RuleSetDefinition(bundles: [
                BundleDefinition(
                    name: "小店", accounts: ["shop"], menus: [],
                    rules: [
                        rule(
                            "直播", [.value("视频号.场景", .isAny(["直播间"])), .scene("live*")]),
                        rule("带参数", [.value("场景.参数", .isAny(["sku=9"])), .scene("web")]),
                        rule("普通", []),
                    ])
            ]))
    }

    /// An entrance that was missed, as the platform still tells it.
    @Test func aProfilesEntranceIsAskedAboutUntilOneIsSeen() throws {
        var world = try Self.asking()
        world.customer("你好")
        world.conversations[World.id]?.profile = CustomerProfile(
            nickname: "林", scene: "live-1", sceneParameter: "sku=7", channelsScene: 2,
            channelsName: "演示")
        let first = world.customer("在吗")
        #expect(first.reason == .rule("直播"))
        #expect(first.actions == [.send(.text("live-1/sku=7/演示/林"))])
        world.acceptAll()
        world.event(.entered(World.customer, Entrance(scene: "web", sceneParameter: "sku=9")))
        let second = world.customer("在吗")
        #expect(second.reason == .rule("带参数"))
        #expect(second.actions == [.send(.text("web/sku=9//林"))])
        world.acceptAll()
        world.event(.entered(World.customer, Entrance()))
        let third = world.customer("在吗")
        #expect(third.reason == .rule("普通"))
        #expect(third.actions == [.send(.text("///林"))])
    }

    // MARK: Hand-over

    @Test mutating func handingOverSaysTheOneQueueText() {
        #expect(world.customer("人工").actions == [.transfer(.pool)])
        let effects = world.completed(.accepted(code: "Q", at: world.now))
        #expect(effects.actions == [.sendOnEvent("Q", .text("请稍候"))])
        #expect(world.conversation.session.state == .pool)
    }

    @Test mutating func whoWaitsIsLeftAlone() {
        world.customer("人工")
        world.completed(.accepted(code: "Q", at: world.now))
        world.acceptAll()
        let effects = world.customer("你好")
        #expect(effects.reason == .refused(.waitingInPool))
        #expect(effects.outbox.isEmpty)
    }

    @Test mutating func messagesDuringATransferWaitForItsOutcome() {
        world.customer("人工")
        #expect(world.customer("你好").reason == .deferred)
        let effects = world.completed(
            .gaveUp(PlatformFailure(code: -1, handling: .retry, meaning: "busy")))
        #expect(effects.actions == [.send(.text("您好"))])
        #expect(effects.notes.contains("decided:m2 rule:你好"))
    }

    @Test mutating func messagesDuringASuccessfulTransferAreTheServicers() {
        world.customer("人工")
        world.customer("你好")
        let effects = world.completed(.accepted(code: nil, at: world.now))
        #expect(effects.notes.contains("decided:m2 waiting_in_pool"))
        #expect(effects.outbox.isEmpty)
    }

    @Test mutating func anAbsentServicerSendsTheCustomerToThePool() {
        world.customer("主管")
        let away = PlatformFailure(code: 95019, handling: .otherServicer, meaning: "stopped")
        let effects = world.completed(.refused(away, actual: nil))
        #expect(effects.actions == [.transfer(.pool)])
        #expect(
            world.completed(.accepted(code: "Q", at: world.now)).actions
                == [.sendOnEvent("Q", .text("主管马上来"))])
    }

    @Test mutating func aLostCodeIsNoted() {
        world.customer("人工")
        let effects = world.completed(.alreadyDone)
        #expect(effects.settled.map(\.note) == ["code_lost"])
        #expect(effects.notes.contains("code_unused:queued: code_lost"))
        #expect(world.conversation.session.state == .pool)
    }

    @Test mutating func aServicersWordSilencesTheBotAndWithdrawsWhatIsPending() {
        world.customer("退款")
        #expect(world.pending.count == 2)
        let effects = world.pull([
            world.row(.fromServicer("anna", to: World.customer, .text("我来", menuItem: nil)))
        ])
        #expect(effects.reason == .servicerSpoke)
        #expect(world.pending.isEmpty)
        #expect(world.customer("你好").reason == .refused(.humanServing))
    }

    @Test mutating func whatTheSamePageOrderedIsWithdrawnToo() {
        let effects = world.pull([
            world.row(.fromCustomer(World.customer, .text("退款", menuItem: nil))),
            world.row(.fromServicer("anna", to: World.customer, .text("我来", menuItem: nil))),
        ])
        #expect(effects.outbox.isEmpty)
    }

    @Test mutating func theEndCodeCarriesTheClosingMenu() {
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        world.now = world.now + .seconds(60)
        world.event(.sessionChanged(World.customer, .pickedUp(by: "anna", code: "P")))
        world.now = world.now + .seconds(60)
        let effects = world.event(.sessionChanged(World.customer, .ended(by: "anna", code: "E")))
        #expect(effects.actions == [.sendOnEvent("E", Shop.menu.body)])
        world.acceptAll()
        world.now = world.now + .seconds(60)
        #expect(world.customer("你好").reason == .rule("你好"))
        #expect(world.conversation.session.state == .assistant)
    }

    @Test mutating func endingSaysGoodbyeWithTheCode() {
        #expect(world.customer("再见").actions == [.transfer(.ended)])
        let effects = world.completed(.accepted(code: "E", at: world.now))
        #expect(effects.actions == [.sendOnEvent("E", .text("再会"))])
        #expect(world.conversation.session.state == .ended)
    }

    @Test mutating func aMessageDuringAnEndingOpensANewSession() {
        world.customer("再见")
        world.now = world.now + .seconds(1)
        #expect(world.customer("你好").reason == .deferred)
        let effects = world.completed(.accepted(code: nil, at: world.now - .seconds(1)))
        #expect(effects.actions == [.send(.text("您好"))])
    }

    /// Both were written while the ending was under way, and the first asks for a person: what the
    /// second says must wait for that transfer in turn, or it arrives where the bot may not speak.
    @Test mutating func aDeferredMessageWaitsForTheTransferOfTheOneBeforeIt() {
        world.customer("再见")
        world.now = world.now + .seconds(1)
        #expect(world.customer("人工").reason == .deferred)
        #expect(world.customer("你好").reason == .deferred)
        let effects = world.completed(.accepted(code: nil, at: world.now - .seconds(1)))
        #expect(effects.actions == [.transfer(.pool)])
        #expect(world.conversation.memory.deferred.map(\.text) == ["你好"])
        let after = world.completed(.accepted(code: nil, at: world.now))
        #expect(!after.actions.contains(.send(.text("您好"))))
        #expect(
            after.notes.contains { $0.hasPrefix("decided:") && $0.hasSuffix("waiting_in_pool") })
        #expect(world.conversation.memory.deferred.isEmpty)
    }

    @Test mutating func aDeferredGoodbyeIsNotOneWhenTheCustomerWroteOn() {
        world.customer("再见")
        world.now = world.now + .seconds(1)
        #expect(world.customer("再见").reason == .deferred)
        #expect(world.customer("你好").reason == .deferred)
        let effects = world.completed(.accepted(code: nil, at: world.now - .seconds(1)))
        #expect(effects.actions == [.send(.text("您好"))])
        #expect(effects.notes.contains("unended: the customer wrote on"))
    }

    @Test mutating func aClosingMessageIsWithdrawnWhenANewSessionBegins() {
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        world.now = world.now + .seconds(60)
        world.event(.sessionChanged(World.customer, .pickedUp(by: "anna", code: nil)))
        world.now = world.now + .seconds(60)
        world.event(.sessionChanged(World.customer, .ended(by: "anna", code: "E")))
        #expect(world.pending.map(\.action) == [.sendOnEvent("E", Shop.menu.body)])
        world.now = world.now + .seconds(1)
        let effects = world.customer("你好")
        #expect(effects.settled.map(\.status) == [.cancelled])
        #expect(world.pending.map(\.action) == [.send(.text("您好"))])
    }

    @Test mutating func aClosingMessageOfTheSamePageIsNotOrdered() {
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        world.now = world.now + .seconds(60)
        let ended = world.row(
            .event(.sessionChanged(World.customer, .ended(by: "anna", code: "E"))))
        world.now = world.now + .seconds(1)
        let effects = world.pull([
            ended, world.row(.fromCustomer(World.customer, .text("你好", menuItem: nil))),
        ])
        #expect(effects.actions == [.send(.text("您好"))])
        #expect(effects.notes.contains("code_unused:ended: code_state_moved"))
    }

    @Test mutating func aWelcomeIsNotWithdrawnByTheFirstMessage() {
        world.event(.entered(World.customer, Entrance(welcomeCode: "W")))
        world.now = world.now + .seconds(1)
        world.customer("你好")
        #expect(
            world.pending.map(\.action)
                == [.sendOnEvent("W", Shop.menu.body), .send(.text("您好"))])
    }

    @Test mutating func whoAsksOnInTheSamePageIsNotSaidGoodbyeTo() {
        let effects = world.pull([
            world.row(.fromCustomer(World.customer, .text("再见", menuItem: nil))),
            world.row(.fromCustomer(World.customer, .text("你好", menuItem: nil))),
        ])
        #expect(effects.actions == [.send(.text("您好"))])
        #expect(effects.notes == ["unended: the customer wrote on"])
    }

    @Test mutating func whatWasHeardBeforeTheEndingWasCalledBelongsToTheEndedSession() {
        world.customer("再见")
        world.customer("你好")
        world.now = world.now + .seconds(3)
        let effects = world.completed(.accepted(code: nil, at: world.now))
        #expect(effects.outbox.isEmpty)
        #expect(effects.notes.contains("decided:m2 session_ended"))
    }

    @Test mutating func aTransferWithdrawnUnheardMayHaveLostItsCode() {
        world.customer("人工")
        world.now = world.now + .seconds(5)
        let effects = world.event(
            .sessionChanged(World.customer, .pickedUp(by: "anna", code: nil)))
        #expect(
            effects.notes.contains(
                "code_lost: a transfer was withdrawn before its outcome was known"))
    }

    @Test mutating func aTransfersLateAnswerMovesNoLaterSession() {
        world.customer("人工")
        let calledAt = world.now
        let transfer = world.pending[0]
        for change: SessionChange in [
            .pickedUp(by: "anna", code: nil), .ended(by: "anna", code: nil),
        ] {
            world.now = world.now + .seconds(5)
            world.event(.sessionChanged(World.customer, change))
        }
        world.now = world.now + .seconds(5)
        world.customer("你好")
        world.step(
            .outcomes([
                CompletedAction(entry: transfer, outcome: .accepted(code: "Q", at: calledAt))
            ]))
        #expect(world.conversation.session.state == .assistant)
    }

    // MARK: Refusals and observations

    @Test mutating func aSessionSomebodyElseMovedIsLeftToThem() {
        world.customer("退款")
        let effects = world.completed(
            .refused(refused95018, actual: .init(number: 3, servicer: "anna")))
        #expect(effects.settled.map(\.note) == ["raced:human_serving 95018"])
        #expect(world.pending.isEmpty, "the second message is withdrawn")
        #expect(world.conversation.session.state == .human("anna"))
    }

    @Test mutating func aRefusedMessageDoesNotStopTheNext() {
        world.customer("退款")
        world.completed(
            .refused(PlatformFailure(code: 40201, handling: .drop, meaning: "spam"), actual: nil))
        #expect(world.pending.count == 1)
    }

    @Test mutating func aFailedDeliveryIsRecordedWithItsMeaning() {
        let effects = world.event(.sendFailed(World.customer, message: "out", .customerRejects))
        #expect(effects.notes == ["delivery_failed:10 out: the customer refuses messages"])
    }

    @Test mutating func aSessionExpiresAfter48Hours() throws {
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        let timer = try #require(world.timers.first)
        #expect(timer.due == Timestamp(seconds: world.now.seconds) + .seconds(48 * 3600))
        world.now = timer.due
        world.step(.timers([timer]))
        #expect(world.conversation.session.state == .ended)
        #expect(world.timers.isEmpty)
        #expect(world.customer("你好").reason == .rule("你好"))
    }

    @Test mutating func aStrayTimerEndsNothing() throws {
        world.customer("你好")
        let timer = try #require(world.timers.first)
        world.step(.timers([timer]))
        #expect(world.conversation.session.state == .assistant)
    }

    // MARK: First start

    @Test mutating func theFirstStartLeavesHistoryAloneButNotTheWakingMessage() {
        let old = world.row(.fromCustomer(World.customer, .text("你好", menuItem: nil)))
        world.now = world.now + .seconds(3600)
        let waking = world.row(.fromCustomer("wm2", .text("你好", menuItem: nil)))
        let page = FirstStart.skip.page(
            Work.Page(account: World.account, rows: [old, waking], next: "n", token: nil),
            startedAt: world.now, answered: [], now: world.now)
        let effects = world.step(.page(page))
        #expect(effects.inbox.map(\.reason) == [.beforeFirstStart, .rule("你好")])
    }

    @Test func unansweredOnlyTakesEachCustomersLastOpenMessage() {
        let now = Timestamp(seconds: 1_700_000_000)
        func row(_ id: MsgID, hoursAgo: Int, _ content: Inbound.Content) -> Inbound {
            Inbound(
                msgID: id, account: World.account,
                sentAt: now - .seconds(hoursAgo * 3600), content: content)
        }
        let text = MessageBody.text("?", menuItem: nil)
        let rows = [
            row("too-old", hoursAgo: 48, .fromCustomer("a", text)),
            row("superseded", hoursAgo: 3, .fromCustomer("b", text)),
            row("open", hoursAgo: 2, .fromCustomer("b", text)),
            row("served", hoursAgo: 2, .fromCustomer("c", text)),
            row("servicer", hoursAgo: 1, .fromServicer("anna", to: "c", text)),
            row("ours", hoursAgo: 1, .fromCustomer("d", text)),
        ]
        #expect(FirstStart.unanswered(in: rows, answered: ["d"], now: now) == ["open"])
    }
}
