package import ChatModel

/// One message of a reply.
package enum ReplyPart: Hashable, Sendable, Codable {
    case text(Template)
    case menu(MenuName)
    case survey(SurveyName)
    /// Media, cards and places, sent as they are.
    case body(OutgoingBody)
}

/// What is sent with a code: one text or one menu; a survey is a menu.
package enum ClosingMessage: Hashable, Sendable, Codable {
    case text(Template)
    case menu(MenuName)
    case survey(SurveyName)
}
