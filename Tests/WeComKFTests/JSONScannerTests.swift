import ChatModel
import Foundation
import Testing

@testable import WeComKF

/// The scanner against Foundation's reader, and against broken bytes.
@Suite struct JSONScannerTests {
    private func read<Value>(
        _ json: String,
        _ read: (inout JSONScanner) throws(JSONScanner.SyntaxError) -> Value
    ) throws(JSONScanner.SyntaxError) -> Value {
        try JSONScanner.reading(Array(json.utf8)) { (json) throws(JSONScanner.SyntaxError) in
            var json = json
            let value = try read(&json)
            try json.end()
            return value
        }
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"), (#""\u4F60\u597d""#, "你好"),
        (#""\u00e9\u07ff\u0800\uffff""#, "\u{e9}\u{7ff}\u{800}\u{ffff}"),
        (#""\ud83d\ude9a""#, "🚚"), (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude9a""#, "\u{FFFD}"),
        (#""\ud83d\ud83d\ude9a""#, "\u{FFFD}🚚"), (#""\ud83d\n""#, "\u{FFFD}\n"),
        ("\"a\nb\"", "a\nb"), ("-1.50e3", "-1.50e3"), ("true", "true"), (" \"\" ", ""),
        ("null", nil), ("[\"a\"]", nil), (#"{"a":"b"}"#, nil),
    ])
    func strings(json: String, expected: String?) throws {
        #expect(
            try read(json) { (json) throws(JSONScanner.SyntaxError) in try json.string() }
                == expected)
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("-12", -12), ("1700000321", 1_700_000_321), (#""17""#, 17),
        (#""-1""#, -1), ("1.0", 1), ("1.5", nil), ("1e3", 1000), (#""1e3""#, 1000), ("true", 1),
        ("false", 0), ("null", nil), (#""""#, nil), (#""x""#, nil), ("{}", nil), ("[3]", nil),
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
        ("9223372036854775808", nil), ("18446744073709551615", nil), ("1e400", nil),
    ])
    func integers(json: String, expected: Int?) throws {
        #expect(
            try read(json) { (json) throws(JSONScanner.SyntaxError) in try json.integer() }
                == expected)
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "\"\\\"", "\"\\u12\"", "\"\\ud8\"", "\"\\x\"", "\"\\", "tru",
        "nul", "01",
        "1.", ".5", "+1", "-", "1e", "--1", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "[1,]",
        "[,]",
        "[1 2]", "{\"a\":1 \"b\":2}", "{a:1}", "[}", "{]", "1 2", "}", "NaN", "Infinity", "'a'",
    ])
    func brokenStructureIsAnError(json: String) {
        #expect(throws: JSONScanner.SyntaxError.self) {
            try read(json) { (json) throws(JSONScanner.SyntaxError) in try json.skip() }
        }
    }

    @Test func nestingHasABound() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        try read(nested(128)) { (json) throws(JSONScanner.SyntaxError) in try json.skip() }
        for depth in [129, 1_000_000] {
            #expect(throws: JSONScanner.SyntaxError.self) {
                try read(nested(depth)) { (json) throws(JSONScanner.SyntaxError) in try json.skip()
                }
            }
        }
    }

    @Test func brokenUTF8IsRepaired() throws {
        let text = try JSONScanner.reading([0x22, 0x61, 0xFF, 0xE4, 0xBD, 0x22]) {
            (json) throws(JSONScanner.SyntaxError) in
            var json = json
            return try json.string()
        }
        #expect(text == "a\u{FFFD}\u{FFFD}")
    }

    // MARK: - Random documents

    /// Reads `json` as `expected` describes it; whatever differs is recorded.
    private static func compare(
        _ json: inout JSONScanner, with expected: Any, _ hint: String
    ) throws(JSONScanner.SyntaxError) {
        switch expected {
        case let members as [String: Any]:
            var names: Set<String> = []
            try json.members { (json, key) throws(JSONScanner.SyntaxError) in
                guard let name = members.keys.first(where: { json.matches(key, $0) }) else {
                    Issue.record("\(hint): a name too many")
                    return
                }
                names.insert(name)
                try compare(&json, with: members[name] as Any, hint)
            }
            #expect(names.count == members.count, "\(hint)")
        case let elements as [Any]:
            var index = 0
            try json.elements { (json) throws(JSONScanner.SyntaxError) in
                guard index < elements.count else {
                    Issue.record("\(hint): an element too many")
                    return
                }
                try compare(&json, with: elements[index], hint)
                index += 1
            }
            #expect(index == elements.count, "\(hint)")
        case let text as String:
            #expect(try json.string() == text, "\(hint)")
        case is NSNull:
            #expect(try json.string() == nil, "\(hint)")
        case let number as NSNumber:
            let text = try json.string()
            if text == "true" || text == "false" {
                #expect(number.boolValue == (text == "true"), "\(hint)")
            } else {
                #expect(text.flatMap { Double($0) } == number.doubleValue, "\(hint)")
            }
        default:
            Issue.record("\(hint): \(type(of: expected))")
        }
    }

    @Test(arguments: [UInt64(1), 20_260_301, 0xDEAD_BEEF])
    func randomDocumentsReadAsFoundationReadsThem(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for round in 0..<400 {
            let text = random.object(depth: 0)
            let hint = "seed \(seed), round \(round)"
            let reference = try JSONSerialization.jsonObject(with: Data(text.utf8))
            try read(text) { (json) throws(JSONScanner.SyntaxError) in
                try Self.compare(&json, with: reference, hint)
            }
        }
    }

    /// Whatever Foundation accepts after bytes were changed, the scanner accepts too.
    @Test(arguments: [UInt64(7), 42]) func damagedDocuments(seed: UInt64) {
        var random = SplitMix(state: seed)
        var accepted = 0
        for round in 0..<2000 {
            var bytes = Array(random.object(depth: 0).utf8)
            for _ in 0..<(1 + random.next() % 3) {
                // Neither comma nor brace: Foundation accepts `,}`, which is not JSON.
                let byte = UInt8(32 + random.next() % 93)
                bytes[Int(random.next() % UInt64(bytes.count))] = byte == 0x2C ? 0x3A : byte
            }
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
            let isRead = isWhole(bytes)
            if isJSON {
                accepted += 1
                #expect(isRead, "seed \(seed), round \(round)")
            }
        }
        #expect(accepted > 50, "too few documents survived to show anything")
    }

    private func isWhole(_ bytes: [UInt8]) -> Bool {
        do throws(JSONScanner.SyntaxError) {
            try JSONScanner.reading(bytes) { (json) throws(JSONScanner.SyntaxError) in
                var json = json
                try json.skip()
                try json.end()
            }
            return true
        } catch {
            return false
        }
    }

    @Test func aPageCutShortAnywhereIsAnError() {
        let bytes = Array(SampleRows.page.utf8)
        for length in bytes.indices {
            #expect(throws: JSONScanner.SyntaxError.self, "cut after \(length) bytes") {
                try page(Array(bytes[..<length]))
            }
        }
    }

    @Test(arguments: [UInt64(3), 11, 2026]) func aDamagedPageNeverTraps(seed: UInt64) {
        var random = SplitMix(state: seed)
        let whole = Array(SampleRows.page.utf8)
        var read = 0
        for _ in 0..<500 {
            var bytes = whole
            for _ in 0..<(1 + random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            if (try? page(bytes)) != nil { read += 1 }
        }
        // Most damage falls into strings and is read all the same.
        #expect(read > 50 && read < 500)
    }

    private func page(_ bytes: [UInt8]) throws(JSONScanner.SyntaxError) -> [Inbound] {
        try JSONScanner.reading(bytes) { (json) throws(JSONScanner.SyntaxError) in
            var reader = ReplyReader(json)
            let page = try SyncPage(reading: &reader, account: shop, hash: { "h\($0.count)" })
            try reader.json.end()
            return page.rows
        }
    }

    // MARK: - The writer

    @Test func whatIsWrittenReadsBack() throws {
        var random = SplitMix(state: 5)
        for _ in 0..<200 {
            let texts = (0..<4).map { _ in random.text() }
            let bytes = JSONWriter.object { json in
                json.member("a", texts[0])
                json.member("b", texts)
                json.member("c", 1.5e-7)
                json.member("d", each: texts) { json, text in json.member("x", text) }
            }
            let read = try #require(
                try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            #expect(read["a"] as? String == texts[0] && read["b"] as? [String] == texts)
            #expect(read["c"] as? Double == 1.5e-7)
            #expect((read["d"] as? [[String: String]])?.map { $0["x"] } == texts)
        }
    }
}

