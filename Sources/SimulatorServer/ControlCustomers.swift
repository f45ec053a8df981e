import ChatModel
import Hummingbird
import NIOCore
import PlatformSimulator

/// What customers have and do besides writing: links, profiles, recommendations and files.
extension ControlRoutes {
    /// The largest file a customer sends, and what is too large for an app to get.
    private static let largestFile = 64 << 20

    func addPossessions(to group: RouterGroup<BasicRequestContext>) {
        on(.post, "customers/:id/open-link", in: group) { order, contents in
            let link = try order.required(order.details.link, "link")
            let msgID = try contents.simulator.enters(
                ExternalUserID(try order.name()), by: link)
            // A link that was tampered with opens the chat all the same, but nothing tells of it.
            return JSONText.object { $0.optional("msgid", msgID?.rawValue) }
        }
        on(.post, "customers/:id/profile", in: group) { order, contents in
            var profile = CustomerProfile(
                nickname: try order.required(order.details.nickname, "nickname"))
            if let gender = order.details.gender { profile.gender = gender }
            if let avatar = order.details.avatar { profile.avatar = avatar }
            contents.simulator.setProfile(profile, of: ExternalUserID(try order.name()))
            return Self.ok
        }
        on(.post, "customers/:id/accept-upgrade", in: group) { order, contents in
            let isOffered = try contents.simulator.acceptsUpgrade(
                ExternalUserID(try order.name()), try order.account(in: contents.simulator))
            return JSONText.object { $0.member("accepted", isOffered) }
        }
        group.post("media") { request, context in
            await Self.answering { try await keepFile(request, context) }
        }
    }

    /// Keeps the body as a file that a customer or a servicer can send.
    private func keepFile(
        _ request: Request, _ context: BasicRequestContext
    ) async throws -> [UInt8] {
        // The file is no order: only the rest of the request is read as one.
        var head = request
        head.body = RequestBody(buffer: ByteBuffer())
        let order = try await Self.order(head, context)
        guard let type = order.query("type").flatMap({ MediaType(rawValue: $0) }) else {
            throw ControlError(what: "type is not image, voice, video or file")
        }
        guard let body = try? await request.body.collect(upTo: Self.largestFile) else {
            throw ControlError(what: "the file is larger than 64 MiB")
        }
        let file = MediaFile(
            type: type, name: order.query("name") ?? type.rawValue, bytes: Array(buffer: body))
        let id = try world.with { contents in
            try contents.simulator.uploads(file, for: try order.account(in: contents.simulator))
        }
        guard let id else { throw ControlError(what: "the file is larger than 64 MiB") }
        return JSONText.object { $0.member("media_id", id.rawValue) }
    }
}
