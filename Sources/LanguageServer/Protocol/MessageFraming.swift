package import Foundation

/// Cuts a stream of bytes into messages: `Content-Length: n`, an empty line, n bytes.
package struct MessageFraming {
    /// The longest message taken: eight times the largest rule file.
    package static let longestMessage = 32 << 20
    private static let longestHeader = 4 << 10

    /// What came out of the stream.
    package enum Piece: Hashable, Sendable {
        case message(Data)
        /// A message of so many bytes, which were passed over.
        case tooLong(Int)
        /// The stream makes no sense from here on; nothing more can be read.
        case broken
    }

    private var buffer = Data()
    private var bytesToSkip = 0
    private var isBroken = false

    /// At the beginning of a stream.
    package init() {}

    /// Takes the next bytes of the stream; what is left over waits for more.
    package mutating func append(_ bytes: Data) -> [Piece] {
        var pieces: [Piece] = []
        buffer.append(bytes)
        while !isBroken, let piece = next() { pieces.append(piece) }
        if isBroken { buffer = Data() }
        return pieces
    }

    private mutating func next() -> Piece? {
        if bytesToSkip > 0 {
            let count = min(bytesToSkip, buffer.count)
            buffer.removeFirst(count)
            bytesToSkip -= count
        }
        guard bytesToSkip == 0, !buffer.isEmpty else { return nil }
        guard let end = buffer.firstRange(of: Data("\r\n\r\n".utf8)) else {
            return buffer.count > Self.longestHeader ? breaks() : nil
        }
        let header = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        guard let length = Self.length(header) else { return breaks() }
        if length > Self.longestMessage {
            buffer.removeSubrange(..<end.upperBound)
            bytesToSkip = length
            return .tooLong(length)
        }
        guard buffer.endIndex - end.upperBound >= length else { return nil }
        let body = Data(buffer[end.upperBound..<end.upperBound + length])
        // A copy of the rest: a slice would keep what was read.
        buffer = Data(buffer[(end.upperBound + length)...])
        return .message(body)
    }

    private mutating func breaks() -> Piece {
        isBroken = true
        return .broken
    }

    private static func length(_ header: String) -> Int? {
        guard header.utf8.count <= longestHeader else { return nil }
        for line in header.components(separatedBy: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length",
                let length = Int(parts[1].trimmingCharacters(in: .whitespaces)), length >= 0
            else { continue }
            return length
        }
        return nil
    }

    /// A message as it goes out.
    package static func frame(_ message: JSONValue) -> Data {
        let body = message.data
        return Data("Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }
}
