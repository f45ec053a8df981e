import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// Doing what the steps say.
extension Player {
    /// Why a step can't happen.
    struct Impossible: Error {
        var reason: Bilingual

        init(en: String, zh: String) { reason = Bilingual(en: en, zh: zh) }
    }

    mutating func perform(_ step: Step) throws(Impossible) {
        switch step.kind {
        case .customer(let writings):
            if let last = writings.last { attend(last.customer) }
            for writing in writings { try write(writing) }
        case .clicks(let customer, let click):
            attend(customer)
            try self.click(customer, click)
        case .enters(let customer, let entering):
            attend(customer)
            try enter(customer, entering)
        case .recalls(let customer, let msgID):
            attend(customer)
            try recall(customer, msgID)
        case .wait(let duration):
            world.advance(to: world.now + duration)
            return
        case .servicer(let customer, let acts):
            attend(customer)
            for act in acts { try self.act(act, in: world.id(of: customer)) }
        case .platform(let fault):
            try self.apply(fault, words: step.words)
        case .answers(let mocks):
            world.mocks.merge(mocks) { _, latest in latest }
            return
        case .publish(let paths):
            publish(.published(paths))
            return
        case .expect(let expectation):
            world.comeToRest()
            check(expectation)
            return
        }
        if world.platform.announces {
            world.callbacksUntil = max(
                world.callbacksUntil, world.now + world.platform.callbackDelay)
        }
        world.settle()
    }

    /// Runs an act of the simulator, whose refusal means that the step is impossible.
    private mutating func act<Answer>(
        _ body: (inout PlatformSimulator) throws(IllegalAct) -> Answer
    ) throws(Impossible) -> Answer {
        do throws(IllegalAct) {
            return try body(&world.platform)
        } catch {
            throw Impossible(
                en: "impossible on the platform: \(error)", zh: "平台上不可能：\(error.words)")
        }
    }

    // MARK: Customers

    private mutating func write(_ writing: Step.Writing) throws(Impossible) {
        let account = world.account
        let msgID = try act { (platform) throws(IllegalAct) in
            try platform.writes(
                writing.customer, account, writing.body, msgID: writing.msgID)
        }
        lastMessage[writing.customer] = msgID
        note(writing.customer, Bilingual(writing.body.words), row: msgID)
    }

    private mutating func note(_ customer: ExternalUserID, _ words: Bilingual, row: MsgID) {
        let isDefault = customer == ConversationTest.defaultCustomer
        world.chronicle.note(
            .customer(isDefault ? nil : customer), words, at: world.now, row: row)
    }

    private mutating func click(
        _ customer: ExternalUserID, _ click: Step.Click
    ) throws(Impossible) {
        switch click {
        case .old(let id, let label):
            try write(Step.Writing(customer: customer, body: .text(label, menuItem: id)))
        case .named(let name):
            let id = try item(name, shownTo: customer)
            let account = world.account
            let msgID = try act { (platform) throws(IllegalAct) in
                try platform.clicks(customer, account, item: id)
            }
            lastMessage[customer] = msgID
            let label = shownItems(to: customer).first { $0.id == id }?.label ?? name
            note(customer, Bilingual("[\(label)]"), row: msgID)
        }
    }

    private mutating func enter(
        _ customer: ExternalUserID, _ entering: Step.Entering
    ) throws(Impossible) {
        let account = world.account
        let msgID = try act { (platform) throws(IllegalAct) in
            try platform.enters(
                customer, account, scene: entering.scene,
                sceneParameter: entering.sceneParameter, channelsScene: entering.channelsScene,
                channelsName: entering.channelsScene.map { _ in "示例视频号" })
        }
        if !entering.hasCode { world.withheldCodes.insert(msgID) }
        note(
            customer,
            Bilingual(
                en: "enters" + (entering.scene.map { ", scene \($0)" } ?? ""),
                zh: "进入会话" + (entering.scene.map { "，场景 \($0)" } ?? "")), row: msgID)
    }

    private mutating func recall(
        _ customer: ExternalUserID, _ named: MsgID?
    ) throws(Impossible) {
        let account = world.account
        guard let message = named ?? lastMessage[customer] else {
            throw Impossible(en: "there is no message to take back", zh: "没有可以撤回的消息")
        }
        let msgID = try act { (platform) throws(IllegalAct) in
            try platform.recalls(customer, account, message: message)
        }
        note(customer, Bilingual(en: "takes a message back", zh: "撤回一条消息"), row: msgID)
    }

    // MARK: Servicers

