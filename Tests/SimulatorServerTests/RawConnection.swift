import Glibc

/// A TCP connection of the test's own, to see what libcurl would smooth over.
///
/// Blocking; each test that uses one runs on a thread it may block.
struct RawConnection {
    enum End: Equatable { case closed, reset, silent }

    private let descriptor: Int32

    /// Connects to `port` of 127.0.0.1, from another loopback address if one is given.
    init(port: Int, from source: String? = nil, patience: Int = 10) throws {
        descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if let source {
            try unsafe Self.check(Self.with(source, port: 0) { unsafe bind(descriptor, $0, $1) })
        }
        try unsafe Self.check(
            Self.with("127.0.0.1", port: port) { unsafe connect(descriptor, $0, $1) })
    }

    private struct Failure: Error { let number: Int32 }

    private static func check(_ result: Int32) throws {
        if result != 0 { throw Failure(number: errno) }
    }

    private static func with(
        _ address: String, port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(port).bigEndian
        place.sin_addr.s_addr = unsafe inet_addr(address)
        return unsafe withUnsafePointer(to: &place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    func send(_ text: String) { _ = unsafe write(descriptor, text, text.utf8.count) }

    /// Posts to one of the platform's paths.
    func post(_ path: String, _ body: String) {
        send(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.utf8.count)\r\n"
                + "Connection: close\r\n\r\n\(body)")
    }

    /// Reads to the end: the pieces as they came, and how it ended.
    func read() -> (pieces: [String], end: End) {
        var pieces: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return (pieces, .closed) }
            if count < 0 { return (pieces, errno == ECONNRESET ? .reset : .silent) }
            pieces.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }

    func close() { _ = Glibc.close(descriptor) }
}
