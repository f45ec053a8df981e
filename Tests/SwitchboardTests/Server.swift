import Foundation
import FoundationNetworking

/// A `switchboard serve` or `simulate` that runs beside the test.
final class Server {
    let process: Started

    private init(_ process: Started) { self.process = process }

    /// Starts `switchboard` with `arguments` in `folder`, and ends it when `body` is through.
    static func running<Value>(
        _ arguments: [String], in folder: String, environment: [String: String] = [:],
        _ body: (Server) async throws -> Value
    ) async throws -> Value {
        let server = Server(
            try Started(
                Binary.path, arguments, in: folder,
                environment: Binary.environment(in: folder).merging(environment) { $1 }))
        defer { server.process.kill() }
        return try await body(server)
    }

    /// What it says after `words` on standard output, once it does: an address.
    func address(after words: String) async throws -> String {
        try await eventually("it says '\(words)…'; it said: \(process.error)") {
            if let status = process.status {
                throw EndedEarly(status: status, error: process.error)
            }
            return process.output.split(separator: "\n").first { $0.hasPrefix(words) }
                .map { String($0.dropFirst(words.count)) }
        }
    }

    var webAddress: String {
        get async throws { try await address(after: "switchboard is listening on ") }
    }

    var simulatorAddress: String {
        get async throws { try await address(after: "the simulated platform is at ") }
    }

    struct EndedEarly: Error, CustomStringConvertible {
        let status: Int32
        let error: String
        var description: String { "it ended with \(status): \(error)" }
    }
}

/// Asking over HTTP.
enum Web {
    struct Reply {
        var status: Int
        var text: String
    }

    static func get(_ url: String) async throws -> Reply { try await send("GET", url) }

    @discardableResult
    static func post(_ url: String, _ body: [String: String]) async throws -> Reply {
        try await post(url, data: try JSONEncoder().encode(body))
    }

    @discardableResult
    static func post(_ url: String, data: Data) async throws -> Reply {
        try await send("POST", url, data)
    }

    private static func send(_ method: String, _ url: String, _ body: Data? = nil) async throws
        -> Reply
    {
        var request = URLRequest(url: try address(url), timeoutInterval: 20)
        request.httpMethod = method
        request.httpBody = body
        let (data, response) = try await session.data(for: request)
        return Reply(
            status: (response as? HTTPURLResponse)?.statusCode ?? 0,
            text: String(decoding: data, as: UTF8.self))
    }

    private static func address(_ text: String) throws -> URL {
        guard let url = URL(string: text) else { throw URLError(.badURL) }
        return url
    }

    private static let session = URLSession(configuration: .ephemeral)
}

/// The simulator's control API.
struct Simulator {
    let base: String

    func act(_ path: String, _ body: [String: String]) async throws {
        let reply = try await Web.post("\(base)/simulator/\(path)", body)
        guard reply.status == 200 else { throw Refused(text: reply.text) }
    }

    func write(_ customer: String, _ text: String) async throws {
        try await act("customers/\(customer)/messages", ["text": text])
    }

    /// Has the next calls on an endpoint refused with `code`; it is named as in the book.
    func fail(_ endpoint: String, with code: Int, count: Int) async throws {
        let fault = #"{"endpoint":"\#(endpoint)","count":\#(count),"errcode":\#(code)}"#
        let reply = try await Web.post("\(base)/simulator/inject", data: Data(fault.utf8))
        guard reply.status == 200 else { throw Refused(text: reply.text) }
    }

    /// Loses the answers of the next calls on an endpoint that are carried out.
    func lose(_ endpoint: String, count: Int) async throws {
        let plan =
            #"{"calls":[{"fault":"lost_answer","endpoint":"\#(endpoint)","count":\#(count)}]}"#
        let reply = try await Web.post("\(base)/simulator/faults", data: Data(plan.utf8))
        guard reply.status == 200 else { throw Refused(text: reply.text) }
    }

    /// How often an endpoint was called.
    func count(of endpoint: String) async throws -> Int {
        struct Book: Decodable {
            struct Entry: Decodable { var number: Int }
            var entries: [Entry]
        }
        let reply = try await Web.get("\(base)/simulator/book?endpoint=\(endpoint)")
        return try JSONDecoder().decode(Book.self, from: Data(reply.text.utf8)).entries.count
    }

    /// What the customer was shown by the bot.
    func answers(to customer: String) async throws -> [String] {
        struct Page: Decodable {
            struct Conversation: Decodable { var timeline: [Line] }
            struct Line: Decodable {
                var who: String
                var text: String?
            }
            var conversations: [Conversation]
        }
        let reply = try await Web.get("\(base)/simulator/conversations?customer=\(customer)")
        let page = try JSONDecoder().decode(Page.self, from: Data(reply.text.utf8))
        return page.conversations.flatMap(\.timeline).filter { $0.who == "api" }
            .compactMap(\.text)
    }

    func shows(_ words: String, to customer: String) async throws {
        try await eventually("'\(words)' is shown to \(customer)") {
            try await answers(to: customer).contains { $0.contains(words) } ? true : nil
        }
    }

    struct Refused: Error { let text: String }
}
