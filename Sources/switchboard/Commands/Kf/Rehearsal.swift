import Boundary
import Foundation
import Synchronization

/// Writes calls down instead of making them: what `--dry-run` prints.
///
/// Every call is answered as if it had been done, with stand-ins for the ids the platform would
/// have given, so that the calls behind it are written down as well. No access token is fetched.
final class Rehearsal: HTTPTransport {
    fileprivate struct Call {
        var method: String
        /// Below `/cgi-bin/`, with the query but for the token.
        var path: String
        /// JSON; empty for none.
        var body: [UInt8]
        var file: FormFile?
    }

    private let calls = Mutex<[Call]>([])

    func response(to request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard let url = URLComponents(string: request.url) else {
            throw TransportError(.unreachable, reason: "the address can't be read")
        }
        let path = url.path.replacing(/^.*\/cgi-bin\//, with: "")
        let file = request.file
        if path != "gettoken" {
            let query = (url.queryItems ?? []).filter { $0.name != "access_token" }
                .map { "\($0.name)=\($0.value ?? "")" }.joined(separator: "&")
            calls.withLock {
                $0.append(
                    Call(
                        method: request.method.rawValue,
                        path: query.isEmpty ? path : "\(path)?\(query)", body: request.body,
                        file: file))
            }
        }
        return HTTPResponse(status: 200, body: Self.answer(file?.filename))
    }

    private static func answer(_ filename: String?) -> [UInt8] {
        let values: [String: any Sendable] = [
            "errcode": 0, "errmsg": "ok", "access_token": "none", "expires_in": 7200,
            "media_id": "media_id of \(filename?.prefix(24) ?? "")",
            "open_kfid": "open_kfid", "group_id": "group_id", "intent_id": "intent_id",
            "url": "https://work.weixin.qq.com/kf/kfc?enc_scene=",
        ]
        return (try? JSONSerialization.data(withJSONObject: values)).map { Array($0) } ?? []
    }

    /// Prints the calls, in the order they would be made.
    func print(as format: OutputFormat) throws {
        let calls = calls.withLock { $0 }
        switch format {
        case .text: for call in calls { Terminal.line(call.line) }
        case .json:
            let data = try JSONSerialization.data(
                withJSONObject: calls.map(\.object),
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
            Terminal.line(String(decoding: data, as: UTF8.self))
        }
    }
}

extension Rehearsal.Call {
    fileprivate var line: String {
        var words = [method, path]
        if !body.isEmpty { words.append(String(decoding: body, as: UTF8.self)) }
        if let file { words.append("\(file.filename) (\(file.contentType), \(file.count) B)") }
        return words.joined(separator: " ")
    }

    fileprivate var object: [String: Any] {
        var object: [String: Any] = ["method": method, "path": path]
        if let json = try? JSONSerialization.jsonObject(with: Data(body)) { object["body"] = json }
        if let file { object["file"] = file.filename }
        return object
    }
}
