import Foundation

/// Conversations that took place: a bot, its platform, and customers who write to it.
struct Traffic {
    let server: Server
    let simulator: Simulator
    let web: String

    /// Serves the rules at `rules` from `data/switchboard.db` on a simulator of its own while
    /// `talk` goes on; afterwards the database has all of it, and nothing runs any more.
    static func with(
        rules: String = "clean", in folder: String, _ talk: (Traffic) async throws -> Void
    ) async throws {
        let arguments = [
            "serve", "--rules", rules, "--simulator-port", "0", "--listen", "127.0.0.1:0",
        ]
        try await Server.running(arguments, in: folder) { server in
            let traffic = Traffic(
                server: server, simulator: Simulator(base: try await server.simulatorAddress),
                web: try await server.webAddress)
            try await eventually("the bot is ready") {
                try await Web.get("\(traffic.web)/readyz").status == 200 ? true : nil
            }
            try await talk(traffic)
            let status = try await server.process.terminate()
            guard status == 0 else {
                throw Server.EndedEarly(status: status, error: server.process.error)
            }
        }
    }

    /// A customer writes, and waits for an answer that has `answer` in it.
    ///
    /// - Returns: The message's id.
    @discardableResult
    func says(_ customer: String, _ words: String, hears answer: String) async throws -> String {
        try await act("customers/\(customer)/messages", ["text": words], customer, answer)
    }

    /// A customer taps the item of a menu that they were shown, by its label.
    func taps(_ customer: String, _ label: String, hears answer: String) async throws {
        let id = try await eventually("\(customer) is shown '\(label)'") {
            try await lines(with: customer).flatMap { $0.clicks ?? [] }.last { $0.label == label }?
                .id
        }
        try await act("customers/\(customer)/messages", ["click": id], customer, answer)
    }

    /// Anything that the platform's people do, with the answer that the customer gets to it.
    @discardableResult
    func act(
        _ path: String, _ body: [String: String], _ customer: String, _ answer: String
    ) async throws -> String {
        let before = try await lines(with: customer).count
        let id = try await act(path, body)
        try await eventually("'\(answer)' is shown to \(customer)") {
            try await lines(with: customer).dropFirst(before)
                .contains { $0.who == "api" && $0.text?.contains(answer) == true } ? true : nil
        }
        return id
    }

    /// Anything that the platform's people do; the id of what it put into the account's log.
    @discardableResult
    func act(_ path: String, _ body: [String: String]) async throws -> String {
        struct Row: Decodable { var msgid: String }
        let reply = try await Web.post("\(simulator.base)/simulator/\(path)", body)
        guard reply.status == 200 else { throw Simulator.Refused(text: reply.text) }
        return try JSONDecoder().decode(Row.self, from: Data(reply.text.utf8)).msgid
    }

    /// Waits until the running bot decides by this version.
    func decides(_ version: String) async throws {
        try await eventually("version \(version) decides") {
            let reply = try await Web.get("\(web)/readyz")
            return reply.status == 200 && reply.text.contains(version) ? true : nil
        }
    }

    /// Waits until the log has these words once more than before `act`.
    func logs(_ words: String, after act: () async throws -> Void) async throws {
        func count() -> Int { server.process.error.components(separatedBy: words).count }
        let before = count()
        try await act()
        try await eventually("the log says '\(words)'") { count() > before ? true : nil }
    }

    /// What the platform's log has of one customer.
    func lines(with customer: String) async throws -> [Line] {
        struct Page: Decodable {
            struct Conversation: Decodable { var timeline: [Line] }
            var conversations: [Conversation]
        }
        let url = "\(simulator.base)/simulator/conversations?customer=\(customer)"
        let reply = try await Web.get(url)
        let page = try JSONDecoder().decode(Page.self, from: Data(reply.text.utf8))
        return page.conversations.flatMap(\.timeline)
    }

    struct Line: Decodable {
        struct Click: Decodable {
            var id: String
            var label: String
        }
        var who: String
        var text: String?
        var clicks: [Click]?
    }
}

extension Run {
    /// Everything it wrote, for a comment on what was expected.
    var all: String { "[\(status)] \(output)\n\(error)" }

    /// The version a `publish` says it published.
    var published: String? {
        output.firstMatch(of: /published ([A-Za-z0-9]+),/).map { String($0.1) }
    }
}

/// Files of a test's own.
enum Files {
    static func write(_ text: String, to path: String, in folder: String) throws {
        try write(Data(text.utf8), to: path, in: folder)
    }

    static func write(_ data: Data, to path: String, in folder: String) throws {
        let url = URL(fileURLWithPath: folder).appending(path: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    static func data(_ path: String, in folder: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder).appending(path: path))
    }
}
