import Foundation

/// Between the editor's URIs and the paths of rule files.
enum DocumentPath {
    /// The path a `file:` URI names; the URI itself for other schemes, which no disk knows.
    static func path(of uri: String) -> String {
        guard uri.lowercased().hasPrefix("file://") else { return uri }
        let rest = uri.dropFirst("file://".count)
        // A host before the path is left out.
        let path = rest.firstIndex(of: "/").map { rest[$0...] } ?? rest
        let cut = path.prefix { $0 != "#" && $0 != "?" }
        return String(cut).removingPercentEncoding ?? String(cut)
    }

    /// The URI of an absolute path; a path that is a URI stays one.
    static func uri(of path: String) -> String {
        guard path.hasPrefix("/") else { return path }
        var uri = "file://"
        for byte in path.utf8 {
            if unreserved.contains(byte) {
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                uri += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return uri
    }

    private static let unreserved = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)

    /// The folder a path is in, without a slash at its end.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// Without a slash at its end.
    static func trimmed(_ folder: String) -> String {
        folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    /// The folder whose rule files belong together with the one at `path`: the nearest folder
    /// above it called `rules`, not above the workspace, else the folder it is in.
    static func group(of path: String, roots: [String]) -> String {
        let own = folder(of: path)
        let root = roots.filter { path.hasPrefix($0 + "/") }.max { $0.count < $1.count }
        var candidate = own
        while candidate.count > 1 {
            if candidate.hasSuffix("/rules") { return candidate }
            if candidate == root { break }
            candidate = folder(of: candidate)
        }
        return own
    }

    /// What the server does with a file.
    enum Kind {
        case rules, tests, sheet, other
    }

    static func kind(of path: String) -> Kind {
        if path.hasSuffix(".kf.yml") { return .rules }
        if path.hasSuffix(".test.yml") { return .tests }
        return path.hasSuffix(".csv") ? .sheet : .other
    }
}
