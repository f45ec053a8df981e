import Foundation
import Hummingbird
import NIOCore
import PlatformSimulator

/// A file as `media/get` sends it, whole or the part a `Range` asks for.
struct FileResponse {
    let response: Response

    init(_ file: MediaFile, _ request: Request) {
        var headers: HTTPFields = [
            .contentType: file.contentType,
            .contentDisposition: "attachment; filename=\"\(file.name)\"",
            .acceptRanges: "bytes",
        ]
        let size = file.bytes.count
        switch Self.range(request.headers[.range], of: size) {
        case .whole:
            response = Self.answer(.ok, headers, file.bytes[...])
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            response = Self.answer(.partialContent, headers, file.bytes[range])
        case .outside:
            headers[.contentRange] = "bytes */\(size)"
            response = Self.answer(.rangeNotSatisfiable, headers, [])
        }
    }

    private static func answer(
        _ status: HTTPResponse.Status, _ headers: HTTPFields, _ bytes: ArraySlice<UInt8>
    ) -> Response {
        Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private enum Wanted {
        case whole, outside
        case part(Range<Int>)
    }

    /// One range of bytes; whatever else is asked for is answered with the whole file.
    private static func range(_ header: String?, of size: Int) -> Wanted {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return .whole }
        let ends = header.dropFirst(6).split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .whole }
        switch (Int(ends[0]), Int(ends[1])) {
        case (let first?, let last?) where first <= last:
            return first < size ? .part(first..<min(last + 1, size)) : .outside
        case (let first?, nil) where ends[1].isEmpty:
            return first < size ? .part(first..<size) : .outside
        case (nil, let count?) where ends[0].isEmpty:
            return count > 0 ? .part(max(0, size - count)..<size) : .outside
        default:
            return .whole
        }
    }
}
