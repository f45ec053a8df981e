package import ChatModel

/// A slot made ready to look for its value in what a customer sends.
package struct SlotAcceptor: Sendable {
    /// What it was compiled from.
    package let definition: SlotDefinition

    private let regex: RegularExpression?
    private let options: [Option]

    private struct Option: Sendable {
        let value: String
        let wireID: WireID
        let words: [[UInt32]]
    }

    /// Compiles a slot; throws what RE2 has against its expression.
    package init(_ definition: SlotDefinition) throws(RegularExpression.Refusal) {
        self.definition = definition
        if case .regex(let pattern) = definition.accept {
            regex = try RegularExpression(pattern)
        } else {
            regex = nil
        }
        if case .choice(let options) = definition.accept {
            self.options = options.map { option in
                Option(
                    value: option.value, wireID: option.wireID,
                    words: ([option.value] + option.words).map(FoldedKeywords.fold).filter {
                        !$0.isEmpty
                    })
            }
        } else {
            options = []
        }
    }

    /// Whether any words are accepted: then the message that starts a flow says nothing about
    /// the slot.
    package var acceptsAnything: Bool { definition.accept == .anything }

    /// The value a customer's answer holds, as it is to be kept; `nil` if it holds none.
    ///
    /// `orderID` is the number on the order card for `shop_order` messages; `now`, in `zone`, is
    /// what `明天` is counted from.
    package func value(
        in stimulus: Stimulus, orderID: String? = nil, now: Timestamp, zone: CivilZone = .shanghai
    ) -> String? {
        switch (stimulus, definition.accept) {
        case (.message(.shopOrder), .order): orderID
        case (.message, _), (.event, _): nil
        case (.text(_, let item?), .choice) where options.contains { $0.wireID == item }:
            options.first { $0.wireID == item }?.value
        case (.text(let words, _), .anything): Self.trimmed(words)
        case (.text(let words, _), .digits(let atLeast, let atMost)):
            DigitRuns(in: FoldedText(words).text).first {
                (atLeast...max(atLeast, atMost)).contains($0.utf8.count) ? $0 : nil
            }
        case (.text(let words, _), .regex): matched(in: words)
        case (.text(let words, _), .choice): chosen(in: words)
        case (.text(let words, _), .date):
            WrittenDate.day(in: words, today: zone.moment(at: now).day)?.description
        case (.text(let words, _), .phone):
            DigitRuns(in: FoldedText(words).text).first(Self.phoneNumber)
        case (.text(let words, _), .order): Self.orderNumber(in: words)
        }
    }

    private static func trimmed(_ words: String) -> String? {
        let rest = words.drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(rest[...last])
    }

    /// In the letters of the original, but in half width.
    private func matched(in words: String) -> String? {
        let folded = FoldedText(words)
        guard let range = regex?.firstValue(in: Array(folded.text.utf8)), !range.isEmpty else {
            return nil
        }
        return Self.trimmed(folded.original(at: folded.originalRange(ofText: range)).halfWidth)
    }

    /// An option's words or its number; else the only option whose words (two characters or
    /// more) the answer contains, unless it says no to something.
    private func chosen(in words: String) -> String? {
        let answer = FoldedKeywords.fold(words)
        if let option = options.first(where: { $0.words.contains(answer) }) { return option.value }
        let digits = String(String.UnicodeScalarView(answer.compactMap(Unicode.Scalar.init)))
        if let number = Int(digits) {
            return options.indices.contains(number - 1) ? options[number - 1].value : nil
        }
        var found: [(option: Option, words: [UInt32])] = []
        for option in options {
            for words in option.words where words.count > 1 && answer.firstRange(of: words) != nil {
                found.append((option, words))
            }
        }
        // 不需要 also contains 需要: the longer one is meant.
        let longest = found.filter { one in
            !found.contains { $0.words.count > one.words.count && $0.words.contains(one.words) }
        }
        guard let first = longest.first,
            longest.allSatisfy({ $0.option.value == first.option.value })
        else { return nil }
        var rest = answer
        for (_, words) in longest {
            if let range = rest.firstRange(of: words) { rest.removeSubrange(range) }
        }
        return rest.contains(where: Self.negations.contains) ? nil : first.option.value
    }

    private static let negations = Set("不没别非无勿".unicodeScalars.map(\.value))

    /// Mobile numbers have 11 digits from 13 to 19; landlines an area code that begins with 0.
    private static func phoneNumber(_ digits: String) -> String? {
        var rest = digits[...]
        let hasCountry = rest.hasPrefix("0086") || (rest.hasPrefix("86") && rest.count > 11)
        if hasCountry { rest.removeFirst(rest.hasPrefix("0") ? 4 : 2) }
        let numbers = rest.utf8.map { Int($0) - 0x30 }
        if numbers.count == 11, numbers[0] == 1, numbers[1] >= 3 { return String(rest) }
        if hasCountry, numbers.first != 0 { return phoneNumber("0" + rest) }
        guard numbers.count > 2, numbers[0] == 0, numbers[1] != 0 else { return nil }
        // 010 and 02x have eight digits behind them, all others seven or eight.
        let isShortCode = numbers[1] < 3
        let lengths = isShortCode ? 11...11 : 11...12
        return lengths.contains(numbers.count) ? String(rest) : nil
    }

    /// The first run of 8 to 32 letters and digits with a digit in it.
    private static func orderNumber(in words: String) -> String? {
        var run = ""
        for character in words.halfWidth.unicodeScalars + [" "] {
            if character.isASCII,
                character.properties.isAlphabetic || ("0"..."9").contains(character)
            {
                run.unicodeScalars.append(character)
                continue
            }
            if (8...32).contains(run.utf8.count),
                run.utf8.contains(where: { (0x30...0x39).contains($0) })
            {
                return run
            }
            run = ""
        }
        return DigitRuns(in: words.halfWidth).first { (8...32).contains($0.utf8.count) ? $0 : nil }
    }
}

/// The digits of a text: runs, and groups of runs that only spaces, dashes and parentheses part.
struct DigitRuns {
    private var groups: [[String]] = []

    init(in text: String) {
        var isJoined = false
        var gap = 0
        var isInRun = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0"..."9":
                if !isInRun {
                    if isJoined, gap <= 3, !groups.isEmpty {
                        groups[groups.count - 1].append("")
                    } else {
                        groups.append([""])
                    }
                }
                groups[groups.count - 1][groups[groups.count - 1].count - 1]
                    .unicodeScalars.append(scalar)
                isInRun = true
                isJoined = true
                gap = 0
            case " ", "-", "(", ")", "\u{2010}"..."\u{2015}", "\u{2212}":
                isInRun = false
                gap += 1
            default:
                isInRun = false
                isJoined = false
            }
        }
    }

    /// What `accept` makes of the first that it accepts: of each group first all of it, then its
    /// runs.
    func first(_ accept: (String) -> String?) -> String? {
        for group in groups {
            if let value = accept(group.joined()) { return value }
            for run in group where group.count > 1 {
                if let value = accept(run) { return value }
            }
        }
        return nil
    }
}

extension String {
    /// Full-width letters, digits, marks and spaces in half width; nothing else changes.
    var halfWidth: String {
        var text = ""
        for scalar in unicodeScalars {
            let value =
                switch scalar.value {
                case 0xFF01...0xFF5E: scalar.value - 0xFEE0
                case 0x3000: UInt32(0x20)
                default: scalar.value
                }
            text.unicodeScalars.append(Unicode.Scalar(value) ?? scalar)
        }
        return text
    }
}
