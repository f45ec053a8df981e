import Boundary
import ChatModel
import Foundation
import FoundationNetworking
import PlatformSimulator
import Testing

/// A response as it came, for tests that look at bytes and headers.
struct Raw {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The header's value, however its name is written.
    subscript(header name: String) -> String? {
        headers.first { $0.key.lowercased() == name.lowercased() }?.value
    }

    /// The refusal's number, where the body is JSON.
    var errcode: Int? { try? reply().errcode }

    func reply() throws -> Reply { try Reply(.init(status: status, body: body)) }
}

extension Bench {
    private static let session = URLSession(configuration: .ephemeral)

    /// A request by a client that is not ours.
    func raw(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> Raw {
        var request = URLRequest(
            url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
        request.httpMethod = method
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        if !body.isEmpty { request.httpBody = Data(body) }
        let (data, response) = try await Self.session.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        let fields = http.allHeaderFields.map { ("\($0.key)", "\($0.value)") }
        return Raw(
            status: http.statusCode, headers: Dictionary(fields) { first, _ in first },
            body: Array(data))
    }

    /// Calls a platform path with a good access token; a body makes it a POST.
    func platform(_ path: String, _ body: String? = nil) async throws -> Raw {
        let separator = path.contains("?") ? "&" : "?"
        let whole = "/cgi-bin/\(path)\(separator)access_token=\(try await accessToken())"
        return try await raw(
            body == nil ? "GET" : "POST", whole,
            headers: body == nil ? [:] : ["Content-Type": "application/json"],
            body: Array((body ?? "").utf8))
    }

    /// Uploads a file as a well-behaved client does.
    func upload(
        _ type: String?, _ bytes: [UInt8], name: String = "a.png"
    ) async throws -> Raw {
        let disposition =
            #"form-data; name="media"; filename="\#(name)"; filelength=\#(bytes.count)"#
        return try await uploadForm(type, parts: [(disposition, bytes)])
    }

    /// Uploads a form of these parts, each with its `Content-Disposition`.
    func uploadForm(
        _ type: String?, boundary: String = "----b0undary'()+_,-./:=?",
        quoted: String = "\"----b0undary'()+_,-./:=?\"", parts: [(String, [UInt8])]
    ) async throws -> Raw {
        var body: [UInt8] = []
        for (disposition, bytes) in parts {
            body += Array(
                "--\(boundary)\r\nContent-Disposition: \(disposition)\r\nContent-Type: application/octet-stream\r\n\r\n"
                    .utf8)
            body += bytes + Array("\r\n".utf8)
        }
        body += Array("--\(boundary)--\r\n".utf8)
        let query = type.map { "&type=\($0)" } ?? ""
        return try await raw(
            "POST", "/cgi-bin/media/upload?access_token=\(try await accessToken())\(query)",
            headers: ["Content-Type": "multipart/form-data; boundary=\(quoted)"], body: body)
    }

    /// Uploads a sample and answers its id.
    func sample(_ type: MediaType) async throws -> String {
        let file = MediaFile.sample(type)
        let raw = try await upload(type.rawValue, file.bytes, name: file.name)
        return try #require(try raw.reply().text("media_id"))
    }
}
