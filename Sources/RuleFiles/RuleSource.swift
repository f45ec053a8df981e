/// A file's text and the path it goes by in messages; whoever reads the disk makes one.
package struct RuleSource: Hashable, Sendable, Codable {
    /// The path as the user gave it.
    package let path: String
    /// The whole text, as read; a byte-order mark and CRLF line ends are welcome.
    package let text: String

    /// A text called `path`.
    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
