/// A value of an answer, as a tree, for the calls nobody is in a hurry for.
///
/// As tolerant as ``JSONScanner``, from which it is built: numbers may come as strings and the
/// other way about, what is missing or of the wrong kind reads as `nil` or as nothing.
enum WireValue: Hashable, Sendable {
    case null
    /// A string's text; a number or Boolean as it is written.
    case scalar(String)
    case list([WireValue])
    case object([String: WireValue])

    /// Reads the value that comes next; its depth is bounded by the scanner.
    init(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
        switch json[try json.start()] {
        case UInt8(ascii: "{"):
            var members: [String: WireValue] = [:]
            try json.members { (json, key) throws(JSONScanner.SyntaxError) in
                members[json.text(of: key.name)] = try WireValue(reading: &json)
            }
            self = .object(members)
        case UInt8(ascii: "["):
            var elements: [WireValue] = []
            try json.elements { (json) throws(JSONScanner.SyntaxError) in
                elements.append(try WireValue(reading: &json))
            }
            self = .list(elements)
        default:
            self = try json.string().map { .scalar($0) } ?? .null
        }
    }

    /// The members of an answer beside its envelope.
    static func members(
        of reply: inout ReplyReader
    ) throws(JSONScanner.SyntaxError) -> WireValue {
        var members: [String: WireValue] = [:]
        try reply.members { (json, key) throws(JSONScanner.SyntaxError) in
            members[json.text(of: key.name)] = try WireValue(reading: &json)
        }
        return .object(members)
    }

    /// A member of an object; `null` where there is none.
    subscript(name: String) -> WireValue {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    /// The elements of a list; none of anything else.
    var elements: [WireValue] {
        guard case .list(let elements) = self else { return [] }
        return elements
    }

    /// The text of a scalar; `nil` also when it is empty.
    var text: String? {
        guard case .scalar(let text) = self, !text.isEmpty else { return nil }
        return text
    }

    /// A whole number, also written as a string, a fraction of zero or a Boolean.
    var integer: Int? {
        guard let text else { return nil }
        if text == "true" { return 1 }
        if text == "false" { return 0 }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }

    /// A finite number, also written as a string.
    var number: Double? {
        guard let text, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// A Boolean, also written as 0 and 1.
    var flag: Bool? { integer.map { $0 != 0 } }
}
