import Boundary
import CurlTransport
import Foundation
import Synchronization
import Testing

/// The client against a server that answers well and badly, over real sockets.
@Suite struct CurlTransportTests {
    /// A client that ignores the machine's proxy.
    static func client(_ change: (inout CurlTransport.Options) -> Void = { _ in }) -> CurlTransport
    {
        var options = CurlTransport.Options()
        options.usesProxyOfEnvironment = false
        change(&options)
        return CurlTransport(options: options)
    }

    let client = Self.client()

    func failure(
        _ request: HTTPRequest, of client: CurlTransport? = nil
    ) async -> TransportError? {
        do throws(TransportError) {
            _ = try await (client ?? self.client).response(to: request)
            return nil
        } catch {
            return error
        }
    }

    // MARK: - Answers

    @Test func postsAndReadsBodies() async throws {
        let server = try LocalServer { .ok(Array("got ".utf8) + $0.body, status: 201) }
        defer { server.stop() }
        let bodies = ["", "{}", "密文测试", String(repeating: "x", count: 2 << 20)]
        for body in bodies {
            let response = try await client.response(
                to: HTTPRequest(method: .post, url: server.url + "/a?b=c", body: Array(body.utf8)))
            #expect(response.status == 201)
            #expect(response.body == Array("got \(body)".utf8))
        }
        for request in server.requests {
            #expect(request.head.hasPrefix("POST /a?b=c HTTP/1.1"))
            #expect(request.head.contains("Content-Type: application/json"))
            #expect(!request.head.contains("Expect"))
        }
        #expect(server.requests.count == bodies.count)
    }

    @Test func gets() async throws {
        let server = try LocalServer { .ok(Array($0.head.prefix(3).utf8) + $0.body) }
        defer { server.stop() }
        // A pooled handle turns from POST to GET and back without a trace.
        for _ in 0..<2 {
            let got = try await client.get(server.url)
            #expect((got.status, got.body) == (200, Array("GET".utf8)))
            let posted = try await client.response(
                to: HTTPRequest(method: .post, url: server.url, body: [33]))
            #expect(posted.body == Array("POS!".utf8))
        }
        let head = try #require(server.requests.first?.head)
        #expect(!head.contains("Content-Type"))
        #expect(!head.contains("Content-Length"))
    }

    @Test(arguments: [204, 302, 404, 500]) func everyStatusIsAResponse(_ status: Int) async throws {
        let server = try LocalServer { _ in
            .ok([], status: status, headers: "Location: http://127.0.0.1:1/elsewhere\r\n")
        }
        defer { server.stop() }
        #expect(try await client.get(server.url).status == status)
        #expect(server.requests.count == 1)
    }

