/// A path's last name, and the folder it is in.
///
/// By hand, because Foundation's `deletingLastPathComponent` ends the process on a relative name of
/// one character (Swift 6.3.1).
package struct PathParts: Hashable, Sendable {
    /// What comes before the last slash; empty for the current folder, `/` for the root.
    package let folder: String
    /// The last name; empty for an empty path and for the root.
    package let name: String

    /// The parts of a path; slashes behind its last name don't count.
    package init(_ path: String) {
        var rest = path[...]
        while rest.count > 1, rest.last == "/" { rest.removeLast() }
        guard let slash = rest.lastIndex(of: "/") else {
            (folder, name) = ("", String(rest))
            return
        }
        name = String(rest[rest.index(after: slash)...])
        let before = rest[..<slash]
        folder = before.allSatisfy { $0 == "/" } ? "/" : String(before)
    }
}
