import ChatModel
import Testing

@testable import RuleEngine

@Suite("What would have changed a decision")
struct AlternativesTests {
    private static let open = ScheduleDefinition(
        name: "营业时间", zone: "Asia/Shanghai",
        weekly: Array(repeating: [ScheduleDefinition.Hours(from: 540, until: 720)], count: 5),
        calendar: "cn")

    private func sample() throws -> CompiledBundle {
        var people = rule("转人工", .saysExactly("人工"), .saysExactly("转人工"))
        people.handoff = HandoffDefinition(to: .pool, open: "营业时间")
        return try bundle(
            of: BundleDefinition(
                name: "小店", accounts: ["shop"], schedules: [Self.open], menus: [],
                rules: [
                    rule("退款政策", .says("退款"), .says("退货")), rule("换货", .says("换货")), people,
                    rule("夜里", .says("退货"), if: [.hours("营业时间", isOpen: false)]),
                    rule("被盖住", .says("换货")), rule("没听懂", .noMatch),
                ]))
    }

    @Test("words of rules near by that would win, and of one that hands over")
    func words() throws {
        let bundle = try sample()
        let explanation = bundle.explanation(
            of: .text("我想退貨", menuItem: nil), facts: Facts(now: shanghai("2026-03-02 10:00")))
        #expect(explanation.contenders.first?.name == "退款政策")
        let alternatives = bundle.alternatives(to: explanation)
        #expect(alternatives.words.map(\.name) == ["换货", "转人工"])
        #expect(alternatives.words.map(\.words) == ["换货", "人工"])
    }

    @Test("the next opening or closing that changes the rule or the hand-off")
    func times() throws {
        let bundle = try sample()
        let explanation = bundle.explanation(
            of: .text("我想退货", menuItem: nil), facts: Facts(now: shanghai("2026-10-10 10:00")))
        #expect(explanation.schedules.map(\.isOpen) == [true])
        #expect(explanation.schedules.map(\.dayText) == ["2026-10-10 周六，调休补班"])
        let alternatives = bundle.alternatives(to: explanation)
        let noon = shanghai("2026-10-10 12:00")
        #expect(
            alternatives.times == [
                Alternatives.Time(
                    at: noon, schedule: "营业时间", opens: false, effect: .rule("夜里")),
                Alternatives.Time(
                    at: noon, schedule: "营业时间", opens: false, effect: .handoff("转人工")),
            ])
    }

    @Test("where time is left open, no time is named")
    func noTime() throws {
        let bundle = try sample()
        let explanation = bundle.explanation(of: .text("退货", menuItem: nil), facts: Facts())
        #expect(explanation.schedules.isEmpty)
        #expect(bundle.alternatives(to: explanation).times.isEmpty)
        let image = bundle.explanation(of: .message(.image), facts: Facts())
        #expect(bundle.alternatives(to: image).words.isEmpty)
    }
}
