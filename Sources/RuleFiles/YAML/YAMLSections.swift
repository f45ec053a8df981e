import RuleEngine

/// What can be read of a file that as a whole can't: its top-level sections one by one.
///
/// A mistake in `menus:` then doesn't hide the mistakes in `rules:`.
enum YAMLSections {
    /// More sections than a rule file has; a file with more is not worth the effort.
    private static let most = 40

    /// A map of the sections that can be read; `nil` if there are none.
    static func root(of source: RuleSource) -> YAMLNode? {
        guard source.text.utf8.count <= YAMLDocument.maximumBytes else { return nil }
        let text = YAMLText(source)
        var starts: [Int] = []
        for number in 1...text.lineCount {
            guard let first = text.line(number).first else { continue }
            let isSection = ![" ", "#", "-", "\t", "]", "}"].contains { UInt8(ascii: $0) == first }
            if isSection { starts.append(number) }
        }
        guard (2...most).contains(starts.count) else { return nil }
        var entries: [YAMLNode.Entry] = []
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : text.lineCount + 1
            // Lines before it stay as empty ones, so that places are right.
            var section = [UInt8](repeating: .lineFeed, count: start - 1)
            for number in start..<end { section += text.line(number) + [.lineFeed] }
            let part = RuleSource(
                path: source.path, text: String(decoding: section, as: UTF8.self))
            guard let root = YAMLDocument.parse(part, log: DiagnosticLog()), let map = root.map
            else { continue }
            for entry in map where !entries.contains(where: { $0.name == entry.name }) {
                entries.append(entry)
            }
        }
        guard let first = entries.first else { return nil }
        return YAMLNode(content: .map(entries), place: first.key.place, length: first.key.length)
    }
}
