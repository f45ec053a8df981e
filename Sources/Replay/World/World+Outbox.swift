import ChatModel
import PlatformSimulator
import Routing
import RuleFiles

/// Performing what the core ordered, and taking the answers back to it.
extension World {
    mutating func perform(_ job: DispatchMachine.Job) {
        switch job {
        case .expired(let entry):
            finish(entry, .expired)
        case .readSession(let entry):
            readSession(for: entry, after: nil)
        case .perform(let entry):
            let result = calls.perform(entry, on: &platform)
            noteCall(entry, result)
            let delay = calls.takeDelay(of: entry.endpoint)
            if delay > .zero {
                answers.append(
                    PendingAnswer(
                        entry: entry, result: result, calledAt: now, at: now + delay))
            } else {
                answered(entry, result, calledAt: now)
            }
        }
    }

    /// Takes the answers that have arrived by now, in the order of their calls.
    mutating func takeAnswers() -> Bool {
        let now = now
        let arrived = answers.filter { $0.at <= now }
        guard !arrived.isEmpty else { return false }
        answers.removeAll { $0.at <= now }
        for answer in arrived { answered(answer.entry, answer.result, calledAt: answer.calledAt) }
        return true
    }

    private mutating func answered(
        _ entry: OutboxEntry, _ result: Result<EventCode?, PlatformFailure>, calledAt: Timestamp
    ) {
        let jitter = jitter()
        let disposition = machine.returned(
            entry, result, calledAt: calledAt, at: now, jitter: jitter, within: &ledger)
        var refusal: PlatformFailure?
        if case .failure(let failure) = result { refusal = failure }
        follow(disposition, of: entry, after: refusal)
    }

    private mutating func readSession(for entry: OutboxEntry, after refusal: PlatformFailure?) {
        let session = calls.session(of: entry.conversation, on: &platform)
        let result: Bilingual =
            switch session {
            case .success(let actual):
                Bilingual("\(actual.number)" + (actual.servicer.map { " \($0)" } ?? ""))
            case .failure(let failure): Self.words(failure)
            }
        chronicle.note(.bot, Bilingual("service_state/get"), at: now, result: result)
        let jitter = jitter()
        let disposition = machine.sessionRead(
            entry, session, after: refusal, calledAt: now, at: now, jitter: jitter,
            within: &ledger)
        follow(disposition, of: entry, after: refusal)
    }

    private mutating func follow(
        _ disposition: DispatchMachine.Disposition, of entry: OutboxEntry,
        after refusal: PlatformFailure?
    ) {
        switch disposition {
        case .completed(let outcome): finish(entry, outcome)
        case .again: break
        case .readSession: readSession(for: entry, after: refusal)
        }
    }

    /// A message that was accepted needs only its mark; everything else is news for the core.
    private mutating func finish(_ entry: OutboxEntry, _ outcome: Outcome) {
        var isTransfer = false
        if case .transfer = entry.action { isTransfer = true }
        if case .accepted = outcome, !isTransfer {
            settled(entry.id, of: entry.conversation)
            return
        }
        commit(.outcomes([CompletedAction(entry: entry, outcome: outcome)]))
        machine.release(entry)
    }

    // MARK: The timeline

    private mutating func noteCall(
        _ entry: OutboxEntry, _ result: Result<EventCode?, PlatformFailure>
    ) {
        let words: String =
            switch entry.action {
            case .send(let body): "send_msg \(body.words)"
            case .sendOnEvent(_, let body): "send_msg_on_event \(body.words)"
            case .transfer(.human(let servicer)): "service_state/trans 3 \(servicer)"
            case .transfer(let target): "service_state/trans \(target.number)"
            case .upgrade(let upgrade): "customer/upgrade_service \(upgrade.subject)"
            // Performed elsewhere, with a line of its own.
            case .call(let call): "\(call.service).\(call.operation)"
            }
        let answer: Bilingual =
            switch result {
            case .success(nil): Bilingual(en: "ok", zh: "成功")
            case .success(.some): Bilingual(en: "ok, with a code", zh: "成功，拿到 code")
            case .failure(let failure): Self.words(failure, verdict: platform.book.last?.verdict)
            }
        chronicle.note(.bot, Bilingual(words), at: now, result: answer)
    }

    static func words(
        _ failure: PlatformFailure, verdict: BookVerdict? = nil
    ) -> Bilingual {
        guard let code = failure.code else { return Bilingual(en: "no answer", zh: "没有回答") }
        return Bilingual(
            "\(code) \(failure.meaning)" + (verdict.map { " (\($0.rawValue))" } ?? ""))
    }
}

extension OutboxEntry {
    /// The endpoint its call is made on.
    fileprivate var endpoint: Endpoint {
        switch action {
        case .send: .sendMessage
        case .sendOnEvent: .sendOnEvent
        case .upgrade: .upgradeService
        // The machine leaves calls of the company's own systems to others.
        case .transfer, .call: .transferState
        }
    }
}

extension OutgoingBody {
    /// The words a customer reads, for the timeline and for `reply_contains`.
    var words: String {
        switch self {
        case .text(let text): text
        case .menu(let menu):
            ([menu.head].compactMap { $0 } + menu.items.map { "[\($0.label)]" }
                + [menu.tail].compactMap { $0 }).joined(separator: " ")
        case .link(let link): "link \(link.title)"
        case .miniprogram(let program): "miniprogram \(program.title ?? program.pagePath)"
        case .image, .voice, .video, .file, .location, .acquisitionLink: type
        }
    }
}
