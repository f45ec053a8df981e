import ChatModel
import Routing
import RuleEngine
import SessionMachine
import Testing

@Suite("Hand-off policies")
struct HandoffTests {
    @Test("the least busy of the team gets the session; ties go by the order written")
    func leastBusy() throws {
        var world = try World(rules: Team.rules())
        world.serve("zhang", "li", "wang")
        #expect(world.customer("人工").actions == [.transfer(.human("zhang"))])
        #expect(world.other("wm2", "人工").actions == [.transfer(.human("li"))])
        world.completed(.accepted(code: nil, at: world.now))
        world.completed(.accepted(code: nil, at: world.now))
        #expect(world.roster["zhang"]?.load == 1)
        world.event(.sessionChanged(World.customer, .ended(by: "zhang", code: nil)))
        #expect(world.roster["zhang"]?.load == 0)
        #expect(world.other("wm3", "人工").actions == [.transfer(.human("zhang"))])
    }

    @Test("several sessions in one page are spread")
    func spreadInOnePage() throws {
        var world = try World(rules: Team.rules())
        world.serve("zhang", "li", "wang")
        let rows = (1...4).map { number in
            world.row(
                .fromCustomer(ExternalUserID("wm\(number)"), .text("人工", menuItem: nil)))
        }
        let targets = world.pull(rows).actions
        #expect(
            targets == [
                .transfer(.human("zhang")), .transfer(.human("li")), .transfer(.human("wang")),
                .transfer(.human("zhang")),
            ])
    }

    @Test("round robin goes round")
    func roundRobin() throws {
        var world = try World(rules: Team.rules(pick: .roundRobin))
        world.serve("zhang", "li")
        var picked: [Action] = []
        for number in 1...4 {
            picked += world.other(ExternalUserID("wm\(number)"), "人工").actions
            world.now = world.now + .seconds(1)
        }
        #expect(
            picked == [
                .transfer(.human("zhang")), .transfer(.human("li")), .transfer(.human("zhang")),
                .transfer(.human("li")),
            ])
    }

    @Test("who has stopped, and who is not on the list, is passed over")
    func onlyThoseWhoReceive() throws {
        var world = try World(rules: Team.rules())
        world.serve("zhang", "li")
        world.event(.servicerStatusChanged("zhang", .stopped))
        #expect(world.customer("人工").actions == [.transfer(.human("li"))])
    }

    @Test("nobody there is a branch")
    func nobody() throws {
        var world = try World(rules: Team.rules(nobody: .reply([.text("现在没有人")])))
        world.serve("someone else")
        let effects = world.customer("人工")
        #expect(effects.actions == [.send(.text("现在没有人"))])
        #expect(effects.reason == .rule("人工"))
    }

    @Test("nobody there and nothing said about it is the pool")
    func nobodyIsThePool() throws {
        var world = try World(rules: Team.rules())
        world.serve("someone else")
        #expect(world.customer("人工").actions == [.transfer(.pool)])
    }

    @Test("policies in a circle end in the pool")
    func circle() throws {
        var world = try World(rules: Team.rules(nobody: .policy("售后")))
        world.serve("someone else")
        #expect(world.customer("人工").actions == [.transfer(.pool)])
    }

    @Test("before the list is known everybody may be tried")
    func unknownRoster() throws {
        var world = try World(rules: Team.rules())
        #expect(world.customer("人工").actions == [.transfer(.human("zhang"))])
    }

    @Test("who served the customer last goes first, for a while")
    func lastServed() throws {
        var world = try World(rules: Team.rules(preferLastServed: .seconds(3600)))
        world.serve("zhang", "li")
        world.customer("你好")
        world.event(.sessionChanged(World.customer, .pickedUp(by: "li", code: nil)))
        world.event(.sessionChanged(World.customer, .ended(by: "li", code: nil)))
        world.now = world.now + .seconds(60)
        #expect(world.customer("人工").actions == [.transfer(.human("li"))])
    }

    @Test("when nobody picks up in time, the policy's rescue comes")
    func overdue() throws {
        var world = try World(
            rules: Team.rules(
                to: .pool, within: .seconds(300), overdue: .transfer(.servicer("lin"))))
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        world.wait(.seconds(299))
        #expect(world.pending.isEmpty)
        world.wait(.seconds(2))
        #expect(world.pending.map(\.action) == [.transfer(.human("lin"))])
    }

    @Test("a session that was picked up is not rescued")
    func pickedUpInTime() throws {
        var world = try World(
            rules: Team.rules(
                to: .pool, within: .seconds(300), overdue: .transfer(.servicer("lin"))))
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        world.event(.sessionChanged(World.customer, .pickedUp(by: "li", code: nil)))
        world.wait(.seconds(400))
        #expect(world.pending.isEmpty)
    }

    @Test("with a person, their first words are the picking up")
    func firstWordsPickUp() throws {
        var world = try World(
            rules: Team.rules(within: .seconds(300), overdue: .transfer(.servicer("lin"))))
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        world.pull([
            world.row(.fromServicer("zhang", to: World.customer, .text("您好", menuItem: nil)))
        ])
        world.wait(.seconds(400))
        #expect(world.pending.isEmpty)
    }

    @Test("a rescue the platform refuses leaves the session where it is")
    func refusedRescue() throws {
        var world = try World(
            rules: Team.rules(
                to: .pool, within: .seconds(300), overdue: .transfer(.servicer("lin"))))
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        world.wait(.seconds(301))
        let failure = PlatformFailure(
            code: 95014, handling: .otherServicer, meaning: "not receiving")
        world.completed(
            .refused(failure, actual: Outcome.ActualSession(number: 2, servicer: nil)))
        #expect(world.conversation.session.state == .pool)
        #expect(world.pending.isEmpty)
    }
}

