import ChatModel
import PlatformSimulator

/// A fault plan as the control API takes it: the keys of a fault file, in JSON.
///
/// A mistake is thrown as a ``ControlError`` that names the rule and the key.
struct FaultOrder: Decodable, Sendable {
    let plan: FaultPlan

    init(from decoder: any Decoder) throws {
        let fields = try Fields(decoder, known: ["seed", "calls", "callbacks"])
        plan = FaultPlan(
            seed: try fields.value("seed", UInt64.self, "a whole number from 0") ?? 0,
            calls: try fields.list("calls", CallOrder.self).map(\.rule),
            callbacks: try fields.list("callbacks", CallbackOrder.self).map(\.rule))
    }

    private static let occasionKeys = ["chance", "count", "from_seconds", "to_seconds"]

    private struct CallOrder: Decodable {
        let rule: FaultPlan.CallRule

        init(from decoder: any Decoder) throws {
            let fields = try Fields(
                decoder, known: ["endpoint", "fault", "errcode", "seconds"] + occasionKeys)
            let errcode = try fields.number("errcode", in: -1_000_000...1_000_000)
            // A number says by itself what happens.
            let kind =
                try fields.choice("fault", CallFault.Kind.self)
                ?? (errcode == nil ? try fields.missing("fault") : .errcode)
            let lasting = try fields.duration("seconds")
            let fault = try fields.checked { () throws(FaultDetailError) in
                try CallFault(kind: kind, errcode: errcode, lasting: lasting)
            }
            rule = FaultPlan.CallRule(
                fault, on: Set(try fields.names("endpoint").map(ControlRoutes.endpoint)),
                try fields.occasion())
        }
    }

    private struct CallbackOrder: Decodable {
        let rule: FaultPlan.CallbackRule

        init(from decoder: any Decoder) throws {
            let fields = try Fields(decoder, known: ["fault", "copies", "seconds"] + occasionKeys)
            let kind =
                try fields.choice("fault", CallbackFault.Kind.self) ?? fields.missing("fault")
            let copies = try fields.number("copies", in: 1...100)
            let lasting = try fields.duration("seconds")
            let fault = try fields.checked { () throws(FaultDetailError) in
                try CallbackFault(kind: kind, copies: copies, lasting: lasting)
            }
            rule = FaultPlan.CallbackRule(fault, try fields.occasion())
        }
    }
}

/// The members of one JSON object, read by name; every mistake says where.
private struct Fields {
    private struct Name: CodingKey {
        let stringValue: String
        init(stringValue: String) { self.stringValue = stringValue }
        var intValue: Int? { nil }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Name>
    /// As `calls[2]: `; empty at the top.
    private let place: String

    init(_ decoder: any Decoder, known: [String]) throws {
        var place = ""
        for key in decoder.codingPath {
            place += key.intValue.map { "[\($0)]" } ?? key.stringValue
        }
        self.place = place.isEmpty ? "" : place + ": "
        do {
            container = try decoder.container(keyedBy: Name.self)
        } catch {
            throw ControlError(what: self.place + "this is no JSON object")
        }
        if let unknown = container.allKeys.first(where: { !known.contains($0.stringValue) }) {
            throw ControlError(
                what: self.place + "there is no '\(unknown.stringValue)' here",
                hint: "known: " + known.joined(separator: ", "))
        }
    }

    func value<Value: Decodable>(
        _ name: String, _ type: Value.Type, _ wanted: String
    ) throws -> Value? {
        do {
            return try container.decodeIfPresent(type, forKey: Name(stringValue: name))
        } catch let error as ControlError {
            throw error
        } catch {
            throw wrong(name, wanted)
        }
    }

    func list<Element: Decodable>(_ name: String, _ type: Element.Type) throws -> [Element] {
        try value(name, [Element].self, "a list of objects") ?? []
    }

    /// A name, or several.
    func names(_ name: String) throws -> [String] {
        if let one = try? container.decodeIfPresent(String.self, forKey: Name(stringValue: name)) {
            return [one]
        }
        return try value(name, [String].self, "a name or a list of names") ?? []
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = try value(name, Int.self, wanted) else { return nil }
        guard range.contains(number) else { throw wrong(name, wanted) }
        return number
    }

    /// Seconds, up to ten years.
    func duration(_ name: String) throws -> Duration? {
        let wanted = "a number from 0 to 315360000"
        guard let seconds = try value(name, Double.self, wanted) else { return nil }
        guard (0...315_360_000).contains(seconds) else { throw wrong(name, wanted) }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws -> Choice? where Choice.RawValue == String {
        let wanted = "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
        guard let text = try value(name, String.self, wanted) else { return nil }
        guard let choice = Choice(rawValue: text) else { throw wrong(name, wanted) }
        return choice
    }

    func occasion() throws -> FaultPlan.Occasion {
        let chance = try value("chance", Double.self, "a number from 0 to 1") ?? 1
        guard (0...1).contains(chance) else { throw wrong("chance", "a number from 0 to 1") }
        return FaultPlan.Occasion(
            chance: chance, count: try number("count", in: 1...1_000_000),
            from: try duration("from_seconds") ?? .zero, to: try duration("to_seconds"))
    }

    func checked<Fault>(_ make: () throws(FaultDetailError) -> Fault) throws -> Fault {
        do throws(FaultDetailError) {
            return try make()
        } catch {
            switch error {
            case .missing(let key): throw ControlError(what: "\(place)\(key) is missing")
            case .needless(let key):
                throw ControlError(what: "\(place)this fault takes no \(key)")
            }
        }
    }

    func missing<Value>(_ name: String) throws -> Value {
        throw ControlError(what: "\(place)\(name) is missing")
    }

    private func wrong(_ name: String, _ wanted: String) -> ControlError {
        ControlError(what: "\(place)\(name) is not \(wanted)")
    }
}
