/// Why a request is answered with an error.
struct ResponseError: Error, Hashable {
    let code: Int
    let message: String

    /// The text was no JSON, or longer than is read.
    static func unreadable(_ message: String) -> Self { Self(code: -32700, message: message) }

    /// JSON, but no request, or one that isn't for now.
    static func invalidRequest(_ message: String) -> Self { Self(code: -32600, message: message) }

    static func methodNotFound(_ method: String) -> Self {
        Self(code: -32601, message: "there is no method '\(method.prefix(100))'")
    }

    static func invalidParams(_ message: String) -> Self { Self(code: -32602, message: message) }

    static let notInitialized = Self(code: -32002, message: "'initialize' comes first")

    /// A request that is right but can't be done; the message is for people.
    static func failed(_ message: String) -> Self { Self(code: -32803, message: message) }

    /// The response that says so.
    func response(to id: JSONValue) -> JSONValue {
        [
            "jsonrpc": "2.0", "id": id,
            "error": ["code": .int(code), "message": .string(message)],
        ]
    }
}
