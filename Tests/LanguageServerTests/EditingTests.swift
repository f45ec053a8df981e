import Foundation
import LanguageServer
import RuleFiles
import Testing

@Suite struct EditingTests {
    private let path = "rules/小店.kf.yml"

    private func edits(_ text: String) throws -> [JSONValue] {
        let session = try Session()
        session.open(path, text)
        let result = try session.request(
            "textDocument/formatting",
            ["textDocument": ["uri": .string(Session.uri(path))], "options": [:]])
        return try #require(result.array)
    }

    private static let untidy = """
        kf: 1
        bundle:   小店
        accounts: [ shop ]
        # 😀 规则
        rules:
        -   rule:  没听懂
            when: {no_match: true}
            reply: "好的"
        """

    @Test(arguments: ["", "\n", "\n\n\n"])
    func theCanonicalFormIsOneEdit(end: String) throws {
        let text = Self.untidy + end
        let edits = try edits(text)
        #expect(edits.count == 1)
        let canonical = RuleFormatter.format(RuleSource(path: path, text: text)).text
        #expect(try applying(edits, to: text) == canonical)
        #expect(canonical != text)
        // The first line is as it should be, so it isn't touched.
        #expect(edits.first?["range"]?["start"]?["line"] == 1)
        #expect(try self.edits(canonical).isEmpty)
    }

    @Test func lineEndsAndByteOrderMarkStay() throws {
        let text = "\u{FEFF}" + Self.untidy.replacing("\n", with: "\r\n") + "\r\n"
        let edits = try edits(text)
        let canonical = RuleFormatter.format(RuleSource(path: path, text: text)).text
        #expect(
            try applying(edits, to: text) == "\u{FEFF}" + canonical.replacing("\n", with: "\r\n"))
        #expect(
            try self.edits("\u{FEFF}" + canonical.replacing("\n", with: "\r\n")).isEmpty)
    }

    @Test func aBrokenFileIsNotFormatted() throws {
        let session = try Session()
        session.open(path, "kf: [\n")
        let response = session.response(
            "textDocument/formatting",
            ["textDocument": ["uri": .string(Session.uri(path))], "options": [:]])
        #expect(response["error"]?["code"] == -32803)
        #expect(
            response["error"]?["message"]?.string?
                .hasPrefix("can't be formatted: rules/小店.kf.yml:2:1 ") == true)
    }

    // MARK: Code actions

    private func actions(
        _ session: Session, _ range: JSONValue, only: [String]? = nil
    ) throws -> [JSONValue] {
        var context: JSONValue = ["diagnostics": []]
        if let only {
            context = ["diagnostics": [], "only": .array(only.map(JSONValue.string))]
        }
        let result = try session.request(
            "textDocument/codeAction",
            [
                "textDocument": ["uri": .string(Session.uri(path))], "range": range,
                "context": context,
            ])
        return try #require(result.array)
    }

    @Test func aFindingThatAMachineCanMendHasAnAction() throws {
        let text = cleanBundle.replacing("says: [退款, 退货]", with: "says: [退款, 退款]")
        let session = try Session()
        session.open(path, text)
        session.settle()
        let finding = try #require(session.findings[path]?.first { $0["code"] == "KF225" })
        let place = try #require(finding["range"])
        let action = try #require(try actions(session, place, only: ["quickfix"]).first)
        #expect(action["kind"] == "quickfix")
        #expect(action["diagnostics"] == [finding])
        let edits = try #require(action["edit"]?["changes"]?[Session.uri(path)]?.array)
        #expect(
            try applying(edits, to: text)
                == cleanBundle.replacing("says: [退款, 退货]", with: "says: [退款]"))
        #expect(try actions(session, range(0, 0, 0), only: ["quickfix"]).isEmpty)
    }

    @Test func slipsOfTheInputMethodAreRepairedTogether() throws {
        let text = cleanBundle.replacing("reply: 7", with: "reply： 7")
            .replacing("says: [退款, 退货]", with: "says：【退款，退货】")
        let session = try Session(language: .zh)
        session.open(path, text)
        session.settle()
        #expect(!session.codes(path).isEmpty)
        var current = text
        // What one repair brings to light, the next one mends.
        for _ in 0..<4 {
            let action = try actions(session, range(0, 0, 0), only: ["source.fixAll"]).first
            guard let edits = action?["edit"]?["changes"]?[Session.uri(path)]?.array else { break }
            #expect(action?["title"] == "修复所有能自动修复的问题")
            current = try applying(edits, to: current)
            session.change(path, [(nil, current)])
            session.settle()
        }
        #expect(current == cleanBundle)
        #expect(session.codes(path).isEmpty)
    }
}
