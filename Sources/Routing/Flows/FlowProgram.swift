import ChatModel
import RuleEngine

/// A flow as a list of instructions, so that a place in it is one number a store can keep.
///
/// `else` of a question and `failed` of a call end the flow after their steps: what follows them
/// in the file relies on the answer.
struct FlowProgram: Sendable {
    /// One instruction, and where the step it belongs to is written.
    struct Instruction: Sendable {
        let place: SourcePlace
        let action: Action
    }

    enum Action: Sendable {
        /// Skipped when the slot is known; goes to `otherwise` when the tries are used up.
        case ask(FlowStep.Question, otherwise: Int)
        /// Goes to `failed` when no answer comes.
        case call(FlowStep.Request, failed: Int)
        case reply([ReplyPart])
        /// Goes on when all hold, else to `otherwise`.
        case require([Condition], otherwise: Int)
        case jump(Int)
        case set([Assignment])
        case tag([TagName])
        case start(FlowName)
        case handoff(HandoffDefinition)
        case end(EndDefinition)
        /// Leaves this flow and every flow that started it.
        case leave
    }

    let definition: FlowDefinition
    private(set) var instructions: [Instruction] = []

    init(_ definition: FlowDefinition) {
        self.definition = definition
        append(definition.steps)
    }

    private mutating func append(_ steps: [FlowStep]) {
        for step in steps { append(step) }
    }

    private mutating func append(_ step: FlowStep) {
        func emit(_ action: Action) {
            instructions.append(Instruction(place: step.place, action: action))
        }
        switch step.action {
        case .ask(let question):
            let start = instructions.count
            emit(.ask(question, otherwise: start + 2))
            appendSideTrack(question.otherwise, of: step.place)
        case .call(let request):
            let start = instructions.count
            emit(.call(request, failed: start + 2))
            appendSideTrack(request.failed, of: step.place)
        case .branch(let conditions, let then, let otherwise):
            let start = instructions.count
            emit(.leave)
            append(then)
            let end = instructions.count
            emit(.leave)
            append(otherwise)
            instructions[start] = Instruction(
                place: step.place, action: .require(conditions, otherwise: end + 1))
            instructions[end] = Instruction(place: step.place, action: .jump(instructions.count))
        case .reply(let parts): emit(.reply(parts))
        case .set(let assignments): emit(.set(assignments))
        case .tag(let tags): emit(.tag(tags))
        case .start(let flow): emit(.start(flow))
        case .handoff(let handoff): emit(.handoff(handoff))
        case .end(let ending): emit(.end(ending))
        }
    }

    /// Steps that are only reached when something went wrong: jumped over otherwise.
    private mutating func appendSideTrack(_ steps: [FlowStep], of place: SourcePlace) {
        let jump = instructions.count
        instructions.append(Instruction(place: place, action: .leave))
        append(steps)
        instructions.append(Instruction(place: place, action: .leave))
        instructions[jump] = Instruction(place: place, action: .jump(instructions.count))
    }
}
