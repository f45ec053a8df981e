import ChatModel
import PlatformSimulator
import Routing
import RuleEngine
import RuleFiles

/// Checks of what holds at this moment.
extension Player {
    func mismatch(state name: StateName, in id: ConversationID) -> Mismatch? {
        let state = world.platform.conversation(id)?.state ?? .ended
        if name.covers(state.rawValue) { return nil }
        return Mismatch(
            Bilingual(en: "the session \(name.rawValue)", zh: "会话状态 \(name.rawValue)"),
            Bilingual(en: "it is \(state)", zh: "现在是 \(state)"))
    }

    func mismatch(servicer: ServicerID, in id: ConversationID) -> Mismatch? {
        let present = world.platform.conversation(id)?.servicer
        if present == servicer { return nil }
        return Mismatch(
            Bilingual(en: "the session with \(servicer)", zh: "会话在 \(servicer) 手里"),
            present.map { Bilingual(en: "with \($0)", zh: "在 \($0) 手里") }
                ?? Bilingual(en: "with nobody", zh: "不在任何同事手里"))
    }

    func mismatch(tags: [String], in id: ConversationID) -> Mismatch? {
        let actual = memory(of: id).tags.map(\.rawValue)
        guard let missing = tags.first(where: { !actual.contains($0) }) else { return nil }
        let expected = Bilingual(en: "the tag 「\(missing)」", zh: "标签「\(missing)」")
        return unknown(.tag, missing, among: tagNames, expected)
            ?? Mismatch(
                expected, Mismatch.listed(actual, orNone: Bilingual(en: "no tag", zh: "没有标签")))
    }

    func mismatch(notTags tags: [String], in id: ConversationID) -> Mismatch? {
        let actual = memory(of: id).tags.map(\.rawValue)
        for tag in tags {
            let expected = Bilingual(en: "not the tag 「\(tag)」", zh: "没有标签「\(tag)」")
            if actual.contains(tag) {
                return Mismatch(expected, Bilingual(Mismatch.listed(actual)))
            }
            if let unknown = unknown(.tag, tag, among: tagNames, expected) { return unknown }
        }
        return nil
    }

    /// Every tag that something of the rules, or the test itself, puts on a customer.
    private var tagNames: [String] {
        var tags = test.tags
        for bundle in bundles {
            tags += bundle.rules.flatMap(\.tags) + bundle.surveys.flatMap(\.lowTags)
            tags += bundle.flows.flatMap { $0.steps.flatMap(\.tags) }
        }
        return tags.map(\.rawValue)
    }

    private func value(_ name: String, in id: ConversationID) -> String? {
        let memory = memory(of: id)
        return memory.values[ValueName(name)] ?? memory.lasting[ValueName(name)]
    }

    func mismatch(slots: [Expectation.SlotCheck], in id: ConversationID) -> Mismatch? {
        for slot in slots {
            let actual = value(slot.name, in: id)
            if actual == slot.value { continue }
            return Mismatch(
                Bilingual(
                    en: "\(slot.name) 「\(slot.value)」", zh: "\(slot.name) 是「\(slot.value)」"),
                actual.map { Bilingual("「\($0)」") }
                    ?? Bilingual(en: "nothing is known", zh: "还不知道"))
        }
        return nil
    }

    func mismatch(notSlots names: [String], in id: ConversationID) -> Mismatch? {
        for name in names {
            let expected = Bilingual(en: "no \(name)", zh: "不知道 \(name)")
            if let value = value(name, in: id) {
                return Mismatch(expected, Bilingual("「\(value)」"))
            }
            let known = bundles.flatMap { $0.slots.map(\.name.rawValue) }
            // What calls answer has no declaration; `订单.状态` belongs to whatever `save` says.
            if !name.contains("."), let unknown = unknown(.slot, name, among: known, expected) {
                return unknown
            }
        }
        return nil
    }

