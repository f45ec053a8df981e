import Boundary
import Foundation
import Testing

@testable import Actions

@Suite struct JSONFieldsTests {
    private func fields(
        _ json: String, at path: [String] = []
    ) throws(CompanyFailure) -> [String: String] {
        try JSONFields.fields(of: Array(json.utf8), at: path)
    }

    private func failure(_ json: String, at path: [String] = []) -> String? {
        do throws(CompanyFailure) {
            _ = try fields(json, at: path)
            return nil
        } catch {
            #expect(!error.isTrouble, "the system has answered")
            return error.why
        }
    }

    @Test func objectsAreNamedWithDotsAndListsCountedFromOne() throws {
        let json = """
            {"状态": "已发货", "收货": {"城市": "杭州", "人": {"姓": "王"}},
             "件": [{"名": "杯", "数": 2}, {"名": "盘"}], "标签": ["急", ["礼"]], "空": {}, "无": []}
            """
        #expect(
            try fields(json) == [
                "状态": "已发货", "收货.城市": "杭州", "收货.人.姓": "王", "件.1.名": "杯", "件.1.数": "2",
                "件.2.名": "盘", "标签.1": "急", "标签.2.1": "礼",
            ])
    }

    @Test(arguments: [
        "12.00", "0", "-0.50", "1e3", "1E+09", "12345678901234567890123", "0.1000000000000000001",
    ])
    func numbersStayAsWritten(_ number: String) throws {
        #expect(try fields(#"{"n": \#(number)}"#) == ["n": number])
        #expect(try fields("[\(number),\t\(number)\n]") == ["1": number, "2": number])
    }

    @Test func textsThatLookLikeNumbersAndEscapesArePassedOn() throws {
        #expect(
            try fields(#"{"a": "1, 2", "b\"3": "\\", "c": "4\"", "d": "\u4f60\n", "e": "6"}"#) == [
                "a": "1, 2", "b\"3": "\\", "c": "4\"", "d": "你\n", "e": "6",
            ])
    }

    @Test func truthValuesAreWordsAndNullIsLeftOut() throws {
        #expect(try fields(#"{"a": true, "b": false, "c": null}"#) == ["a": "true", "b": "false"])
    }

    @Test func aPathLeadsToTheMeantPart() throws {
        let json =
            #"{"code": 0, "data": {"order": {"id": "1", "items": [{"n": 3}]}, "none": null}}"#
        #expect(try fields(json, at: ["data", "order"]) == ["id": "1", "items.1.n": "3"])
        #expect(try fields(json, at: ["data", "order", "items", "1"]) == ["n": "3"])
        #expect(try fields(json, at: ["data", "order", "id"]) == ["id": "1"])
        #expect(try fields(json, at: ["data", "none"]) == [:])
        for path in [["dat"], ["data", "order", "items", "2"], ["data", "order", "items", "0"]] {
            #expect(failure(json, at: path) == "no_such_field")
        }
        #expect(failure(json, at: ["code", "x"]) == "no_such_field")
    }

    @Test func nothingIsAnAnswerWithoutFields() throws {
        #expect(try fields("") == [:])
        #expect(try fields("null") == [:])
        #expect(failure("", at: ["data"]) == "not_json")
    }

    @Test(arguments: [
        "<html>", "{", #"{"a": 1"#, "{'a': 1}", #"{"a": 01}"#, #"{"a": 1.}"#, #"{"a": .5}"#,
        #"{"a": 1 2}"#, "{1: 2}", #"{"a": -}"#, #"{"a": 1e}"#, #"{"a": NaN}"#, #""open"#,
        #"{"a": "\ud800x"#,
    ])
    func whatIsNotJSONIsRefused(_ text: String) {
        #expect(failure(text) == "not_json")
    }

    @Test func aBareValueHasNoName() {
        for text in ["12", "\"text\"", "true"] { #expect(failure(text) == "not_an_object") }
    }

    @Test func brokenBytesAreRefused() {
        #expect(throws: CompanyFailure.self) {
            try JSONFields.fields(of: [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D], at: [])
        }
    }

    @Test func fieldsAreBounded() throws {
        let many = (0..<1000).map { #""k\#(String(format: "%04d", $0))": \#($0)"# }
        let kept = try fields("{\(many.joined(separator: ","))}")
        #expect(kept.count == 200)
        #expect(kept["k0000"] == "0")
        #expect(kept["k0199"] == "199")

        let list = try fields("[\(Array(repeating: "1", count: 1000).joined(separator: ","))]")
        #expect(list.count == 200)

        let long = String(repeating: "长", count: 5000)
        let cut = try fields(#"{"a": "\#(long)", "\#(long)": "b"}"#)
        #expect(cut == ["a": String(repeating: "长", count: 2048)])

        let deep = String(repeating: "[", count: 400) + "1" + String(repeating: "]", count: 400)
        #expect(try fields(deep) == [:], "a name this long is nobody's field")
        let tooDeep = String(repeating: "[", count: 100_000)
        #expect(failure(tooDeep) == "not_json")
    }

    /// Whatever Foundation reads without the quoting is read with it, and with the same meaning.
    @Test func agreesWithFoundation() throws {
        var random = Seeded(state: 2)
        for _ in 0..<500 {
            let json = Self.value(&random, depth: 0)
            let read = try fields(#"{"r": \#(json)}"#)
            let plain = try JSONSerialization.jsonObject(
                with: Data(#"{"r": \#(json)}"#.utf8))
            var expected: [String: Double] = [:]
            Self.numbers(in: plain, "", &expected)
            let texts = read.filter { !$0.value.hasPrefix("s") }.compactMapValues { Double($0) }
            #expect(texts == expected, "\(json)")
        }
    }

    private static func value(
        _ random: inout Seeded, depth: Int
    ) -> String {
        switch Int.random(in: 0..<(depth < 3 ? 5 : 3), using: &random) {
        case 0: return "\(Int.random(in: -999...999, using: &random))"
        case 1: return "\(Double(Int.random(in: -999...999, using: &random)) / 8)"
        case 2: return #""s\"1,2: 3""#
        case 3:
            let count = Int.random(in: 0...3, using: &random)
            let members = (0..<count).map { "\"m\($0)\": \(value(&random, depth: depth + 1)) " }
            return "{\(members.joined(separator: ","))}"
        default:
            let count = Int.random(in: 0...3, using: &random)
            let elements = (0..<count).map { _ in value(&random, depth: depth + 1) }
            return "[ \(elements.joined(separator: " ,"))]"
        }
    }

    private static func numbers(in value: Any, _ name: String, _ found: inout [String: Double]) {
        let prefix = name.isEmpty ? "" : name + "."
        if let object = value as? [String: Any] {
            for (key, value) in object { numbers(in: value, prefix + key, &found) }
        } else if let list = value as? [Any] {
            for (index, value) in list.enumerated() {
                numbers(in: value, prefix + "\(index + 1)", &found)
            }
        } else if let number = value as? Double {
            found[name] = number
        }
    }
}
