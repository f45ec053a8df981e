import CRE2Shim

/// A user's regular expression: RE2, so that its time is linear in the text whatever the pattern.
///
/// Looks at ``FoldedText/text``, so the pattern is folded too, letter by letter
/// (``pattern(folding:)``); it is insensitive to case, and takes the longest of the leftmost
/// matches.
@safe package final class RegularExpression: @unchecked Sendable {
    // @safe and @unchecked: the pointer never leaves this class or changes, only deinit frees
    // it, and RE2 promises that concurrent matches on one object are safe.
    private let handle: OpaquePointer

    /// The longest pattern accepted, in bytes: far above what a person reads, and a bound for
    /// the compile time.
    package static let longestPattern = 1000
    /// What one pattern may cost in memory, in bytes, program and caches together; RE2's own
    /// default is 8 MiB, too much for hundreds of rules.
    static let memoryLimit: Int64 = 2 << 20

    /// Why a pattern is refused, in RE2's words, for its author to read.
    package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Compiles a pattern as its author wrote it; `(?<name>` is accepted for `(?P<name>`.
    package init(_ source: String) throws(Refusal) {
        guard source.utf8.count <= Self.longestPattern else {
            throw Refusal(
                description: "it has \(source.utf8.count) bytes, over \(Self.longestPattern)")
        }
        var pattern = Self.pattern(folding: source)
        var message = [CChar](repeating: 0, count: 256)
        // unsafe: RE2 copies the pattern, and writes at most the buffer's length, terminated.
        let handle = pattern.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe message.withUnsafeMutableBufferPointer { message in
                    unsafe cre2_compile(
                        characters.baseAddress, characters.count, Self.memoryLimit,
                        message.baseAddress, message.count)
                }
            }
        }
        guard let handle = unsafe handle else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Refusal(description: String(decoding: text, as: UTF8.self))
        }
        unsafe self.handle = handle
    }

    deinit { unsafe cre2_free(handle) }

    /// The first match in folded text, in UTF-8 offsets; the longest of those that start there.
    package func firstMatch(in text: borrowing [UInt8]) -> Range<Int>? {
        var start = 0
        var end = 0
        // unsafe: the bytes live as long as the closure, and RE2 keeps no pointer to them.
        let found = unsafe text.withUnsafeBytes { bytes in
            unsafe cre2_find(
                handle, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &start, &end)
        }
        return found ? start..<end : nil
    }

    /// What the first group of the first match holds, or all of the match where no group took
    /// part, in UTF-8 offsets.
    package func firstValue(in text: borrowing [UInt8]) -> Range<Int>? {
        var start = 0
        var end = 0
        // unsafe: as in `firstMatch`.
        let found = unsafe text.withUnsafeBytes { bytes in
            unsafe cre2_find_value(
                handle, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &start, &end)
        }
        return found ? start..<end : nil
    }
}
