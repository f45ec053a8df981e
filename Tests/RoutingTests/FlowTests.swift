import ChatModel
import Routing
import RuleEngine
import Testing

@Suite("Flows")
struct FlowTests {
    @Test("a question is asked, answered and used")
    func asksAndAnswers() throws {
        var world = try World(rules: Lookup.rules)
        #expect(world.customer("查订单").actions == [.send(.text("请发送订单号"))])
        let effects = world.customer("是 202603010001 这个")
        #expect(effects.reason == .flow("查订单"))
        #expect(effects.actions == [.call(Lookup.call("202603010001"))])
        #expect(world.conversation.memory.values["订单号"] == "202603010001")
        let answer = world.answered(["状态": "已发货", "快递": "顺丰"])
        #expect(answer.actions == [.send(.text("顺丰 已发货"))])
        #expect(world.conversation.memory.flow == nil)
    }

    @Test("the message that starts a flow may answer its first question")
    func startingMessageFills() throws {
        var world = try World(rules: Lookup.rules)
        #expect(
            world.customer("查订单 202603010001").actions == [
                .call(Lookup.call("202603010001"))
            ])
    }

    @Test("a known slot isn't asked for again")
    func knownSlotIsSkipped() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单 202603010001")
        world.answered(["状态": "已发货", "快递": "顺丰"])
        #expect(world.customer("查订单").actions == [.call(Lookup.call("202603010001"))])
    }

    @Test("another number in the starting words replaces the one that is known")
    func startingMessageReplaces() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单 202603010001")
        world.answered(["状态": "已发货", "快递": "顺丰"])
        #expect(
            world.customer("查订单 202603010002").actions == [
                .call(Lookup.call("202603010002"))
            ])
    }

    @Test("after the last try the flow goes to else")
    func triesRunOut() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单")
        #expect(world.customer("不知道").actions == [.send(.text("是 12 位数字哦"))])
        #expect(world.customer("真不知道").actions == [.transfer(.pool)])
        #expect(world.conversation.memory.flow == nil)
    }

    @Test("a cancel word leaves the flow, but not inside a sentence")
    func cancels() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单")
        #expect(world.customer("我不想取消").actions == [.send(.text("是 12 位数字哦"))])
        let effects = world.customer("取消。")
        #expect(effects.actions == [.send(.text("好的，已退出"))])
        #expect(world.conversation.memory.flow == nil)
    }

    @Test("an urgent rule interrupts, and the question is asked again")
    func interruptsAndReturns() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单")
        let effects = world.customer("急急急")
        #expect(effects.reason == .rule("急"))
        #expect(effects.actions == [.send(.text("马上")), .send(.text("请发送订单号"))])
        #expect(world.customer("202603010001").reason == .flow("查订单"))
    }

    @Test("an ordinary rule does not interrupt")
    func ordinaryRulesWait() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单")
        #expect(world.customer("退款").reason == .flow("查订单"))
    }

    @Test("a rule that hands over ends the flow")
    func handoverEndsFlow() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单")
        #expect(world.customer("人工").actions == [.transfer(.pool)])
        #expect(world.conversation.memory.flow == nil)
    }

    @Test("a backend that fails leads to failed, and to nothing after it")
    func callFails() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单 202603010001")
        let effects = world.completed(.answered(.failed("timeout")))
        #expect(effects.actions == [.send(.text("系统有点忙"))])
        #expect(world.conversation.memory.flow == nil)
    }

    @Test("what is said while a call is under way waits for it")
    func messagesWaitForTheCall() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单 202603010001")
        #expect(world.customer("退款").reason == .deferred)
        let effects = world.answered(["状态": "已发货", "快递": "顺丰"])
        #expect(
            effects.actions == [.send(.text("顺丰 已发货")), .send(.text("七天内可退"))])
    }

    @Test("leaving the flow withdraws its call, and what waited is decided about")
    func leavingWithdrawsTheCall() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单 202603010001")
        world.customer("退款")
        let effects = world.customer("人工")
        #expect(effects.settled.map(\.note) == ["flow_left"])
        #expect(world.pending.map(\.action) == [.transfer(.pool)])
    }

    @Test("a late answer to a call that was left changes nothing")
    func lateAnswers() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单 202603010001")
        let call = world.pending[0]
        world.customer("人工")
        let effects = world.step(
            .outcomes([
                CompletedAction(entry: call, outcome: .answered(.fields(["状态": "已发货"])))
            ]))
        #expect(effects.outbox.isEmpty)
        #expect(world.conversation.memory.values["订单.状态"] == nil)
    }

    @Test("silence ends a flow")
    func expires() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单")
        world.wait(.seconds(599))
        #expect(world.conversation.memory.flow != nil)
        world.wait(.seconds(2))
        #expect(world.conversation.memory.flow == nil)
        #expect(world.customer("退款").reason == .rule("退款"))
    }

    @Test("writing again gives a flow its time anew")
    func writingRestartsTheTimer() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单")
        world.wait(.seconds(500))
        world.customer("不知道")
        world.wait(.seconds(500))
        #expect(world.conversation.memory.flow != nil)
    }

    @Test("silence forgets the session's values, not the customer's")
    func idleForgets() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("登记 13800138000")
        world.customer("查订单 202603010001")
        world.answered([:])
        world.wait(.seconds(31 * 60))
        #expect(world.conversation.memory.values.isEmpty)
        #expect(world.conversation.memory.lasting == ["电话": "13800138000"])
    }

    @Test("a flow within a flow comes back to it")
    func subFlows() throws {
        var world = try World(rules: Lookup.rules)
        #expect(world.customer("退货").actions == [.send(.text("请发送订单号"))])
        world.customer("202603010001")
        let effects = world.answered(["状态": "备货"])
        #expect(effects.actions == [.send(.text("还在备货")), .send(.text("已登记退货"))])
    }

    @Test("flows that start one another without end are left")
    func runaways() throws {
        var world = try World(rules: Lookup.rules)
        #expect(world.customer("循环").notes.contains("flow_runaway:循环"))
        #expect(world.conversation.memory.flow == nil)
    }

    @Test("a choice is asked for as a menu, and a tap answers it")
    func choices() throws {
        var world = try World(rules: Lookup.rules)
        let asked = world.customer("预约").actions
        guard case .send(.menu(let menu)) = asked.first else {
            Issue.record("no menu: \(asked)")
            return
        }
        #expect(menu.items.map(\.label) == ["上午", "下午"])
        #expect(world.customer("下午", click: "opt2").actions == [.send(.text("约在下午"))])
    }

    @Test("a flow goes on on the version it began with")
    func pinnedVersion() throws {
        var world = try World(rules: Lookup.rules)
        let old = Playbook(try RuleSet(Lookup.rules), version: "v1")
        let new = Playbook(try RuleSet(Shop.rules), version: "v2")
        world.router = Router(active: old, aliases: [World.account: "shop"])
        world.customer("查订单")
        world.router = Router(
            active: new, others: ["v1": old], aliases: [World.account: "shop"])
        let effects = world.customer("202603010001")
        #expect(effects.reason == .flow("查订单"))
        #expect(effects.inbox.first?.version == "v1")
        world.answered(["状态": "已发货", "快递": "顺丰"])
        #expect(world.customer("你好").inbox.first?.version == nil)
    }

    @Test("a flow whose version is gone gives way to the rules")
    func lostVersion() throws {
        var world = try World(rules: Lookup.rules)
        world.customer("查订单")
        world.router = Router(rules: try RuleSet(Shop.rules), aliases: [World.account: "shop"])
        #expect(world.customer("你好").reason == .rule("你好"))
        #expect(world.conversation.memory.flow == nil)
    }
}

