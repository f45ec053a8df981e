import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// Steps of servicers and of the platform.
extension ConversationReader {
    private enum Status: String, CaseIterable {
        case start, stop, pause

        var value: ServicerStatus {
            switch self {
            case .start: .receiving
            case .stop: .stopped
            case .pause: .paused
            }
        }
    }

    func servicer(_ node: YAMLNode) -> Step.Kind? {
        guard let map = MapCursor(node, as: "'servicer'", log: log) else { return nil }
        let customer = self.customer(map)
        let who = servicer(map, "who")
        var acts: [Step.ServicerAct] = []
        if let servicer = servicer(map, "picks_up") { acts.append(.picksUp(servicer)) }
        if let servicer = servicer(map, "reopens") { acts.append(.reopens(servicer)) }
        if let words = map.text("says") { acts.append(.says(words.text ?? "", by: who)) }
        if let transfer = map.map("transfer") {
            _ = transfer.requiredValue("from")
            _ = transfer.requiredValue("to")
            let (from, to) = (servicer(transfer, "from"), servicer(transfer, "to"))
            transfer.finish()
            if let from, let to { acts.append(.transfers(from: from, to: to)) }
        }
        if let rejects = map.flag("rejects") {
            if let who {
                acts.append(.rejects(rejects, by: who))
            } else {
                log.report(.missingKey, at: node, "'rejects' needs 'who:', the person's userid")
            }
        }
        // Whatever else is set to a roster word is somebody's userid.
        for entry in node.map ?? [] {
            guard let status = Status(rawValue: entry.value.text ?? "") else { continue }
            _ = map.entry(entry.name)
            acts.append(
                .status(status.value, of: entry.name == "all" ? nil : ServicerID(entry.name)))
        }
        map.finish()
        if acts.isEmpty, node.map?.isEmpty != false {
            log.report(
                .missingKey, at: node,
                "'servicer' needs one of: picks_up, says, transfer, reopens, rejects, all, or a "
                    + "userid with start, stop or pause")
        } else if acts.count > 1 {
            log.report(
                .badValue, at: node, "a step is one act of one servicer",
                help: "make a step of each")
        }
        return acts.first.map { .servicer(customer, $0) }
    }

    func ending(_ node: YAMLNode) -> Step.Kind? {
        guard node.map != nil else {
            return MapCursor.text(node, as: "'ends'", log: log).map {
                .servicer(ConversationTest.defaultCustomer, .ends(ServicerID($0.text ?? "")))
            }
        }
        guard let map = MapCursor(node, as: "'ends'", log: log) else { return nil }
        let customer = self.customer(map)
        _ = map.requiredValue("who")
        let who = servicer(map, "who")
        map.finish()
        return who.map { .servicer(customer, .ends($0)) }
    }

    private func servicer(_ map: MapCursor, _ key: String) -> ServicerID? {
        map.text(key).map { ServicerID($0.text ?? "") }
    }

    // MARK: Faults

    func fault(_ node: YAMLNode) -> Step.Fault? {
        guard let map = MapCursor(node, as: "'platform'", log: log) else { return nil }
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
            log.report(.missingKey, at: node, "'platform' says nothing of what goes wrong")
        } else if faults.count > 1 {
            log.report(
                .badValue, at: node, "a step is one fault", help: "make a step of each")
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
            return MapCursor.text(node, as: "'lose_reply'", log: log)
                .flatMap { MapCursor.choice($0, as: "lose_reply", of: Endpoint.self, log: log) }
                .map { .loseReply($0, times: 1) }
        }
        guard let map = MapCursor(node, as: "'lose_reply'", log: log) else { return nil }
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
