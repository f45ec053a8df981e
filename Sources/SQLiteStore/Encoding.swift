import Foundation
import Glibc

/// JSON for what is rare or nested; keys sorted, so that equal values give equal rows.
enum JSON {
    /// The value as compact JSON.
    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The value that `text` stands for.
    static func value<Value: Decodable>(_ type: Value.Type, of text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

/// Decodes JSON of one type, each different text once: rules repeat each other's conditions and
/// hand-offs.
struct JSONMemo<Value: Decodable> {
    private var known: [String: Value] = [:]

    /// The value that `text` stands for; `nil` for none.
    mutating func value(of text: String?) throws -> Value? {
        guard let text else { return nil }
        if let known = known[text] { return known }
        let value = try JSON.value(Value.self, of: text)
        known[text] = value
        return value
    }
}

extension String {
    /// The text as SQLite can keep it: GRDB hands text over as a C string, which ends at a NUL.
    var storable: String {
        hasNUL ? String(map { $0 == "\0" ? "\u{FFFD}" : $0 }) : self
    }

    private var hasNUL: Bool {
        // Safe: memchr reads the bytes it is given a count of, while the closure holds them.
        // Every text of every row comes through here, and the plain loop is ten times slower.
        let found = unsafe utf8.withContiguousStorageIfAvailable { bytes in
            unsafe bytes.baseAddress.map { unsafe memchr($0, 0, bytes.count) != nil } ?? false
        }
        return found ?? utf8.contains(0)
    }
}
