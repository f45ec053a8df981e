/// An HTTP client: one request out, one response back.
package protocol HTTPTransport: Sendable {
    /// Performs `request`.
    ///
    /// - Throws: ``TransportError`` when no complete response came; any HTTP status is a response.
    func response(to request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

/// One HTTP request.
package struct HTTPRequest: Sendable {
    /// The methods the platform knows.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// A line of the request's head.
    package struct Header: Hashable, Sendable {
        /// Letters, digits and hyphens.
        package var name: String
        /// One line; may be a secret, so it never reaches a log.
        package var value: String

        /// A header.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// Whether it can be sent as it is: its name is one of HTTP's, and nothing in it could
        /// begin another line.
        package var isSendable: Bool {
            !name.isEmpty && name.utf8.allSatisfy { Self.nameBytes.contains($0) }
                && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        }

        // RFC 9110, token.
        private static let nameBytes = Set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~".utf8)
    }

    /// How.
    package var method: Method
    /// Where; may hold an access token, so it never reaches a log.
    package var url: String
    /// Sent beside those every request has; a POST's `Content-Type` is JSON unless named.
    package var headers: [Header]
    /// The JSON to send; empty for none.
    package var body: [UInt8]
    /// A file to send instead of ``body``, as the one part of a `multipart/form-data`.
    package var file: FormFile?
    /// The names of the response's headers that are wanted; no others are kept.
    package var wantedHeaders: [String]
    /// The longest the whole exchange may take.
    package var timeout: Duration
    /// The longest body accepted, in bytes.
    package var largestResponse: Int

    /// A request; 10 s and 8 MiB unless told otherwise.
    package init(
        method: Method, url: String, headers: [Header] = [], body: [UInt8] = [],
        file: FormFile? = nil, wantedHeaders: [String] = [], timeout: Duration = .seconds(10),
        largestResponse: Int = 8 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.file = file
        self.wantedHeaders = wantedHeaders
        self.timeout = timeout
        self.largestResponse = largestResponse
    }
}

/// A file as the one part of a `multipart/form-data` body.
package struct FormFile: Hashable, Sendable {
    /// Where the bytes are.
    package enum Content: Hashable, Sendable {
        case bytes([UInt8])
        /// A file on this machine, read while it is sent: never held in memory as a whole.
        case path(String)
    }

    /// The part's name.
    package var field: String
    /// What the receiver calls the file.
    package var filename: String
    /// Its media type.
    package var contentType: String
    /// How many bytes the content has.
    package var count: Int
    /// The bytes.
    package var content: Content

    /// A part of `count` bytes.
    package init(
        field: String, filename: String, contentType: String, count: Int, content: Content
    ) {
        self.field = field
        self.filename = filename
        self.contentType = contentType
        self.count = count
        self.content = content
    }

    /// The value of the part's `Content-Disposition`: names quoted as browsers do (HTML §4.10.21.8,
    /// multipart form data), with the `filelength` the platform's page shows.
    package var disposition: String {
        "form-data; name=\"\(Self.quotable(field))\"; filename=\"\(Self.quotable(filename))\"; "
            + "filelength=\(count)"
    }

    private static func quotable(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { quoted, scalar in
            switch scalar {
            case "\"": quoted += "%22"
            case "\r": quoted += "%0D"
            case "\n": quoted += "%0A"
            case "\0": break
            default: quoted.unicodeScalars.append(scalar)
            }
        }
    }
}

/// One HTTP response.
package struct HTTPResponse: Sendable {
    /// The status code.
    package var status: Int
    /// The headers the request wanted and the response has, under the names the request used.
    package var headers: [String: String]
    /// The whole body.
    package var body: [UInt8]

    /// A response.
    package init(status: Int, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// An exchange that brought no response.
package struct TransportError: Error, Hashable, Sendable {
    /// What a caller can act on.
    package enum Code: Hashable, Sendable {
        /// No connection was made: the request was certainly not carried out.
        case unreachable
        /// The connection broke or timed out: the request may have been carried out.
        case interrupted
        /// The response was larger than allowed.
        case tooLarge
        /// The client is shutting down.
        case shutDown
    }

    /// What a caller can act on.
    package var code: Code
    /// What happened, for the operator; holds no URL and no body.
    package var reason: String

    /// A failed exchange.
    package init(_ code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }
}
