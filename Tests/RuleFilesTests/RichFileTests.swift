import ChatModel
import Foundation
import RuleEngine
import RuleFiles
import Testing

@Suite struct RichFileTests {
    private func rich() throws -> BundleDefinition {
        let loaded = RuleFiles.load([RuleSource(path: "旗舰店售后.kf.yml", text: richFile)])
        #expect(loaded.report() == "")
        return try #require(loaded.definition?.bundles.first)
    }

    /// The zone of the file: eight hours ahead.
    private func time(_ text: String) throws -> Timestamp {
        let date = try Date(
            "\(text.replacingOccurrences(of: " ", with: "T")):00+08:00", strategy: .iso8601)
        return Timestamp(seconds: Int64(date.timeIntervalSince1970))
    }

    @Test func bundleSaysWhatItLeavesUnsaid() throws {
        let bundle = try rich()
        #expect(bundle.owner == "售后组-林主管")
        #expect(
            bundle.defaults
                == BundleDefinition.Defaults(
                    hearsPinyin: true, idle: .seconds(1800), budgetKeep: 1,
                    noneOfTheseID: WireIDs.noneOfThese(bundle: "旗舰店售后")))
    }

    @Test func scheduleHasItsWeekAndItsExceptions() throws {
        let schedule = try #require(try rich().schedule("营业时间"))
        let weekday = [
            ScheduleDefinition.Hours(from: 9 * 60, until: 12 * 60),
            ScheduleDefinition.Hours(from: 13 * 60 + 30, until: 18 * 60),
        ]
        #expect(
            schedule.weekly == Array(repeating: weekday, count: 5)
                + [[ScheduleDefinition.Hours(from: 600, until: 960)], []])
        #expect(schedule.calendar == "cn")
        #expect(
            schedule.exceptions == [
                ScheduleDefinition.Exception(
                    from: .init(year: 2026, month: 2, day: 15),
                    through: .init(year: 2026, month: 2, day: 21), hours: []),
                ScheduleDefinition.Exception(
                    from: .init(year: 2026, month: 11, day: 11),
                    through: .init(year: 2026, month: 11, day: 11),
                    hours: [ScheduleDefinition.Hours(from: 480, until: 1440)]),
            ])
        #expect(schedule.text == "周一至周五 9:00–12:00、13:30–18:00，周六 10:00–16:00")
    }

    @Test func textsFillEachOther() throws {
        let bundle = try rich()
        let menu = try #require(bundle.menu("主菜单"))
        #expect(
            menu.head
                == Template(variants: [
                    Template.Variant(
                        language: "zh", parts: [.literal("您好，欢迎光临旗舰店！请选择要办理的业务：")]),
                    Template.Variant(
                        language: "en", parts: [.literal("Welcome!请选择要办理的业务：")]),
                ]))
        #expect(
            menu.items.map(\.key) == ["订单", "退款", "发票", "人工"])
        #expect(
            menu.items[2].item == .view(url: "https://shop.example.com/invoice", label: "开发票"))
        let refund = try #require(bundle.rules.first { $0.name == "退款政策" })
        #expect(
            refund.reply == [
                .text(
                    Template(variants: [
                        Template.Variant(
                            language: nil,
                            parts: [
                                .value(
                                    "客户.昵称", [Template.Filter(.orElse, "亲")]),
                                .literal(
                                    "，签收 7 天内支持无理由退款：\n我的订单 → 申请退款 → 填写原因。"
                                        + "审核 1 个工作日，原路退回 1～3 天。"),
                            ])
                    ])), .menu("是否解决"),
            ])
    }

    @Test func slotAndNotice() throws {
        let bundle = try rich()
        #expect(
            bundle.slots == [
                SlotDefinition(
                    name: "订单号", accept: .digits(atLeast: 12, atMost: 12),
                    ask: "请发送 12 位订单号（回复“取消”退出）。", retry: "没认出订单号，是 12 位数字哦。",
                    mask: .middle)
            ])
        let notice = try #require(bundle.notices.first)
        #expect(notice.triggers == [.says("快递"), .says("物流"), .says("没到")])
        #expect(
            notice.active
                == ActiveSpan(
                    from: try time("2026-07-01 00:00"), until: try time("2026-07-06 00:00")))
        #expect(notice.reply == .text("受暴雨影响，华东地区包裹预计晚到 2～3 天，敬请谅解。"))
    }

    @Test func rulesHearAndDo() throws {
        let bundle = try rich()
        func rule(_ name: RuleName) throws -> RuleDefinition {
            try #require(bundle.rules.first { $0.name == name })
        }
        let progress = try rule("退款进度")
        #expect(progress.triggers.first == .asksLike("退款什么时候到账"))
        #expect(progress.start == "退款进度")
        #expect(progress.candidateID == WireIDs.candidate(bundle: "旗舰店售后", rule: "退款进度"))
        let complaint = try rule("投诉升级")
        #expect(complaint.priority == .urgent && complaint.tags == ["投诉"])
        #expect(complaint.handoff?.name == "主管")
        #expect(complaint.triggers == [.says("投诉"), .says("12315"), .says("曝光")])
        #expect(try rule("直播间来客").conditions == [.scene("live_*")])
        #expect(try rule("发来图片").exceptions == [.inFlow(nil)])
        #expect(try rule("没解决").handoff == bundle.policy("售后"))
        #expect(try rule("没听懂").candidateID == nil)
    }

    @Test func flowAsksCallsAndAnswers() throws {
        let flow = try #require(try rich().flow("查订单"))
        #expect(flow.cancel == ["取消", "退出"])
        #expect(flow.expire == .seconds(1800))
        guard case .ask(let question) = flow.steps[0].action,
            case .call(let request) = flow.steps[1].action,
            case .branch(let conditions, let then, let otherwise) = flow.steps[2].action
        else {
            Issue.record("not ask, call, if: \(flow.steps)")
            return
        }
        #expect(question.slot == "订单号" && question.tries == 2)
        guard case .handoff(let handoff) = question.otherwise.first?.action else {
            Issue.record("no hand-off when the tries are used up")
            return
        }
        #expect(handoff.name == "售后")
        #expect(request.service == "订单系统" && request.operation == "查询")
        #expect(request.save == "订单" && request.timeout == .seconds(3))
        #expect(
            request.parameters == [
                Assignment(
                    "id",
                    Template(variants: [
                        Template.Variant(language: nil, parts: [.value("订单号", [])])
                    ]))
            ])
        #expect(request.failed.map(\.action) == [.reply([.text("系统有点忙，请稍后再试，或回复“人工”。")])])
        #expect(conditions == [.value("订单.状态", .isAny(["已发货"]))])
        #expect(then.count == 1 && otherwise.count == 1)
        guard case .reply(let parts) = otherwise[0].action, case .text(let text) = parts[0] else {
            Issue.record("no reply beside else")
            return
        }
        #expect(
            text.variants[0].parts == [
                .literal("订单正在备货，预计 "), .value("订单.发货日", [Template.Filter(.date)]),
                .literal(" 发出。"),
            ])
    }

    @Test func policyHasAllItsBranches() throws {
        let bundle = try rich()
        #expect(
            bundle.policies == [
                HandoffDefinition(
                    name: "售后", to: .team(["zhangsan", "lisi", "wangwu"]), pick: .leastBusy,
                    preferLastServed: .seconds(7 * 86_400), open: "营业时间",
                    waitingText: "正在为您转接人工，请稍候。",
                    closed: .reply([
                        .text(
                            Template(
                                "人工客服工作时间为 周一至周五 9:00–12:00、13:30–18:00，"
                                    + "周六 10:00–16:00，您可以先留言，上班后第一时间处理。"))
                    ]),
                    nobody: .transfer(.pool), pickUpWithin: .seconds(300),
                    overdue: .transfer(.servicer("linzhuguan")), ended: .survey("满意度")),
                HandoffDefinition(
                    name: "主管", to: .servicer("linzhuguan"), nobody: .policy("售后")),
            ])
    }

    @Test func surveyIsAMenuWithMarks() throws {
        let survey = try #require(try rich().survey("满意度"))
        #expect(survey.menu.name == "满意度")
        #expect(survey.menu.items.map(\.key) == ["5", "3", "1"])
        #expect(
            survey.menu.items[0].item
                == .click(
                    id: WireIDs.id(bundle: "旗舰店售后", menu: "满意度", key: "5"), label: "非常满意"))
        #expect(survey.lowAtMost == 1 && survey.lowTags == ["差评"])
    }

    @Test func inlineTestsAreKept() {
        let loaded = RuleFiles.load([RuleSource(path: "a.kf.yml", text: richFile)])
        #expect(loaded.tests.count == 1)
        #expect(loaded.tests.first?.node.list?.count == 1)
    }

    @Test func definitionSurvivesTheStore() throws {
        let bundle = try rich()
        let json = try JSONEncoder().encode(bundle)
        #expect(try JSONDecoder().decode(BundleDefinition.self, from: json) == bundle)
    }
}
