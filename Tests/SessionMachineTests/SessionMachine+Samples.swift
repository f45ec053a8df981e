import ChatModel
import SessionMachine

/// A round moment to count from: noon in Beijing, 2026-03-02.
let noon = Timestamp(seconds: 1_772_424_000)

let anna: ServicerID = "anna"
let bert: ServicerID = "bert"

/// Every state a test can start from; state 3 once for each thing we may know about it.
let everyState: [SessionState] = [
    .untreated, .assistant, .pool, .human(anna), .human(bert), .human(nil), .ended,
]

extension SessionMachine {
    /// A session that has been in `state` since `noon`, with a full budget.
    static func sample(
        _ state: SessionState, since time: Timestamp = noon, codes: CodeLedger = CodeLedger()
    ) -> SessionMachine {
        SessionMachine(
            state: state, startedAt: state == .ended ? nil : time, changedAt: time,
            window: ReplyWindow(openedAt: time, ordered: 0), codes: codes, customerRejects: false)
    }

    /// The same session after `observation`.
    func after(_ observation: Observation, at time: Timestamp) -> SessionMachine {
        var copy = self
        copy.observed(observation, at: time)
        return copy
    }
}

extension CodeLedger {
    /// A ledger that holds one code, called after its scene.
    static func holding(_ scene: CodeScene, since time: Timestamp = noon) -> CodeLedger {
        var ledger = CodeLedger()
        ledger.issued(EventCode(scene.rawValue), for: scene, at: time)
        return ledger
    }
}

let words = OutgoingBody.text("您好")
let menu = OutgoingBody.menu(
    OutgoingBody.Menu(head: nil, items: [.click(id: "1", label: "退款")], tail: nil))
