package import ChatModel

/// What a customer is asked when a servicer has ended the session.
package struct SurveyDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: SurveyName
    /// Where it begins.
    package var place: SourcePlace
    /// What is shown: the menu bears the survey's name, and its keys are the marks.
    package var menu: MenuDefinition
    /// The highest mark that counts as low; `nil` for none.
    package var lowAtMost: Int?
    /// Tags for a customer who gave a low mark.
    package var lowTags: [TagName]
    /// Said after a low mark, if anything.
    package var lowReply: Template?
    /// Said after any other mark, if anything.
    package var thanks: Template?

    /// A survey.
    package init(
        name: SurveyName, place: SourcePlace, menu: MenuDefinition, lowAtMost: Int? = nil,
        lowTags: [TagName] = [], lowReply: Template? = nil, thanks: Template? = nil
    ) {
        self.name = name
        self.place = place
        self.menu = menu
        self.lowAtMost = lowAtMost
        self.lowTags = lowTags
        self.lowReply = lowReply
        self.thanks = thanks
    }
}

/// A temporary announcement, sent before the reply of the rule that answers.
package struct NoticeDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: NoticeName
    /// Where it begins.
    package var place: SourcePlace
    /// When it is in force.
    package var active: ActiveSpan
    /// Alternatives: any one is enough.
    package var triggers: [Trigger]
    /// All must hold.
    package var conditions: [Condition]
    /// None may hold.
    package var exceptions: [Condition]
    /// One message.
    package var reply: ReplyPart

    /// A notice.
    package init(
        name: NoticeName, place: SourcePlace, active: ActiveSpan, triggers: [Trigger],
        conditions: [Condition] = [], exceptions: [Condition] = [], reply: ReplyPart
    ) {
        self.name = name
        self.place = place
        self.active = active
        self.triggers = triggers
        self.conditions = conditions
        self.exceptions = exceptions
        self.reply = reply
    }
}
