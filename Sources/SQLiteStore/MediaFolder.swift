import Boundary
import Foundation
import Glibc

/// The folder beside the database that holds files by their content:
/// `switchboard.db.media/ab/abcdef…`.
///
/// A file is written under another name and then moved to its own, so that what is there is whole.
/// It holds what customers sent, and is its owner's alone.
struct MediaFolder: Sendable {
    let path: String

    /// The folder of the database at `store`.
    init(store: String) {
        let folder = PathParts(store).folder
        // Named after the database: two databases of one folder must not delete each other's files.
        path =
            (folder.isEmpty ? "" : folder + "/") + PathParts(store).name + ".media"
    }

    func file(_ hash: String) -> String { "\(path)/\(hash.prefix(2))/\(hash)" }

    /// The file kept under `hash`; `nil` when there is none, or what lies there can't be read.
    func stored(_ hash: String) -> StoredFile? {
        guard Self.isHash(hash), let handle = FileHandle(forReadingAtPath: file(hash)) else {
            return nil
        }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: 16), let count = try? handle.seekToEnd()
        else { return nil }
        return StoredFile(path: file(hash), count: Int(count), head: Array(head))
    }

    func keep(_ bytes: [UInt8], as hash: String) throws(StoreError) {
        guard Self.isHash(hash) else {
            throw StoreError(.constraint, reason: "a file's name is no hash")
        }
        let target = file(hash)
        if FileManager.default.fileExists(atPath: target) {
            // As good as new: nothing may prune it before it is noted again.
            try? FileManager.default.setAttributes(
                [.modificationDate: Date()], ofItemAtPath: target)
            return
        }
        let draft = "\(target).\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(
                atPath: PathParts(target).folder,
                withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            // Created for its owner alone before anything is in it.
            guard
                FileManager.default.createFile(
                    atPath: draft, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: draft)
            else { throw CocoaError(.fileWriteUnknown) }
            try handle.write(contentsOf: bytes)
            try handle.synchronize()
            try handle.close()
            try FileManager.default.moveItem(atPath: draft, toPath: target)
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            // Somebody else kept the same content meanwhile.
            if FileManager.default.fileExists(atPath: target) { return }
            throw StoreError(.cannotOpen, reason: "a file can't be kept in \(path)")
        }
    }

    /// Deletes the files whose hash is none of `wanted` and that are older than an hour: one just
    /// written may be noted in a moment.
    func prune(keeping wanted: Set<String>, now: Date) -> Int {
        let manager = FileManager.default
        var deleted = 0
        for folder in (try? manager.contentsOfDirectory(atPath: path)) ?? [] {
            let prefix = folder
            let folder = "\(path)/\(folder)"
            for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? []
            where !wanted.contains(name) && Self.isOurs(name, in: prefix) {
                let file = "\(folder)/\(name)"
                let written = (try? manager.attributesOfItem(atPath: file))?[.modificationDate]
                guard let written = written as? Date, now.timeIntervalSince(written) > 3600,
                    (try? manager.removeItem(atPath: file)) != nil
                else { continue }
                deleted += 1
            }
        }
        return deleted
    }

    /// Whether it is a file of this folder's own making, or the draft of one.
    private static func isOurs(_ name: String, in folder: String) -> Bool {
        let hash = name.split(separator: ".", maxSplits: 1).first.map { String($0) } ?? ""
        let rest = name.dropFirst(hash.count)
        return isHash(hash) && folder == hash.prefix(2)
            && (rest.isEmpty || UUID(uuidString: String(rest.dropFirst())) != nil)
    }

    /// Nothing but what ``Environment/shortHash`` makes may become a path.
    private static func isHash(_ text: String) -> Bool {
        (16...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
    }
}
