import CallbackCrypto
import ChatModel
import Testing

@Suite struct CallbackXMLTests {
    func envelope(_ text: String) throws(CallbackXMLError) -> CallbackEnvelope {
        try CallbackEnvelope(parsing: Array(text.utf8))
    }

    func event(_ text: String) throws(CallbackXMLError) -> CallbackEvent {
        try CallbackEvent(parsing: Array(text.utf8))
    }

    @Test func readsTheEnvelopeInAnyOrder() throws {
        let full = try envelope(
            """
            <xml>
              <ToUserName><![CDATA[ww0000demo00000001]]></ToUserName>
              <AgentID><![CDATA[1000007]]></AgentID>
              <Encrypt><![CDATA[QUJD+/==]]></Encrypt>
            </xml>
            """)
        #expect(full.toUserName == "ww0000demo00000001")
        #expect(full.agentID == "1000007")
        #expect(full.encrypted == "QUJD+/==")
        let plain = try envelope(
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?><xml><Encrypt>QUJD</Encrypt><AgentID/></xml>"
        )
        #expect(plain.encrypted == "QUJD")
        #expect(plain.agentID == nil)
        #expect(plain.toUserName == nil)
    }

    @Test func aSealedEnvelopeReadsBack() throws {
        let vector = try #require(Vectors.reference.first { $0.name == "F-post" })
        let sealed = try vector.key().seal(
            message: Array("<xml/>".utf8), random16: Array("0123456789abcdef".utf8),
            timestamp: "1", nonce: "a b&c")
        let read = try CallbackEnvelope(parsing: sealed.xml(toUserName: "ww1", agentID: "7"))
        #expect(read.encrypted == sealed.encrypted)
        #expect((read.toUserName, read.agentID) == ("ww1", "7"))
        #expect(sealed.query.hasSuffix("&timestamp=1&nonce=a%20b%26c"))
        #expect(!sealed.verificationQuery.contains("+"))
    }

