import ChatModel
import RuleEngine

/// One thing that happens on a path through the rules, for the list that proves a finding.
///
/// Kept as values and put into words only for the few paths that are reported.
enum PathStep {
    case sets(rule: RuleName, Trigger)
    case enters(rule: RuleName)
    case notice(NoticeName)
    case sends(ReplyPart, count: Int)
    case asks(SlotName, count: Int)
    case asksAgain(count: Int)
    case leavesFlow(count: Int)
    case known(SlotName)
    case answers(SlotName)
    case givesUp(SlotName)
    case answered(String)
    case failed(String)
    case branch(holds: Bool)
    case starts(FlowName)
    case ran(FlowName, count: Int)
    case closed(PolicyName?)
    case nobody(PolicyName?)
    case transfers(SessionTarget)
    case saysWaiting
    case saysClosing
    case pickedUp
    case servicerEnds
    case overdue(Duration)

    /// The step in words.
    var text: Bilingual {
        switch self {
        case .sets(let rule, let trigger):
            Bilingual(
                en: "the customer \(trigger.act.en) → rule '\(rule)'",
                zh: "客户\(trigger.act.zh) → 规则「\(rule)」")
        case .enters(let rule):
            Bilingual(
                en: "the customer opens the chat → rule '\(rule)'", zh: "客户进入会话 → 规则「\(rule)」")
        case .notice(let name):
            Bilingual(en: "notice '\(name)' goes first: message 1", zh: "公告「\(name)」先发：第 1 条")
        case .sends(let part, let count):
            Bilingual(en: "\(part.words.en): message \(count)", zh: "\(part.words.zh)：第 \(count) 条")
        case .asks(let slot, let count):
            Bilingual(en: "asks for '\(slot)': message \(count)", zh: "问「\(slot)」：第 \(count) 条")
        case .asksAgain(let count):
            Bilingual(
                en: "the customer was in a flow, whose question is asked again: message \(count)",
                zh: "客户正在流程里，再问一遍流程的问题：第 \(count) 条")
        case .leavesFlow(let count):
            Bilingual(
                en: "the customer was in another flow, which says that it ends: message \(count)",
                zh: "客户正在别的流程里，先说一声那个流程取消了：第 \(count) 条")
        case .known(let slot):
            Bilingual(en: "'\(slot)' is known already: no question", zh: "「\(slot)」已经知道，不再问")
        case .answers(let slot):
            Bilingual(
                en: "the customer answers '\(slot)': counting starts anew",
                zh: "客户回答「\(slot)」：条数重新计")
        case .givesUp(let slot):
            Bilingual(en: "the tries for '\(slot)' are used up", zh: "「\(slot)」的次数用完")
        case .answered(let call): Bilingual(en: "'\(call)' answers", zh: "「\(call)」查到了")
        case .failed(let call): Bilingual(en: "'\(call)' fails", zh: "「\(call)」没查到")
        case .branch(let holds):
            Bilingual(en: holds ? "'if' holds" : "'if' doesn't hold", zh: holds ? "如果成立" : "如果不成立")
        default: textOfSession
        }
    }

    private var textOfSession: Bilingual {
        switch self {
        case .starts(let flow): Bilingual(en: "starts flow '\(flow)'", zh: "启动流程「\(flow)」")
        case .ran(let flow, let count):
            Bilingual(
                en: "flow '\(flow)' is done; \(count) messages so far",
                zh: "流程「\(flow)」做完，到此 \(count) 条")
        case .closed(let policy):
            Bilingual(en: "hand-off\(policy.en): outside the hours", zh: "转人工\(policy.zh)：不在工作时间")
        case .nobody(let policy):
            Bilingual(en: "hand-off\(policy.en): nobody is there", zh: "转人工\(policy.zh)：没有人能接")
        case .transfers(let target):
            Bilingual(
                en: "the session goes to \(target.words.en)", zh: "会话转给\(target.words.zh)")
        case .saysWaiting: Bilingual(en: "sends 'waiting_text' with the code", zh: "凭 code 发排队提示")
        case .saysClosing: Bilingual(en: "sends the closing words with the code", zh: "凭 code 发结束语")
        case .pickedUp: Bilingual(en: "a servicer picks the session up", zh: "有人接起会话")
        case .servicerEnds: Bilingual(en: "the servicer ends the session", zh: "人工结束会话")
        case .overdue(let time):
            Bilingual(en: "nobody picks it up within \(time.words)", zh: "\(time.words) 内没有人接起")
        default: Bilingual("")
        }
    }
}

