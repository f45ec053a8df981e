import Boundary
import ChatModel
import Testing
import WeComKF

/// What each error code leads to; the list is the platform's, written down a second time.
@Suite struct FailureTests {
    private static let published: [(PlatformFailure.Handling, [Int])] = [
        (.retry, [-1, 6000, 45033]),
        (.wait, [45009]),
        (
            .stop,
            [
                95000, 95003, 95004, 95005, 95011, 95012, 95017, 95023, 95026, 95027, 95032,
                40001, 40013, 40057, 40091, 41002, 41004, 43009, 43012, 48001, 48002, 48003, 48004,
                48005, 48006, 48007, 50001, 50003, 50006, 60020, 301002, 301007, 301042,
            ]
        ),
        (
            .drop,
            [
                95001, 95002, 95006, 95008, 95009, 95010, 95015, 95020, 95021, 95022, 95024, 95025,
                95028, 95029, 95030, 95031, 40003, 40031, 46004, 60111, 40004, 40005, 40006, 40009,
                40011, 40008, 40033, 40035, 40058, 40063, 40096, 40201, 40204, 40206, 41006, 44001,
                44004, 45001, 45002, 45007, 45034, 60003, 60123, 81013, 84061, 41050, 43001,
            ]
        ),
        (.reconcile, [95013, 95016, 95018]),
        (.otherServicer, [50002, 60011, 60021, 95014, 95019]),
        (.withoutToken, [95007]),
        (.resetCursor, [50100]),
        (.uploadAgain, [40007]),
        // Repeated once behind the call; what is left over can't be repaired by a third token.
        (.stop, [40014, 41001, 42001, 42009, 40082]),
    ]

    @Test(arguments: published.flatMap { handling, codes in codes.map { ($0, handling) } })
    func handling(code: Int, expected: PlatformFailure.Handling) async throws {
        let transport = ScriptedTransport(
            #"{"errcode":\#(code),"errmsg":"something, hint: [1700000000123456789012], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=\#(code)"}"#
        )
        let failure = try #require(
            await failure { () throws(PlatformFailure) in
                _ = try await client(transport).api.send(conversation, "m", .text("x"))
            })
        #expect(failure.code == code && failure.handling == expected)
        #expect(failure.hint == "1700000000123456789012")
        #expect(!failure.meaning.isEmpty && !failure.isOutcomeUnknown)
        #expect(!failure.meaning.contains("unknown to this version"))
        #expect(failure.meaning.contains("203.0.113.7") == (code == 60020))
    }

    @Test(arguments: [95077, 95999, 12345, -7]) func unknownCodesSurvive(code: Int) async {
        let transport = ScriptedTransport(#"{"errcode":\#(code),"errmsg":"news"}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.transfer(conversation, .pool)
        }
        #expect(failure?.code == code && failure?.handling == .drop && failure?.hint == nil)
        #expect(failure?.meaning.contains("\(code)") == true)
    }

    /// A call is made once; repeating is for whoever keeps its msgid.
    @Test func busyIsNotRepeatedHere() async {
        let transport = ScriptedTransport(#"{"errcode":-1,"errmsg":"system busy"}"#)
        _ = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.send(conversation, "m", .text("x"))
        }
        #expect(transport.calls.count == 1)
    }

    @Test(arguments: [
        "", "<html>502</html>", #"{"errcode":0"#, "[]", "null", #"{"message":"try later"}"#,
        #"{"errcode":null,"msgid":"m"}"#, #"{"errcode":0} trailing"#, #"{"errcode":{}}"#,
    ])
    func whatIsNotAnAnswerIsUnknown(reply: String) async {
        let transport = ScriptedTransport(reply)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.send(conversation, "m", .text("x"))
        }
        #expect(failure?.isOutcomeUnknown == true && failure?.handling == .retry)
    }

    @Test func aServerErrorIsUnknownWhateverItSays() async {
        let transport = ScriptedTransport(#"{"errcode":0,"access_token":"T"}"#, status: 503)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.send(conversation, "m", .text("x"))
        }
        #expect(failure?.isOutcomeUnknown == true && failure?.handling == .retry)
        #expect(failure?.meaning.contains("503") == true)
    }

    @Test(arguments: [
        (TransportError.Code.unreachable, "not sent"), (.interrupted, "broke"),
        (.tooLarge, "too large"), (.shutDown, "shutting down"),
    ])
    func transportErrors(code: TransportError.Code, words: String) async {
        let transport = ScriptedTransport { _ in .failure(TransportError(code, reason: "why")) }
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.send(conversation, "m", .text("x"))
        }
        #expect(failure?.code == nil && failure?.handling == .retry)
        #expect(failure?.meaning.contains(words) == true)
        #expect(failure?.isOutcomeUnknown == (code != .unreachable))
    }

    @Test func aSessionWithoutAStateIsNoAnswer() async {
        let transport = ScriptedTransport(#"{"errcode":0,"errmsg":"ok"}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.session(conversation)
        }
        #expect(failure?.isOutcomeUnknown == true)
    }

    @Test(arguments: [
        ("system busy, hint: [12x4], from ip", "12"), ("hint: []", nil), ("hint: [", nil),
        ("hint", nil), ("提示, hint: [99]", "99"),
        ("hint: [" + String(repeating: "7", count: 500), String(repeating: "7", count: 64)),
    ])
    func hints(errmsg: String, hint: String?) async {
        let transport = ScriptedTransport(#"{"errmsg":"\#(errmsg)","errcode":"95001"}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.send(conversation, "m", .text("x"))
        }
        #expect(failure?.hint == hint && failure?.code == 95001)
    }
}
