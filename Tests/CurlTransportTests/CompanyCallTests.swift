import Actions
import Boundary
import ChatModel
import CurlTransport
import Foundation
import Routing
import Testing

/// Calls to a company's own system over real sockets.
@Suite struct CompanyCallTests {
    private static let operation = CompanyOperation(service: "订单系统", name: "查询")
    private let transport = CurlTransportTests.client()

    private func answer(
        of server: LocalServer, _ path: String = "/orders", _ method: HTTPRequest.Method = .post,
        answer: [String] = [], secret: HTTPRequest.Header? = nil,
        _ parameters: [(String, String)] = [], timeout: Duration = .seconds(20)
    ) async -> Result<[String: String], CompanyFailure> {
        let client = CompanyClient(
            endpoints: [
                Self.operation: CompanyEndpoint(
                    method: method, url: server.url + path, secret: secret, answer: answer,
                    tries: 1)
            ], transport: transport)
        do throws(CompanyFailure) {
            return .success(
                try await client.api.answer(
                    CompanyRequest(
                        operation: Self.operation,
                        parameters: parameters.map { CompanyCall.Parameter(name: $0, value: $1) },
                        idempotencyKey: "key-1", timeout: timeout)))
        } catch {
            return .failure(error)
        }
    }

    private func why(_ result: Result<[String: String], CompanyFailure>) -> String? {
        if case .failure(let failure) = result { failure.why } else { nil }
    }

    @Test func aPostSendsJSONWithItsKeyAndSecret() async throws {
        let server = try LocalServer { _ in
            .ok(Array(#"{"data": {"状态": "已发货", "运费": 12.00}}"#.utf8))
        }
        defer { server.stop() }
        let result = await answer(
            of: server, answer: ["data"],
            secret: HTTPRequest.Header(name: "Authorization", value: "Bearer s3cret"),
            [("id", "42"), ("备注", "他说\"好\"\n/end")])
        #expect(result == .success(["状态": "已发货", "运费": "12.00"]))
        let request = try #require(server.requests.first)
        #expect(request.head.hasPrefix("POST /orders HTTP/1.1\r\n"))
        for line in [
            "Idempotency-Key: key-1", "Authorization: Bearer s3cret",
            "Content-Type: application/json", "Accept: application/json",
        ] {
            #expect(request.head.split(separator: "\r\n").filter { $0 == line }.count == 1)
        }
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"id":"42","备注":"他说\"好\"\n/end"}"#)
    }

    @Test func aGetPutsItsParametersInTheQuery() async throws {
        let server = try LocalServer { _ in .ok(Array("{}".utf8)) }
        defer { server.stop() }
        let parameters = [("id", "4 2&x=1"), ("词", "你好#?")]
        #expect(await answer(of: server, "/a", .get, parameters) == .success([:]))
        #expect(await answer(of: server, "/a?key=1", .get, parameters) == .success([:]))
        #expect(await answer(of: server, "/a", .get, []) == .success([:]))
        let query = "id=4%202%26x%3D1&%E8%AF%8D=%E4%BD%A0%E5%A5%BD%23%3F"
        #expect(
            server.requests.map { $0.head.prefix { $0 != "\r\n" } } == [
                "GET /a?\(query) HTTP/1.1", "GET /a?key=1&\(query) HTTP/1.1", "GET /a HTTP/1.1",
            ])
        #expect(server.requests.allSatisfy { $0.head.contains("\r\nIdempotency-Key: key-1") })
    }

    /// A connection is used again, but nothing of the request before.
    @Test func headersStayWithTheirRequest() async throws {
        let server = try LocalServer { _ in .ok([]) }
        defer { server.stop() }
        let secret = HTTPRequest.Header(name: "X-Api-Key", value: "s3cret")
        #expect(await answer(of: server, secret: secret) == .success([:]))
        #expect(await answer(of: server, "/a", .get, secret: secret) == .success([:]))
        _ = try await transport.get(server.url)
        _ = try await transport.response(
            to: HTTPRequest(
                method: .post, url: server.url,
                headers: [HTTPRequest.Header(name: "X-Empty", value: "")]))
        let heads = server.requests.map(\.head)
        #expect(heads.map { $0.contains("X-Api-Key: s3cret") } == [true, true, false, false])
        #expect(heads[3].contains("X-Empty:"))
        #expect(heads.map { $0.contains("Idempotency-Key") } == [true, true, false, false])
        #expect(server.connections == 1)
    }

