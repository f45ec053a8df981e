import Boundary
import CurlTransport
import Foundation

/// The simulator's control API, as this test uses it.
struct PlatformControl: Sendable {
    struct Conversation: Decodable, Sendable {
        var customer: String
        var state: Int
        var sends: Int
        var timeline: [Line]?
    }

    /// One line of a conversation; `who` is `api` for what the bot said.
    struct Line: Decodable, Sendable {
        var at: Int64
        var who: String
        var msgid: String?
        var text: String?
        var code: String?
        var state: Int?
    }

    struct Code: Decodable, Sendable {
        var code: String
        var purpose: String
        var customer: String
        var used_at: Int64?
    }

    /// A line of the book: a call and what became of it.
    struct Call: Decodable, Sendable {
        var number: Int
        var at: Int64
        var endpoint: String
        var customer: String?
        var msgid: String?
        var summary: String
        var errcode: Int
        var mark: String?
    }

    struct Summary: Decodable, Sendable {
        struct Refusals: Decodable, Sendable { var `repeat`, raced, illegal, limited: Int }
        var customer_messages: Int
        var unanswered: Int
        var refusals: Refusals
    }

    struct Message: Decodable, Sendable {
        var customer: String
        var msgid: String
        var state: Int
    }

    private static let longestList = 10_000

    let base: String
    let transport: CurlTransport

    // MARK: Acts

    func enter(_ customer: String) async throws {
        try await post("customers/\(customer)/enter", [String: String]())
    }

    func write(_ customer: String, _ text: String) async throws {
        try await post("customers/\(customer)/messages", ["text": text])
    }

    func servicer(
        _ servicer: String, _ what: String, _ customer: String, text: String? = nil
    ) async throws {
        var details = ["customer": customer]
        details["text"] = text
        try await post("servicers/\(servicer)/\(what)", details)
    }

    /// Where callbacks go; nowhere with `nil`.
    func sendCallbacks(to url: String?) async throws {
        var details = [
            "app": Stage.app, "token": Stage.token, "encoding_aes_key": Stage.aesKey,
        ]
        details["url"] = url
        try await post("callback-target", details)
    }

    /// Makes the platform answer every call so much later.
    func delayAnswers(milliseconds: Int, of endpoint: String = "send_msg") async throws {
        struct Order: Encodable {
            let delay_milliseconds: Int
            let endpoint: String
        }
        try await post("answers", Order(delay_milliseconds: milliseconds, endpoint: endpoint))
    }

    // MARK: Views

    func conversations() async throws -> [Conversation] {
        struct Reply: Decodable { var conversations: [Conversation] }
        let reply: Reply = try await get("conversations?limit=\(Self.longestList)")
        return reply.conversations
    }

    func timeline(of customer: String) async throws -> [Line] {
        struct Reply: Decodable { var conversations: [Conversation] }
        let reply: Reply = try await get("conversations?customer=\(customer)")
        return reply.conversations.first?.timeline ?? []
    }

    func codes() async throws -> [Code] {
        struct Reply: Decodable {
            var total: Int
            var codes: [Code]
        }
        let reply: Reply = try await get("codes?limit=\(Self.longestList)")
        guard reply.codes.count == reply.total else { throw CrashTestError("too many codes") }
        return reply.codes
    }

    func summary() async throws -> Summary { try await get("summary") }

    func unanswered() async throws -> [Message] {
        struct Reply: Decodable { var messages: [Message] }
        let reply: Reply = try await get("unanswered")
        return reply.messages
    }

    /// All calls of an endpoint, or all with a mark.
    func book(_ filter: String) async throws -> [Call] {
        struct Reply: Decodable { var entries: [Call] }
        var calls: [Call] = []
        while true {
            let since = calls.last.map { $0.number + 1 } ?? 0
            let reply: Reply = try await get(
                "book?\(filter)&since=\(since)&limit=\(Self.longestList)")
            calls += reply.entries
            if reply.entries.count < Self.longestList { return calls }
        }
    }

    // MARK: Calls

    private func post(_ path: String, _ details: some Encodable) async throws {
        _ = try await call(.post, path, Array(try JSONEncoder().encode(details)))
    }

    private func get<Reply: Decodable>(_ path: String) async throws -> Reply {
        try JSONDecoder().decode(Reply.self, from: Data(try await call(.get, path, [])))
    }

    private func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]
    ) async throws -> [UInt8] {
        let response = try await transport.response(
            to: HTTPRequest(
                method: method, url: "\(base)/simulator/\(path)", body: body,
                timeout: .seconds(20), largestResponse: 32 << 20))
        guard response.status == 200 else {
            throw CrashTestError(
                "\(path): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
        }
        return response.body
    }
}