    @Test func readsChunksAndBodiesWithoutLength() async throws {
        let server = try LocalServer { request in
            request.head.contains("/chunked")
                ? .raw(
                    "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                : .raw("HTTP/1.1 200 X\r\nConnection: close\r\n\r\nabcde")
        }
        defer { server.stop() }
        #expect(try await client.get(server.url + "/chunked").body == Array("abcde".utf8))
        #expect(try await client.get(server.url).body == Array("abcde".utf8))
    }

    // MARK: - Connections

    @Test func keepsConnectionsAlive() async throws {
        let server = try LocalServer { .ok($0.body) }
        defer { server.stop() }
        for value in 0..<50 {
            let response = try await client.response(
                to: HTTPRequest(method: .post, url: server.url, body: [UInt8(value)]))
            #expect(response.body == [UInt8(value)])
        }
        #expect(server.connections == 1)
    }

    @Test func carriesManyAtOnce() async throws {
        let server = try LocalServer { .ok($0.body) }
        defer { server.stop() }
        let client = Self.client { $0.connections = 16 }
        let url = server.url
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for value in 0..<640 {
                group.addTask {
                    let response = try await client.response(
                        to: HTTPRequest(method: .post, url: url, body: Array("\(value)".utf8)))
                    return Int(String(decoding: response.body, as: UTF8.self)) ?? -1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 639 * 640 / 2)
        #expect(server.connections <= 16)
    }

    @Test func aConnectionTheServerClosedIsReplaced() async throws {
        let server = try LocalServer { _ in .raw("HTTP/1.1 200 X\r\nContent-Length: 1\r\n\r\na") }
        defer { server.stop() }
        var ended = server.endedConnections.makeAsyncIterator()
        for number in 0..<5 {
            #expect(try await client.get(server.url).body == [97])
            #expect(await ended.next() == number)
        }
        #expect(server.connections == 5)
    }

    /// A request that left and got no answer may have been carried out: it must not leave again.
    @Test(arguments: [HTTPRequest.Method.post, .get])
    func aRequestNeverLeavesTwice(_ method: HTTPRequest.Method) async throws {
        let server = try LocalServer { $0.head.contains("/die") ? .reset("") : .ok([]) }
        defer { server.stop() }
        _ = try await client.get(server.url)
        let error = await failure(
            HTTPRequest(
                method: method, url: server.url + "/die", body: Array("once".utf8),
                timeout: .seconds(60)))
        #expect(error?.code == .interrupted)
        #expect(server.requests.map(\.connection) == [0, 0])
        // Not "aborted by an application callback", which is how we forbade the second attempt.
        #expect(error?.reason == "the connection was closed (curl 42)")
        // The same handle and a new connection go on as if nothing had happened.
        #expect(try await client.get(server.url).status == 200)
    }

    // MARK: - Failures

    @Test func nobodyListens() async throws {
        let port = try LocalServer.closedPort()
        let error = await failure(
            HTTPRequest(method: .get, url: "http://127.0.0.1:\(port)/cgi-bin?access_token=SECRET77")
        )
        #expect(error?.code == .unreachable)
        #expect(error?.reason.contains("connect") == true)
        #expect(error?.reason.contains("SECRET77") == false)
    }

    @Test(arguments: [
        "http://nobody.invalid/?access_token=SECRET77", "file:///etc/passwd",
        "ftp://127.0.0.1/SECRET77", "gopher://127.0.0.1/", "http://", "", "not a url",
    ]) func addressesThatCannotBeReached(_ url: String) async {
        let error = await failure(HTTPRequest(method: .get, url: url, timeout: .seconds(5)))
        #expect(error?.code == .unreachable)
        #expect(error?.reason.contains("SECRET77") == false)
        #expect(error?.reason.contains("nobody") == false)
    }

    @Test func timesOutWhileWaitingForAnAnswer() async throws {
        let server = try LocalServer { _ in .silence }
        defer { server.stop() }
        let request = HTTPRequest(
            method: .post, url: server.url, body: [1], timeout: .seconds(2))
        #expect(await failure(request)?.code == .interrupted)
        #expect(server.requests.count == 1)
    }

    /// Behind a full set of connections nothing was sent, so it may be tried again.
    @Test func timesOutWhileWaitingForAConnection() async throws {
        let received = AsyncStream.makeStream(of: Void.self)
        let server = try LocalServer { _ in
            received.continuation.yield()
            return .silence
        }
        defer { server.stop() }
        let client = Self.client { $0.connections = 1 }
        async let first = failure(HTTPRequest(method: .get, url: server.url), of: client)
        for await _ in received.stream { break }
        let second = await failure(
            HTTPRequest(method: .get, url: server.url, timeout: .milliseconds(100)), of: client)
        #expect(second?.code == .unreachable)
        client.shutDown()
        #expect(await first?.code == .shutDown)
        #expect(server.requests.count == 1)
    }

    @Test func refusesLargeResponses() async throws {
        let server = try LocalServer { request in
            request.head.contains("/endless")
                ? .raw("HTTP/1.1 200 X\r\n\r\n" + String(repeating: "a", count: 200_000))
                : .ok([UInt8](repeating: 97, count: 1000))
        }
        defer { server.stop() }
        func request(_ path: String, _ limit: Int) -> HTTPRequest {
            HTTPRequest(method: .get, url: server.url + path, largestResponse: limit)
        }
        #expect(try await client.response(to: request("/", 1000)).body.count == 1000)
        #expect(await failure(request("/", 999))?.code == .tooLarge)
        #expect(await failure(request("/endless", 100_000))?.code == .tooLarge)
        #expect(await failure(request("/", 0))?.code == .tooLarge)
        #expect(try await client.response(to: request("/", 1000)).body.count == 1000)
    }

    @Test(arguments: [
        LocalServer.Reply.reset("HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nabc"),
        .raw("HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nabc"),
        .raw("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        .raw("HTTP/1.1 200"), .raw(""), .raw("\u{0}\u{1} no HTTP at all\r\n\r\n"),
    ]) func brokenAnswers(_ reply: LocalServer.Reply) async throws {
        let server = try LocalServer { _ in reply }
        defer { server.stop() }
        let error = await failure(HTTPRequest(method: .post, url: server.url, body: [1]))
        #expect(error?.code == .interrupted)
        #expect(server.requests.count == 1)
    }

    @Test func refusesMoreThanMayWait() async throws {
        let received = AsyncStream.makeStream(of: Void.self)
        let server = try LocalServer { _ in
            received.continuation.yield()
            return .silence
        }
        defer { server.stop() }
        let client = Self.client { $0.mostPending = 1 }
        async let first = failure(HTTPRequest(method: .get, url: server.url), of: client)
        for await _ in received.stream { break }
        let second = await failure(HTTPRequest(method: .get, url: server.url), of: client)
        #expect(second?.code == .unreachable)
        client.shutDown()
        #expect(await first?.code == .shutDown)
    }

    // MARK: - Endings

    @Test func cancellingTakesTheTransferBack() async throws {
        let received = AsyncStream.makeStream(of: Void.self)
        let server = try LocalServer { _ in
            received.continuation.yield()
            return .silence
        }
        defer { server.stop() }
        let request = HTTPRequest(method: .post, url: server.url, body: [1])
        let task = Task { await failure(request) }
        for await _ in received.stream { break }
        task.cancel()
        #expect(await task.value?.code == .interrupted)
        // The connection went with it.
        for await number in server.endedConnections {
            #expect(number == 0)
            break
        }
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try LocalServer { _ in .ok([]) }
        defer { server.stop() }
        let request = HTTPRequest(method: .get, url: server.url)
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return await failure(request)
        }
        #expect(await task.value?.code == .unreachable)
        #expect(server.requests.isEmpty)
    }

    @Test func cancellingAtAnyMomentEndsOnce() async throws {
        let server = try LocalServer { .ok($0.body) }
        defer { server.stop() }
        let request = HTTPRequest(method: .post, url: server.url, body: [1])
        for round in 0..<300 {
            let task = Task { await failure(request) }
            for _ in 0..<(round % 30) { await Task.yield() }
            task.cancel()
            let code = await task.value?.code
            #expect(code == nil || code == .interrupted || code == .unreachable)
        }
        #expect(try await client.response(to: request).body == [1])
    }

    @Test func shuttingDownFailsWhatWaitsAndWhatFollows() async throws {
        let received = AsyncStream.makeStream(of: Void.self)
        let server = try LocalServer { _ in
            received.continuation.yield()
            return .silence
        }
        defer { server.stop() }
        let client = Self.client()
        let request = HTTPRequest(method: .get, url: server.url)
        let codes = await withTaskGroup(of: TransportError.Code?.self) { group in
            for _ in 0..<8 { group.addTask { await failure(request, of: client)?.code } }
            var arrived = 0
            for await _ in received.stream {
                arrived += 1
                if arrived == 8 { break }
            }
            client.shutDown()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: .shutDown, count: 8))
        #expect(await failure(request, of: client)?.code == .shutDown)
        client.shutDown()
    }

    @Test func aClientThatNobodyHoldsEndsWithoutATrace() async throws {
        let server = try LocalServer { _ in .ok([]) }
        defer { server.stop() }
        for _ in 0..<20 {
            let client = Self.client()
            #expect(try await client.get(server.url).status == 200)
        }
    }
}
