import ChatModel
import RuleEngine

/// How many bytes a template may come to, with the longest values and in the longest language.
struct TemplateSize {
    /// What is written, without any value.
    let written: Int
    /// With the longest values.
    let longest: Int
    /// Whether a value of unknown length is among them, counted as ``assumed``.
    let isAssumed: Bool

    /// Bytes that a value is taken to have when nothing bounds it: some sixty Chinese characters,
    /// what a backend's field or a customer's sentence usually stays below.
    static let assumed = 200

    /// The size of the longest variant; `slots` bound the values that have their names.
    init(_ template: Template, slots: [ValueName: SlotDefinition]) {
        var (written, longest, isAssumed) = (0, 0, false)
        for variant in template.variants {
            var (literal, values, isOpen) = (0, 0, false)
            for part in variant.parts {
                switch part {
                case .literal(let text): literal += text.utf8.count
                case .value(let name, let filters):
                    let bound = slots[name].flatMap(\.accept.longest)
                    let (bytes, isBounded) = Self.bytes(bound, filters)
                    values += bytes
                    isOpen = isOpen || !isBounded
                }
            }
            written = max(written, literal)
            if literal + values > longest { (longest, isAssumed) = (literal + values, isOpen) }
        }
        self.written = written
        self.longest = longest
        self.isAssumed = isAssumed
    }

    private static func bytes(
        _ bound: Int?, _ filters: [Template.Filter]
    ) -> (bytes: Int, isBounded: Bool) {
        var bytes = bound ?? assumed
        var isBounded = bound != nil
        for filter in filters {
            switch filter.kind {
            case .orElse: bytes = max(bytes, filter.argument?.utf8.count ?? 0)
            case .date, .time:
                // As long as its pattern, or `2026年11月21日 10:00`.
                bytes = max(24, filter.argument?.utf8.count ?? 0)
                isBounded = true
            case .first, .last:
                guard let count = filter.argument.flatMap({ Int($0) }) else { continue }
                bytes = isBounded ? min(bytes, 4 * count) : 4 * count
                isBounded = true
            case .money: (bytes, isBounded) = (max(bytes, 24), isBounded)
            case .mask, .uppercase, .lowercase: break
            }
        }
        return (bytes, isBounded)
    }
}

extension SlotDefinition.Acceptance {
    /// The bytes of the longest answer; `nil` where nothing bounds it.
    fileprivate var longest: Int? {
        switch self {
        case .digits(_, let most): most
        case .choice(let options): options.map(\.value.utf8.count).max()
        // `2026-03-02`
        case .date: 10
        // An area code and eight digits.
        case .phone: 12
        case .order: 32
        case .anything, .regex: nil
        }
    }
}
