package import ChatModel

/// Something a flow asks a customer for, and what is accepted as an answer.
package struct SlotDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: SlotName
    /// What is accepted.
    package var accept: Acceptance
    /// How often it is asked for before the flow goes on to `else`; at least 1.
    package var tries: Int
    /// The question.
    package var ask: Template
    /// Said instead of the question after an answer that isn't accepted; `nil` repeats `ask`.
    package var retry: Template?
    /// How it is shown to people: logs, console, transcripts.
    package var mask: Mask?
    /// How long it is remembered.
    package var keep: Keep
    /// With ``Keep/customer``: for how long; `nil` for good.
    package var keepFor: Duration?

    /// What is accepted as an answer.
    package enum Acceptance: Hashable, Sendable, Codable {
        /// Any words.
        case anything
        /// A run of so many digits.
        case digits(atLeast: Int, atMost: Int)
        /// RE2, as in `matches`; the first group, if there is one, is the value.
        case regex(String)
        /// One of these.
        case choice([Option])
        /// A day, kept as `2026-03-02`: `3月2日`, `明天`, `下周一`, `2026/3/2` …
        case date
        /// A mainland mobile or landline number, kept as digits.
        case phone
        /// An order's number (8 to 32 letters and digits), or an order card the customer sends.
        case order
    }

    /// One of several answers.
    package struct Option: Hashable, Sendable, Codable {
        /// What is kept.
        package var value: String
        /// Words that mean it; the value itself is always among them.
        package var words: [String]
        /// The id with which a tap on it comes back: up to ten options are asked for as a menu.
        package var wireID: WireID

        /// An answer.
        package init(value: String, words: [String], wireID: WireID) {
            self.value = value
            self.words = words
            self.wireID = wireID
        }
    }

    /// How much of a value people see.
    package enum Mask: String, Hashable, Sendable, Codable, CaseIterable {
        /// The first three and the last two characters at most.
        case middle
        /// Nothing of it.
        case all
    }

    /// How long a value is remembered.
    package enum Keep: String, Hashable, Sendable, Codable, CaseIterable {
        /// Until the session ends or the customer has been silent for `idle`.
        case session
        /// Beyond the session: for good, unless ``SlotDefinition/keepFor`` says how long.
        case customer
    }

    /// A slot.
    package init(
        name: SlotName, accept: Acceptance, tries: Int = 3, ask: Template, retry: Template? = nil,
        mask: Mask? = nil, keep: Keep = .session, keepFor: Duration? = nil
    ) {
        self.name = name
        self.accept = accept
        self.tries = tries
        self.ask = ask
        self.retry = retry
        self.mask = mask
        self.keep = keep
        self.keepFor = keepFor
    }
}
