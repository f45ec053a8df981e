/// Any JSON, as it came: for bodies whose shape is not known beforehand.
enum JSONValue: Decodable, Hashable, Sendable {
    case null
    case flag(Bool)
    case whole(Int)
    case decimal(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Int.self) {
            self = .whole(number)
        } else if let number = try? value.decode(Double.self) {
            self = .decimal(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// The members, if this is an object.
    var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

    /// The words, if this is a text.
    var text: String? { if case .text(let text) = self { text } else { nil } }
}