/// The steps of many paths, each a link back to the one before it: paths that share a beginning
/// share its steps.
struct Trails {
    /// A place in a path; `nil` before its first step.
    typealias Mark = Int?

    private var steps: [(step: PathStep, before: Mark)] = []

    /// Goes on from `mark`.
    mutating func add(_ step: PathStep, after mark: Mark) -> Mark {
        steps.append((step, mark))
        return steps.count - 1
    }

    /// More lines than this are left out in the middle.
    private static let mostLines = 24

    /// The numbered lines of the path that ends at `mark`.
    func lines(to mark: Mark) -> [Bilingual] {
        var marks: [Int] = []
        var next = mark
        while let mark = next {
            marks.append(mark)
            next = steps[mark].before
        }
        marks.reverse()
        let lines = marks.enumerated().map { number, mark in
            Bilingual("\(number + 1). ") + steps[mark].step.text
        }
        guard lines.count > Self.mostLines else { return lines }
        let left = lines.count - Self.mostLines
        return lines.prefix(4) + [Bilingual(en: "… \(left) more steps", zh: "…… 中间还有 \(left) 步")]
            + lines.suffix(Self.mostLines - 4)
    }
}

extension Trigger {
    /// What the customer does to set it off.
    fileprivate var act: Bilingual {
        func said(_ words: String) -> Bilingual {
            Bilingual(en: "says '\(words)'", zh: "说“\(words)”")
        }
        switch self {
        case .says(let words), .saysExactly(let words), .startsWith(let words),
            .endsWith(let words), .asksLike(let words):
            return said(words)
        case .saysAll(let words): return said(words.joined(separator: " … "))
        case .matches(let pattern):
            return Bilingual(en: "says something like '\(pattern)'", zh: "说的话符合 \(pattern)")
        case .clicks(let menu, let item, _):
            return Bilingual(en: "taps \(menu).\(item)", zh: "点 \(menu).\(item)")
        case .sends(let kind):
            return Bilingual(en: "sends \(kind.rawValue)", zh: "发来 \(kind.rawValue)")
        case .event: return Bilingual(en: "opens the chat", zh: "进入会话")
        case .noMatch: return Bilingual(en: "says what no rule knows", zh: "说了没有规则认得的话")
        }
    }
}

extension ReplyPart {
    fileprivate var words: Bilingual {
        switch self {
        case .text(let template):
            Bilingual(en: "sends '\(template.beginning)'", zh: "发“\(template.beginning)”")
        case .menu(let name): Bilingual(en: "sends menu '\(name)'", zh: "发菜单「\(name)」")
        case .survey(let name): Bilingual(en: "sends survey '\(name)'", zh: "发评价「\(name)」")
        case .body(let body): Bilingual(en: "sends a \(body.type)", zh: "发 \(body.type)")
        }
    }
}

extension Template {
    /// Enough of the first variant to know it by.
    fileprivate var beginning: String {
        var text = ""
        for part in variants.first?.parts ?? [] {
            switch part {
            case .literal(let words): text += words
            case .value(let name, _): text += "$(\(name))"
            }
        }
        text = text.replacing(/\s+/, with: " ")
        return text.count > 18 ? text.prefix(16) + "…" : text
    }
}

extension PolicyName? {
    fileprivate var en: String { map { " '\($0)'" } ?? "" }
    fileprivate var zh: String { map { "「\($0)」" } ?? "" }
}

extension SessionTarget {
    /// Who it is.
    var words: Bilingual {
        switch self {
        case .assistant: Bilingual(en: "the bot", zh: "机器人")
        case .pool: Bilingual(en: "the pool", zh: "待接入池")
        case .human(let servicer): Bilingual("\(servicer)")
        case .ended: Bilingual(en: "its end", zh: "结束")
        }
    }
}

extension Duration {
    /// As rule files write it: `5m`, `90s`.
    var words: String {
        let seconds = components.seconds
        if seconds > 0, seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
        if seconds > 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds > 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}
