import Boundary
import ChatModel
import Testing

@Suite struct EnvironmentTests {
    /// The hash shows what it is given.
    private let environment = Environment(
        now: { Timestamp(seconds: 0) }, random: { 0 }, sleep: { _ in },
        shortHash: { String(decoding: $0, as: UTF8.self) })

    private func name(_ cause: Cause, _ ordinal: Int, _ account: OpenKfID = "wk1") -> MsgID {
        environment.outgoingMsgID(
            of: ActionID(cause: cause, ordinal: ordinal), account: account)
    }

    @Test func theSameActionAlwaysHasTheSameName() {
        #expect(name(.inbound("m"), 1) == name(.inbound("m"), 1))
        #expect(name(.inbound("m"), 1) == "wk1\u{0}m\u{0}1")
    }

    @Test func differentActionsHaveDifferentNames() {
        let names: Set = [
            name(.inbound("m"), 0), name(.inbound("m"), 1), name(.inbound("m2"), 0),
            name(.inbound("m"), 0, "wk2"), name(.timer("m"), 0),
            // Without a separator these two would be one.
            name(.inbound("m1"), 1), name(.inbound("m"), 11),
        ]
        #expect(names.count == 7)
    }

    @Test func aFollowUpNeverHasTheNameOfASibling() {
        let siblings = (0..<ActionID.mostSiblings).map { name(.inbound("m"), $0) }
        let followUps = (0..<ActionID.mostSiblings).flatMap { ordinal in
            (0..<ActionID.mostSiblings).map { index in
                let followUp = ActionID(cause: .inbound("m"), ordinal: ordinal).followUp(index)
                return environment.outgoingMsgID(of: followUp, account: "wk1")
            }
        }
        #expect(Set(siblings + followUps).count == siblings.count + followUps.count)
    }
}
