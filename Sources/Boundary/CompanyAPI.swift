package import ChatModel
package import RuleEngine

/// The company's own systems, as a value: a test replaces it and keeps the rest.
package struct CompanyAPI: Sendable {
    /// The operations there are, each with how often it is tried at most, 1 or more.
    package var tries: [CompanyOperation: Int]
    /// Makes one try, and reads the answer's fields by their names.
    package var answer: @Sendable (CompanyRequest) async throws(CompanyFailure) -> [String: String]

    /// Some operations, and how one is tried.
    package init(
        tries: [CompanyOperation: Int],
        answer:
            @escaping @Sendable (CompanyRequest) async throws(CompanyFailure) -> [String: String]
    ) {
        self.tries = tries
        self.answer = answer
    }

    /// No systems at all: every call is one that is not configured.
    package static let none = CompanyAPI(tries: [:]) { _ throws(CompanyFailure) in
        throw .notConfigured
    }
}

/// An operation of a company's own system: `订单系统.查询`.
package struct CompanyOperation: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// As in `订单系统`.
    package var service: String
    /// As in `查询`.
    package var name: String

    /// An operation.
    package init(service: String, name: String) {
        self.service = service
        self.name = name
    }

    /// The operation a call asks for.
    package init(of call: CompanyCall) {
        self.init(service: call.service, name: call.operation)
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.service, lhs.name) < (rhs.service, rhs.name)
    }

    package var description: String { "\(service).\(name)" }
}

/// One try of a call.
package struct CompanyRequest: Hashable, Sendable {
    /// What is asked.
    package var operation: CompanyOperation
    /// What is sent, in order; perhaps a customer's words, so it never reaches a log.
    package var parameters: [CompanyCall.Parameter]
    /// The same for every try of a call, after a restart as well: with it the other side can tell
    /// a repeat.
    package var idempotencyKey: String
    /// The longest this try may take.
    package var timeout: Duration

    /// A try.
    package init(
        operation: CompanyOperation, parameters: [CompanyCall.Parameter], idempotencyKey: String,
        timeout: Duration
    ) {
        self.operation = operation
        self.parameters = parameters
        self.idempotencyKey = idempotencyKey
        self.timeout = timeout
    }
}

/// A try that brought no answer that can be used.
package struct CompanyFailure: Error, Hashable, Sendable {
    /// A stable token, as the transcript keeps it: `timeout`, `http_500`.
    package var why: String
    /// Whether the system itself seems to be in trouble: trying again may help, and when it goes on
    /// like this, leaving the system alone does.
    package var isTrouble: Bool
    /// What happened, for the operator; holds no parameter, no answer and no secret.
    package var detail: String

    /// A failed try.
    package init(_ why: String, isTrouble: Bool, detail: String) {
        self.why = why
        self.isTrouble = isTrouble
        self.detail = detail
    }

    /// Not answered before its time was over.
    package static let timeout = CompanyFailure(
        "timeout", isTrouble: true, detail: "no answer in time")
    /// Not tried: the system has been in trouble and is left alone for a while.
    package static let unavailable = CompanyFailure(
        "unavailable", isTrouble: true, detail: "left alone for a while after failing repeatedly")
    /// The configuration has no such operation.
    package static let notConfigured = CompanyFailure(
        "not_configured", isTrouble: false,
        detail: "the configuration has no such operation under 'calls'")
}

extension RuleSetDefinition {
    /// Every `call` of a flow and where it is written, in the files' order.
    package var companyCalls: [(operation: CompanyOperation, place: SourcePlace)] {
        bundles.flatMap { bundle in bundle.flows.flatMap { Self.calls(in: $0.steps) } }
    }

    /// The calls whose operation is not `among` those the configuration has: each operation once,
    /// with the first place that names it.
    package func companyCalls(
        notAmong configured: some Sequence<CompanyOperation>
    ) -> [(operation: CompanyOperation, place: SourcePlace)] {
        var known = Set(configured)
        return companyCalls.filter { known.insert($0.operation).inserted }
    }

    private static func calls(
        in steps: [FlowStep]
    ) -> [(operation: CompanyOperation, place: SourcePlace)] {
        var found: [(operation: CompanyOperation, place: SourcePlace)] = []
        for step in steps {
            switch step.action {
            case .call(let request):
                let operation = CompanyOperation(
                    service: request.service, name: request.operation)
                found.append((operation, step.place))
                found += calls(in: request.failed)
            case .ask(let question): found += calls(in: question.otherwise)
            case .branch(_, let then, let otherwise):
                found += calls(in: then) + calls(in: otherwise)
            case .reply, .set, .tag, .start, .handoff, .end: break
            }
        }
        return found
    }
}
