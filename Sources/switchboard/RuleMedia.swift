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
        // One at a time in functions of their own: as one loop, the optimiser of Swift 6.3.1
        // crashes on it.
        for source in sources {
            if let listing = MediaListing(source) {
                try await put(unchanged(source.path, listing), listing.hash, store)
            }
        }
    }

    private static func put(_ bytes: [UInt8], _ hash: String, _ store: SQLiteStore) async throws {
        try await store.keep(bytes, as: hash)
    }

    /// The bytes that were listed.
    private static func unchanged(_ path: String, _ listing: MediaListing) throws -> [UInt8] {
        if let bytes = bytes(at: path), Environment.live.shortHash(bytes) == listing.hash {
            return bytes
        }
        throw CommandFailure(
            .unreadable,
            Bilingual(
                en: "\(path) has changed since it was checked", zh: "\(path) 检查以后又变了"),
            cure: Bilingual(en: "publish once more", zh: "再发布一次"))
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
