import ArgumentParser
import ChatModel
import Operations
import Routing
import RuleFiles
import SessionMachine
import WeComKF

/// `switchboard kf state`.
struct KfStateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Show and move a customer's session.",
        discussion: """
            EXAMPLES
              switchboard kf state show wmDEMO0001
              switchboard kf state move wmDEMO0001 --to human --servicer zhangsan
            """,
        subcommands: [KfStateShow.self, KfStateMove.self])
}

/// What scripts read of a session.
private struct ShownState: Encodable {
    let customer: String
    let account: String
    /// The platform's number.
    let number: Int
    let state: String
    let servicer: String?
    var code: String?

    init(_ session: Outcome.ActualSession, of conversation: ConversationID) {
        customer = conversation.customer.rawValue
        account = conversation.account.rawValue
        number = session.number
        state = SessionStateName.of(session.number)
        servicer = session.servicer?.rawValue
    }

    init(_ target: SessionTarget, of conversation: ConversationID, code: EventCode?) {
        customer = conversation.customer.rawValue
        account = conversation.account.rawValue
        number = target.number
        state = SessionStateName.of(target.number)
        if case .human(let id) = target { servicer = id.rawValue } else { servicer = nil }
        self.code = code?.rawValue
    }

    var words: Bilingual {
        let who = servicer.map { Bilingual(en: ", by \($0)", zh: "（\($0)）") } ?? Bilingual("")
        return SessionStateName.text(number) + who
    }
}

/// `switchboard kf state show`.
struct KfStateShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the state of a customer's session.",
        discussion: """
            EXAMPLES
              switchboard kf state show wmDEMO0001
              switchboard kf state show wmDEMO0001 --account shop --format json
            """)

    @Argument(help: "The customer's external_userid.")
    var customer: String

    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(of: accountOption.account) { platform in
            let conversation = try platform.conversation(customer, accountOption.account)
            let shown = ShownState(
                try await platform.reads.session(of: conversation), of: conversation)
            try platform.tell(shown.words, json: shown)
        }
    }
}

/// `switchboard kf state move`.
struct KfStateMove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a customer's session to another state.",
        discussion: """
            Sessions only move forward by a call: to assistant, pool, human, ended. What the \
            platform's table doesn't allow is refused here, with what it does allow. A code in the \
            answer is good for one message ('kf messages send-on-event').

            An ended session stays ended until the customer writes: it asks for the customer's id \
            on a terminal; elsewhere it wants --yes.

            EXAMPLES
              switchboard kf state move wmDEMO0001 --to pool
              switchboard kf state move wmDEMO0001 --to human --servicer zhangsan
              switchboard kf state move wmDEMO0001 --to ended --yes
            """)

    /// Where a session may be moved.
    enum Target: String, CaseIterable, ExpressibleByArgument {
        case assistant, pool, human, ended
    }

    @Argument(help: "The customer's external_userid.")
    var customer: String

    @Option(help: "assistant, pool, human or ended.")
    var to: Target

    @Option(help: "Who takes the session, with --to human.")
    var servicer: String?

    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var confirmation: ConfirmationOption
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func validate() throws {
        if (to == .human) != (servicer != nil) {
            throw ValidationError(
                Bilingual(
                    en: "--servicer goes with --to human, and only with it",
                    zh: "--to human 要写 --servicer，其他的不写"))
        }
    }

    func run() async throws {
        try await options.withPlatform(of: accountOption.account, isRehearsal: dryRun.dryRun) {
            platform in
            let conversation = try platform.conversation(customer, accountOption.account)
            let target = target
            let session = try await platform.reads.session(of: conversation)
            let state = SessionState(number: session.number, servicer: session.servicer)
            guard let state, try isOpen(target, from: state) else {
                let shown = ShownState(session, of: conversation)
                // In a rehearsal it is told, too: there is no call to print.
                return try platform.tell(
                    Bilingual(en: "already there: ", zh: "本来就是：") + shown.words, json: shown)
            }
            if to == .ended, !platform.isRehearsal {
                try confirmation.confirm(
                    Bilingual(
                        en: "this ends the session of \(Terminal.printable(customer))",
                        zh: "要结束 \(Terminal.printable(customer)) 的会话"),
                    by: customer, in: platform.language)
            }
            let code = try await platform.changes.transfer(conversation, to: target)
            let shown = ShownState(target, of: conversation, code: code)
            let told = code.map { Bilingual(en: ", code \($0)", zh: "，code \($0)") }
            try platform.done(shown.words + (told ?? Bilingual("")), json: shown)
        }
    }

    private var target: SessionTarget {
        switch to {
        case .assistant: .assistant
        case .pool: .pool
        case .human: .human(ServicerID(servicer ?? ""))
        case .ended: .ended
        }
    }

    /// Whether the call may be made; `false` where the session is there already.
    ///
    /// - Throws: ``CommandFailure`` where the table forbids it.
    private func isOpen(_ target: SessionTarget, from state: SessionState) throws -> Bool {
        let machine = SessionMachine(
            state: state, startedAt: nil, changedAt: nil, window: ReplyWindow(),
            codes: CodeLedger(), customerRejects: false)
        switch machine.answer(to: target) {
        case .call: return true
        case .alreadyThere: return false
        case .refused(let refusal):
            let legal = CommandedTransitions.strict[state.number, default: []].sorted()
                .map { SessionStateName.text($0) }
            let list = Bilingual(
                en: legal.map(\.en).joined(separator: ", "),
                zh: legal.map(\.zh).joined(separator: "、"))
            let way =
                legal.isEmpty
                ? Bilingual(en: "no call leads away from here", zh: "从这里不能再转")
                : Bilingual(en: "from here to: ", zh: "从这里可以转到：") + list
            throw CommandFailure(
                .refused,
                Bilingual(
                    en: "the session is \(SessionStateName.of(state.number)): "
                        + refusal.remedy(in: .en),
                    zh: "会话现在是「\(SessionStateName.text(state.number).zh)」："
                        + refusal.remedy(in: .zh)),
                cure: way)
        }
    }
}
