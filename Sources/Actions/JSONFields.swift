import Boundary
import Foundation

/// The fields of a company's answer, flattened to texts.
///
///     {"收货": {"城市": "杭州"}, "件": [{"名": "杯"}], "运费": 12.00, "备注": null}
///     收货.城市: 杭州    件.1.名: 杯    运费: 12.00
enum JSONFields {
    /// More fields than this are left out, the last by name.
    static let mostFields = 200
    /// Longer values are cut, in characters.
    static let longestValue = 2048
    /// Fields with longer names are left out, in characters.
    static let longestName = 128

    /// The fields of the answer, or of the part of it that `path` leads to.
    ///
    /// Nothing at all, and `null`, have no fields. A single value where fields are expected has one,
    /// called by the last step of the path.
    static func fields(
        of body: [UInt8], at path: [String]
    ) throws(CompanyFailure) -> [String: String] {
        if body.isEmpty, path.isEmpty { return [:] }
        var value: Any
        do {
            value = try JSONSerialization.jsonObject(
                with: Data(quotingNumbers(of: body)), options: .fragmentsAllowed)
        } catch {
            // Foundation's message quotes what it couldn't read.
            throw CompanyFailure("not_json", isTrouble: false, detail: "the answer is not JSON")
        }
        for step in path {
            guard let next = child(step, of: value) else {
                throw CompanyFailure(
                    "no_such_field", isTrouble: false,
                    detail: "the answer has no '\(path.joined(separator: "."))', where 'answer' of "
                        + "the configuration looks for it")
            }
            value = next
        }
        var fields: [String: String] = [:]
        collect(value, as: text(of: value) == nil ? "" : path.last ?? "", into: &fields)
        guard fields[""] == nil else {
            throw CompanyFailure(
                "not_an_object", isTrouble: false,
                detail: "the answer is a single value, which has no name")
        }
        return fields
    }

    private static func child(_ step: String, of value: Any) -> Any? {
        if let object = value as? [String: Any] { return object[step] }
        guard let list = value as? [Any], let number = Int(step),
            list.indices.contains(number - 1)
        else { return nil }
        return list[number - 1]
    }

    private static func collect(
        _ value: Any, as name: String, into fields: inout [String: String]
    ) {
        guard fields.count < mostFields, name.count <= longestName else { return }
        let prefix = name.isEmpty ? "" : name + "."
        if let object = value as? [String: Any] {
            for (key, value) in object.sorted(by: { $0.key < $1.key }) {
                collect(value, as: prefix + key, into: &fields)
            }
        } else if let list = value as? [Any] {
            for (index, value) in list.enumerated() {
                collect(value, as: prefix + "\(index + 1)", into: &fields)
                if fields.count >= mostFields { return }
            }
        } else if let text = text(of: value) {
            fields[name] = String(text.prefix(longestValue))
        }
    }

    /// A single value as a text; `nil` for objects, lists and `null`.
    private static func text(of value: Any) -> String? {
        if let text = value as? String { return text }
        return (value as? Bool).map { $0 ? "true" : "false" }
    }

    /// The same JSON with its numbers as strings: Foundation reads `12.00` as 12, and an order's
    /// number of twenty digits as another one.
    private static func quotingNumbers(of body: [UInt8]) -> [UInt8] {
        var quoted: [UInt8] = []
        quoted.reserveCapacity(body.count + body.count / 8)
        var index = 0
        var isInString = false
        while index < body.count {
            let byte = body[index]
            if isInString {
                quoted.append(byte)
                if byte == UInt8(ascii: "\\"), index + 1 < body.count {
                    index += 1
                    quoted.append(body[index])
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                index += 1
            } else if let end = endOfNumber(at: index, in: body) {
                quoted.append(UInt8(ascii: "\""))
                quoted += body[index..<end]
                quoted.append(UInt8(ascii: "\""))
                index = end
            } else {
                quoted.append(byte)
                isInString = byte == UInt8(ascii: "\"")
                index += 1
            }
        }
        return quoted
    }

    /// Where the number that begins at `start` ends; `nil` where none begins, or none that may
    /// stand in JSON: those are left for Foundation to refuse.
    private static func endOfNumber(at start: Int, in body: [UInt8]) -> Int? {
        func isDigit(_ index: Int) -> Bool {
            index < body.count && (0x30...0x39).contains(body[index])
        }
        func has(_ text: StaticString, _ index: Int) -> Bool {
            index < body.count && "\(text)".utf8.contains(body[index])
        }
        func digits(_ index: Int) -> Int {
            var index = index
            while isDigit(index) { index += 1 }
            return index
        }
        guard isDigit(start) || has("-", start) && isDigit(start + 1) else { return nil }
        let first = has("-", start) ? start + 1 : start
        var end = has("0", first) ? first + 1 : digits(first)
        if has(".", end), isDigit(end + 1) { end = digits(end + 1) }
        if has("eE", end) {
            let sign = has("+-", end + 1) ? end + 2 : end + 1
            if isDigit(sign) { end = digits(sign) }
        }
        // What follows must end a value; before a colon it would have been a name.
        var next = end
        while has(" \t\r\n", next) { next += 1 }
        return next == body.count || has(",]}", next) ? end : nil
    }
}