extension World {
    /// The pending call came back with these fields.
    @discardableResult
    mutating func answered(_ fields: [String: String]) -> Effects {
        guard let call = pending.first(where: { if case .call = $0.action { true } else { false } })
        else { return Effects() }
        return step(
            .outcomes([CompletedAction(entry: call, outcome: .answered(.fields(fields)))]))
    }
}

/// Rules with flows.
enum Lookup {
    static func call(_ number: String) -> CompanyCall {
        CompanyCall(
            service: "订单系统", operation: "查询",
            parameters: [CompanyCall.Parameter(name: "id", value: number)], timeout: .seconds(3))
    }

    private static let place = SourcePlace(file: "shop.kf.yml", line: 1, column: 1)

    private static func step(_ action: FlowStep.Action) -> FlowStep {
        FlowStep(place: place, action: action)
    }

    private static func flow(_ name: FlowName, _ steps: [FlowStep.Action]) -> FlowDefinition {
        FlowDefinition(
            name: name, place: place, cancel: ["取消", "退出"], cancelled: "好的，已退出",
            expire: .seconds(600), steps: steps.map(step))
    }

    private static func value(_ name: ValueName) -> Template {
        Template(variants: [.init(language: nil, parts: [.value(name, [])])])
    }

    private static func rule(
        _ name: RuleName, _ words: String, priority: RuleDefinition.Priority = .normal,
        reply: [ReplyPart] = [], handoff: HandoffDefinition? = nil, start: FlowName? = nil
    ) -> RuleDefinition {
        RuleDefinition(
            name: name, place: place, priority: priority,
            triggers: [name == "人工" ? .saysExactly(words) : .says(words)], reply: reply,
            handoff: handoff, start: start)
    }

