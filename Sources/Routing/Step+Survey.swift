import ChatModel
import RuleEngine
import SessionMachine

/// Surveys: sent with the end code, answered by a tap that opens a session of its own.
extension Step {
    /// A survey is on its way to the customer.
    mutating func asked(
        _ survey: SurveyName, about servicer: ServicerID?, endedAt: Timestamp, rule: RuleName?,
        in id: ConversationID, _ rules: Rules
    ) {
        self[id].memory.survey = Conversation.SurveyAsked(
            survey: survey, servicer: servicer, rule: rule, endedAt: endedAt,
            version: rules.playbook.version)
    }

    /// Credits a tap on a survey's item to the session it asks about, whatever the session it
    /// comes in: it is no question, no miss, and no reason to greet.
    mutating func creditSurvey(
        _ message: Conversation.Deferred, in id: ConversationID
    ) -> Decided? {
        guard let item = message.menuItem else { return nil }
        let asked = self[id].memory.survey
        guard let rules = rules(for: id, version: asked?.version ?? self[id].memory.version),
            !rules.bundle.surveys.isEmpty,
            let (survey, mark) = rules.bundle.mark(item)
        else { return nil }
        guard let asked, asked.survey == survey.name else {
            // An old one, about a session that nobody remembers: recorded, credited to nobody.
            return Decided(.survey(survey.name, mark: mark))
        }
        effects.surveys.append(
            Effects.SurveyAnswer(
                conversation: id, survey: survey.name, mark: mark, servicer: asked.servicer,
                rule: asked.rule, endedAt: asked.endedAt, at: message.sentAt))
        let isLow = survey.lowAtMost.map { low in Int(mark).map { $0 <= low } ?? false } ?? false
        if isLow { tag(survey.lowTags, id) }
        if self[id].session.state.isBotsTurn, let words = isLow ? survey.lowReply : survey.thanks {
            reply(
                [.text(words)], in: id, from: .cause(.inbound(message.msgID)),
                "survey:\(survey.name)", rules)
        }
        return Decided(.survey(survey.name, mark: mark))
    }
}

extension BundleDefinition {
    /// The survey and the key of the item with this id.
    fileprivate func mark(_ item: WireID) -> (survey: SurveyDefinition, mark: String)? {
        for survey in surveys {
            for entry in survey.menu.items {
                if case .click(item, _) = entry.item { return (survey, entry.key) }
                if entry.formerIDs.contains(item) { return (survey, entry.key) }
            }
        }
        return nil
    }
}