    @Test func readsNews() throws {
        let vector = try #require(Vectors.reference.first { $0.name == "F-post" })
        let event = try CallbackEvent(parsing: vector.open(with: vector.key()))
        #expect(
            event.kind
                == .news(
                    account: OpenKfID("wkDEMO0000000000000001"),
                    token: SyncToken("ENC-demo-token-0001")))
        #expect(event.createdAt == Timestamp(seconds: 1_700_000_000))
        #expect(event.toUserName == "ww1436e0e65a779aee")
    }

    @Test func readsNewsOfTheOldShape() throws {
        let old = try event(
            "<xml><CreateTime>5</CreateTime><Event>kf_msg_or_event</Event><Token>T</Token></xml>")
        #expect(old.kind == .news(account: nil, token: SyncToken("T")))
    }

    @Test func readsAuthorizationChanges() throws {
        let change = try event(
            """
            <xml><CreateTime>5</CreateTime><Event><![CDATA[kf_account_auth_change]]></Event>
            <AuthAddOpenKfId>wkA</AuthAddOpenKfId><AuthAddOpenKfId>wkB</AuthAddOpenKfId>
            <AuthDelOpenKfId><![CDATA[wkC]]></AuthDelOpenKfId></xml>
            """)
        #expect(change.kind == .authorizationChanged(granted: ["wkA", "wkB"], withdrawn: ["wkC"]))
    }

    @Test func keepsOtherEventsAsNames() throws {
        func kind(_ fields: String) throws -> CallbackEvent.Kind {
            try event("<xml><CreateTime>5</CreateTime>\(fields)</xml>").kind
        }
        #expect(
            try kind("<MsgType>event</MsgType><Event>change_contact</Event>")
                == .other(name: "change_contact"))
        #expect(try kind("<MsgType>text</MsgType><Content>密</Content>") == .other(name: "text"))
        #expect(try kind("<Event>a\nb密</Event>") == .other(name: "a?b???"))
        #expect(try kind("") == .other(name: ""))
    }

    @Test func readsEntitiesOfXMLItselfAndSplitText() throws {
        let read = try envelope("<xml><Encrypt>a&amp;b<![CDATA[<!DOCTYPE x>]]>c</Encrypt></xml>")
        #expect(read.encrypted == "a&b<!DOCTYPE x>c")
    }

    @Test(arguments: [
        "<!DOCTYPE xml><xml><Encrypt>a</Encrypt></xml>",
        "<!doctype xml><xml><Encrypt>a</Encrypt></xml>",
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
            + "<xml><Encrypt>&e;</Encrypt></xml>",
        "<xml><![CDATA[x]]><!ENTITY e \"x\"><Encrypt>a</Encrypt></xml>",
        "<xml><!-- c --><Encrypt>a</Encrypt></xml>",
        "<xml><?php x ?><Encrypt>a</Encrypt></xml>",
        "<xml><Encrypt><![CDATA[a</Encrypt></xml>",
        "<?xml?><?xml version=\"1.0\" encoding=\"UTF-7\"?><xml/>",
    ]) func refusesMarkup(_ text: String) {
        #expect(throws: CallbackXMLError.markupRefused) { try envelope(text) }
    }

    @Test(arguments: [
        "", " ", "hello", "<xml>", "<xml><Encrypt>a</xml>", "<html><Encrypt>a</Encrypt></html>",
        "<xml><Encrypt>&undefined;</Encrypt></xml>", "<xml><Encrypt>a</Encrypt></xml><xml/>",
        "{\"Encrypt\":\"a\"}", "<", "<xml", "</xml>",
    ]) func refusesBrokenDocuments(_ text: String) {
        #expect(throws: CallbackXMLError.malformed) { try envelope(text) }
    }

    @Test func refusesWhatIsNoUTF8() {
        let utf16 = Array("<xml/>".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        for bytes in [[0xFF, 0xFE] + utf16, utf16, Array("<xml>".utf8) + [0xC3, 0x28]] {
            #expect(throws: CallbackXMLError.notUTF8) { try CallbackEnvelope(parsing: bytes) }
        }
    }

    @Test func bounds() throws {
        let large = String(repeating: "a", count: 1 << 20)
        #expect(throws: CallbackXMLError.tooLarge((1 << 20) + 30)) {
            try envelope("<xml><Encrypt>\(large)</Encrypt></xml>")
        }
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: CallbackXMLError.tooDeep) { try envelope("<xml>\(deep)</xml>") }
        let nested = try envelope("<xml><a><b><c/></b></a><Encrypt>a</Encrypt></xml>")
        #expect(nested.encrypted == "a")
    }

    @Test func refusesAmbiguousAndMissingFields() {
        #expect(throws: CallbackXMLError.repeated(field: "Encrypt")) {
            try envelope("<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>")
        }
        #expect(throws: CallbackXMLError.missing(field: "Encrypt")) {
            try envelope("<xml><a><Encrypt>a</Encrypt></a></xml>")
        }
        #expect(throws: CallbackXMLError.missing(field: "CreateTime")) {
            try event("<xml><Event>x</Event></xml>")
        }
        for time in ["-1", "soon", "99999999999999", "1e9", " 5"] {
            #expect(throws: CallbackXMLError.invalid(field: "CreateTime")) {
                try event("<xml><CreateTime>\(time)</CreateTime></xml>")
            }
        }
        let long = String(repeating: "t", count: 1025)
        #expect(throws: CallbackXMLError.invalid(field: "Token")) {
            try event(
                "<xml><CreateTime>5</CreateTime><Event>kf_msg_or_event</Event>"
                    + "<Token>\(long)</Token></xml>")
        }
    }

    @Test func flippedBitsNeverCrashTheReader() {
        var generator = SeededGenerator(seed: 43)
        let original = Array(
            ("<xml><ToUserName><![CDATA[ww1]]></ToUserName><CreateTime>1700000000</CreateTime>"
                + "<Event><![CDATA[kf_msg_or_event]]></Event><Token>T&amp;</Token></xml>").utf8)
        var read = 0
        for _ in 0..<10_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            if (try? CallbackEvent(parsing: bytes)) != nil { read += 1 }
        }
        #expect(read > 0)
    }
}
