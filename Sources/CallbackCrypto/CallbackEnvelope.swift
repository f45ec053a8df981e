/// The outer XML of a POSTed callback, still encrypted.
package struct CallbackEnvelope: Hashable, Sendable {
    /// The corp or suite the platform says it is for; unverified until opened.
    package let toUserName: String?
    /// The app; absent for many kinds of callback.
    package let agentID: String?
    /// The base64 text to open with a ``CallbackKey``.
    package let encrypted: String

    /// Reads the body of a request: at most 1 MiB of flat XML, no DOCTYPE, one `Encrypt`.
    package init(parsing body: [UInt8]) throws(CallbackXMLError) {
        let xml = try CallbackXML(body)
        toUserName = try xml.optional("ToUserName")
        agentID = try xml.optional("AgentID")
        encrypted = try xml.required("Encrypt")
    }
}
