import Foundation
import Testing

/// `docs/platform.md` is true: no call, message or event is missing, no cell is empty, and what a
/// cell names stands in the file it leads to.
@Suite struct PlatformPageTests {
    private struct Row {
        let section: String
        let name: String
        let cells: [String]
    }

    private static let rows: [Row] = {
        var rows: [Row] = []
        var section = ""
        for line in (SourceTree.text("docs/platform.md") ?? "").split(separator: "\n") {
            if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            guard line.hasPrefix("| `") else { continue }
            let cells = line.split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            let name = cells[0].trimmingCharacters(in: ["`"])
            rows.append(Row(section: section, name: name, cells: Array(cells.dropFirst())))
        }
        return rows
    }()

    private func names(_ section: String) -> [String] {
        Self.rows.filter { $0.section == section }.map(\.name)
    }

    /// What `pattern` finds in a file, in order.
    private func found(_ pattern: String, in path: String) throws -> [String] {
        let text = try #require(SourceTree.text(path))
        return text.matches(of: try Regex(pattern)).compactMap {
            $0[1].substring.map { String($0) }
        }
    }

    @Test func everyCallHasOneRow() throws {
        let calls = names("Calls")
        let known = try found(
            #"case \.\w+: "((?:kf|media)/[a-z_/]+)""#,
            in: "Sources/Routing/Dispatch/PlatformEndpoint.swift")
        #expect(known.count == 30)
        #expect(calls.sorted() == (known + ["gettoken"]).sorted())
        // The client makes no call that the page doesn't know.
        for path in SourceTree.paths where path.hasPrefix("Sources/WeComKF/") {
            for call in try found(#""((?:kf|media)/[a-z_/]+)""#, in: path) {
                #expect(calls.contains(call), "\(path) makes \(call)")
            }
        }
    }

    @Test func everyMessageAndEventHasOneRow() throws {
        let samples = "Tests/WeComKFTests/SampleRows.swift"
        // Of the documented types, each is read in a sample.
        let messages = names("Messages of customers and servicers")
        #expect(messages.count == 17 && Set(messages).count == 17)
        let sampled = try found(##"#""([a-z_]+)"(?:,|"#)"##, in: samples)
        #expect(Set(messages).subtracting(sampled) == [])
        let events = Set(try found(#""event_type":"([a-z_]+)""#, in: samples))
            .subtracting(["brand_new"])
        #expect(Set(names("Events")) == events && names("Events").count == 7)
        let sent = try found(
            #"case \.\w+: "([a-z_]+)""#, in: "Sources/ChatModel/OutgoingBody.swift")
        #expect(Set(names("Messages of ours")) == Set(sent))
        #expect(names("Callbacks") == ["kf_msg_or_event", "kf_account_auth_change"])
    }

    @Test func everyCellLeadsToWhatItNames() throws {
        #expect(Self.rows.count == 31 + 17 + 10 + 7 + 2)
        for row in Self.rows {
            #expect(row.cells.count == (row.section == "Calls" ? 5 : 4), "\(row.name)")
            for cell in row.cells {
                #expect(!cell.isEmpty && cell != "?", "\(row.name)")
                guard let link = cell.firstMatch(of: /\[`(.+)`\]\(\.\.\/([^)]+)\)/) else {
                    continue
                }
                let text = try #require(
                    SourceTree.text(String(link.2)), "\(row.name): no file \(link.2)")
                #expect(text.contains(link.1), "\(row.name): \(link.1) is not in \(link.2)")
            }
            // Words alone are for the method, and for what a rule has no key for.
            let bare = row.cells.filter { !$0.hasPrefix("[") }
            #expect(bare.count <= 1, "\(row.name): \(bare)")
        }
    }
}
