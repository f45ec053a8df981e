package import Boundary
import ChatModel

extension PlatformAPI {
    /// The same calls, with `send_msg` carrying files of ours: they are uploaded when needed, and
    /// once more when the platform has forgotten one.
    package func sending(filesOf library: MediaLibrary) -> PlatformAPI {
        var api = self
        let send = send
        api.send = { (conversation, id, body) async throws(PlatformFailure) in
            let ready = try await library.resolved(body)
            do throws(PlatformFailure) {
                return try await send(conversation, id, ready)
            } catch  where error.handling == .uploadAgain && ready != body {
                // The refused message was not sent, so its msgid may be used again.
                await library.forget(body)
                return try await send(conversation, id, try await library.resolved(body))
            }
        }
        return api
    }
}
