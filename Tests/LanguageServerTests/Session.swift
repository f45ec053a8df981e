import Foundation
import LanguageServer
import RuleFiles
import Testing

/// An editor that speaks to a server, message by message.
final class Session {
    private(set) var server: LanguageServer
    /// Findings as published last, by path.
    private(set) var findings: [String: [JSONValue]] = [:]
    /// Other notifications, in order.
    private(set) var notes: [JSONValue] = []
    private var next = 1
    private var version = 1

    /// Files on disk below `/shop`, by their paths there.
    init(
        _ files: [String: String] = [:], language: MessageLanguage? = .en,
        encodings: [String]? = nil, starts: Bool = true
    ) throws {
        let sources = files.map { RuleSource(path: "/shop/" + $0.key, text: $0.value) }
            .sorted { $0.path < $1.path }
        let disk = Workspace(
            sources: { folder in
                sources.filter {
                    $0.path.hasPrefix(folder + "/") && !$0.path.hasSuffix(".test.yml")
                }
            },
            tests: { folder in
                sources.filter {
                    $0.path.hasPrefix(folder + "/") && $0.path.hasSuffix(".test.yml")
                }
            },
            findingsAddress: { _ in "https://docs.example.com/findings" })
        server = LanguageServer(workspace: disk, language: language, version: "1.2.3")
        guard starts else { return }
        var general: JSONValue = [:]
        if let encodings {
            general = ["positionEncodings": .array(encodings.map(JSONValue.string))]
        }
        _ = try request(
            "initialize", ["rootUri": "file:///shop", "capabilities": ["general": general]])
        notify("initialized", [:])
    }

    /// The result of a request.
    func request(_ method: String, _ params: JSONValue) throws -> JSONValue {
        let response = response(method, params)
        if let error = response["error"] { throw Refused(error: error) }
        return try #require(response["result"])
    }

    /// The whole response to a request, as it came over the wire.
    func response(_ method: String, _ params: JSONValue) -> JSONValue {
        let message: JSONValue = [
            "jsonrpc": "2.0", "id": .int(next), "method": .string(method), "params": params,
        ]
        next += 1
        let out = server.handle(message.data)
        take(out.filter { $0["method"] != nil })
        return out.first { $0["id"] == message["id"] } ?? .null
    }

    func notify(_ method: String, _ params: JSONValue) {
        take(
            server.handle([
                "jsonrpc": "2.0", "method": .string(method), "params": params,
            ]))
    }

    private func take(_ messages: [JSONValue]) {
        for message in messages {
            if message["method"] == "textDocument/publishDiagnostics",
                let uri = message["params"]?["uri"]?.string,
                let list = message["params"]?["diagnostics"]?.array
            {
                findings[Self.path(uri)] = list
            } else {
                notes.append(message)
            }
        }
    }

    struct Refused: Error {
        let error: JSONValue
    }

    // MARK: Documents

    static func uri(_ path: String) -> String {
        "file:///shop/"
            + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)
    }

    private static func path(_ uri: String) -> String {
        String((uri.removingPercentEncoding ?? uri).dropFirst("file:///shop/".count))
    }

    func open(_ path: String, _ text: String) {
        notify(
            "textDocument/didOpen",
            [
                "textDocument": [
                    "uri": .string(Self.uri(path)), "languageId": "yaml", "version": 1,
                    "text": .string(text),
                ]
            ])
    }

    /// Changes a document as an editor does: each edit with its range, or the whole text.
    func change(_ path: String, _ edits: [(range: JSONValue?, text: String)]) {
        version += 1
        notify(
            "textDocument/didChange",
            [
                "textDocument": ["uri": .string(Self.uri(path)), "version": .int(version)],
                "contentChanges": .array(
                    edits.map { edit in
                        guard let range = edit.range else { return ["text": .string(edit.text)] }
                        return ["range": range, "text": .string(edit.text)]
                    }),
            ])
    }

    /// What is done in the pauses, until nothing is left to do.
    func settle() {
        while server.pending != nil { take(server.settle()) }
    }

    /// The ids of a file's findings.
    func codes(_ path: String) -> [String] {
        (findings[path] ?? []).compactMap { $0["code"]?.string }
    }

    /// Parameters about a place of a document.
    static func at(_ path: String, _ line: Int, _ character: Int, _ more: [String: JSONValue] = [:])
        -> JSONValue
    {
        .object(
            more.merging([
                "textDocument": ["uri": .string(uri(path))],
                "position": ["line": .int(line), "character": .int(character)],
            ]) { one, _ in one })
    }
}

/// A text with a cursor in it, written `‸`.
struct Marked {
    let text: String
    let line: Int
    /// In UTF-16 units.
    let character: Int

    init(_ marked: String) throws {
        let parts = marked.components(separatedBy: "‸")
        try #require(parts.count == 2)
        text = parts[0] + parts[1]
        let lines = parts[0].components(separatedBy: "\n")
        line = lines.count - 1
        character = lines.last?.utf16.count ?? 0
    }
}

func range(_ line: Int, _ start: Int, _ end: Int) -> JSONValue {
    range((line, start), (line, end))
}

func range(_ start: (Int, Int), _ end: (Int, Int)) -> JSONValue {
    [
        "start": ["line": .int(start.0), "character": .int(start.1)],
        "end": ["line": .int(end.0), "character": .int(end.1)],
    ]
}

/// What is left of a text when edits of the protocol are made, counted in UTF-16.
func applying(_ edits: [JSONValue], to text: String) throws -> String {
    let units = Array(text.utf16)
    var starts = [0]
    for (index, unit) in units.enumerated() where unit == 10 { starts.append(index + 1) }
    func offset(_ position: JSONValue?) throws -> Int {
        let line = try #require(position?["line"]?.int)
        let character = try #require(position?["character"]?.int)
        return min(starts[line] + character, units.count)
    }
    var result = units
    let found = try edits.map { edit in
        (
            try offset(edit["range"]?["start"]), try offset(edit["range"]?["end"]),
            try #require(edit["newText"]?.string)
        )
    }
    for (start, end, text) in found.sorted(by: { $0.0 > $1.0 }) {
        result.replaceSubrange(start..<end, with: Array(text.utf16))
    }
    return String(decoding: result, as: UTF16.self)
}

/// A bundle without findings.
let cleanBundle = """
    kf: 1
    bundle: 小店
    accounts: [shop]
    menus:
      主菜单:
        head: 您好😀，请选择：
        items: { 退款: 申请退款, 人工: 转人工 }
    rules:
      - rule: 欢迎语
        when: { event: enter_session }
        reply: { menu: 主菜单 }
      - rule: 退款政策
        when: { clicks: 主菜单.退款, says: [退款, 退货] }
        reply: 7 天内可申请退款。
        examples: [怎么退款, 我要退货]
      - rule: 找人工
        when: { clicks: 主菜单.人工, says_exactly: [转人工] }
        handoff: { to: pool, waiting_text: 请稍候。 }
        examples: [转人工]
      - rule: 没听懂
        when: { no_match: true }
        reply: { menu: 主菜单 }

    """
