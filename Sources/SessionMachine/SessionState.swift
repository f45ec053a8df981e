package import ChatModel

/// The five states of a session, with what each needs to know (wecom-kf reference §7.1).
package enum SessionState: Hashable, Sendable, Codable {
    /// 0 未处理: the customer has written, nobody is assigned. Leaves to any other.
    case untreated
    /// 1 由智能助手接待: the API answers. Leaves to pool, human, ended.
    case assistant
    /// 2 待接入池排队中: waits for a servicer. Leaves to human, ended.
    case pool
    /// 3 由人工接待: a servicer serves; `nil` when we know that but not who. Leaves to another
    /// servicer, or ended.
    case human(ServicerID?)
    /// 4 已结束/未开始: over, or never begun. Only the customer or a servicer leaves it.
    case ended

    /// The platform's number (`service_state`).
    package var number: Int {
        switch self {
        case .untreated: 0
        case .assistant: 1
        case .pool: 2
        case .human: 3
        case .ended: 4
        }
    }

    /// The state the platform's number stands for; `nil` for a number it never documented.
    package init?(number: Int, servicer: ServicerID?) {
        switch number {
        case 0: self = .untreated
        case 1: self = .assistant
        case 2: self = .pool
        case 3: self = .human(servicer)
        case 4: self = .ended
        default: return nil
        }
    }

    /// Whether `send_msg` may speak: states 0 and 1 only (wecom-kf reference §7.7).
    package var isBotsTurn: Bool { number <= 1 }
}

/// The transitions an API caller may command (wecom-kf reference §7.4 and §19 row 2).
///
/// Data, so that a correction of the platform's table is one line and one test.
package enum CommandedTransitions {
    /// From each state's number, the numbers that may be commanded; 3→3 is for another servicer.
    package static let strict: [Int: Set<Int>] = [
        0: [1, 2, 3, 4],
        1: [2, 3, 4],
        2: [3, 4],
        3: [3, 4],
        4: [],
    ]
}
