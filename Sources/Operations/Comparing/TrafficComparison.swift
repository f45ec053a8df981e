package import Boundary
package import ChatModel
package import RuleEngine

/// Recorded traffic decided by two versions: what would have been different.
///
/// Each message is decided anew under the facts it was decided under then: its session, time,
/// misses and values. What an earlier different answer would have led to is not followed up, so a
/// message inside a flow, or while people had the session, is left out.
package struct TrafficComparison: Hashable, Sendable {
    /// Messages compared.
    package var messages: Int
    /// Conversations they came from.
    package var conversations: Int
    /// Messages left out: inside flows, or not the bot's to answer.
    package var leftOut: Int
    /// What the messages came to before.
    package var before: Tally
    /// What they come to now.
    package var after: Tally
    /// Messages that somebody else answers now, by who did and who does; the most frequent first.
    package var moves: [Move]
    /// Messages that were handed over and are not any more.
    package var handoffsLostCount: Int
    /// Messages that were understood and are not any more.
    package var missesGainedCount: Int

    /// How many messages came to what.
    package struct Tally: Hashable, Sendable, Codable {
        /// A rule answered by itself.
        package var solved = 0
        /// A rule handed the customer over.
        package var handedOver = 0
        /// Nobody but `no_match` answered, or nobody at all.
        package var missed = 0
        /// The customer was asked which question is meant.
        package var askedBack = 0

        /// Nothing yet.
        package init() {}

        /// All of them.
        package var total: Int { solved + handedOver + missed + askedBack }
    }

    /// Messages that went from one answerer to another.
    package struct Move: Hashable, Sendable, Codable {
        /// Who answered; `nil` for nobody.
        package var before: String?
        /// Who answers now.
        package var after: String?
        /// How many messages.
        package var count: Int
        /// A few of them, redacted.
        package var samples: [String]
        /// Whether somebody who reached a person, or an answer, is not understood any more.
        package var looksWorse: Bool
    }

    /// Decides `traffic` by both.
    ///
    /// - Parameters:
    ///   - traffic: Customers' messages, any order.
    ///   - aliases: The names rule files give the accounts.
    ///   - before: The rules it is compared with, usually the active ones.
    ///   - after: The rules to be published.
    ///   - samples: How many messages of each move are kept, redacted.
    package init(
        of traffic: [RecordedDecision], aliases: [OpenKfID: AccountAlias], from before: RuleSet,
        to after: RuleSet, samples: Int = 3
    ) {
        messages = 0
        leftOut = 0
        handoffsLostCount = 0
        missesGainedCount = 0
        self.before = Tally()
        self.after = Tally()
        var seen: Set<ConversationID> = []
        var moves: [[String?]: Move] = [:]
        for record in traffic {
            guard let stimulus = record.stimulus, let facts = record.facts,
                let alias = aliases[record.row.account],
                facts.flow == nil, facts.state <= 1 || stimulus == .event(.enterSession)
            else {
                leftOut += 1
                continue
            }
            messages += 1
            if let id = record.row.conversation { seen.insert(id) }
            let old = Answer(before.bundle(serving: alias), stimulus, facts)
            let new = Answer(after.bundle(serving: alias), stimulus, facts)
            self.before.count(old)
            self.after.count(new)
            if old.kind == .handedOver, new.kind != .handedOver { handoffsLostCount += 1 }
            if old.kind != .missed, new.kind == .missed { missesGainedCount += 1 }
            guard old.name != new.name else { continue }
            let key = [old.name, new.name]
            var move =
                moves[key]
                ?? Move(
                    before: old.name, after: new.name, count: 0, samples: [], looksWorse: false)
            move.count += 1
            // The same rule may answer one message and be the last resort for another.
            if new.kind == .missed, old.kind != .missed { move.looksWorse = true }
            if move.samples.count < samples, case .text(let words, _) = stimulus {
                let redacted = Redaction.redacted(words)
                if !move.samples.contains(redacted) { move.samples.append(redacted) }
            }
            moves[key] = move
        }
        conversations = seen.count
        self.moves = moves.values.sorted {
            ($1.count, $0.before ?? "", $0.after ?? "") < (
                $0.count, $1.before ?? "", $1.after ?? ""
            )
        }
    }

    /// Messages that were handed over and are not any more, as a share of all.
    ///
    /// Others that are handed over only now don't make up for them: they are other customers.
    package var handoffsLost: Double { share(handoffsLostCount) }

    /// Messages that were understood and are not any more, as a share of all; likewise.
    package var missesGained: Double { share(missesGainedCount) }

    private func share(_ count: Int) -> Double {
        messages == 0 ? 0 : Double(count) / Double(messages)
    }

    /// Who answers, and with what kind of result.
    fileprivate struct Answer {
        enum Kind { case solved, handedOver, missed, askedBack }

        let name: String?
        let kind: Kind

        init(_ bundle: CompiledBundle?, _ stimulus: Stimulus, _ facts: Facts) {
            guard let bundle else {
                (name, kind) = (nil, .missed)
                return
            }
            switch bundle.decision(for: stimulus, facts: facts) {
            case .none: (name, kind) = (nil, .missed)
            case .askBack: (name, kind) = (VersionDiff.askedBack, .askedBack)
            case .rule(let verdict):
                let rule = bundle.definition.rules[verdict.rule]
                name = rule.name.rawValue
                // A `no_match` rule that calls a person is a hand-over, not a miss: the customer
                // is helped.
                kind = rule.handoff != nil ? .handedOver : verdict.isMiss ? .missed : .solved
            }
        }
    }
}

extension TrafficComparison.Tally {
    fileprivate mutating func count(_ answer: TrafficComparison.Answer) {
        switch answer.kind {
        case .solved: solved += 1
        case .handedOver: handedOver += 1
        case .missed: missed += 1
        case .askedBack: askedBack += 1
        }
    }
}
