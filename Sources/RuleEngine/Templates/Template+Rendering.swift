package import ChatModel

extension Template {
    /// A template with its values filled in.
    package struct Rendered: Hashable, Sendable {
        /// What the customer reads.
        package var text: String
        /// Values nobody knows and for which no `默认` stands in, each once, in order: they are
        /// left out of the text.
        package var missing: [ValueName]

        /// A text.
        package init(text: String, missing: [ValueName] = []) {
            self.text = text
            self.missing = missing
        }
    }

    /// The words for a language: its own variant, else the first.
    package func variant(for language: Language?) -> Variant? {
        variants.first { language != nil && $0.language == language } ?? variants.first
    }

    /// Fills in the values.
    ///
    /// A value that is an empty text counts as unknown for `默认`, but isn't reported. Moments
    /// given in seconds, in milliseconds or with an offset are shown in `zone`.
    package func render(
        language: Language?, zone: CivilZone = .shanghai, values: (ValueName) -> String?
    ) -> Rendered {
        guard let variant = variant(for: language) else { return Rendered(text: "") }
        var rendered = Rendered(text: "")
        for part in variant.parts {
            switch part {
            case .literal(let words): rendered.text += words
            case .value(let name, let filters):
                var value = values(name)
                for filter in filters {
                    value = filter.applied(to: value, variant.language ?? language, zone)
                }
                if let value {
                    rendered.text += value
                } else if !rendered.missing.contains(name) {
                    rendered.missing.append(name)
                }
            }
        }
        return rendered
    }
}

extension Template.Filter {
    /// What becomes of a value; only `默认` makes something of nothing.
    ///
    /// A value that a filter can't read stays as it is.
    func applied(to value: String?, _ language: Language?, _ zone: CivilZone) -> String? {
        if kind == .orElse { return value.flatMap { $0.isEmpty ? nil : $0 } ?? argument }
        guard let value else { return nil }
        switch kind {
        case .orElse: return value
        case .date:
            guard let moment = WrittenMoment(value, zone) else { return value }
            let isChinese = language.map { $0.rawValue.hasPrefix("zh") } ?? true
            return moment.text(argument ?? (isChinese ? "M月d日" : "yyyy-MM-dd"))
        case .time:
            guard let moment = WrittenMoment(value, zone), moment.hasTime else { return value }
            return moment.text(argument ?? "HH:mm")
        case .mask: return SlotDefinition.Mask.middle.apply(to: value)
        case .money: return Self.money(value) ?? value
        case .first: return String(value.prefix(argument.flatMap { Int($0) } ?? value.count))
        case .last: return String(value.suffix(argument.flatMap { Int($0) } ?? value.count))
        case .uppercase: return value.uppercased()
        case .lowercase: return value.lowercased()
        }
    }

    /// `1234.5` as `1,234.50`, halves rounded up; decimal throughout, since it is money.
    private static func money(_ value: String) -> String? {
        var text = value.filter { !$0.isWhitespace && $0 != "," }
        let sign = text.hasPrefix("-") ? "-" : ""
        text.removeFirst(sign.count)
        let fields = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(fields.count), !fields[0].isEmpty, fields[0].count <= 15,
            fields.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let whole = Int(fields[0])
        else { return nil }
        let fraction = (fields.count > 1 ? String(fields[1]) : "") + "000"
        guard let thousandths = Int(fraction.prefix(3)) else { return nil }
        let cents = whole * 100 + (thousandths + 5) / 10
        var digits = String(cents / 100)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = String(digits.dropLast(3))
        }
        groups.insert(digits[...], at: 0)
        return sign + groups.joined(separator: ",") + "." + (cents % 100).padded(to: 2)
    }
}
