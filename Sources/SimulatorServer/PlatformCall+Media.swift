import ChatModel
import PlatformSimulator

/// Temporary media (wecom-kf reference §14).
extension PlatformCall {
    static func uploadMedia(_ request: PlatformRequest) throws -> PlatformCall {
        let type = request.query("type")
        guard let form = MultipartForm(request.body, contentType: request.contentType) else {
            return .unreadable(40058, "no multipart/form-data")
        }
        guard let part = form.part("media") else {
            return .unreadable(44001, "no part named media")
        }
        return call { simulator, app in
            simulator.upload(
                type: type, name: part.fileName ?? "media", bytes: part.bytes, by: app)
        } answering: { text, view in
            text.member("type", view.type.rawValue)
            text.member("media_id", view.id.rawValue)
            // A text, unlike every other time of the platform's.
            text.member("created_at", String(view.createdAt.seconds))
        }
    }

    static func getMedia(_ request: PlatformRequest) -> PlatformCall {
        guard let id = filled(request.query("media_id")) else {
            return .unreadable(41006, "media_id is missing")
        }
        return .work { simulator, app in
            simulator.media(MediaID(id), by: app).map(PlatformAnswer.file)
        }
    }
}
