import ChatModel
import Routing
import RuleFiles

/// The company's own systems: they answer what the test says they answer.
extension World {
    /// A request whose answer is on its way, or never comes.
    struct CompanyCallUnderWay: Sendable {
        var entry: OutboxEntry
        var answer: CompanyAnswer
        /// When the answer arrives, or the bot stops waiting.
        var at: Timestamp
    }

    /// Makes the request an entry orders, if it orders one.
    mutating func askCompany(_ entry: OutboxEntry) {
        guard case .call(let call) = entry.action else { return }
        let name = Step.MockedCall(service: call.service, operation: call.operation)
        chronicle.calls.append(Chronicle.CallMade(conversation: entry.conversation, call: call))
        let mock = nextMock(of: name)
        if mock == nil, !unmocked.contains(name) { unmocked.append(name) }
        let isInTime = mock.map { $0.after <= call.timeout } ?? true
        let answer: CompanyAnswer =
            switch mock?.outcome {
            case .fields(let fields) where isInTime: .fields(fields)
            case .error(let why) where isInTime: .failed(why)
            case nil: .failed("unanswered")
            default: .failed("timeout")
            }
        let isTimeout = answer == .failed("timeout")
        let wait: Duration = isTimeout ? call.timeout : mock?.after ?? .zero
        let parameters = call.parameters.map { "\($0.name)=\($0.value)" }
        chronicle.note(
            .bot, ([name.description] + parameters).joined(separator: " "), at: now)
        companyCalls.append(
            CompanyCallUnderWay(entry: entry, answer: answer, at: now + wait))
    }

    /// The answer a test gives; the last of several goes on for good.
    private mutating func nextMock(of call: Step.MockedCall) -> Step.MockedAnswer? {
        guard let answers = mocks[call] else { return nil }
        if answers.count > 1 { mocks[call] = Array(answers.dropFirst()) }
        return answers.first
    }

    /// Takes the answers that have arrived by now to the core.
    mutating func takeCompanyAnswers() -> Bool {
        let now = now
        let arrived = companyCalls.filter { $0.at <= now }
        guard !arrived.isEmpty else { return false }
        companyCalls.removeAll { $0.at <= now }
        for call in arrived {
            chronicle.note(.company, Self.words(call.answer), at: now)
            commit(
                .outcomes([CompletedAction(entry: call.entry, outcome: .answered(call.answer))]))
        }
        return true
    }

    private static func words(_ answer: CompanyAnswer) -> Bilingual {
        switch answer {
        case .fields(let fields):
            let words = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: " ")
            return Bilingual(en: "answer \(words)", zh: "答复 \(words)")
        case .failed("timeout"): return Bilingual(en: "no answer in time", zh: "超时没有答复")
        case .failed(let why): return Bilingual(en: "fail: \(why)", zh: "答复失败：\(why)")
        }
    }
}
