import Boundary
import ChatModel

/// Reads one answer of the platform: `errcode`, `errmsg`, and the fields of the call.
struct ReplyReader: ~Copyable {
    /// Positioned at the answer's opening brace.
    var json: JSONScanner
    private var code: Int?
    private var message: String?

    /// Visits the answer's own members; `errcode` and `errmsg` are kept here.
    mutating func members(
        _ visit: (inout JSONScanner, JSONScanner.Key) throws(JSONScanner.SyntaxError) -> Void
    ) throws(JSONScanner.SyntaxError) {
        var code: Int?
        var message: String?
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "errcode") {
                code = try json.integer()
            } else if json.matches(key, "errmsg") {
                message = try json.string()
            } else {
                try visit(&json, key)
            }
        }
        self.code = code
        self.message = message
    }

    /// Performs `request` and reads its answer.
    ///
    /// Any answer without an `errcode` counts as none at all: a proxy's error page must never
    /// pass for an accepted message.
    static func fields<Fields>(
        of request: HTTPRequest, from transport: any HTTPTransport,
        read: (inout ReplyReader) throws(JSONScanner.SyntaxError) -> Fields
    ) async throws(PlatformFailure) -> Fields {
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.response(to: request)
        } catch {
            throw PlatformFailure(error)
        }
        return try fields(in: response, read: read)
    }

    /// Reads an answer that has come.
    static func fields<Fields>(
        in response: HTTPResponse,
        read: (inout ReplyReader) throws(JSONScanner.SyntaxError) -> Fields
    ) throws(PlatformFailure) -> Fields {
        guard response.status < 500 else {
            throw .noAnswer("HTTP status \(response.status)")
        }
        let answer: (code: Int?, message: String?, fields: Fields)
        do throws(JSONScanner.SyntaxError) {
            answer = try JSONScanner.reading(response.body) {
                (json) throws(JSONScanner.SyntaxError) in
                var reader = ReplyReader(json)
                let fields = try read(&reader)
                try reader.json.end()
                return (reader.code, reader.message, fields)
            }
        } catch {
            throw .noAnswer("HTTP status \(response.status), \(error.reason)")
        }
        switch answer.code {
        case 0: return answer.fields
        case let code?: throw PlatformFailure(code: code, errmsg: answer.message ?? "")
        case nil: throw .noAnswer("HTTP status \(response.status), JSON without errcode")
        }
    }

    /// A reader of the answer that `json` begins.
    init(_ json: consuming JSONScanner) {
        self.json = json
    }
}

extension PlatformFailure {
    /// An exchange after which nobody knows whether the platform did what was asked.
    static func noAnswer(_ what: String) -> PlatformFailure {
        PlatformFailure(code: nil, handling: .retry, meaning: "no usable answer: \(what)")
    }

    /// A call that was refused here, with the code the platform would have answered.
    static func notSent(_ code: Int, _ what: String) -> PlatformFailure {
        var failure = PlatformFailure(
            code: code, handling: ErrorTable.row(for: code).handling,
            meaning: refusedHere + what)
        failure.wasSent = false
        return failure
    }

    /// Whether the call was refused here, and never made.
    package var isRefusedHere: Bool { meaning.hasPrefix(Self.refusedHere) }

    private static let refusedHere = "refused before sending: "

    /// An exchange that brought no response.
    ///
    /// All may be repeated with the same msgid; `unreachable` means that nothing was sent.
    init(_ error: TransportError) {
        let meaning =
            switch error.code {
            case .unreachable: "not sent, no connection: \(error.reason)"
            case .interrupted: "the connection broke before the answer: \(error.reason)"
            case .tooLarge: "the answer was too large: \(error.reason)"
            case .shutDown: "the HTTP client is shutting down"
            }
        self.init(code: nil, handling: .retry, meaning: meaning)
        wasSent = error.code != .unreachable
    }

    /// What the platform answered with a non-zero `errcode`.
    ///
    /// Of `errmsg` only the hint number and, for an untrusted IP, the address are kept: the rest
    /// may quote the request.
    init(code: Int, errmsg: String) {
        let row = ErrorTable.row(for: code)
        var meaning = row.meaning
        if code == 60020,
            let ip = errmsg.field(after: "from ip: ", while: "0123456789abcdefABCDEF.:")
        {
            meaning += "; the platform saw \(ip)"
        }
        self.init(
            code: code, handling: row.handling, meaning: meaning,
            hint: errmsg.field(after: "hint: [", while: "0123456789"),
            isDocumented: row.isDocumented)
    }
}

extension String {
    /// The run of `allowed` characters, at most 64, that follows `marker`; `nil` when there is
    /// none.
    fileprivate func field(after marker: String, while allowed: String) -> String? {
        guard let start = range(ofASCII: marker) else { return nil }
        let field = self[start...].prefix { allowed.contains($0) }.prefix(64)
        return field.isEmpty ? nil : String(field)
    }

    private func range(ofASCII marker: String) -> Index? {
        var rest = utf8[...]
        while !rest.isEmpty {
            if rest.starts(with: marker.utf8) {
                return utf8.index(rest.startIndex, offsetBy: marker.utf8.count)
            }
            rest = rest.dropFirst()
        }
        return nil
    }
}
