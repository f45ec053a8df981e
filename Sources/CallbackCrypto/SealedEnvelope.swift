/// A callback ready to be sent: what the platform puts into the query and the body.
package struct SealedEnvelope: Hashable, Sendable {
    /// The base64 text: `echostr` of a GET, `<Encrypt>` of a POST.
    package let encrypted: String
    /// The value of `msg_signature`.
    package let signature: String
    /// Unix seconds, in decimal.
    package let timestamp: String
    /// The value of `nonce`.
    package let nonce: String

    /// The body of a POST; `agentID` is left out when `nil`.
    package func xml(toUserName: String, agentID: String? = nil) -> [UInt8] {
        let agent = agentID.map { "<AgentID><![CDATA[\($0)]]></AgentID>" } ?? ""
        let text =
            "<xml><ToUserName><![CDATA[\(toUserName)]]></ToUserName>\(agent)"
            + "<Encrypt><![CDATA[\(encrypted)]]></Encrypt></xml>"
        return Array(text.utf8)
    }

    /// The query of a POST, percent-encoded, without the leading `?`.
    package var query: String {
        "msg_signature=\(signature)&timestamp=\(Self.escaped(timestamp))"
            + "&nonce=\(Self.escaped(nonce))"
    }

    /// The query of a GET, percent-encoded, without the leading `?`.
    package var verificationQuery: String { "\(query)&echostr=\(Self.escaped(encrypted))" }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            if isLetterOrDigit(byte) || "-_.~".utf8.contains(byte) {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                escaped += "%" + String(decoding: Digests.hexadecimal([byte]), as: UTF8.self)
            }
        }
        return escaped
    }
}
