/// A JSON value whose objects keep the order their keys were given in, so that a schema reads like
/// the language it describes.
enum SchemaTree: Equatable {
    case text(String)
    case number(Int)
    case decimal(Double)
    case flag(Bool)
    case list([SchemaTree])
    case object([(String, SchemaTree)])

    static func == (lhs: SchemaTree, rhs: SchemaTree) -> Bool { lhs.written() == rhs.written() }

    /// As JSON, two spaces a level; what is short stands on one line.
    func written(indentedBy depth: Int = 0) -> String {
        let flat = onOneLine
        if flat.count + depth * 2 <= 96 { return flat }
        let inner = String(repeating: "  ", count: depth + 1)
        let outer = String(repeating: "  ", count: depth)
        switch self {
        case .text, .number, .decimal, .flag: return flat
        case .list(let elements):
            let lines = elements.map { inner + $0.written(indentedBy: depth + 1) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let fields):
            let lines = fields.map {
                inner + Self.quoted($0) + ": " + $1.written(indentedBy: depth + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        }
    }

    private var onOneLine: String {
        switch self {
        case .text(let text): return Self.quoted(text)
        case .number(let number): return String(number)
        case .decimal(let number): return String(number)
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let elements):
            return "[" + elements.map(\.onOneLine).joined(separator: ", ") + "]"
        case .object(let fields):
            if fields.isEmpty { return "{}" }
            let inner = fields.map { "\(Self.quoted($0)): \($1.onOneLine)" }
            return "{ " + inner.joined(separator: ", ") + " }"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
