import RuleEngine

/// Makes the changes that findings carry.
package enum RuleFixes {
    /// A file with changes made.
    package struct Fixed: Hashable, Sendable {
        /// The file, changed.
        package let source: RuleSource
        /// The findings that were mended, by place.
        package let mended: [Diagnostic]
    }

    /// The files that fixes change, changed; a fix that overlaps an earlier one waits for the next
    /// run.
    package static func apply(
        _ diagnostics: [Diagnostic], to sources: [RuleSource]
    ) -> [Fixed] {
        sources.compactMap { source in
            var edits: [(edit: Fix.Edit, owner: Int)] = []
            var mended: [Diagnostic] = []
            for diagnostic in diagnostics.sorted() {
                guard let fix = diagnostic.fix, !fix.edits.isEmpty,
                    fix.edits.allSatisfy({ $0.place.file == source.path }),
                    !fix.edits.contains(where: { new in edits.contains { new.overlaps($0.edit) } })
                else { continue }
                edits += fix.edits.map { ($0, mended.count) }
                mended.append(diagnostic)
            }
            guard !mended.isEmpty else { return nil }
            let text = applied(edits.map(\.edit), to: source.text)
            return Fixed(source: RuleSource(path: source.path, text: text), mended: mended)
        }
    }

    private static func applied(_ edits: [Fix.Edit], to text: String) -> String {
        let byLine = Dictionary(grouping: edits, by: \.place.line)
        // Swift takes CRLF for one character, so line ends stay as they are.
        var result = ""
        var number = 1
        var line: [Character] = []
        func changed() -> String {
            var line = line
            for edit in (byLine[number] ?? []).sorted(by: { $0.place.column > $1.place.column }) {
                let start = min(edit.place.column - 1, line.count)
                let end = min(start + edit.length, line.count)
                line.replaceSubrange(start..<end, with: Array(edit.replacement))
            }
            return String(line)
        }
        // A byte-order mark is no column.
        var rest = text[...]
        if rest.unicodeScalars.first == "\u{FEFF}" {
            rest.unicodeScalars.removeFirst()
            result.unicodeScalars.append("\u{FEFF}")
        }
        for character in rest {
            guard ["\n", "\r\n", "\r"].contains(character) else {
                line.append(character)
                continue
            }
            result += changed()
            result.append(character)
            line = []
            number += 1
        }
        return result + changed()
    }
}

extension Fix.Edit {
    fileprivate func overlaps(_ other: Fix.Edit) -> Bool {
        place.line == other.place.line && place.file == other.place.file
            && place.column < other.place.column + max(1, other.length)
            && other.place.column < place.column + max(1, length)
    }
}
