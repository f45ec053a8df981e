import CallbackCrypto
import ChatModel
import Hummingbird
import Synchronization
import Testing
import WebServer

/// Health, readiness, broken HTTP, slow clients, and the end.
@Suite struct ConnectionTests {
    let world: World

    init() throws { world = try World() }

    @Test func healthAndReadiness() async throws {
        try await world.serve { port in
            #expect(try await world.get(port, "/healthz") == Answer(200, "ok"))
            #expect(
                try await world.get(port, "/readyz") == Answer(200, #"{"checks":[],"ready":true}"#))
            world.readiness.withLock {
                $0 = Readiness(checks: [
                    .init(name: "store", ok: true), .init(name: "rules", ok: false, detail: "none"),
                ])
            }
            let page = try await world.get(port, "/readyz")
            #expect(page.status == 503)
            #expect(
                page.text
                    == #"{"checks":[{"detail":"","name":"store","ok":true},"#
                    + #"{"detail":"none","name":"rules","ok":false}],"ready":false}"#)
            #expect(try await world.get(port, "/elsewhere").status == 404)
        }
    }

    @Test func theExecutableAddsRoutes() async throws {
        let addRoutes: @Sendable (Router<BasicRequestContext>) -> Void = { router in
            router.get("/own") { _, _ in "mine" }
        }
        try await world.serve(addRoutes: addRoutes) { port in
            let own = try await world.get(port, "/own")
            #expect(own == Answer(200, "mine"))
            #expect(try await world.get(port, "/healthz").status == 200)
        }
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{2}\u{3}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST /callback/shop HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        "POST /callback/shop HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "POST /callback/shop HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\u{16}\u{3}\u{1}\u{0}\u{FA}TLS hello\r\n\r\n",
    ]) func garbageEndsItsOwnConnectionOnly(_ text: String) async throws {
        try await world.serve { port in
            let connection = try RawConnection(port: port)
            connection.send(text)
            let answer = await connection.readToEnd()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
            #expect(try await world.get(port, "/healthz").status == 200)
        }
    }

    @Test func endlessHeadersAreCutOff() async throws {
        try await world.serve({ $0.headTimeout = .seconds(1) }) { port in
            let connection = try RawConnection(port: port)
            connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n")
            await connection.flood("X-Filler: \(String(repeating: "a", count: 1000))\r\n")
            #expect(try await world.get(port, "/healthz").status == 200)
        }
    }

    @Test func aSlowBodyLosesItsConnection() async throws {
        try await world.serve({ $0.bodyTimeout = .seconds(1) }) { port in
            let query = try world.sealed(World.news()).query
            for isSilent in [true, false] {
                let connection = try RawConnection(port: port)
                connection.send(
                    "POST /callback/shop?\(query) HTTP/1.1\r\nHost: a\r\n"
                        + "Content-Length: 1000000\r\n\r\n<xml>")
                // Neither silence nor a byte now and then holds it; both end, or the test hangs.
                if isSilent {
                    _ = await connection.readToEnd()
                } else {
                    await connection.trickle("a")
                }
            }
            #expect(try await world.get(port, "/healthz").status == 200)
        }
    }

    /// Nor does a refusal that left the body unread hold it.
    @Test func aRefusalDoesNotWaitForTheBody() async throws {
        // Long enough for an answer on a busy machine.
        try await world.serve({ $0.bodyTimeout = .seconds(6) }) { port in
            let connection = try RawConnection(port: port)
            connection.send(
                "POST /callback/nobody HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            let answer = await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
            #expect(try await world.get(port, "/healthz").status == 200)
        }
    }

    @Test func aSlowHeadLosesItsConnection() async throws {
        try await world.serve({ $0.headTimeout = .seconds(1) }) { port in
            let silent = try RawConnection(port: port)
            let answer = await silent.readToEnd()
            #expect(answer.isEmpty)
            let trickling = try RawConnection(port: port)
            trickling.send("GET /healthz HTTP/1.1\r\nX-Filler: ")
            await trickling.trickle("a")
            // After an answer the next head has its deadline, too.
            let idle = try RawConnection(port: port)
            idle.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            let last = await idle.readToEnd()
            #expect(last.hasSuffix("ok"))
        }
    }

    @Test func aSlowAnswerHasNoDeadline() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let addRoutes: @Sendable (Router<BasicRequestContext>) -> Void = { router in
            router.get("/slow") { _, _ in
                for await _ in gate.stream { break }
                return "done"
            }
        }
        try await world.serve(
            {
                $0.headTimeout = .seconds(1)
                $0.bodyTimeout = .seconds(1)
            }, addRoutes: addRoutes
        ) { port in
            async let slow = world.get(port, "/slow")
            // By the time another connection was closed for idling, the slow one would be, too.
            let idle = try RawConnection(port: port)
            let answer = await idle.readToEnd()
            #expect(answer.isEmpty)
            gate.continuation.yield()
            #expect(try await slow == Answer(200, "done"))
        }
    }

    @Test func pipelinedRequestsAreAllAnswered() async throws {
        try await world.serve { port in
            let connection = try RawConnection(port: port)
            let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            connection.send(
                request + request + "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
            let answers = await connection.readToEnd()
            #expect(answers.split(separator: "200 OK").count == 4, "\(answers)")
        }
    }

    @Test func stopsGracefully() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let arrived = AsyncStream.makeStream(of: Void.self)
        let addRoutes: @Sendable (Router<BasicRequestContext>) -> Void = { router in
            router.get("/slow") { _, _ in
                arrived.continuation.yield()
                for await _ in gate.stream { break }
                return "done"
            }
            router.get("/here") { _, _ in "here" }
        }
        var slow: Task<Answer, any Error>?
        var port = 0
        try await world.serve(addRoutes: addRoutes) { bound in
            port = bound
            slow = Task { try await world.get(bound, "/slow") }
            for await _ in arrived.stream { break }
            // Stopping begins when this returns, and waits for the request under way.
            Task { gate.continuation.yield() }
        }
        let answer = try await slow?.value
        #expect(answer?.status == 200)
        // By now another test's server may have the port.
        let again = try? await world.get(port, "/here")
        #expect(again?.text != "here")
    }

    @Test func aTakenPortIsNamed() async throws {
        try await world.serve { port in
            let other = try World()
            let error = await #expect(throws: WebServerError.self) {
                try await other.serve({ $0.port = port }) { _ in }
            }
            #expect(error?.description.contains("127.0.0.1:\(port)") == true)
        }
    }
}