    static let rules = RuleSetDefinition(bundles: [
        BundleDefinition(
            name: "小店", accounts: ["shop"], menus: [],
            slots: [
                SlotDefinition(
                    name: "订单号", accept: .digits(atLeast: 12, atMost: 12), ask: "请发送订单号",
                    retry: "是 12 位数字哦"),
                SlotDefinition(name: "电话", accept: .phone, ask: "电话？", keep: .customer),
                SlotDefinition(
                    name: "时段",
                    accept: .choice([
                        .init(value: "上午", words: [], wireID: "opt1"),
                        .init(value: "下午", words: [], wireID: "opt2"),
                    ]), ask: "什么时候？"),
            ],
            rules: [
                rule("查订单", "查订单", start: "查订单"),
                rule("退货", "退货", start: "退货"),
                rule("登记", "登记", start: "登记"),
                rule("预约", "预约", start: "预约"),
                rule("循环", "循环", start: "循环"),
                rule("退款", "退款", reply: [.text("七天内可退")]),
                rule("急", "急急急", priority: .urgent, reply: [.text("马上")]),
                rule("人工", "人工", handoff: HandoffDefinition(to: .pool)),
            ],
            flows: [
                flow(
                    "查订单",
                    [
                        .ask(
                            .init(
                                slot: "订单号", tries: 2,
                                otherwise: [step(.handoff(HandoffDefinition(to: .pool)))])),
                        .call(
                            .init(
                                service: "订单系统", operation: "查询",
                                parameters: [Assignment("id", value("订单号"))], save: "订单",
                                timeout: .seconds(3), failed: [step(.reply([.text("系统有点忙")]))])),
                        .branch(
                            [.value("订单.状态", .isAny(["已发货"]))],
                            then: [
                                step(
                                    .reply([
                                        .text(
                                            Template(variants: [
                                                .init(
                                                    language: nil,
                                                    parts: [
                                                        .value("订单.快递", []), .literal(" "),
                                                        .value("订单.状态", []),
                                                    ])
                                            ]))
                                    ]))
                            ], otherwise: [step(.reply([.text("还在备货")]))]),
                    ]),
                flow("退货", [.start("查订单"), .reply([.text("已登记退货")])]),
                flow("登记", [.ask(.init(slot: "电话"))]),
                flow(
                    "预约",
                    [
                        .ask(.init(slot: "时段")),
                        .reply([
                            .text(
                                Template(variants: [
                                    .init(
                                        language: nil,
                                        parts: [.literal("约在"), .value("时段", [])])
                                ]))
                        ]),
                    ]),
                flow("循环", [.start("循环")]),
            ])
    ])
}
