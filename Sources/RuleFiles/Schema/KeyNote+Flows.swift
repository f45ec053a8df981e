/// Flows and hand-off policies.
extension KeyNote {
    static let flowNotes: [KeyNote] = [
        KeyNote(
            "flow.steps", "步骤，一行一步，从上往下", "the steps, in order", list: .only, isRequired: true),
        KeyNote("step.ask", "问这个槽位；知道了就跳过", "asks for this slot, unless it is known"),
        KeyNote("step.text", "换个问法", "asks with other words"),
        KeyNote("step.call", "问公司的系统：系统.操作", "asks the company's own system: system.operation"),
        KeyNote("step.with", "带什么去：{ id: $(订单号) }", "what is sent"),
        KeyNote("save", "答案存成什么名字", "what the answer is kept as"),
        KeyNote("timeout", "最多等多久（3s，不超过 60s）", "how long it may take", .duration),
        KeyNote("failed", "没有结果时怎么办；做完流程就结束", "when no answer came", list: .also),
        KeyNote("then", "条件成立时的几步", "when the conditions hold", list: .also),
        KeyNote("else", "问不出来、或条件不成立时怎么办", "otherwise", list: .also),

        // Policies.
        KeyNote(
            "to", "转给谁：pool 排队，servicer 某一位，team 团队", "who takes over",
            .oneOf(["pool", "servicer", "team"])),
        KeyNote("who", "接待人员的账号", "the person's userid"),
        KeyNote("team", "几位接待人员的账号", "userids"),
        KeyNote(
            "pick", "挑谁：least_busy 最闲，round_robin 轮流，last_served 上次的", "how one is chosen",
            .oneOf(["least_busy", "round_robin", "last_served"])),
        KeyNote("prefer", "优先谁", "who goes first"),
        KeyNote(
            "last_served", "这段时间内接待过这位客户的优先", "served the customer within this time", .duration,
            isRequired: true),
        KeyNote("policy.open", "什么时间有人：时间表的名字", "when people are there: a schedule"),
        KeyNote("waiting_text", "等待时的一句话，平台只允许一条", "one text, all the platform allows"),
        KeyNote("policy.closed", "不在营业时间怎么办", "what is done outside the hours", .text, list: .also),
        KeyNote("nobody", "一个人也不在怎么办（排队）", "when nobody can take over", .text, list: .also),
        KeyNote("pick_up_within", "多久没人理就算超时", "how soon somebody must react", .duration),
        KeyNote("overdue", "超时了怎么办：转给别人或结束", "what if nobody did", .text, list: .also),
        KeyNote("ended", "人工结束后发的一段文字、菜单或评价", "sent when the servicer ends"),
    ]
}
