import Foundation
import Glibc
import Synchronization

/// A server of plain blocking sockets on a free loopback port: it can misbehave at any byte.
final class LocalServer: Sendable {
    /// A request as it arrived.
    struct Request: Sendable {
        var head: String
        var body: [UInt8]
        /// Which accepted connection it came over, counted from 0.
        var connection: Int
    }

    /// What to do about a request.
    enum Reply: Sendable {
        /// A complete response over a connection that stays open.
        case ok([UInt8], status: Int = 200, headers: String = "")
        /// Exactly these bytes, and then the connection closes.
        case raw(String)
        /// These bytes, and then the connection is reset.
        case reset(String)
        /// Nothing, until the other side hangs up.
        case silence
    }

    let port: UInt16
    private let listener: Int32
    private let respond: @Sendable (Request) -> Reply
    private let state = Mutex((requests: [Request](), sockets: Set<Int32>(), accepted: 0))
    private let ended = AsyncStream.makeStream(of: Int.self)

    init(_ respond: @escaping @Sendable (Request) -> Reply) throws {
        self.respond = respond
        let (listener, port) = try Self.listen()
        self.listener = listener
        self.port = port
        Thread.detachNewThread { [self] in acceptAll() }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock(\.requests) }
    var connections: Int { state.withLock(\.accepted) }

    /// The numbers of connections as they end.
    var endedConnections: AsyncStream<Int> { ended.stream }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { for socket in $0.sockets { shutdown(socket, Int32(SHUT_RDWR)) } }
    }

    /// A loopback port on which nobody listens.
    static func closedPort() throws -> UInt16 {
        let (listener, port) = try listen()
        close(listener)
        return port
    }

    private static func listen() throws -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, size) == 0 && Glibc.listen(listener, 128) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private func acceptAll() {
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { break }
            let number = state.withLock { state in
                state.sockets.insert(socket)
                state.accepted += 1
                return state.accepted - 1
            }
            Thread.detachNewThread { [self] in
                serve(socket, number)
                _ = state.withLock { $0.sockets.remove(socket) }
                close(socket)
                ended.continuation.yield(number)
            }
        }
        close(listener)
    }

    private func serve(_ socket: Int32, _ number: Int) {
        var buffer: [UInt8] = []
        while let request = read(from: socket, number, &buffer) {
            state.withLock { $0.requests.append(request) }
            switch respond(request) {
            case .ok(let body, let status, let headers):
                let head =
                    "HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\n\(headers)\r\n"
                guard send(Array(head.utf8) + body, to: socket) else { return }
            case .raw(let text):
                _ = send(Array(text.utf8), to: socket)
                return
            case .reset(let text):
                _ = send(Array(text.utf8), to: socket)
                var option = linger(l_onoff: 1, l_linger: 0)
                unsafe setsockopt(
                    socket, SOL_SOCKET, SO_LINGER, &option,
                    socklen_t(MemoryLayout<linger>.size))
                return
            case .silence:
                while unsafe recv(socket, &buffer, buffer.count, 0) > 0 {}
                return
            }
        }
    }

    private func read(from socket: Int32, _ number: Int, _ buffer: inout [UInt8]) -> Request? {
        var chunk = [UInt8](repeating: 0, count: 65536)
        var head: String?
        var length = 0
        while true {
            if head == nil, let range = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let text = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
                let field = text.lowercased().split(separator: "\r\n")
                    .first { $0.hasPrefix("content-length:") }
                length = field.flatMap { Int($0.dropFirst(15).trimming(" ")) } ?? 0
                head = text
                buffer.removeSubrange(..<range.upperBound)
            }
            if let head, buffer.count >= length {
                defer { buffer.removeFirst(length) }
                return Request(head: head, body: Array(buffer.prefix(length)), connection: number)
            }
            let count = unsafe recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            buffer += chunk.prefix(count)
        }
    }

    private func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> Substring {
        drop { $0 == character }
    }
}