@Suite("Surveys")
struct SurveyTests {
    private func ended(_ world: inout World, by servicer: ServicerID = "zhang") {
        world.serve("zhang")
        world.customer("人工")
        world.completed(.accepted(code: nil, at: world.now))
        world.now = world.now + .seconds(60)
        world.event(.sessionChanged(World.customer, .ended(by: servicer, code: "ec1")))
    }

    @Test("the survey goes with the end code, within its 20 seconds")
    func isSent() throws {
        var world = try World(rules: Team.rules())
        ended(&world)
        guard case .sendOnEvent("ec1", .menu(let menu)) = world.pending.first?.action else {
            Issue.record("no survey: \(world.pending)")
            return
        }
        #expect(menu.items.map(\.label) == ["满意", "不满意"])
        #expect(world.pending.first?.expires == true)
    }

    @Test("a tap in a new session is credited to the one that ended")
    func isCredited() throws {
        var world = try World(rules: Team.rules())
        ended(&world)
        world.completed(.accepted(code: nil, at: world.now))
        let endedAt = world.now
        world.now = world.now + .seconds(3600)
        let effects = world.customer("不满意", click: "sv1")
        #expect(effects.reason == .survey("满意度", mark: "1"))
        #expect(effects.actions == [])
        let answer = try #require(effects.surveys.first)
        #expect(answer.servicer == "zhang")
        #expect(answer.rule == "人工")
        #expect(answer.mark == "1")
        #expect(answer.endedAt == Timestamp(seconds: endedAt.seconds))
        #expect(world.conversation.memory.tags == ["差评"])
        #expect(world.conversation.memory.misses == 0)
    }

    @Test("the next words are a question again")
    func wordsAreQuestions() throws {
        var world = try World(rules: Team.rules())
        ended(&world)
        world.customer("满意", click: "sv5")
        #expect(world.customer("你好").reason == .rule("你好"))
    }

    @Test("a tap on a survey that nobody remembers is still no question")
    func forgottenSurvey() throws {
        var world = try World(rules: Team.rules())
        let effects = world.customer("满意", click: "sv5")
        #expect(effects.reason == .survey("满意度", mark: "5"))
        #expect(effects.surveys.isEmpty)
    }
}

@Suite("Canary")
struct CanaryTests {
    @Test("a share of new sessions begins with the new version, always the same customers")
    func share() throws {
        var world = try World()
        let stable = Playbook(try RuleSet(Shop.rules), version: "v1")
        let canary = Playbook(try RuleSet(Team.rules()), version: "v2")
        world.router = Router(
            active: stable, others: ["v2": canary],
            canary: Router.Canary(version: "v2", share: 0.25), aliases: [World.account: "shop"])
        var taken: Set<ExternalUserID> = []
        for number in 0..<1000 {
            let customer = ExternalUserID("wm\(number)")
            if world.other(customer, "你好").inbox.first?.version == "v2" {
                taken.insert(customer)
            }
        }
        #expect((200...300).contains(taken.count))
    }

    @Test("a session that has begun stays with its version")
    func sessionsStay() throws {
        var world = try World()
        let stable = Playbook(try RuleSet(Shop.rules), version: "v1")
        let canary = Playbook(try RuleSet(Team.rules()), version: "v2")
        world.router = Router(active: stable, aliases: [World.account: "shop"])
        world.customer("你好")
        world.router = Router(
            active: stable, others: ["v2": canary],
            canary: Router.Canary(version: "v2", share: 1), aliases: [World.account: "shop"])
        #expect(world.customer("你好").inbox.first?.version == nil)
        world.event(.sessionChanged(World.customer, .ended(by: nil, code: nil)))
        world.now = world.now + .seconds(5)
        #expect(world.customer("你好").inbox.first?.version == "v2")
    }
}

extension World {
    /// Another customer writes.
    @discardableResult
    mutating func other(_ customer: ExternalUserID, _ text: String) -> Effects {
        pull([row(.fromCustomer(customer, .text(text, menuItem: nil)))])
    }
}

/// Rules with a team and a survey.
enum Team {
    static func rules(
        to: HandoffDefinition.Destination = .team(["zhang", "li", "wang"]),
        pick: HandoffDefinition.Pick = .leastBusy, preferLastServed: Duration? = nil,
        nobody: HandoffDefinition.Fallback? = nil, within: Duration? = nil,
        overdue: HandoffDefinition.Fallback? = nil
    ) -> RuleSetDefinition {
        let place = SourcePlace(file: "shop.kf.yml", line: 1, column: 1)
        let policy = HandoffDefinition(
            name: "售后", to: to, pick: pick, preferLastServed: preferLastServed,
            nobody: nobody, pickUpWithin: within, overdue: overdue, ended: .survey("满意度"))
        return RuleSetDefinition(bundles: [
            BundleDefinition(
                name: "小店", accounts: ["shop"], menus: [],
                rules: [
                    RuleDefinition(
                        name: "人工", place: place, triggers: [.saysExactly("人工")],
                        handoff: policy),
                    RuleDefinition(
                        name: "你好", place: place, triggers: [.saysExactly("你好")],
                        reply: [.text("您好")]),
                ], policies: [policy],
                surveys: [
                    SurveyDefinition(
                        name: "满意度", place: place,
                        menu: MenuDefinition(
                            name: "满意度", head: "请评价",
                            items: [
                                .init(key: "5", item: .click(id: "sv5", label: "满意")),
                                .init(key: "1", item: .click(id: "sv1", label: "不满意")),
                            ], tail: nil),
                        lowAtMost: 1, lowTags: ["差评"])
                ])
        ])
    }
}
