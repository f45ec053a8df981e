import RuleEngine

/// Fills `$(name)` with the bundle's texts.
///
/// `$$(` stands for a literal `$(`. Texts may refer to texts; a circle is an error.
final class TextResolver {
    /// The largest filled-in text kept: many times what any message takes.
    private static let maximumBytes = 64 << 10

    private let texts: [String: TextSyntax]
    private let names: [String]
    private let log: DiagnosticLog
    private var filled: [String: String] = [:]
    private var open: [String] = []
    /// Texts that something referred to.
    private(set) var used: Set<String> = []

    init(_ texts: [TextSyntax], log: DiagnosticLog) {
        self.texts = Dictionary(
            texts.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
        names = texts.map(\.name.text)
        self.log = log
    }

    /// Fills every text once, so that mistakes in unused ones are found too.
    func resolveAll() {
        for name in names {
            guard filled[name] == nil, let text = texts[name] else { continue }
            open = [name]
            filled[name] = resolve(text.value)
        }
        open = []
    }

    /// The text with its placeholders filled; wrong ones are reported and left out.
    func resolve(_ words: Words) -> String {
        let text = words.text
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[text.index(after: dollar)...]
            if after.hasPrefix("$(") {
                result += "$("
                rest = after.dropFirst(2)
            } else if after.hasPrefix("（") {
                log.report(
                    words.diagnostic(
                        .fullWidth, in: dollar..<text.index(dollar, offsetBy: 2),
                        "full-width '（' in a placeholder", help: "write $(名字)"))
                return result
            } else if after.hasPrefix("(") {
                guard let close = after.firstIndex(of: ")") else {
                    log.report(
                        words.diagnostic(
                            .placeholder, in: dollar..<text.endIndex,
                            "a placeholder without its ')'",
                            help: "write $(名字); for the characters themselves write $$("))
                    return result
                }
                let range = dollar..<text.index(after: close)
                result += value(of: after.dropFirst()[..<close].trimmed, in: range, of: words)
                rest = text[range.upperBound...]
            } else {
                result += "$"
                rest = after
            }
            if result.utf8.count > Self.maximumBytes {
                log.report(
                    words.diagnostic(
                        .tooLong,
                        "with its texts filled in it has more than "
                            + "\(Self.maximumBytes) bytes"))
                return String(result.prefix(Self.maximumBytes / 4))
            }
        }
        return result + rest
    }

    private func value(
        of name: String, in range: Range<String.Index>, of words: Words
    ) -> String {
        guard !name.isEmpty else {
            log.report(words.diagnostic(.placeholder, in: range, "a placeholder without a name"))
            return ""
        }
        used.insert(name)
        if let filled = filled[name] { return filled }
        guard let text = texts[name] else {
            if name.contains("|") || name.contains(".") {
                log.report(
                    words.diagnostic(
                        .unsupported, in: range,
                        "the placeholder '$(\(name))' is not supported by this version",
                        help: "a placeholder can name a text under 'texts:'"))
            } else {
                log.report(
                    words.diagnostic(
                        .unknownName, in: range, "there is no text '\(name)'",
                        help: Suggestion.phrase(for: name, among: names)
                            ?? "declare it under 'texts:'"))
            }
            return ""
        }
        guard !open.contains(name) else {
            log.report(
                words.diagnostic(
                    .textCycle, in: range,
                    "the text '\(name)' contains itself: "
                        + (open + [name]).joined(separator: " → ")))
            return ""
        }
        open.append(name)
        let value = resolve(text.value)
        open.removeLast()
        filled[name] = value
        return value
    }
}