    private mutating func act(
        _ act: Step.ServicerAct, in id: ConversationID
    ) throws(Impossible) {
        let account = world.account
        let (servicer, words): (ServicerID?, Bilingual)
        let row: MsgID?
        switch act {
        case .picksUp(let one):
            (servicer, words) = (one, Bilingual(en: "picks up", zh: "接入"))
            row = try self.act { (p) throws(IllegalAct) in try p.picksUp(one, id) }
        case .says(let text, let named):
            let one = try serving(id, named)
            (servicer, words) = (one, Bilingual(text))
            row = try self.act { (p) throws(IllegalAct) in
                try p.servicerWrites(one, id, .text(text, menuItem: nil))
            }
        case .transfers(let named, let to):
            let from = try serving(id, named)
            (servicer, words) = (from, Bilingual(en: "transfers to \(to)", zh: "转给 \(to)"))
            row = try self.act { (p) throws(IllegalAct) in try p.transfers(from, id, to: to) }
        case .reopens(let one):
            (servicer, words) = (one, Bilingual(en: "re-opens", zh: "重新打开"))
            row = try self.act { (p) throws(IllegalAct) in try p.reopens(one, id) }
        case .ends(let named):
            let one = try serving(id, named)
            (servicer, words) = (one, Bilingual(en: "ends", zh: "结束会话"))
            row = try self.act { (p) throws(IllegalAct) in try p.ends(one, id) }
        case .rejects(let rejects, let one):
            servicer = one
            words =
                rejects
                ? Bilingual(en: "rejects the customer", zh: "拒收客户消息")
                : Bilingual(en: "accepts the customer", zh: "恢复接收客户消息")
            row = try self.act { (p) throws(IllegalAct) in
                try p.switchesRejection(one, id, rejects: rejects)
            }
        case .status(let status, let named):
            let servicers =
                named.map { [$0] } ?? world.platform.settings.accounts[0].servicers.map(\.id)
            (servicer, words) = (named, status.words)
            var last: MsgID?
            for one in servicers {
                last = try self.act { (p) throws(IllegalAct) in
                    try p.changesStatus(one, on: account, to: status)
                }
            }
            row = last
        }
        world.chronicle.note(.servicer(servicer), words, at: world.now, row: row)
    }

    /// The servicer named, or the one who has the session.
    private func serving(
        _ id: ConversationID, _ named: ServicerID?
    ) throws(Impossible) -> ServicerID {
        guard let servicer = named ?? world.platform.conversation(id)?.servicer else {
            throw Impossible(en: "nobody has the session", zh: "会话不在任何同事手里")
        }
        return servicer
    }

    // MARK: Rules and faults

    private mutating func publish(_ version: RuleSetVersion) {
        guard let rules = versions[version] else { return }
        active = version
        world.chronicle.note(
            .bot, Bilingual(en: "takes up \(version)", zh: "启用新规则 \(version)"), at: world.now)
        world.publish(rules.playbook)
    }

    private mutating func apply(_ fault: Step.Fault, words: String) throws(Impossible) {
        let what = words.split(separator: ":", maxSplits: 1).last.map { $0.trimmed } ?? words
        world.chronicle.note(.platform, what, at: world.now)
        switch fault {
        case .redeliver(let msgID, let times):
            try act { (p) throws(IllegalAct) in try p.redeliver(msgID, times: times) }
        case .delayCallbacks(let delay): world.platform.callbackDelay = delay
        case .missCallbacks(let misses): world.platform.announces = !misses
        case .fail(let endpoint, let errcode, let times):
            world.platform.inject(endpoint, count: times, errcode: errcode)
        case .loseReply(let endpoint, let times):
            world.calls.loseReplies(of: endpoint, times: times)
        case .slow(let endpoint, let delay, let times):
            world.calls.slow(endpoint, by: delay, times: times)
        case .expireToken: world.platform.withdrawAccessTokens(as: 42001)
        case .restart: world.restart()
        case .down(let isDown): world.calls.isDown = isDown
        case .undeliverable(let failure, let times):
            world.platform.failDeliveries(times, as: failure, after: .zero)
        }
    }
}

extension RuleSetVersion {
    /// What tests call the rules that these paths lead to: the paths as the test writes them.
    static func published(_ paths: [YAMLNode]) -> RuleSetVersion {
        RuleSetVersion(paths.map { $0.text ?? "" }.joined(separator: ", "))
    }
}

extension ServicerStatus {
    fileprivate var words: Bilingual {
        switch self {
        case .receiving: Bilingual(en: "receiving", zh: "开始接待")
        case .stopped: Bilingual(en: "stopped", zh: "停止接待")
        case .paused: Bilingual(en: "paused", zh: "暂停接待")
        }
    }
}

extension IllegalAct {
    /// In Chinese.
    fileprivate var words: String {
        switch self {
        case .unknownAccount(let id): "没有账号 \(id)"
        case .unknownConversation(let id): "\(id.customer) 还没有和这个账号说过话"
        case .unknownServicer(let id): "这个账号没有接待人员 \(id)"
        case .unknownMessage(let id): "没有消息 \(id)"
        case .msgIDTaken(let id): "消息编号 \(id) 已经用过"
        case .customerIsRejected: "同事已拒收这位客户的消息"
        case .menuItemNotShown(let id): "客户没见过有这一项的菜单（\(id)）"
        case .notInPool(let state): "会话状态是 \(state.rawValue)，不在待接入池"
        case .notServing(let servicer):
            servicer.map { "会话在 \($0) 手里" } ?? "会话不在任何同事手里"
        case .nothingToReopen: "没有可以重新打开的会话"
        case .alreadyServing(let servicer): "会话已经在 \(servicer) 手里"
        }
    }
}
