package import ChatModel

/// What is known of a picture or another file that rules send, without its bytes.
///
/// Among the sources of a load it stands as a text of its own under the file's path, so that a
/// version's id, its stored sources and whoever loads them again know exactly which file was meant.
/// The bytes are kept elsewhere, under ``hash``.
package struct MediaListing: Hashable, Sendable {
    /// The first 22 characters of base64url(SHA-256) of the content.
    package var hash: String
    /// Its size in bytes.
    package var count: Int
    /// The format its first bytes show; `nil` for any the platform doesn't tell apart.
    package var format: MediaFormat?
    /// How long a voice message lasts; `nil` for anything else.
    package var milliseconds: Int?

    /// A file.
    package init(hash: String, count: Int, format: MediaFormat?, milliseconds: Int?) {
        self.hash = hash
        self.count = count
        self.format = format
        self.milliseconds = milliseconds
    }

    /// The first line of a listing; no rule file begins so.
    private static let title = "switchboard media 1"

    /// The listing as a source of a load.
    package func source(at path: String) -> RuleSource {
        var lines = [Self.title, "hash \(hash)", "bytes \(count)"]
        if let format { lines.append("format \(format.rawValue)") }
        if let milliseconds { lines.append("milliseconds \(milliseconds)") }
        return RuleSource(path: path, text: lines.joined(separator: "\n") + "\n")
    }

    /// The listing a source holds; `nil` for a rule file, a sheet or anything else.
    package init?(_ source: RuleSource) {
        guard source.text.hasPrefix(Self.title + "\n") else { return nil }
        var fields: [Substring: Substring] = [:]
        for line in source.text.split(separator: "\n").dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        guard let hash = fields["hash"], let count = fields["bytes"].flatMap({ Int($0) }) else {
            return nil
        }
        self.init(
            hash: String(hash), count: count,
            format: fields["format"].flatMap { MediaFormat(rawValue: String($0)) },
            milliseconds: fields["milliseconds"].flatMap { Int($0) })
    }
}

extension RuleSource {
    /// Whether it stands for a picture or another file, and is no text anybody edits.
    package var isMediaListing: Bool { MediaListing(self) != nil }
}

extension RuleFiles {
    /// The keys whose value is a file to send.
    static let mediaKeys: Set = ["image", "voice", "video", "file", "thumb"]

    /// Whether a value of such a key is a path and no `media_id`: those hold neither dots nor
    /// slashes.
    static func isMediaPath(_ text: String) -> Bool { text.contains { $0 == "." || $0 == "/" } }

    /// The files that `source` sends, as paths beside its own; nothing for what isn't YAML.
    ///
    /// For whoever reads the disk, which looks for them and hands their listings on.
    package static func mediaPaths(in source: RuleSource) -> [String] {
        let names = mediaKeys.flatMap { [$0, KeyVocabulary.chinese(for: $0) ?? $0] }
        guard names.contains(where: source.text.contains), !source.isMediaListing else { return [] }
        let log = DiagnosticLog()
        guard
            let root = YAMLDocument.parse(source, log: log).map({
                KeyVocabulary.english($0, log: log)
            })
        else { return [] }
        var found: Set<String> = []
        func walk(_ node: YAMLNode) {
            for entry in node.map ?? [] {
                if mediaKeys.contains(entry.name) {
                    for value in entry.value.list ?? [entry.value] {
                        if let text = value.text, isMediaPath(text) { found.insert(text) }
                    }
                }
                walk(entry.value)
            }
            node.list?.forEach(walk)
        }
        walk(root)
        return found.sorted().map { SourceSet.beside(source.path, $0) }
    }
}
