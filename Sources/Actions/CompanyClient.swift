package import Boundary
import ChatModel
import Foundation

/// Where an operation of a company's own system is, and how it is asked.
package struct CompanyEndpoint: Sendable {
    /// How: parameters go as a JSON object in a POST's body, or in a GET's query.
    package var method: HTTPRequest.Method
    /// Scheme, host and path, perhaps with a query; without a fragment.
    package var url: String
    /// The header that holds the secret, if there is one.
    package var secret: HTTPRequest.Header?
    /// The names that lead to the part of the answer that is meant; empty for all of it.
    package var answer: [String]
    /// How often it is tried at most, 1 or more.
    package var tries: Int

    /// An operation's place.
    package init(
        method: HTTPRequest.Method, url: String, secret: HTTPRequest.Header?, answer: [String],
        tries: Int
    ) {
        self.method = method
        self.url = url
        self.secret = secret
        self.answer = answer
        self.tries = tries
    }
}

/// A client of the company's own systems: JSON over HTTP.
package struct CompanyClient: Sendable {
    /// The longest answer accepted, in bytes.
    static let largestAnswer = 256 << 10
    /// The name of the header that is the same for every try of a call.
    static let keyHeader = "Idempotency-Key"

    private let endpoints: [CompanyOperation: CompanyEndpoint]
    private let transport: any HTTPTransport

    /// A client; no request is made before the first one asked for.
    ///
    /// - Parameters:
    ///   - endpoints: The operations there are.
    ///   - transport: Performs the requests. Their headers hold secrets.
    package init(
        endpoints: [CompanyOperation: CompanyEndpoint], transport: any HTTPTransport
    ) {
        self.endpoints = endpoints
        self.transport = transport
    }

    /// The operations, as the engine knows them.
    package var api: CompanyAPI {
        CompanyAPI(tries: endpoints.mapValues(\.tries)) { (request) throws(CompanyFailure) in
            try await answer(to: request)
        }
    }

    /// Off the caller's actor: a large answer takes milliseconds to read.
    @concurrent private func answer(
        to request: CompanyRequest
    ) async throws(CompanyFailure) -> [String: String] {
        guard let endpoint = endpoints[request.operation] else { throw .notConfigured }
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.response(to: Self.http(request, endpoint))
        } catch {
            throw CompanyFailure(error)
        }
        guard (200..<300).contains(response.status) else {
            // 429: too many requests.
            throw CompanyFailure(
                "http_\(response.status)",
                isTrouble: response.status >= 500 || response.status == 429,
                detail: "answered with HTTP status \(response.status)")
        }
        return try JSONFields.fields(of: response.body, at: endpoint.answer)
    }

    private static func http(
        _ request: CompanyRequest, _ endpoint: CompanyEndpoint
    ) -> HTTPRequest {
        var headers = [HTTPRequest.Header(name: keyHeader, value: request.idempotencyKey)]
        headers.append(HTTPRequest.Header(name: "Accept", value: "application/json"))
        if let secret = endpoint.secret { headers.append(secret) }
        var (url, body) = (endpoint.url, [UInt8]())
        switch endpoint.method {
        case .get:
            let query = request.parameters.map { "\(escaped($0.name))=\(escaped($0.value))" }
            if !query.isEmpty {
                url += (url.contains("?") ? "&" : "?") + query.joined(separator: "&")
            }
        case .post: body = json(request.parameters)
        }
        return HTTPRequest(
            method: endpoint.method, url: url, headers: headers, body: body,
            timeout: request.timeout, largestResponse: largestAnswer)
    }

    /// An object in the parameters' order, which Foundation's own writers don't keep.
    private static func json(_ parameters: [CompanyCall.Parameter]) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        func string(_ text: String) -> String {
            // A string can always be encoded.
            (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
        }
        let members = parameters.map { "\(string($0.name)):\(string($0.value))" }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    // RFC 3986, unreserved.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

extension CompanyFailure {
    fileprivate init(_ error: TransportError) {
        switch error.code {
        case .unreachable: self.init("unreachable", isTrouble: true, detail: error.reason)
        case .interrupted: self.init("interrupted", isTrouble: true, detail: error.reason)
        case .tooLarge: self.init("too_large", isTrouble: false, detail: error.reason)
        case .shutDown: self.init("shut_down", isTrouble: true, detail: error.reason)
        }
    }
}
