import Boundary
import ChatModel
import Foundation
import RuleFiles
import SQLiteStore

/// The files that rules send: looked at on disk, and kept beside the database when published.
enum RuleMedia {
    /// The listings of the files that `sources` name and that are there, each once.
    ///
    /// A file that isn't there, or is larger than anything the platform takes, has none: the rules
    /// are then refused with the place that names it.
    static func listings(for sources: [RuleSource]) -> [RuleSource] {
        let paths = Set(sources.flatMap { RuleFiles.mediaPaths(in: $0) })
        return paths.sorted().compactMap { path in
            bytes(at: path).map { listing(of: $0).source(at: path) }
        }
    }

    /// Keeps the files that `sources` list in the store, so that they can be sent whatever becomes
    /// of the folder.
    ///
    /// - Throws: ``CommandFailure`` for a file that has changed or gone since it was looked at;
    ///   ``Boundary/StoreError`` for one that can't be kept.
    static func keep(filesOf sources: [RuleSource], in store: SQLiteStore) async throws {
        for source in sources {
            guard let listing = MediaListing(source) else { continue }
            guard let bytes = bytes(at: source.path),
                Environment.live.shortHash(bytes) == listing.hash
            else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "\(source.path) has changed since it was checked",
                        zh: "\(source.path) 检查以后又变了"),
                    cure: Bilingual(en: "publish once more", zh: "再发布一次"))
            }
            try await store.keep(bytes, as: listing.hash)
        }
    }

    private static func listing(of bytes: [UInt8]) -> MediaListing {
        let duration = VoiceDuration.ofAMR(bytes)
        return MediaListing(
            hash: Environment.live.shortHash(bytes), count: bytes.count,
            format: MediaFormat(of: bytes.prefix(16)),
            milliseconds: duration.map {
                Int($0.components.seconds * 1000)
                    + Int($0.components.attoseconds / 1_000_000_000_000_000)
            })
    }

    /// The file's bytes; `nil` for a folder, and for what nobody should read whole.
    private static func bytes(at path: String) -> [UInt8]? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular,
            let size = attributes?[.size] as? Int, size <= 64 << 20,
            let data = FileManager.default.contents(atPath: path)
        else { return nil }
        return Array(data)
    }
}
