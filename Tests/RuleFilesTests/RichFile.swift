/// A file that uses most of the language: every section has something of each kind.
let richFile = #"""
    kf: 1
    bundle: 旗舰店售后
    owner: 售后组-林主管
    accounts: [flagship]                       # 别名，真实 open_kfid 在服务器配置

    defaults:
      fold: [全半角, 繁简, 大小写, 标点, 表情, 拼音]   # 匹配前的归一化
      idle: 30m                                # 静默 30 分钟清空槽位
      budget_keep: 1                           # 5 条额度里永远留 1 条给兜底

    schedules:
      营业时间:
        zone: Asia/Shanghai
        weekly:
          周一至周五: [09:00-12:00, 13:30-18:00]
          周六: [10:00-16:00]
        calendar: cn                           # 法定假日休息，调休补班日按工作日
        except:
          2026-02-15..2026-02-21: closed
          2026-11-11: [08:00-24:00]

    texts:
      欢迎: { zh: 您好，欢迎光临旗舰店！, en: Welcome! }
      下班: 人工客服工作时间为 $(营业时间)，您可以先留言，上班后第一时间处理。

    menus:
      主菜单:
        head: $(欢迎)请选择要办理的业务：
        items:
          订单: 查订单 / 物流
          退款: 退款与退货
          发票: { view: https://shop.example.com/invoice, text: 开发票 }
          人工: 转人工客服
        tail: 也可以直接打字描述问题
      是否解决:
        head: 这个回答解决您的问题了吗？
        items: { 是: 解决了, 否: 没有，转人工 }

    slots:
      订单号:
        accept: { digits: 12 }
        mask: middle                           # 日志与控制台里打码
        ask: 请发送 12 位订单号（回复“取消”退出）。
        retry: 没认出订单号，是 12 位数字哦。

    notices:                                   # 临时公告，到期自动失效
      - notice: 华东暴雨
        active: 2026-07-01 00:00 .. 2026-07-05 24:00
        when: { says: [快递, 物流, 没到] }
        reply: 受暴雨影响，华东地区包裹预计晚到 2～3 天，敬请谅解。

    rules:
      - rule: 欢迎语
        when: { event: enter_session }
        reply: { menu: 主菜单 }
      - rule: 直播间来客
        when: { event: enter_session }
        if: { scene: live_* }
        reply: 直播间专享：回复“年货”领 10 元券，有问题请直接打字。
      - rule: 投诉升级
        priority: urgent
        when: { says: [投诉, 12315, 曝光] }
        tag: [投诉]
        handoff: 主管
        examples: [我要投诉你们, 打12315了]
      - rule: 退款进度
        when: { asks_like: [退款什么时候到账, 退款多久到账, 退款处理到哪一步了] }
        start: 退款进度
        examples: [退款几天能到账]
        not_examples: [怎么申请退款]
      - rule: 退款政策
        when: { clicks: 主菜单.退款, says: [退款, 退货, 退钱] }
        reply: [{ template: 退款说明 }, { menu: 是否解决 }]
        examples: [怎么退款, tui kuan, 我想退貨]
      - rule: 查订单
        when: { clicks: 主菜单.订单, says: [订单, 快递, 物流], matches: '^\d{12}$' }
        start: 查订单
        examples: [快递到哪了, 202603010001]
      - rule: 已解决
        when: { clicks: 是否解决.是 }
        reply: 很高兴帮到您。
      - rule: 没解决
        when: { clicks: 是否解决.否 }
        handoff: 售后
      - rule: 年货券
        when: { says_exactly: 年货 }
        reply: 领券：https://shop.example.com/c
        examples: [年货]
      - rule: 转人工
        when: { clicks: 主菜单.人工, says_exactly: [人工, 转人工, 人工客服, 找客服] }
        handoff: 售后
        examples: [转人工]
        not_examples: [人工智能怎么用, 人工费多少]
      - rule: 发来图片
        when: { sends: [image, video, file] }
        unless: { in_flow: any }
        reply: 图片收到。请再用一句话说明问题，或回复“人工”。
      - rule: 连续没听懂
        when: { no_match: true }
        if: { misses: 2 }                      # 第 2 次起
        handoff: 售后
      - rule: 没听懂
        when: { no_match: true }
        reply: { menu: 主菜单 }

    templates:
      退款说明: |-
        $(客户.昵称 | 默认 亲)，签收 7 天内支持无理由退款：
        我的订单 → 申请退款 → 填写原因。审核 1 个工作日，原路退回 1～3 天。

    flows:
      查订单:
        - ask: 订单号
          tries: 2
          else: { handoff: 售后 }
        - call: 订单系统.查询
          with: { id: $(订单号) }
          save: 订单
          timeout: 3s
          failed: { reply: 系统有点忙，请稍后再试，或回复“人工”。 }
        - if: { slot: { 订单.状态: 已发货 } }
          reply: $(订单.快递) $(订单.单号)，$(订单.最新)。
          else: { reply: 订单正在备货，预计 $(订单.发货日 | 日期) 发出。 }
      退款进度:
        - ask: 订单号
        - call: 订单系统.退款
          with: { id: $(订单号) }
          save: 退款
        - reply: 退款状态：$(退款.状态)。

    handoff:
      售后:
        team: [zhangsan, lisi, wangwu]
        pick: least_busy
        prefer: { last_served: 7d }
        open: 营业时间
        waiting_text: 正在为您转接人工，请稍候。   # 平台只允许 1 条文本
        closed: { reply: $(下班) }              # 留在机器人
        nobody: { to: pool }
        pick_up_within: 5m
        overdue: { to: servicer, who: linzhuguan }
        ended: { survey: 满意度 }
      主管: { to: servicer, who: linzhuguan, nobody: { handoff: 售后 } }

    surveys:
      满意度:
        head: 请评价本次服务：
        items: { 5: 非常满意, 3: 一般, 1: 不满意 }
        low: { at_most: 1, tag: [差评] }

    tests:
      - test: 怎么退款不能被转人工抢走
        at: 2026-03-02 10:00
        steps:
          - customer: 怎么退款
          - expect: { rule: 退款政策, menu: 是否解决, budget_left: 3 }

    """#
