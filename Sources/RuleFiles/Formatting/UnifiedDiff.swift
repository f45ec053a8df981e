/// The difference of two texts by lines, as `diff -u` and `git` write it.
package enum UnifiedDiff {
    /// Unchanged lines around a change.
    private static let context = 3

    /// Beyond so many differing lines the search for the shortest difference would take long; all
    /// of them are then shown as replaced.
    private static let mostLines = 4000

    /// The difference with its two header lines; empty for equal texts.
    ///
    /// - Returns: Lines that each end in a line feed; a text without one at its end is marked as
    ///   `diff` does.
    package static func text(from before: String, to after: String, path: String) -> String {
        guard before != after else { return "" }
        let old = lines(before)
        let new = lines(after)
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start,
            old[old.count - 1 - end] == new[new.count - 1 - end]
        {
            end += 1
        }
        let changes =
            old[..<start].map { Change.kept($0) }
            + changes(Array(old[start..<old.count - end]), Array(new[start..<new.count - end]))
            + old[(old.count - end)...].map { Change.kept($0) }
        return "--- \(path)\n+++ \(path)\n" + hunks(changes)
    }

    private enum Change {
        case kept(Substring), removed(Substring), added(Substring)

        var isKept: Bool { if case .kept = self { true } else { false } }

        var text: String {
            let (sign, line) =
                switch self {
                case .kept(let line): (" ", line)
                case .removed(let line): ("-", line)
                case .added(let line): ("+", line)
                }
            return sign + line + (line.hasSuffix("\n") ? "" : "\n\\ No newline at end of file\n")
        }
    }

    /// Lines with their ends.
    private static func lines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var rest = text[...]
        while let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n")) {
            let next = rest.utf8.index(after: end)
            lines.append(rest[..<next])
            rest = rest[next...]
        }
        if !rest.isEmpty { lines.append(rest) }
        return lines
    }

    private static func changes(_ old: [Substring], _ new: [Substring]) -> [Change] {
        guard old.count + new.count <= mostLines else {
            return old.map { .removed($0) } + new.map { .added($0) }
        }
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var changes: [Change] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removed.contains(left) {
                changes.append(.removed(old[left]))
                left += 1
            } else if added.contains(right) {
                changes.append(.added(new[right]))
                right += 1
            } else {
                changes.append(.kept(old[left]))
                left += 1
                right += 1
            }
        }
        return changes
    }

    private static func hunks(_ changes: [Change]) -> String {
        var text = ""
        var (left, right) = (1, 1)
        var index = 0
        while let first = changes[index...].firstIndex(where: { !$0.isKept }) {
            let start = max(index, first - context)
            left += start - index
            right += start - index
            // The hunk goes on while the next change is near.
            var end = first
            var last = first
            while end < changes.count, end - last <= 2 * context + 1 {
                if !changes[end].isKept { last = end }
                end += 1
            }
            end = min(changes.count, last + 1 + context)
            let hunk = changes[start..<end]
            let old = hunk.count { if case .added = $0 { false } else { true } }
            let new = hunk.count { if case .removed = $0 { false } else { true } }
            text += "@@ -\(range(left, old)) +\(range(right, new)) @@\n"
            for change in hunk { text += change.text }
            left += old
            right += new
            index = end
        }
        return text
    }

    /// `3,4`; `3` for one line; the line before an empty range.
    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start)" : "\(count == 0 ? start - 1 : start),\(count)"
    }
}
