/// Whom a servicer is asked to recommend to the customer (`upgrade_service`).
package enum ServiceUpgrade: Hashable, Sendable, Codable {
    /// A specialist (专员), with words for the customer.
    case member(ServicerID, wording: String?)
    /// A customer group (客户群), with words for the customer.
    case group(GroupChatID, wording: String?)

    /// Who is recommended, in a word: `member anna`, `group wr…`.
    package var subject: String {
        switch self {
        case .member(let id, _): "member \(id)"
        case .group(let id, _): "group \(id)"
        }
    }
}
