import Foundation

/// A `multipart/form-data` body, taken apart.
///
/// Takes what clients of the platform in many languages send: names with quotes or without, any
/// order of parameters, extra ones like `filelength`, any boundary, text before the first part.
/// Bounded by the body it is given.
struct MultipartForm: Sendable {
    struct Part: Sendable {
        let name: String
        let fileName: String?
        let bytes: [UInt8]
    }

    /// More than any form of the platform's has.
    private static let mostParts = 16
    /// More than any part's header needs.
    private static let longestHeader = 8192
    private static let blankLine = Data("\r\n\r\n".utf8)

    let parts: [Part]

    /// The first part of this name.
    func part(_ name: String) -> Part? { parts.first { $0.name == name } }

    /// Takes a body apart; `nil` when it is none, or is cut off.
    init?(_ body: [UInt8], contentType: String?) {
        guard let contentType, let boundary = Self.boundary(in: contentType) else { return nil }
        let body = Data(body)
        let opening = Data("--\(boundary)".utf8)
        let closing = Data("\r\n--\(boundary)".utf8)
        guard var place = body.range(of: opening)?.upperBound else { return nil }
        var parts: [Part] = []
        // After a delimiter: `--` ends the form, a line end begins a part.
        while !body[place...].starts(with: Data("--".utf8)) {
            guard parts.count < Self.mostParts,
                let line = body.range(of: Data("\r\n".utf8), in: place..<body.endIndex),
                line.upperBound - place <= 128
            else { return nil }
            // A part without a header begins with its blank line.
            guard
                let blank = body.range(of: Self.blankLine, in: line.lowerBound..<body.endIndex),
                blank.upperBound - line.lowerBound <= Self.longestHeader,
                let end = body.range(
                    of: closing, in: (blank.upperBound - 2)..<body.endIndex)
            else { return nil }
            let header = String(decoding: body[line.lowerBound..<blank.lowerBound], as: UTF8.self)
            let content = body[blank.upperBound..<max(blank.upperBound, end.lowerBound)]
            if let part = Self.part(header: header, content: content) { parts.append(part) }
            place = end.upperBound
        }
        self.parts = parts
    }

    private static func boundary(in contentType: String) -> String? {
        let pieces = pieces(of: contentType)
        guard pieces.first?.lowercased() == "multipart/form-data" else { return nil }
        let boundary = parameters(pieces.dropFirst())["boundary"] ?? ""
        return (1...200).contains(boundary.utf8.count) ? boundary : nil
    }

    private static func part(header: String, content: Data) -> Part? {
        for line in header.split(whereSeparator: \.isNewline) {
            let halves = line.split(separator: ":", maxSplits: 1)
            guard halves.count == 2, halves[0].lowercased() == "content-disposition" else {
                continue
            }
            let parameters = parameters(pieces(of: String(halves[1])).dropFirst())
            guard let name = parameters["name"] else { return nil }
            return Part(
                name: name, fileName: parameters["filename"].flatMap(base), bytes: Array(content))
        }
        return nil
    }

    /// A file's name without its folders; `nil` when nothing is left.
    private static func base(_ name: String) -> String? {
        name.split { $0 == "/" || $0 == "\\" }.last.map {
            String($0.filter { !$0.isNewline && $0 != "\"" }.prefix(255))
        }
    }

    /// The pieces between semicolons, but for those inside quotes.
    private static func pieces(of text: String) -> [String] {
        var pieces = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && isQuoted && !isEscaped
            if character == ";", !isQuoted {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        return pieces.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func parameters(_ pieces: some Sequence<String>) -> [String: String] {
        var parameters: [String: String] = [:]
        for piece in pieces {
            let halves = piece.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let name = halves[0].trimmingCharacters(in: .whitespaces).lowercased()
            var value = halves[1].trimmingCharacters(in: .whitespaces)
            if value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 {
                value = String(value.dropFirst().dropLast()).replacing("\\\"", with: "\"")
            }
            if parameters[name] == nil { parameters[name] = value }
        }
        return parameters
    }
}
