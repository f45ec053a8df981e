import RuleEngine

/// Replaces what names or reaches a person by something of the same shape, so that the same rules
/// still match: digits by digits, letters by letters, Chinese characters by 某; marks, spaces and
/// everything else stay.
///
/// The same number always becomes the same replacement, however it is written, so that a
/// conversation still hangs together after it. A replacement shows what it says it keeps: shape,
/// and the first digit or two. The rest can be told from it only with the ``Key``, which nobody
/// has: telephone numbers are few enough to try them all. Names and addresses are found by what
/// stands around them: words that nothing announces can't be told from any others.
package struct Redaction: Sendable {
    /// Words that rules look for, folded: they say nothing about a customer.
    private let known: [[UInt32]]
    private let key: Key
    /// What each number or code was replaced by, letters and digits alone.
    private var given: [String: String] = [:]

    /// What is looked for.
    package enum Scope: Hashable, Sendable {
        /// Telephone, order, card and identity numbers, mail addresses, plates, names after a
        /// greeting or `我叫`, and street addresses.
        case telling
        /// These, and every other number.
        case numbers
        /// All letters, digits and Chinese characters: the words are an answer.
        case everything
    }

    /// A redaction of texts that belong together.
    ///
    /// - Parameters:
    ///   - known: Words that rules look for; a name or an address holds on to those in it, and a
    ///     number that is one of them stays.
    ///   - key: What replacements are drawn with.
    package init(keeping known: Set<String> = [], key: Key = .ofThisProcess) {
        self.key = key
        self.known = known.map { FoldedText($0).keywords.unicodeScalars.map(\.value) }
            .filter { $0.count > 1 }
    }

    /// One text by itself; another `salt` gives another replacement, and so does the next process.
    package static func redacted(
        _ words: String, salt: UInt64 = 0, key: Key = .ofThisProcess
    ) -> String {
        var redaction = Redaction(key: key)
        return redaction.redacted(words, salt: salt)
    }

    /// The words without what `scope` tells of.
    ///
    /// - Parameters:
    ///   - words: What somebody wrote.
    ///   - scope: What is looked for.
    ///   - salt: Another one gives another replacement of what wasn't replaced before; above
    ///     ``lastFreeSalt``, more of the beginnings of numbers stays.
    ///   - startsAnew: Whether what was replaced before may be replaced otherwise here.
    package mutating func redacted(
        _ words: String, _ scope: Scope = .telling, salt: UInt64 = 0, startsAnew: Bool = false
    ) -> String {
        let folded = FoldedText(words)
        let bytes = Array(words.utf8)
        let isKnown = knownBytes(of: folded, count: bytes.count)
        let parts = Part.parts(of: folded, scope, isKnown)
        guard !parts.isEmpty else { return words }
        var result: [UInt8] = []
        var start = 0
        for part in parts {
            result += bytes[start..<part.range.lowerBound]
            let text = String(decoding: bytes[part.range], as: UTF8.self)
            result += Array(
                replacement(of: text, part, isKnown, salt: salt, startsAnew: startsAnew).utf8)
            start = part.range.upperBound
        }
        result += bytes[start...]
        return String(decoding: result, as: UTF8.self)
    }

    /// Salts up to this one leave nothing of a number but the digit or two that say what it is.
    package static let lastFreeSalt: UInt64 = 15

    /// Which bytes belong to a word that rules look for.
    private func knownBytes(of folded: FoldedText, count: Int) -> [Bool] {
        var isKnown = [Bool](repeating: false, count: count)
        let scalars = folded.keywords.unicodeScalars.map(\.value)
        for word in known where word.count <= scalars.count {
            for start in 0...(scalars.count - word.count)
            where scalars[start..<start + word.count].elementsEqual(word) {
                let range = folded.originalRange(ofKeywords: start..<start + word.count)
                for place in range { isKnown[place] = true }
            }
        }
        return isKnown
    }

    private mutating func replacement(
        of text: String, _ part: Part, _ isKnown: [Bool], salt: UInt64, startsAnew: Bool
    ) -> String {
        switch part.kind {
        case .number, .code, .mail, .tail:
            // A number that rules look for, such as 12315, is nobody's.
            if part.range.allSatisfy({ isKnown[$0] }) { return text }
            let core = Shape.core(of: text)
            guard !core.isEmpty else { return masked(text, part, isKnown, salt: salt) }
            let other: String
            if part.kind == .tail, let known = tail(core) {
                other = known
            } else if let before = given[core], !startsAnew {
                other = before
            } else {
                other = unused(for: core, part.kind, salt)
                if !startsAnew { given[core] = other }
            }
            return Shape.text(text, saying: other)
        case .name, .address, .everything:
            return masked(text, part, isKnown, salt: salt)
        }
    }

    /// Every letter and digit by another one, but for words that rules look for.
    private func masked(_ text: String, _ part: Part, _ isKnown: [Bool], salt: UInt64) -> String {
        let keeps = part.kind == .address ? Shape.kindsOfPlaces : []
        var digits = Shape.Digits(seed: key.hash(text.utf8) &+ salt)
        var place = part.range.lowerBound
        var result = ""
        for character in text {
            let isKept = isKnown[place] || keeps.contains(character)
            place += character.utf8.count
            result += isKept ? String(character) : digits.masked(character)
        }
        return result
    }

    /// The last digits of a number that was replaced before.
    private func tail(_ core: String) -> String? {
        given.filter { $0.key.hasSuffix(core) }.min { $0.key < $1.key }
            .map { String($0.value.suffix(core.count)) }
    }

    /// A replacement that nothing else has, and that isn't the thing itself.
    private func unused(for core: String, _ kind: Part.Kind, _ salt: UInt64) -> String {
        let others = Set(given.values)
        var other = core
        // Short numbers may well meet; after so many draws it is left at that.
        for round in 0..<UInt64(100) {
            other = Shape.other(
                core, isMail: kind == .mail, salt: salt, seed: key.hash(core.utf8) &+ (round << 32))
            if other != core, !others.contains(other) { break }
        }
        return other
    }
}
