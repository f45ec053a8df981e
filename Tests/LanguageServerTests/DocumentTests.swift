import Foundation
import LanguageServer
import RuleFiles
import Testing

@Suite struct DocumentTests {
    private let path = "rules/小店.kf.yml"

    @Test func findingsComeWithIdSeverityLinkAndHelp() throws {
        let session = try Session()
        session.open(path, cleanBundle.replacing("reply: 7", with: "replay: 7"))
        session.settle()
        let finding = try #require(
            session.findings[path]?.first { $0["code"] == "KF120" })
        #expect(finding["severity"] == 1)
        #expect(finding["source"] == "switchboard")
        #expect(
            finding["codeDescription"] == ["href": "https://docs.example.com/findings#kf120"])
        #expect(finding["range"] == range(13, 4, 10))
        #expect(finding["message"]?.string?.contains("help: did you mean 'reply'?") == true)
    }

    @Test func chineseEditorsAreToldInChinese() throws {
        let session = try Session(language: nil, starts: false)
        _ = try session.request(
            "initialize", ["rootUri": "file:///shop", "locale": "zh-cn", "capabilities": [:]])
        session.open(path, cleanBundle.replacing("reply: 7", with: "replay: 7"))
        session.settle()
        #expect(
            session.findings[path]?.contains {
                $0["message"]?.string?.contains("改法：是不是「reply」") == true
            } == true)
    }

    @Test func aCleanFileIsToldSo() throws {
        let session = try Session()
        session.open(path, cleanBundle)
        #expect(session.findings[path] == nil)
        #expect(session.server.pending == .load)
        session.settle()
        #expect(session.findings[path] == [])
        #expect(session.server.pending == nil)
    }

    @Test func loadingComesFirstAndCheckingWhenAllIsQuiet() throws {
        let session = try Session()
        // An example that another rule answers is found by checking only.
        session.open(path, cleanBundle.replacing("怎么退款,", with: "转人工, 怎么退款,"))
        session.settle()
        #expect(session.codes(path).contains("KF301"))
        // After a change the finding stays away until it is found again.
        session.change(path, [(nil, cleanBundle)])
        session.settle()
        #expect(session.codes(path).isEmpty)
    }

    // A family of three is one character: 5 scalars, 8 UTF-16 units, 18 bytes.
    @Test(arguments: [("utf-16", 9), ("utf-8", 21), ("utf-32", 6)])
    func columnsCountAsAgreed(encoding: String, length: Int) throws {
        let session = try Session(encodings: [encoding])
        session.open(path, "kf: 1\nbundle: 小😀店\n👨‍👩‍👧家: 1\n")
        session.settle()
        let finding = try #require(session.findings[path]?.first { $0["code"] == "KF120" })
        #expect(finding["range"] == range(2, 0, length))
    }

    @Test(arguments: ["utf-16", "utf-8", "utf-32"])
    func editsLandWhereTheEditorMeansThem(encoding: String) throws {
        let session = try Session(encodings: [encoding])
        session.open(path, "kf: 1\nbundle: 小😀店\nrules: []\n")
        // Behind the emoji: `bundle: ` is 8, 小 1/3/1, 😀 2/4/1.
        let column = 8 + (["utf-16": 3, "utf-8": 7, "utf-32": 2][encoding] ?? 0)
        let end = column + (encoding == "utf-8" ? 3 : 1)
        session.change(path, [(range(1, column, end), "铺"), (range((0, 0), (0, 0)), "# 头\n")])
        let symbols = try session.request(
            "textDocument/documentSymbol",
            ["textDocument": ["uri": .string(Session.uri(path))]])
        #expect(symbols.array?.map { $0["name"] } == ["kf", "bundle", "rules"])
        let hover = try session.request(
            "textDocument/hover", Session.at(path, 2, 9))
        #expect(hover["contents"]?["value"]?.string?.contains("小😀铺") == true)
    }

    @Test(arguments: 1...12)
    func manyEditsAreTheSameAsTheWhole(seed: UInt64) throws {
        var random = Seed(state: seed)
        let pieces = ["", "", "a", "一", "😀", "\n", "\r\n", "\r", "  ", ":", " é: 1", "\n二: x\n"]
        let edited = try Session()
        var text = "kf: 1\r\nbundle: 一😀\r\n家: 1\r\n"
        edited.open(path, text)
        for _ in 0..<30 {
            let positions = Self.positions(text)
            let ends = [random.next(positions.count), random.next(positions.count)].sorted()
            let (start, end) = (positions[ends[0]], positions[min(ends[1], ends[0] + 3)])
            let piece = pieces[random.next(pieces.count)]
            edited.change(
                path, [(range((start.line, start.unit), (end.line, end.unit)), piece)])
            var units = Array(text.utf16)
            units.replaceSubrange(start.offset..<max(start.offset, end.offset), with: piece.utf16)
            text = String(decoding: units, as: UTF16.self)
        }
        let whole = try Session()
        whole.open(path, text)
        edited.settle()
        whole.settle()
        #expect(edited.findings[path]?.isEmpty == false)
        #expect(
            edited.findings[path]?.map { $0["range"] } == whole.findings[path]?.map { $0["range"] })
        #expect(
            edited.findings[path]?.map { $0["message"] }
                == whole.findings[path]?.map { $0["message"] })
    }

    /// Every position an editor can name, with its offset in UTF-16.
    private static func positions(_ text: String) -> [(line: Int, unit: Int, offset: Int)] {
        var positions = [(line: 0, unit: 0, offset: 0)]
        var (line, unit, offset) = (0, 0, 0)
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            offset += UTF16.width(scalar)
            let isHalf = scalar == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
            if isHalf { continue }
            if scalar == "\n" || scalar == "\r" {
                (line, unit) = (line + 1, 0)
            } else {
                unit += UTF16.width(scalar)
            }
            positions.append((line, unit, offset))
        }
        return positions
    }

    @Test func crlfAndByteOrderMarksAreNoColumns() throws {
        let session = try Session()
        let text = "\u{FEFF}kff: 1\r\nbundle: 小店\r\nreplay: 1\r\n"
        session.open(path, text)
        session.settle()
        let ranges = session.findings[path]?.filter { $0["code"] == "KF120" }.compactMap {
            $0["range"]
        }
        #expect(ranges == [range(0, 1, 4), range(2, 0, 6)])
    }

    @Test func openDocumentsWinOverTheDisk() throws {
        let session = try Session([path: "kf: 1\nrubbish\n"])
        session.open(path, cleanBundle)
        session.settle()
        #expect(session.codes(path).isEmpty)
    }

    @Test func whatIsClosedIsTakenBack() throws {
        let other = "rules/别的.kf.yml"
        let session = try Session([other: "kf: 1\nbundle: 别的\nrubbish: 1\n"])
        session.open(path, cleanBundle)
        session.settle()
        #expect(session.findings[other]?.isEmpty == false)
        session.notify(
            "textDocument/didClose", ["textDocument": ["uri": .string(Session.uri(path))]])
        session.settle()
        #expect(session.findings[other] == [])
        #expect(session.server.pending == nil)
    }

    @Test func aDocumentThatGrowsTooLargeIsToldSoAndComesBack() throws {
        let session = try Session()
        session.open(path, cleanBundle)
        let piece = String(repeating: "# 一\n", count: 2 << 20)
        session.change(path, [(range(0, 0, 0), piece), (range(0, 0, 0), piece)])
        session.change(path, [(range(0, 0, 3), "x")])
        session.settle()
        #expect(session.codes(path) == ["KF101"])
        session.change(path, [(nil, cleanBundle)])
        session.settle()
        #expect(session.codes(path).isEmpty)
    }

    @Test func otherFilesAreLeftAlone() throws {
        let session = try Session()
        session.open("docker-compose.yml", "services: [\n")
        #expect(session.server.pending == nil)
        session.open("rules/a.test.yml", "tests_for: [\n")
        session.settle()
        #expect(session.codes("rules/a.test.yml") == ["KF103"])
    }
}

/// A small generator: the same numbers for the same seed.
private struct Seed {
    var state: UInt64

    mutating func next(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}
