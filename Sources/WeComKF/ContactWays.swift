import Boundary
package import ChatModel

extension WeComKFClient {
    /// `POST kf/add_contact_way` (wecom-kf reference §5): a link that opens a chat with `account`.
    ///
    /// - Parameter scene: At most 32 bytes of `[0-9a-zA-Z_-]`, told when a customer enters; only a
    ///   link with a scene takes parameters.
    package func addContactWay(
        to account: OpenKfID, scene: String?
    ) async throws(PlatformFailure) -> ContactWay {
        try FieldLimits.account(account)
        if let scene {
            try FieldLimits.bytes(of: scene, "scene", 0...32)
            try FieldLimits.plain(scene, "scene")
        }
        let body = JSONWriter.object { json in
            json.member("open_kfid", account.rawValue)
            json.optional("scene", scene)
        }
        guard let url = try await answer(.post, "kf/add_contact_way", body: body)["url"].text else {
            throw .noAnswer("add_contact_way without url")
        }
        return ContactWay(url: url)
    }
}

/// A link that opens a chat with an account, for ever.
package struct ContactWay: Hashable, Sendable {
    /// As the platform gave it.
    package let url: String

    /// A link.
    package init(url: String) { self.url = url }

    /// The link with `parameter`, which the platform gives back as `scene_param` when a customer
    /// enters.
    ///
    /// - Parameter parameter: At most 128 bytes before encoding.
    /// - Throws: 40058 for a longer one, and for a link that takes none: one made without a scene,
    ///   or an old one with `encScene=`.
    package func url(with parameter: String) throws(PlatformFailure) -> String {
        try FieldLimits.bytes(of: parameter, "scene_param", 1...128)
        guard url.contains("?enc_scene=") || url.contains("&enc_scene=") else {
            throw .notSent(40058, "scene_param: the link was made without a scene and takes none")
        }
        return "\(url)&scene_param=\(parameter.percentEncoded)"
    }
}