/// A seeded source of random JSON (SplitMix64).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    mutating func text() -> String {
        (0..<next() % 8).map { _ in
            pick([
                "a", "Z", " ", "\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "é", "你", "🚚", "e\u{301}",
            ])
        }.joined()
    }

    mutating func space() -> String { pick(["", "", "", " ", "\n\t", "\r"]) }

    /// A string literal, each character plain or escaped in one of the ways JSON knows.
    mutating func literal(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || next() % 4 == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: next() % 2 == 0)
                    json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }

    mutating func value(depth: Int) -> String {
        switch next() % (depth < 4 ? 9 : 6) {
        case 0: return literal(text())
        case 1: return "\(Int64(bitPattern: next()) >> 12)"
        case 2: return pick(["0", "-0.5", "1e3", "2.5E-3", "31.23", "1700000321", "12E+2"])
        case 3: return "true"
        case 4: return "false"
        case 5: return "null"
        case 6, 7: return object(depth: depth + 1)
        default:
            let elements = (0..<next() % 5).map { _ in space() + value(depth: depth + 1) + space() }
            return "[" + (elements.isEmpty ? space() : elements.joined(separator: ",")) + "]"
        }
    }

    mutating func object(depth: Int) -> String {
        let members = (0..<next() % 6).map { index in
            space() + literal("\(index)" + text()) + space() + ":" + space()
                + value(depth: depth + 1) + space()
        }
        return "{" + (members.isEmpty ? space() : members.joined(separator: ",")) + "}"
    }
}
