import Foundation
import Glibc

/// A plain client socket, for what no HTTP client would send.
///
/// What may block does so on a thread of its own: the server needs the cooperative ones.
final class RawConnection: Sendable {
    struct Refused: Error {}

    private let socket: Int32

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            throw Refused()
        }
    }

    deinit { close(socket) }

    /// Sends all bytes; `false` when the other side is gone.
    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Everything until the other side closes.
    func readToEnd() async -> String { await onThread { $0.blockingRead() } }

    private func blockingRead() -> String {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += chunk.prefix(count)
        }
    }

    /// Sends one more byte every few milliseconds until the other side has closed.
    func trickle(_ byte: String) async { await onThread { $0.blockingTrickle(byte) } }

    /// Sends `text` so many times, or until the other side has closed.
    func flood(_ text: String, times: Int = .max) async {
        await onThread { connection in
            var sent = 0
            while sent < times, connection.send(text) { sent += 1 }
        }
    }

    private func onThread<Value: Sendable>(
        _ work: @escaping @Sendable (RawConnection) -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in continuation.resume(returning: work(self)) }
        }
    }

    private func blockingTrickle(_ byte: String) {
        while true {
            guard send(byte) else { return }
            var poll = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            var buffer: UInt8 = 0
            if unsafe Glibc.poll(&poll, 1, 5) > 0, unsafe recv(socket, &buffer, 1, 0) <= 0 {
                return
            }
        }
    }
}
