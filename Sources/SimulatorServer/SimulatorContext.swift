import Glibc
import Hummingbird
import NIOCore
import PlatformSimulator
import ServiceLifecycle
import Synchronization

/// A request's context that keeps its connection, so that faults can reach it.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The address the connection comes from.
    var caller: String { channel.remoteAddress?.ipAddress ?? "127.0.0.1" }

    /// Lets `response` suffer what struck its call, on the very connection.
    func answer(_ response: Response, struck strike: CallStrike) async throws -> Response {
        if strike.delay > .zero { try await sleep(strike.delay) }
        switch strike.fault {
        case nil, .refused, .delay: return response
        case .lostAnswer: return Response(status: .badGateway)
        case .slowBody(let time): return Self.slow(response, over: time)
        case .resetBefore, .resetAfter:
            // With no time to linger, closing sends a reset instead of a goodbye.
            try? await (channel as? any SocketOptionProvider)?
                .setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            try? await channel.close().get()
        case .timeoutBefore, .timeoutAfter: await fallSilent()
        }
        // Nobody is there any more to read it.
        return Response(status: .serviceUnavailable)
    }

    /// Waits, but not beyond the server's end.
    private func sleep(_ time: Duration) async throws {
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: time) }
    }

    /// Says nothing until the caller gives up or the server ends, then closes the connection.
    private func fallSilent() async {
        // Otherwise a caller that hangs up would only close its half, and nobody would notice.
        try? await channel.setOption(.allowRemoteHalfClosure, value: false).get()
        let (silence, end) = AsyncStream<Void>.makeStream()
        channel.closeFuture.whenComplete { _ in end.finish() }
        await cancelWhenGracefulShutdown { for await _ in silence {} }
        try? await channel.close().get()
    }

    /// The pieces a slow body comes in, at most.
    private static let mostPieces = 20

    private static func slow(_ response: Response, over time: Duration) -> Response {
        guard let length = response.body.contentLength, length > 0 else { return response }
        let whole = response.body
        var slow = response
        slow.body = ResponseBody(contentLength: length) { writer in
            let body = CollectedBody()
            try await whole.write(CollectingWriter(body: body))
            var rest = body.buffer
            let size = (length + mostPieces - 1) / mostPieces
            let pause = time * size / length
            while let piece = rest.readSlice(length: min(size, rest.readableBytes)),
                piece.readableBytes > 0
            {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
                try await writer.write(piece)
            }
            try await writer.finish(nil)
        }
        return slow
    }
}

/// What a body writes when it is asked to.
private final class CollectedBody: Sendable {
    private let collected = Mutex(ByteBuffer())

    var buffer: ByteBuffer { collected.withLock { $0 } }

    func append(_ more: ByteBuffer) { collected.withLock { _ = $0.writeImmutableBuffer(more) } }
}

/// Keeps a body instead of sending it.
private struct CollectingWriter: ResponseBodyWriter {
    let body: CollectedBody

    mutating func write(_ buffer: ByteBuffer) async throws { body.append(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
