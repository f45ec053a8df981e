package import ChatModel

/// A conversation of several steps.
package struct FlowDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: FlowName
    /// Where it begins.
    package var place: SourcePlace
    /// Words that leave the flow, when the message is nothing else.
    package var cancel: [String]
    /// Said when the customer leaves it.
    package var cancelled: Template
    /// The flow is left when the customer is silent for this long.
    package var expire: Duration
    /// In order.
    package var steps: [FlowStep]

    /// A flow.
    package init(
        name: FlowName, place: SourcePlace, cancel: [String], cancelled: Template,
        expire: Duration, steps: [FlowStep]
    ) {
        self.name = name
        self.place = place
        self.cancel = cancel
        self.cancelled = cancelled
        self.expire = expire
        self.steps = steps
    }
}

/// One step of a flow and where it is written.
package struct FlowStep: Hashable, Sendable, Codable {
    /// Where it begins.
    package var place: SourcePlace
    /// What it does.
    package var action: Action

    /// A step.
    package init(place: SourcePlace, action: Action) {
        self.place = place
        self.action = action
    }

    /// What a step does.
    package indirect enum Action: Hashable, Sendable, Codable {
        /// Asks for a slot that isn't known, and waits.
        case ask(Question)
        /// Asks the company's own systems, and waits.
        case call(Request)
        case reply([ReplyPart])
        /// `if` with all of its conditions, or `else`.
        case branch([Condition], then: [FlowStep], otherwise: [FlowStep])
        case set([Assignment])
        case tag([TagName])
        /// Another flow, then on with this one.
        case start(FlowName)
        /// A person takes over; the flow is over.
        case handoff(HandoffDefinition)
        /// The session ends; the flow is over.
        case end(EndDefinition)
    }

    /// A question for a slot; what is `nil` comes from the slot's definition.
    package struct Question: Hashable, Sendable, Codable {
        /// What is asked for.
        package var slot: SlotName
        /// How often.
        package var tries: Int?
        /// The question.
        package var ask: Template?
        /// After an answer that isn't accepted.
        package var retry: Template?
        /// When the tries are used up; empty leaves the flow.
        package var otherwise: [FlowStep]

        /// A question.
        package init(
            slot: SlotName, tries: Int? = nil, ask: Template? = nil, retry: Template? = nil,
            otherwise: [FlowStep] = []
        ) {
            self.slot = slot
            self.tries = tries
            self.ask = ask
            self.retry = retry
            self.otherwise = otherwise
        }
    }

    /// A request to the company's own systems; address and secret are in the configuration.
    package struct Request: Hashable, Sendable, Codable {
        /// As in `订单系统` of `订单系统.查询`.
        package var service: String
        /// As in `查询`.
        package var operation: String
        /// What is sent, in order.
        package var parameters: [Assignment]
        /// Answers are kept as `save.field`.
        package var save: String
        /// How long the customer waits for it at most, tries included.
        package var timeout: Duration
        /// What is done when no answer came in time, or none that can be used.
        package var failed: [FlowStep]

        /// A request.
        package init(
            service: String, operation: String, parameters: [Assignment], save: String,
            timeout: Duration, failed: [FlowStep]
        ) {
            self.service = service
            self.operation = operation
            self.parameters = parameters
            self.save = save
            self.timeout = timeout
            self.failed = failed
        }
    }
}
