import RuleEngine
import RuleFiles

/// The small file every support lead starts from.
let smallFile = """
    kf: 1                              # 格式版本
    bundle: 小店客服
    accounts: [shop]                   # 别名；真实 open_kfid 写在服务器配置里

    menus:
      主菜单:
        head: 您好，这里是小店客服，请选择：
        items: { 订单: 查订单, 退款: 申请退款, 人工: 转人工 }

    rules:
      - rule: 欢迎语
        when: { event: enter_session }
        reply: { menu: 主菜单 }
      - rule: 退款政策
        when: { clicks: 主菜单.退款, says: [退款, 退货, 退钱] }
        reply: 签收 7 天内可申请退款：我的订单 → 申请退款。
        examples: [怎么退款, 我要退货, 能退钱吗]
      - rule: 查订单
        when: { clicks: 主菜单.订单, says: [订单, 物流, 快递] }
        reply: 请把订单号发给我，我帮您查。
        examples: [我的订单到哪了, 快递怎么还没到]
      - rule: 找人工
        when: { clicks: 主菜单.人工, says_exactly: [人工, 转人工, 人工客服] }
        handoff: { to: pool, waiting_text: 正在为您转接，请稍候。 }
        examples: [人工]
        not_examples: [你们是人工智能吗]
      - rule: 没听懂
        when: { no_match: true }
        reply: { menu: 主菜单 }

    """

/// What checking one file finds.
func check(_ text: String, path: String = "t.kf.yml") -> LoadedRules {
    RuleFiles.check(RuleFiles.load([RuleSource(path: path, text: text)]))
}

/// The ids of what checking one file finds.
func findings(_ text: String) -> [DiagnosticID] { check(text).diagnostics.map(\.id) }

/// A bundle whose body is `body`, with the lines every bundle needs.
func bundle(_ body: String) -> String {
    """
    kf: 1
    bundle: 测试
    accounts: [shop]
    \(body)
    """
}
