import Boundary
import ChatModel
import Foundation
import RuleFiles

/// The simulator's control API, as the demo and the chat use it: play a customer, play a servicer,
/// look at the conversation.
struct SimulatorControl: Sendable {
    /// One line of a conversation's timeline, as the simulator tells it.
    struct Line: Decodable, Hashable, Sendable {
        struct Click: Decodable, Hashable, Sendable {
            var id: String
            var label: String
        }

        /// Milliseconds since the epoch.
        var at: Int64
        /// `customer`, `servicer`, `api`, `event`, or who moved the session.
        var who: String
        var msgid: String?
        var type: String?
        var text: String?
        var code: String?
        var state: Int?
        var servicer: String?
        var clicks: [Click]?
    }

    /// A conversation as it stands.
    struct Conversation: Decodable, Sendable {
        var state: Int
        var servicer: String?
        var budget_left: Int
        var timeline: [Line]?
    }

    /// A code the simulator handed out.
    struct Code: Decodable, Sendable {
        var code: String
        var purpose: String
        var customer: String
        var slack_milliseconds: Int?
    }

    /// How many calls were refused, by mark.
    struct Refusals: Decodable, Sendable {
        var `repeat`: Int
        var raced: Int
        var illegal: Int
        var limited: Int
    }

    /// Why the simulator would not do it.
    private struct Complaint: Decodable {
        var error: String
        var hint: String?

        /// The simulator speaks English; what a person at a chat runs into is said in Chinese, too.
        var problem: Bilingual {
            Bilingual(en: error, zh: inChinese ?? "模拟平台不让这样做：\(error)")
        }

        var cure: Bilingual? {
            hint.map {
                Bilingual(
                    en: $0, zh: error.hasPrefix("no bot follows") ? "用 clock: simulator 启动机器人" : $0)
            }
        }

        private var inChinese: String? {
            if error.hasPrefix("no bot follows") { return "没有机器人跟着模拟平台的时钟走" }
            if error.contains(" never met ") { return "客户还没有说过话，也没有打开过聊天窗口" }
            if error == "the session is with no servicer" { return "会话没有转人工，没有人在接待" }
            if let match = error.wholeMatch(of: /the account has no servicer (.+)/) {
                return "没有接待人员「\(match.1)」"
            }
            if let match = error.wholeMatch(of: /the session is (.+)'s/) {
                return "会话现在归 \(match.1) 接待"
            }
            return nil
        }
    }

    let base: String
    let transport: any HTTPTransport

    // MARK: Acts

    @discardableResult
    func act(_ path: String, _ details: [String: String]) async throws -> MsgID {
        struct Reply: Decodable { var msgid: String }
        let body = Array(try JSONEncoder().encode(details))
        let reply: Reply = try await call(.post, path, body: body)
        return MsgID(reply.msgid)
    }

    func enter(_ customer: ExternalUserID, scene: String?) async throws {
        try await act("customers/\(customer)/enter", scene.map { ["scene": $0] } ?? [:])
    }

    @discardableResult
    func write(_ customer: ExternalUserID, _ text: String) async throws -> MsgID {
        try await act("customers/\(customer)/messages", ["text": text])
    }

    @discardableResult
    func click(_ customer: ExternalUserID, item: String) async throws -> MsgID {
        try await act("customers/\(customer)/messages", ["click": item])
    }

    func servicer(
        _ servicer: ServicerID, _ what: String, _ customer: ExternalUserID,
        _ details: [String: String] = [:]
    ) async throws {
        try await act(
            "servicers/\(servicer)/\(what)",
            details.merging(["customer": customer.rawValue]) { own, _ in own })
    }

    /// Lets time pass; refused unless a bot follows the simulator's clock.
    func advance(seconds: Int) async throws {
        struct Reply: Decodable { var ahead_milliseconds: Int64 }
        let body = Array("{\"advance_seconds\":\(seconds)}".utf8)
        let _: Reply = try await call(.post, "clock", body: body)
    }

    /// Lets time pass until `moment`; refused for a moment that is over.
    func advance(to moment: Timestamp) async throws {
        struct Reply: Decodable { var now_milliseconds: Int64 }
        let clock: Reply = try await call(.get, "clock")
        let seconds = (moment.milliseconds - clock.now_milliseconds + 999) / 1000
        guard seconds >= 0 else {
            throw CommandFailure(
                .usage,
                Bilingual(
                    en: "that moment is over, and time runs forward only",
                    zh: "那个时刻已经过去，时间只能往前走"),
                cure: Bilingual(
                    en: "name a later one; 'explain --at' and tests go to any",
                    zh: "写一个更晚的；explain --at 和测试可以去任何时刻"))
        }
        // The bot has to follow the clock before it may be moved.
        for _ in 0..<50 where seconds > 0 {
            do { return try await advance(seconds: Int(seconds)) } catch let failure
                as CommandFailure
            {
                guard failure.message.en.contains("no bot follows") else { throw failure }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        if seconds > 0 { try await advance(seconds: Int(seconds)) }
    }

    // MARK: Views

    /// The conversation with its timeline; `nil` before the two met.
    func conversation(with customer: ExternalUserID) async throws -> Conversation? {
        struct Reply: Decodable { var conversations: [Conversation] }
        let reply: Reply = try await call(.get, "conversations?customer=\(customer)")
        return reply.conversations.first
    }

    /// The codes handed out for a customer, oldest first.
    func codes(of customer: ExternalUserID) async throws -> [Code] {
        struct Reply: Decodable { var codes: [Code] }
        let reply: Reply = try await call(.get, "codes")
        return reply.codes.filter { $0.customer == customer.rawValue }
    }

    func refusals() async throws -> Refusals {
        struct Reply: Decodable { var refusals: Refusals }
        let reply: Reply = try await call(.get, "summary")
        return reply.refusals
    }

    private func call<Reply: Decodable>(
        _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = []
    ) async throws -> Reply {
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.response(
                to: HTTPRequest(
                    method: method, url: "\(base)/simulator/\(path)", body: body,
                    timeout: .seconds(5)))
        } catch {
            throw CommandFailure(
                .platform,
                Bilingual(
                    en: "the simulator at \(base) does not answer: \(error.reason)",
                    zh: "模拟平台 \(base) 没有回应：\(error.reason)"),
                cure: Bilingual(
                    en: "start 'switchboard serve' or 'switchboard demo', or name it with "
                        + "--simulator",
                    zh: "先运行 switchboard serve 或 switchboard demo，或用 --simulator 写它的地址；"
                        + "只想试规则：switchboard chat --rules rules/"))
        }
        guard response.status == 200 else {
            let refusal = try? JSONDecoder().decode(Complaint.self, from: Data(response.body))
            throw CommandFailure(
                .platform,
                refusal?.problem
                    ?? Bilingual(
                        en: "the simulator answered \(response.status)",
                        zh: "模拟平台回了 \(response.status)"),
                cure: refusal?.cure)
        }
        return try JSONDecoder().decode(Reply.self, from: Data(response.body))
    }
}
