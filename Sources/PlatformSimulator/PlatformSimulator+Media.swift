package import ChatModel

/// What an upload answers.
package struct UploadView: Hashable, Sendable {
    /// What it was uploaded as.
    package let type: MediaType
    /// Good for 3 days, for all apps of the corp.
    package let id: MediaID
    /// When; whole seconds.
    package let createdAt: Timestamp
}

extension PlatformSimulator {
    /// `media/upload` (§14).
    ///
    /// - Parameters:
    ///   - type: The query's `type`; refused with 40005 when it is none of the four.
    ///   - name: The part's `filename`.
    package mutating func upload(
        type: String?, name: String, bytes: [UInt8], by app: AppAlias
    ) -> Result<UploadView, SimulatedRefusal> {
        let summary = "\(type ?? "no type") of \(bytes.count) bytes"
        return carryOut(.uploadMedia, summary, by: app) { (world) throws(Errcode) in
            guard let type = type.flatMap({ MediaType(rawValue: $0) }) else {
                throw Errcode(40005, "type: not image, voice, video or file")
            }
            let file = MediaFile(type: type, name: name, bytes: bytes)
            if let flaw = file.flaw { throw flaw }
            let id = world.makeMediaID()
            world.shelf.keep(file, as: id, of: try world.corp(of: app), at: world.now)
            return UploadView(
                type: type, id: id, createdAt: Timestamp(seconds: world.now.seconds))
        }
    }

    /// `media/get`: any live file of the app's corp, uploaded or sent by a customer.
    package mutating func media(
        _ id: MediaID, by app: AppAlias
    ) -> Result<MediaFile, SimulatedRefusal> {
        carryOut(.getMedia, id.rawValue, by: app) { (world) throws(Errcode) in
            if id.rawValue.isEmpty { throw Errcode(41006, "media_id") }
            if let original = MediaFile.originalOfSILK(id),
                let voice = try? world.liveFile(original, .voice, by: app)
            {
                return voice.inSILK
            }
            return try world.liveFile(id, by: app)
        }
    }

    /// A live file of the app's corp; of `type` when one is asked for.
    func liveFile(
        _ id: MediaID, _ type: MediaType? = nil, by app: AppAlias
    ) throws(Errcode) -> MediaFile {
        guard let file = shelf.file(id, of: try corp(of: app), at: now) else {
            throw Errcode(40007, "media_id: unknown, or older than 3 days")
        }
        if let type, type != file.type {
            throw Errcode(40007, "media_id: of type \(file.type.rawValue), not \(type.rawValue)")
        }
        return file
    }

    /// Refuses a body that names a file that is not there, or is of another type (40007).
    func checkMedia(in body: OutgoingBody, by app: AppAlias) throws(Errcode) {
        guard settings.checksMedia, let (id, type) = body.media else { return }
        _ = try liveFile(id, type, by: app)
    }

    private mutating func makeMediaID() -> MediaID {
        MediaID("MEDIA-" + String(nextNumber(), radix: 36) + String(nextNumber(), radix: 36))
    }

    // MARK: From customers and servicers

    /// Puts a file where a customer or servicer of the account can send it from; the id goes into
    /// the body of ``writes(_:_:_:msgID:raw:)``.
    ///
    /// What the platform would not take from an app it may take from a phone, so nothing but the
    /// size is looked at.
    /// - Returns: `nil` for more than 64 MiB, which no phone gets through.
    package mutating func uploads(
        _ file: MediaFile, for account: OpenKfID
    ) throws(IllegalAct) -> MediaID? {
        guard let place = accountIndex[account] else { throw .unknownAccount(account) }
        guard file.bytes.count <= 64 << 20 else { return nil }
        let id = makeMediaID()
        shelf.keep(file, as: id, of: settings.apps[accounts[place].app].corp, at: now)
        return id
    }

    /// The picture of every mini program that customers send.
    package static let thumbnail: MediaID = "MEDIA-thumbnail"

    /// The body as it arrives: with a file behind its media id, or with words where the file is
    /// too large to pass on (§8.3).
    ///
    /// An empty id gets a sample of its own, an unknown one a sample under that id.
    mutating func arriving(_ body: MessageBody, account: Int) -> MessageBody {
        let corp = settings.apps[accounts[account].app].corp
        if case .miniprogram = body {
            shelf.keep(.sample(.image), as: Self.thumbnail, of: corp, at: now)
        }
        guard let (id, type) = body.media else { return body }
        if let file = shelf.file(id, of: corp, at: now) {
            return file.bytes.count <= type.mostBytesPulled
                ? body : .text("[文件过大，无法查看]", menuItem: nil)
        }
        let known = id.rawValue.isEmpty ? makeMediaID() : id
        shelf.keep(.sample(type), as: known, of: corp, at: now)
        return switch type {
        case .image: .image(known)
        case .voice: .voice(known)
        case .video: .video(known)
        case .file: .file(known)
        }
    }
}

extension MessageBody {
    /// The file it carries.
    fileprivate var media: (id: MediaID, type: MediaType)? {
        switch self {
        case .image(let id): (id, .image)
        case .voice(let id): (id, .voice)
        case .video(let id): (id, .video)
        case .file(let id): (id, .file)
        case .text, .location, .link, .businessCard, .miniprogram, .menu, .shopProduct, .shopOrder,
            .mergedMessages, .channels, .other:
            nil
        }
    }
}

extension OutgoingBody {
    /// The upload it needs, and as what.
    fileprivate var media: (id: MediaID, type: MediaType)? {
        switch self {
        case .image(let id): (id, .image)
        case .voice(let id): (id, .voice)
        case .video(let id): (id, .video)
        case .file(let id): (id, .file)
        case .link(let link): (link.thumbnail, .image)
        case .miniprogram(let program): (program.thumbnail, .image)
        case .text, .menu, .location, .acquisitionLink: nil
        }
    }
}
