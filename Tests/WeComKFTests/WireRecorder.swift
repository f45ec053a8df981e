import Foundation
import Glibc
import Synchronization

/// A platform on a loopback port that writes down what arrives, byte by byte: what goes over the
/// wire is more than what the client asks its transport for.
final class WireRecorder: Sendable {
    /// An answer.
    struct Answer: Sendable {
        var headers = "Content-Type: application/json; charset=UTF-8"
        var body: [UInt8]
    }

    private let listener: Int32
    private let port: UInt16
    private let answer: @Sendable (String) -> Answer
    private let seen = Mutex<[String]>([])

    /// Listens; `answer` is given each request's first line.
    init(_ answer: @escaping @Sendable (String) -> Answer) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        self.answer = answer
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while case let socket = accept(listener, nil, nil), socket >= 0 {
                Thread.detachNewThread { [self] in serve(socket) }
            }
            close(listener)
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// The requests in the order they came, in words; see ``described(_:_:)``.
    var requests: [String] { seen.withLock { $0 } }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ socket: Int32) {
        defer { close(socket) }
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                let length = Self.header("Content-Length", in: head).flatMap { Int($0) } ?? 0
                if buffer.count >= end.upperBound + length {
                    let body = buffer[end.upperBound...].prefix(length)
                    buffer.removeSubrange(..<(end.upperBound + length))
                    seen.withLock { $0.append(Self.described(head, Array(body))) }
                    let answer = answer(head)
                    let reply = "HTTP/1.1 200 OK\r\nContent-Length: \(answer.body.count)\r\n"
                    let bytes = Array((reply + answer.headers + "\r\n\r\n").utf8) + answer.body
                    // Answers are far smaller than a socket's buffer.
                    guard
                        unsafe send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
                    else { return }
                    continue
                }
            }
            let count = unsafe recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            buffer += chunk.prefix(count)
        }
    }

    private static func header(_ name: String, in head: String) -> String? {
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    /// A request as a golden file has it: its first line, what its body is, and its body.
    ///
    /// Lines end as they do on Unix, and a form's boundary, which is drawn anew each time, is
    /// called BOUNDARY. What every request to every host has (`Host`, `Accept`, lengths) is left
    /// out.
    private static func described(_ head: String, _ body: [UInt8]) -> String {
        var text = String(head.prefix { $0 != "\r\n" }) + "\n"
        let type = header("Content-Type", in: head)
        if let type { text += "Content-Type: \(type)\n" }
        if !body.isEmpty { text += "\n" + String(decoding: body, as: UTF8.self) + "\n" }
        text = text.replacing("\r\n", with: "\n")
        guard let boundary = type?.split(separator: "boundary=").dropFirst().first else {
            return text
        }
        return text.replacing(boundary, with: "BOUNDARY")
    }
}
