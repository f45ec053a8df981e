import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// `platform:`, what goes wrong.
extension ConversationReader {
    func fault(_ node: YAMLNode) -> Step.Fault? {
        guard let map = MapCursor(node, as: .quoted("platform"), log: log) else { return nil }
        var faults: [Step.Fault] = []
        if let msgID = map.text("redeliver") {
            let times = map.integer("times", in: 1...Self.mostTimes) ?? 1
            faults.append(.redeliver(MsgID(msgID.text ?? ""), times: times))
        }
        if let delay = wait(map, "delay_callbacks") { faults.append(.delayCallbacks(delay)) }
        if let misses = map.flag("miss_callbacks") { faults.append(.missCallbacks(misses)) }
        if let fail = map.map("fail"), let fault = failure(fail) { faults.append(fault) }
        if let value = map.value("lose_reply"), let fault = lostReply(value) {
            faults.append(fault)
        }
        if let slow = map.map("slow"), let fault = slowness(slow) { faults.append(fault) }
        if map.flag("expire_token") == true { faults.append(.expireToken) }
        if map.flag("restart") == true { faults.append(.restart) }
        if let isDown = map.flag("down") { faults.append(.down(isDown)) }
        if let undeliverable = map.map("undeliverable") {
            _ = undeliverable.requiredValue("fail_type")
            let number = undeliverable.integer("fail_type", in: 0...99)
            let times = undeliverable.integer("times", in: 1...Self.mostTimes) ?? 1
            undeliverable.finish()
            if let number {
                faults.append(.undeliverable(DeliveryFailure(number: number), times: times))
            }
        }
        map.finish()
        if faults.isEmpty, node.map?.isEmpty == true {
            log.report(
                .missingKey, at: node,
                Bilingual(
                    en: "'platform' says nothing of what goes wrong", zh: "「platform」没写出什么故障"))
        } else if faults.count > 1 {
            log.report(
                .badValue, at: node, Bilingual(en: "a step is one fault", zh: "一步只写一个故障"),
                help: Bilingual(en: "make a step of each", zh: "每个故障写一步"))
        }
        return faults.first
    }

    private func failure(_ map: MapCursor) -> Step.Fault? {
        let endpoint = endpoint(map)
        _ = map.requiredValue("errcode")
        let errcode = map.integer("errcode", in: -1...999_999)
        let times = map.integer("times", in: 1...Self.mostTimes) ?? 1
        map.finish()
        guard let endpoint, let errcode else { return nil }
        return .fail(endpoint, errcode: errcode, times: times)
    }

    private func lostReply(_ node: YAMLNode) -> Step.Fault? {
        guard node.map != nil else {
            return MapCursor.text(node, as: .quoted("lose_reply"), log: log)
                .flatMap { MapCursor.choice($0, as: "lose_reply", of: Endpoint.self, log: log) }
                .map { .loseReply($0, times: 1) }
        }
        guard let map = MapCursor(node, as: .quoted("lose_reply"), log: log) else { return nil }
        let endpoint = endpoint(map)
        let times = map.integer("times", in: 1...Self.mostTimes) ?? 1
        map.finish()
        return endpoint.map { .loseReply($0, times: times) }
    }

    private func slowness(_ map: MapCursor) -> Step.Fault? {
        let endpoint = endpoint(map)
        _ = map.requiredValue("by")
        let delay = wait(map, "by")
        let times = map.integer("times", in: 1...Self.mostTimes) ?? 1
        map.finish()
        guard let endpoint, let delay else { return nil }
        return .slow(endpoint, by: delay, times: times)
    }

    private func endpoint(_ map: MapCursor) -> Endpoint? {
        _ = map.requiredValue("endpoint")
        return map.choice("endpoint", of: Endpoint.self)
    }
}
