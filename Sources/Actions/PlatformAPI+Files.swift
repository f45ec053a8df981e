package import Boundary
import ChatModel

extension PlatformAPI {
    /// The same calls, with `send_msg` carrying files of ours: they are uploaded when needed, and
    /// once more when the platform has forgotten one.
    ///
    /// - Parameters:
    ///   - library: Knows what the corp has uploaded.
    ///   - metered: This app's calls, waiting for their turn: uploads are made through them.
    package func sending(
        filesOf library: MediaLibrary, through metered: PlatformAPI
    ) -> PlatformAPI {
        var api = self
        let (send, upload) = (send, metered.upload)
        api.send = { (conversation, id, body) async throws(PlatformFailure) in
            let ready = try await library.resolved(body, upload: upload)
            do throws(PlatformFailure) {
                return try await send(conversation, id, ready)
            } catch  where error.handling == .uploadAgain && ready != body {
                // The refused message was not sent, so its msgid may be used again.
                await library.forget(ready, of: body)
                return try await send(
                    conversation, id, try await library.resolved(body, upload: upload))
            }
        }
        return api
    }
}
