package import Boundary
package import ChatModel

extension WeComKFClient {
    /// Uploads and downloads may be 20 MB over a slow line.
    private static let mediaTimeout: Duration = .seconds(60)

    /// `POST media/upload` (wecom-kf reference §14): temporary media, shared by the corp's apps.
    ///
    /// A file on this machine is read while it is sent.
    ///
    /// - Throws: The platform's refusal, or ours before sending: 40004, 40123 and 301017 for a
    ///   format the kind doesn't take, 44001 and 40006 to 40011 for a size out of bounds, 45007
    ///   for a voice message of over 60 s.
    package func upload(_ file: MediaUpload) async throws(PlatformFailure) -> UploadedMedia {
        try MediaLimits.check(file)
        let request = HTTPRequest(
            method: .post, url: "\(base)/cgi-bin/media/upload",
            file: FormFile(
                field: "media", filename: file.filename,
                contentType: MediaFormat(of: file.head)?.contentType ?? "application/octet-stream",
                count: file.count, content: file.content), timeout: Self.mediaTimeout,
            largestResponse: 1 << 16)
        let answer = try await authorized(request, query: "&type=\(file.kind.rawValue)") {
            (request) async throws(PlatformFailure) in
            try await ReplyReader.fields(of: request, from: transport, read: WireValue.members)
        }
        guard let id = answer["media_id"].text else {
            throw .noAnswer("media/upload without media_id")
        }
        // A string on the wire.
        let created = answer["created_at"].integer.map { Timestamp(seconds: Int64($0)) }
        return UploadedMedia(id: MediaID(id), createdAt: created ?? environment.now())
    }

    /// `GET media/get` (§14): the file behind a `media_id`.
    ///
    /// - Throws: 40007 for one the platform doesn't know or has forgotten.
    package func download(_ id: MediaID) async throws(PlatformFailure) -> DownloadedMedia {
        if id.rawValue.isEmpty { throw .notSent(41006, "media_id is empty") }
        let request = HTTPRequest(
            method: .get, url: "\(base)/cgi-bin/media/get",
            wantedHeaders: ["Content-Type", "Content-Disposition"], timeout: Self.mediaTimeout,
            // The largest file the platform hands on is 20 MB.
            largestResponse: 24 << 20)
        return try await authorized(
            request, query: "&media_id=\(id.rawValue.percentEncoded)"
        ) { (request) async throws(PlatformFailure) in
            let response: HTTPResponse
            do throws(TransportError) {
                response = try await transport.response(to: request)
            } catch {
                throw PlatformFailure(error)
            }
            let type = response.headers["Content-Type"] ?? ""
            let disposition = response.headers["Content-Disposition"]
            let isEnvelope =
                disposition == nil
                && (type.hasPrefix("application/json") || type.hasPrefix("text/plain"))
            if isEnvelope || response.status >= 400 {
                _ = try ReplyReader.fields(in: response, read: WireValue.members)
                throw .noAnswer("media/get without a file")
            }
            // A proxy's page must never pass for a customer's file.
            guard !response.body.isEmpty, disposition != nil || !type.hasPrefix("text/") else {
                throw .noAnswer("media/get with \(response.body.count) bytes and no file's name")
            }
            return DownloadedMedia(
                filename: disposition.flatMap(ContentDisposition.filename), contentType: type,
                bytes: response.body)
        }
    }
}

/// What a customer sees of a file that was received: its name in the response's header.
enum ContentDisposition {
    /// The `filename` of a header's value, without a path; `filename*` (RFC 6266) goes before it.
    static func filename(in header: String) -> String? {
        var plain: String?
        for part in header.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { trimmed($0) }
            guard pair.count == 2 else { continue }
            switch pair[0].lowercased() {
            case "filename*":
                // charset'language'percent-encoded; the platform writes UTF-8.
                let pieces = pair[1].split(
                    separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
                if pieces.count == 3, let name = decoded(pieces[2]) { return bare(name) }
            case "filename":
                plain = decoded(Substring(unquoted(pair[1])))
            default: break
            }
        }
        return plain.flatMap(bare)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast())
    }

    /// The text with its `%XX`; as it stands where one is broken.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(Substring(rest.prefix(2))), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The last part of a path; `nil` when nothing is left of it.
    private static func bare(_ name: String) -> String? {
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map { String($0) } ?? ""
        let plain = last.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        let text = String(String.UnicodeScalarView(plain).prefix(128))
        return text.isEmpty || text == "." || text == ".." ? nil : text
    }
}
