import Foundation

/// Some hundred customers and two servicers who go about their business, whatever becomes of the
/// bot: a customer's next move follows the answer to the last one.
struct Crowd {
    /// What a customer does next.
    private enum Act {
        case enter
        /// One or two questions at once.
        case ask(Int)
        /// Asks for a person, perhaps with a question just before or after it.
        case callPerson(before: Bool, after: Bool)
        case sayFarewell
    }

    /// What a customer waits for.
    private enum Phase {
        case idle
        case answers(sends: Int)
        /// A message with a code, which may be lost: not for ever.
        case codeMessage(sends: Int, until: Date)
        case pool
        case pickUp(sends: Int, until: Date)
        case served(by: String, wordsLeft: Int)
        case farewell
    }

    private struct Customer {
        let id: String
        var phase = Phase.idle
        /// The customer makes no move before this.
        var notBefore = Date.distantPast
        var hasEntered = false
        var questions = 0
        var expected: [String] = []
    }

    private var customers: [Customer]
    private var random: SeededGenerator
    private let control: PlatformControl
    private(set) var messages = 0
    private(set) var handOvers = 0
    private(set) var farewells = 0

    /// The answers each customer must have got, in order.
    var expected: [(customer: String, answers: [String])] {
        customers.map { ($0.id, $0.expected) }
    }

    /// Whether nobody waits for anything.
    var isIdle: Bool {
        customers.allSatisfy { if case .idle = $0.phase { true } else { false } }
    }

    /// Who still waits, for a failure's message.
    var waiting: [String] {
        customers.compactMap { if case .idle = $0.phase { nil } else { "\($0.id): \($0.phase)" } }
    }

    init(size: Int, seed: UInt64, control: PlatformControl) {
        customers = (0..<size).map { Customer(id: "wmCRASH\($0)") }
        random = SeededGenerator(seed: seed)
        self.control = control
    }

    /// One look at everybody; who has got what was waited for makes the next move.
    ///
    /// - Parameter isClosing: Nobody starts anything new.
    mutating func round(isClosing: Bool) async throws {
        let views = Dictionary(
            uniqueKeysWithValues: try await control.conversations().map { ($0.customer, $0) })
        for place in customers.indices {
            let view = views[customers[place].id]
            try await step(
                place, state: view?.state ?? 4, sends: view?.sends ?? 0, isClosing: isClosing)
        }
    }

    private mutating func step(
        _ place: Int, state: Int, sends: Int, isClosing: Bool
    ) async throws {
        let now = Date()
        guard now >= customers[place].notBefore else { return }
        switch customers[place].phase {
        case .idle:
            if !isClosing { try await begin(place, sends: sends) }
        case .answers(let wanted):
            if sends >= wanted { rest(place) }
        case .codeMessage(let wanted, let until):
            if sends >= wanted || now > until { rest(place) }
        case .pool:
            guard state == 2 else { return }
            // Some servicers are at once where the queue text wants to go.
            if random.chance(40) { return try await pickUp(place) }
            customers[place].phase = .pickUp(
                sends: sends + 1, until: now.addingTimeInterval(3))
        case .pickUp(let wanted, let until):
            if sends >= wanted || now > until { try await pickUp(place) }
        case .served(let servicer, let words):
            try await serve(place, by: servicer, wordsLeft: words, sends: sends)
        case .farewell:
            if state == 4 { try await sessionEnded(place, sends: sends) }
        }
    }

    private mutating func pickUp(_ place: Int) async throws {
        let servicer = random.chance(50) ? "zhangsan" : "lisi"
        try await control.servicer(servicer, "pick-up", customers[place].id)
        customers[place].phase = .served(
            by: servicer, wordsLeft: Int.random(in: 0...2, using: &random))
    }

    private mutating func serve(
        _ place: Int, by servicer: String, wordsLeft: Int, sends: Int
    ) async throws {
        let id = customers[place].id
        guard wordsLeft == 0 else {
            try await control.servicer(servicer, "messages", id, text: "您好")
            try await write(place, CrashRules.question(0))
            customers[place].phase = .served(by: servicer, wordsLeft: wordsLeft - 1)
            return pause(place, .random(in: 0.1...0.6, using: &random))
        }
        try await control.servicer(servicer, "end", id)
        try await sessionEnded(place, sends: sends)
    }

    /// Waits for the goodbye; but some customers have something to say before it is there.
    private mutating func sessionEnded(_ place: Int, sends: Int) async throws {
        customers[place].phase = .codeMessage(
            sends: sends + 1, until: Date().addingTimeInterval(4))
        if random.chance(40) {
            try await ask(place)
            customers[place].phase = .answers(sends: sends + 1)
        }
    }

    /// Starts the customer's next act.
    private mutating func begin(_ place: Int, sends: Int) async throws {
        let id = customers[place].id
        switch nextAct(of: place) {
        case .enter:
            customers[place].hasEntered = true
            try await control.enter(id)
            if random.chance(30) {
                // The welcome may be missed; the answer never is.
                try await ask(place)
                customers[place].phase = .answers(sends: sends + 1)
            } else {
                customers[place].phase = .codeMessage(
                    sends: sends + 1, until: Date().addingTimeInterval(25))
            }
        case .ask(let count):
            for _ in 0..<count { try await ask(place) }
            customers[place].phase = .answers(sends: sends + count)
        case .callPerson(let before, let after):
            if before { try await ask(place) }
            try await write(place, CrashRules.handOver)
            if after { try await write(place, CrashRules.aside) }
            handOvers += 1
            customers[place].phase = .pool
        case .sayFarewell:
            try await write(place, CrashRules.farewell)
            farewells += 1
            customers[place].phase = .farewell
        }
    }

    private mutating func nextAct(of place: Int) -> Act {
        if !customers[place].hasEntered, place.isMultiple(of: 2), customers[place].questions == 0 {
            return .enter
        }
        let dice = Int.random(in: 0..<100, using: &random)
        switch dice {
        case ..<5: return .callPerson(before: random.chance(30), after: random.chance(30))
        case ..<10: return .sayFarewell
        case ..<30: return .ask(2)
        default: return .ask(1)
        }
    }

    /// A question the bot must answer once.
    private mutating func ask(_ place: Int) async throws {
        customers[place].questions += 1
        let topic = (place + customers[place].questions) % CrashRules.topics
        customers[place].expected.append("text " + CrashRules.answer(topic))
        try await write(place, CrashRules.question(topic))
    }

    private mutating func write(_ place: Int, _ text: String) async throws {
        messages += 1
        try await control.write(customers[place].id, text)
    }

    /// Back to idle: the next move comes in another second of the platform's clock, so that no
    /// answer can be counted against the allowance of the wrong message.
    private mutating func rest(_ place: Int) {
        customers[place].phase = .idle
        let now = Date().timeIntervalSince1970
        pause(place, now.rounded(.down) + 1 - now + .random(in: 0...1.5, using: &random))
    }

    private mutating func pause(_ place: Int, _ seconds: Double) {
        customers[place].notBefore = Date().addingTimeInterval(seconds)
    }
}
