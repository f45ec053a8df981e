import Foundation
import LanguageServer
import RuleFiles
import Testing

@Suite struct ProtocolTests {
    private func code(_ response: JSONValue) -> Int? { response["error"]?["code"]?.int }

    @Test func aSessionBeginsAndEnds() throws {
        let session = try Session(starts: false)
        #expect(code(session.response("textDocument/hover", [:])) == -32002)
        let result = try session.request("initialize", ["capabilities": [:]])
        #expect(result["capabilities"]?["positionEncoding"] == "utf-16")
        #expect(result["serverInfo"] == ["name": "switchboard", "version": "1.2.3"])
        #expect(code(session.response("initialize", [:])) == -32600)
        #expect(try session.request("shutdown", .null) == .null)
        #expect(code(session.response("textDocument/hover", [:])) == -32600)
        session.notify("exit", .null)
        #expect(session.server.exitStatus == 0)
    }

    @Test func anExitWithoutShutdownIsAFailure() throws {
        let session = try Session()
        #expect(session.server.exitStatus == nil)
        session.notify("exit", .null)
        #expect(session.server.exitStatus == 1)
    }

    @Test(arguments: [
        (["utf-8", "utf-16"], "utf-8"), (["utf-32"], "utf-32"), (["utf-7"], "utf-16"),
        ([], "utf-16"),
    ])
    func theEditorsFavouriteEncodingIsTaken(offered: [String], taken: String) throws {
        let session = try Session(starts: false)
        let result = try session.request(
            "initialize",
            [
                "capabilities": [
                    "general": ["positionEncodings": .array(offered.map(JSONValue.string))]
                ]
            ])
        #expect(result["capabilities"]?["positionEncoding"]?.string == taken)
    }

    @Test(arguments: [
        ("{", -32700), ("", -32700), ("[]", -32600), ("1", -32600), ("{}", -32600),
        (#"{"id":1}"#, -32600), (#"{"id":{},"method":"shutdown"}"#, -32600),
        (#"{"id":1,"method":7}"#, -32600),
        (#"{"id":1,"method":"textDocument/inlayHint"}"#, -32601),
        (#"{"id":1,"method":"textDocument/hover"}"#, -32602),
        (
            #"{"id":1,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///x"},"#
                + #""position":{"line":0,"character":0}}}"#, -32602
        ),
        (#"{"id":1,"method":"textDocument/rename","params":{"textDocument":7}}"#, -32602),
    ])
    func whatMakesNoSenseIsAnsweredWithAnError(text: String, expected: Int) throws {
        let session = try Session()
        var server = session.server
        let out = server.handle(Data(text.utf8))
        #expect(out.count == 1)
        #expect(out.first.flatMap(code) == expected)
    }

    @Test func positionsMustBePositions() throws {
        let session = try Session()
        session.open("rules/a.kf.yml", "kf: 1\n")
        for position: JSONValue in [
            ["line": -1, "character": 0], ["line": 0], ["line": "0", "character": 0], 3,
        ] {
            let response = session.response(
                "textDocument/hover",
                [
                    "textDocument": ["uri": .string(Session.uri("rules/a.kf.yml"))],
                    "position": position,
                ])
            #expect(code(response) == -32602)
        }
        // Far outside the text is only nowhere.
        let far = Session.at("rules/a.kf.yml", 999_999, 999_999)
        #expect(try session.request("textDocument/hover", far) == .null)
        #expect(try session.request("textDocument/definition", far) == [])
        _ = try session.request("textDocument/completion", far)
    }

    @Test func theDiskIsWatchedWhereTheEditorCan() throws {
        let session = try Session(starts: false)
        _ = try session.request(
            "initialize",
            [
                "capabilities": [
                    "workspace": ["didChangeWatchedFiles": ["dynamicRegistration": true]]
                ]
            ])
        session.notify("initialized", [:])
        #expect(session.notes.map { $0["method"] } == ["client/registerCapability"])
    }

    @Test func notificationsAndResponsesAreNeverAnswered() throws {
        let session = try Session()
        var server = session.server
        for text in [
            #"{"method":"$/cancelRequest","params":{"id":1}}"#,
            #"{"method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///no"}}}"#,
            #"{"method":"textDocument/didOpen","params":{}}"#,
            #"{"method":"textDocument/didClose","params":[]}"#, #"{"id":1,"result":null}"#,
        ] {
            #expect(server.handle(Data(text.utf8)).isEmpty)
        }
    }

    @Test func deeplyNestedJSONIsRefusedNotFollowed() throws {
        var server = try Session().server
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(server.handle(Data(deep.utf8)).first.flatMap(code) == -32700)
    }

    // MARK: Framing

    private func framed(_ text: String) -> Data {
        Data("Content-Length: \(text.utf8.count)\r\n\r\n\(text)".utf8)
    }

    @Test(arguments: [1, 2, 7, 1000])
    func messagesAreCutFromTheStreamInAnyPieces(size: Int) {
        let stream =
            framed("一") + framed("")
            + Data("Content-Type: x; charset=utf-8\r\ncontent-length:2\r\n\r\nok".utf8)
        var framing = MessageFraming()
        var pieces: [MessageFraming.Piece] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            pieces += framing.append(stream[start..<min(start + size, stream.count)])
        }
        #expect(
            pieces == [
                .message(Data("一".utf8)), .message(Data()), .message(Data("ok".utf8)),
            ])
    }

    @Test(arguments: ["Content-Length: -1\r\n\r\n", "X: 1\r\n\r\n", "Content-Length: x\r\n\r\n"])
    func aStreamWithoutLengthsIsBroken(text: String) {
        var framing = MessageFraming()
        #expect(framing.append(Data(text.utf8)) == [.broken])
        #expect(framing.append(framed("{}")).isEmpty)
    }

    @Test func anEndlessHeaderIsBroken() {
        var framing = MessageFraming()
        #expect(framing.append(Data(repeating: 65, count: 5000)) == [.broken])
    }

    @Test func aMessageThatIsTooLongIsPassedOver() {
        var framing = MessageFraming()
        let length = MessageFraming.longestMessage + 1
        #expect(
            framing.append(Data("Content-Length: \(length)\r\n\r\n".utf8)) == [.tooLong(length)])
        #expect(framing.append(Data(repeating: 0, count: length - 1)).isEmpty)
        #expect(framing.append(Data([0]) + framed("{}")) == [.message(Data("{}".utf8))])
    }

    @Test func jsonComesBackAsItWent() throws {
        let text = #"{"a":[1,-2.5,true,null,"一\"\\\n😀"],"b":{}}"#
        let value = try #require(JSONValue(Data(text.utf8)))
        #expect(String(decoding: value.data, as: UTF8.self) == text)
        #expect(
            String(decoding: MessageFraming.frame(["a": "一"]), as: UTF8.self)
                == "Content-Length: 11\r\n\r\n{\"a\":\"一\"}")
    }
}
