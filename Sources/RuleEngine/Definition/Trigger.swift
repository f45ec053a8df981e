package import ChatModel

/// One alternative of `when`; patterns are as the author wrote them, compiling folds them.
package enum Trigger: Hashable, Sendable, Codable {
    /// The folded text contains these words.
    case says(String)
    /// The folded text is these words.
    case saysExactly(String)
    /// The folded text begins with these words.
    case startsWith(String)
    /// The folded text ends with these words.
    case endsWith(String)
    /// The folded text contains every one of these words.
    case saysAll([String])
    /// The text resembles this question; all wordings of a rule are one entry, and the first of
    /// them is the standard question.
    case asksLike(String)
    /// A regular expression (RE2) finds something in the text folded in width, case and script.
    case matches(String)
    /// A menu item was tapped.
    case clicks(menu: MenuName, item: String, WireID)
    /// A message of this kind came.
    case sends(MessageKind)
    /// An event rules can answer.
    case event(AnswerableEvent)
    /// No other rule of the bundle applies.
    case noMatch
}

/// The events a rule can name after `event:`.
package enum AnswerableEvent: String, Hashable, Sendable, Codable, CaseIterable {
    /// The customer opened the chat; answered with the welcome code.
    case enterSession = "enter_session"
}