    @Test(arguments: [
        HTTPRequest.Header(name: "X-A", value: "a\r\nX-B: b"),
        HTTPRequest.Header(name: "X-A\n", value: "a"), HTTPRequest.Header(name: "", value: "a"),
        HTTPRequest.Header(name: "X A", value: "a"), HTTPRequest.Header(name: "X-A", value: "\0"),
    ])
    func aHeaderThatWouldBeTwoIsNotSent(_ header: HTTPRequest.Header) async throws {
        let server = try LocalServer { _ in .ok([]) }
        defer { server.stop() }
        #expect(!header.isSendable)
        #expect(why(await answer(of: server, secret: header)) == "unreachable")
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [
        (500, "http_500", true), (503, "http_503", true), (429, "http_429", true),
        (404, "http_404", false), (401, "http_401", false), (302, "http_302", false),
    ])
    func aRefusalHasItsStatus(status: Int, why: String, isTrouble: Bool) async throws {
        let server = try LocalServer { _ in .ok(Array(#"{"secret": 1}"#.utf8), status: status) }
        defer { server.stop() }
        guard case .failure(let failure) = await answer(of: server) else {
            Issue.record("there is an answer")
            return
        }
        #expect(failure.why == why)
        #expect(failure.isTrouble == isTrouble)
    }

    @Test func anAnswerThatIsTooLargeIsRefused() async throws {
        let body = Array(#"{"a": "\#(String(repeating: "x", count: 256 << 10))"}"#.utf8)
        let server = try LocalServer { _ in .ok(body) }
        defer { server.stop() }
        #expect(why(await answer(of: server)) == "too_large")
    }

    @Test func whatIsNotAnAnswerIsRefused() async throws {
        let server = try LocalServer { _ in .ok(Array("<html>暗号</html>".utf8)) }
        defer { server.stop() }
        guard case .failure(let failure) = await answer(of: server) else {
            Issue.record("there is an answer")
            return
        }
        #expect(failure.why == "not_json")
        #expect(!failure.isTrouble)
        #expect(!"\(failure)".contains("暗号"))
    }

    @Test func troubleWithTheConnectionIsTrouble() async throws {
        let silent = try LocalServer { _ in .silence }
        defer { silent.stop() }
        let late = await answer(of: silent, timeout: .milliseconds(100))
        #expect(
            late
                == .failure(
                    CompanyFailure(
                        "interrupted", isTrouble: true, detail: "Timeout was reached (curl 28)")))

        let closed = try LocalServer { _ in .reset("") }
        #expect(why(await answer(of: closed)) == "interrupted")
        closed.stop()
    }

    /// The performer against a system that takes requests and never answers: other systems'
    /// calls go through meanwhile, and the broken-off ones free their connections.
    @Test func aSilentSystemHoldsUpNoOther() async throws {
        let silent = try LocalServer { _ in .silence }
        let quick = try LocalServer { _ in .ok(Array(#"{"ok": true}"#.utf8)) }
        defer {
            silent.stop()
            quick.stop()
        }
        func endpoint(_ server: LocalServer) -> CompanyEndpoint {
            CompanyEndpoint(method: .post, url: server.url, secret: nil, answer: [], tries: 1)
        }
        let client = CompanyClient(
            endpoints: [
                CompanyOperation(service: "silent", name: "ask"): endpoint(silent),
                CompanyOperation(service: "quick", name: "ask"): endpoint(quick),
            ], transport: transport)
        let (outcomes, outcome) = AsyncStream<CompletedAction>.makeStream()
        let performer = CallPerformer(
            api: client.api, environment: .wallClock,
            sink: CallSink(completed: { outcome.yield($0) }, failed: { _, _ in }, rests: { _ in }))
        await withTaskGroup { group in
            group.addTask { await performer.run() }
            await performer.enqueue((0..<9).map { .call(to: "silent", "s\($0)") })
            await performer.enqueue((0..<50).map { .call(to: "quick", "q\($0)") })
            var answered = 0
            for await completed in outcomes {
                #expect(completed.outcome == .answered(.fields(["ok": "true"])))
                answered += 1
                if answered == 50 { break }
            }
            #expect(await performer.count == 9)
            await performer.cancel(
                (0..<9).map { ConversationID(account: "wk1", customer: ExternalUserID("s\($0)")) })
            var ended = 0
            for await _ in silent.endedConnections {
                ended += 1
                if ended == silent.connections { break }
            }
            #expect(silent.connections == 8)
            await performer.stop()
        }
    }
}

extension Environment {
    /// This machine's clock; the hash is the text itself.
    fileprivate static let wallClock = Environment(
        now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
        random: { 0 }, sleep: { try? await Task.sleep(for: $0) },
        shortHash: { String(decoding: $0, as: UTF8.self).filter { $0 != "\0" } })
}

extension OutboxEntry {
    /// A call decided now, with an hour's time.
    fileprivate static func call(to service: String, _ customer: String) -> OutboxEntry {
        let now = Environment.wallClock.now()
        return OutboxEntry(
            id: ActionID(cause: .inbound(MsgID("m-\(customer)")), ordinal: 0),
            conversation: ConversationID(account: "wk1", customer: ExternalUserID(customer)),
            action: .call(
                CompanyCall(
                    service: service, operation: "ask", parameters: [], timeout: .seconds(3600))),
            decidedAt: now, deadline: now + OutboxEntry.softTarget, expires: false, reason: "test")
    }
}
