import Boundary
import ChatModel
import RuleEngine

extension PublishedVersion {
    private static let place = SourcePlace(file: "test.kf.yml", line: 7, column: 3)

    /// Rules of one bundle for the account `shop`.
    static func rules(
        id: RuleSetVersion, _ rules: [RuleDefinition], slots: [SlotDefinition] = [],
        flows: [FlowDefinition] = []
    ) -> PublishedVersion {
        PublishedVersion(
            id: id,
            definition: RuleSetDefinition(bundles: [
                BundleDefinition(
                    name: "小店", accounts: ["shop"], menus: [], slots: slots, rules: rules,
                    flows: flows)
            ]), sources: [:], author: "test", note: "",
            publishedAt: Timestamp(seconds: 1_700_000_000))
    }

    /// A flow that asks the company's system `ERP` for an order's state and says it.
    static func calling(timeout: Duration) -> PublishedVersion {
        let call = FlowStep.Request(
            service: "ERP", operation: "ask",
            parameters: [Assignment("id", "42")], save: "订单", timeout: timeout,
            failed: [FlowStep(place: place, action: .reply([.text("系统忙")]))])
        let answer = Template(variants: [
            Template.Variant(language: nil, parts: [.value("订单.状态", [])])
        ])
        return rules(
            id: "calling",
            [
                rule("查订单", start: "查订单"), rule("你好", reply: "您好"),
                RuleDefinition(
                    name: "人工", place: place, triggers: [.saysExactly("人工")],
                    handoff: HandoffDefinition(to: .pool, waitingText: "请稍候")),
            ],
            flows: [
                FlowDefinition(
                    name: "查订单", place: place, cancel: ["取消"], cancelled: "好的",
                    expire: .seconds(600),
                    steps: [
                        FlowStep(place: place, action: .call(call)),
                        FlowStep(place: place, action: .reply([.text(answer)])),
                    ])
            ])
    }

    /// A flow that asks for a number and then says `words`.
    static func asking(_ words: String, id: RuleSetVersion) -> PublishedVersion {
        rules(
            id: id, [rule("查订单", start: "查订单"), rule("你好", reply: words)],
            slots: [
                SlotDefinition(
                    name: "订单号", accept: .digits(atLeast: 2, atMost: 2), ask: "订单号？")
            ],
            flows: [
                FlowDefinition(
                    name: "查订单", place: place, cancel: ["取消"], cancelled: "好的",
                    expire: .seconds(600),
                    steps: [
                        FlowStep(
                            place: place, action: .ask(FlowStep.Question(slot: "订单号"))),
                        FlowStep(place: place, action: .reply([.text(Template(words))])),
                    ])
            ])
    }

    /// Hands whoever says 人工 to one of a team.
    static func team(_ team: [ServicerID]) -> PublishedVersion {
        rules(
            id: "team",
            [
                RuleDefinition(
                    name: "人工", place: place, triggers: [.saysExactly("人工")],
                    handoff: HandoffDefinition(to: .team(team), nobody: .reply([.text("无人")])))
            ])
    }

    private static func rule(
        _ name: RuleName, reply: String? = nil, start: FlowName? = nil
    ) -> RuleDefinition {
        RuleDefinition(
            name: name, place: place, triggers: [.saysExactly(name.rawValue)],
            reply: reply.map { [.text(Template($0))] } ?? [], start: start)
    }
}
