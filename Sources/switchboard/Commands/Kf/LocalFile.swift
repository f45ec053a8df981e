import Boundary
import ChatModel
import Foundation
import RuleFiles

/// A file on this machine, on its way to the platform or from it.
enum LocalFile {
    /// The file at `path`, to be uploaded.
    ///
    /// - Parameter kind: What it is sent as; by its first bytes with `nil`.
    static func upload(_ path: String, as kind: MediaKind?) throws -> MediaUpload {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let file = FileHandle(forReadingAtPath: path),
            let count = (attributes?[.size] as? NSNumber)?.intValue,
            attributes?[.type] as? FileAttributeType != .typeDirectory,
            let head = try? file.read(upToCount: 16) ?? Data()
        else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "\(path) can't be read", zh: "\(path) 读不了"),
                cure: Bilingual(en: "check the path and its rights", zh: "看看路径和权限"))
        }
        let kind = kind ?? Self.kind(of: head)
        let name = PathParts(path).name
        // How long a voice message is, is told by all of it; it is small.
        if kind == .voice, count <= kind.largest,
            let bytes = FileManager.default.contents(atPath: path)
        {
            return MediaUpload(kind: kind, filename: name, bytes: Array(bytes))
        }
        return MediaUpload(
            kind: kind, filename: name, count: count, head: Array(head), content: .path(path))
    }

    private static func kind(of head: Data) -> MediaKind {
        let format = MediaFormat(of: head)
        return [.image, .voice, .video].first { kind in
            format.map { kind.formats?.contains($0) ?? false } ?? false
        } ?? .file
    }

    /// Refuses a path that can't be written, before anything is done that would be in vain.
    static func requireWritable(_ path: String, overwrites: Bool) throws {
        if !overwrites, FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(
                .unreadable, Bilingual(en: "\(path) is there already", zh: "\(path) 已经有了"),
                cure: Bilingual(
                    en: "name another file, or add --force", zh: "换个文件名，或加 --force"))
        }
        let folder = PathParts(path).folder
        var isFolder: ObjCBool = false
        let isThere =
            unsafe folder.isEmpty
            || FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
                && isFolder.boolValue
        guard isThere else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "\(path) can't be written: there is no folder \(folder)",
                    zh: "\(path) 写不了：没有文件夹 \(folder)"),
                cure: Bilingual(
                    en: "mkdir -p '\(folder)', or name another file",
                    zh: "mkdir -p '\(folder)'，或换个文件名"))
        }
    }

    /// Writes a file, and over another one only where `overwrites`.
    static func write(_ data: Data, to path: String, overwrites: Bool) throws {
        try requireWritable(path, overwrites: overwrites)
        do { try data.write(to: URL(filePath: path)) } catch {
            throw CommandFailure.unwritable(path)
        }
    }
}

extension KfPlatform {
    /// Images beyond this are uploaded, but customers' devices may not get them (wecom-kf
    /// reference §14, §19).
    private static let largestReceived = 2 << 20

    /// Says so where an image may be too large for the customer.
    func warnOfSize(of file: MediaUpload) {
        guard file.kind == .image, file.count > Self.largestReceived else { return }
        // Rounded up: a little over 2 MB must not read as 2.0.
        let tenths = (Double(file.count) / Double(1 << 20) * 10).rounded(.up)
        let megabytes = String(format: "%.1f", tenths / 10)
        Terminal.warn(
            Bilingual(
                en: "\(file.filename) has \(megabytes) MB; customers receive images of at most "
                    + "2 MB",
                zh: "\(file.filename) 有 \(megabytes) MB，客户那边最多收 2 MB 的图片"),
            in: language)
    }
}
