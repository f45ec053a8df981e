import Foundation
import Testing

/// Links of the README and the documents lead somewhere.
@Suite struct LinkTests {
    @Test func everyLinkResolves() {
        let pages = SourceTree.paths.filter {
            $0.hasSuffix(".md") && ($0.hasPrefix("docs/") || !$0.contains("/"))
        }
        #expect(pages.contains("docs/glossary.md"))
        expectNone(
            pages.flatMap { Self.deadLinks(in: SourceTree.text($0) ?? "", of: $0) },
            "mend the link, or write the page")
    }

    /// `page: target` for each link to a file, or a heading, that is not there.
    static func deadLinks(
        in text: String, of page: String,
        read: (String) -> String? = { path in
            SourceTree.exists(path) ? SourceTree.text(path) ?? "" : nil
        }
    ) -> [String] {
        let folder = page.split(separator: "/").dropLast().joined(separator: "/")
        return prose(of: text).matches(of: /\]\(<?([^()\s>]+)>?\)/).compactMap { match in
            let target = String(match.1)
            if target.contains(/^[a-z]+:/) { return nil }
            let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let path = parts[0].isEmpty ? page : resolve(String(parts[0]), from: folder)
            guard let destination = path == page ? text : read(path) else {
                return "\(page): \(target)"
            }
            if parts.count == 2, !anchors(of: destination).contains(String(parts[1])) {
                return "\(page): \(target)"
            }
            return nil
        }
    }

    /// The text without its blocks of code and its `code`.
    private static func prose(of text: String) -> String {
        var isCode = false
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.drop(while: \.isWhitespace).hasPrefix("```") {
                isCode.toggle()
            } else if !isCode {
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n").replacing(/`[^`\n]*`/, with: "")
    }

    private static func resolve(_ path: String, from folder: String) -> String {
        var parts = folder.split(separator: "/").map(String.init)
        for part in (path.removingPercentEncoding ?? path).split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }

    /// The anchors a reader's page gives the headings: lower case, blanks as hyphens, no signs.
    private static func anchors(of text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                String(
                    line.drop { $0 == "#" }.drop(while: \.isWhitespace).lowercased()
                        .compactMap { character -> Character? in
                            if character == " " { return "-" }
                            let isKept =
                                character.isLetter || character.isNumber || character == "-"
                                || character == "_"
                            return isKept ? character : nil
                        })
            })
    }

    @Test func aDeadLinkIsSeen() {
        let text = """
            # One Page, two parts
            [here](other.md) [gone](gone.md) [up](../README.md#top) [web](https://example.com/x)
            [part](#one-page-two-parts) [no part](#three) `[code](nowhere.md)`
            ```
            [code](nowhere.md)
            ```
            """
        let files = ["docs/other.md": "", "README.md": "## Bottom\n"]
        #expect(
            Self.deadLinks(in: text, of: "docs/page.md") { files[$0] } == [
                "docs/page.md: gone.md", "docs/page.md: ../README.md#top", "docs/page.md: #three",
            ])
    }
}