    func mismatch(flow name: String, in id: ConversationID) -> Mismatch? {
        let frames = memory(of: id).flow?.frames.map(\.flow.rawValue) ?? []
        let actual =
            frames.isEmpty
            ? Bilingual(en: "in no flow", zh: "不在流程里") : Bilingual(Mismatch.listed(frames))
        if name == Expectation.none {
            return frames.isEmpty
                ? nil : Mismatch(Bilingual(en: "no flow", zh: "不在流程里"), actual)
        }
        if frames.contains(name) { return nil }
        let expected = Bilingual(en: "the flow 「\(name)」", zh: "流程「\(name)」")
        let known = bundles.flatMap { $0.flows.map(\.name.rawValue) }
        return unknown(.flow, name, among: known, expected) ?? Mismatch(expected, actual)
    }

    func mismatch(asked slot: String, in id: ConversationID) -> Mismatch? {
        let actual = slotAsked(in: id)?.rawValue
        if actual == slot { return nil }
        let expected = Bilingual(en: "asked for 「\(slot)」", zh: "在问「\(slot)」")
        let known = bundles.flatMap { $0.slots.map(\.name.rawValue) }
        return unknown(.slot, slot, among: known, expected)
            ?? Mismatch(
                expected,
                actual.map { Bilingual(en: "asked for 「\($0)」", zh: "在问「\($0)」") }
                    ?? Bilingual(en: "asked for nothing", zh: "什么也没问"))
    }

    func mismatch(misses count: Int, in id: ConversationID) -> Mismatch? {
        let actual = memory(of: id).misses
        return actual == count
            ? nil
            : Mismatch(
                Bilingual(en: "\(count) misses in a row", zh: "连续 \(count) 次没听懂"),
                Bilingual("\(actual)"))
    }

    func mismatch(budgetLeft left: Int, in id: ConversationID) -> Mismatch? {
        let actual = world.platform.conversation(id)?.budgetLeft ?? 0
        return actual == left
            ? nil
            : Mismatch(
                Bilingual(en: "\(left) of 5 messages left", zh: "5 条里还剩 \(left) 条"),
                Bilingual("\(actual)"))
    }

    func mismatch(refused verdict: BookVerdict, _ count: Int) -> Mismatch? {
        let actual = world.platform.verdicts[verdict, default: 0]
        return actual == count
            ? nil
            : Mismatch(
                Bilingual(
                    en: "\(count) refused as \(verdict.rawValue)",
                    zh: "平台以 \(verdict.rawValue) 拒绝 \(count) 次"), Bilingual("\(actual)"))
    }

    func mismatch(code check: Expectation.CodeCheck, in id: ConversationID) -> Mismatch? {
        let issued = world.platform.codes.last {
            $0.purpose == check.purpose && $0.conversation == id
        }
        let name = Bilingual(
            en: "a code of '\(check.scene)'", zh: "「\(check.scene)」的 code")
        let unused = Bilingual(en: "it was not used", zh: "没有用")
        let isUsedToo = name + Bilingual(en: ", used", zh: "，用掉了")
        guard let issued else {
            return Mismatch(name, Bilingual(en: "none was issued", zh: "平台没有给"))
        }
        if let isUsed = check.isUsed, isUsed != (issued.usedAt != nil) {
            return isUsed
                ? Mismatch(isUsedToo, unused)
                : Mismatch(
                    name + Bilingual(en: ", unused", zh: "，没有用"),
                    Bilingual(en: "it was used", zh: "用掉了"))
        }
        guard let limit = check.within else { return nil }
        guard let usedAt = issued.usedAt else { return Mismatch(isUsedToo, unused) }
        let taken = usedAt - issued.issuedAt
        return taken <= limit
            ? nil
            : Mismatch(
                isUsedToo + Bilingual(en: " within \(limit.words)", zh: "，在 \(limit.words) 内"),
                Bilingual(en: "after \(taken.words)", zh: "用了 \(taken.words)"))
    }
}

extension FlowStep {
    /// The tags a step and those within it put on a customer.
    fileprivate var tags: [TagName] {
        switch action {
        case .tag(let tags): tags
        case .ask(let question): question.otherwise.flatMap(\.tags)
        case .call(let request): request.failed.flatMap(\.tags)
        case .branch(_, let then, let otherwise): (then + otherwise).flatMap(\.tags)
        case .reply, .set, .start, .handoff, .end: []
        }
    }
}
