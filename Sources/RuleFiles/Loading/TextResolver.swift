import ChatModel
import RuleEngine

/// Turns texts into templates: fills `$(name)` with the bundle's texts and schedules, and leaves
/// values for the moment they are shown.
///
/// `$$(` stands for a literal `$(`. Texts may refer to texts; a circle is an error. A text that
/// names no language has as many as the texts it refers to.
final class TextResolver {
    /// The largest filled-in text kept: many times what any message takes.
    private static let maximumBytes = 64 << 10
    /// What filling a whole bundle's texts may come to: a text of 60 KB is not written out in a
    /// hundred thousand places.
    private static let maximumTotal = 32 << 20
    /// Texts within texts within texts.
    static let deepest = 32
    static let tooDeep = Bilingual(
        en: "more than \(deepest) names refer to each other", zh: "名字一层套一层，超过 \(deepest) 层")

    private let texts: [String: TextSyntax]
    private let schedules: [String: String]
    private let names: BundleNames
    private let values: ValueNames
    let log: DiagnosticLog
    private var filled: [String: Template] = [:]
    private var open: [String] = []
    private var localized: [LocalText] = []
    private var bytesFilled = 0

    /// Values that are known where the texts resolved next are shown; `nil` where nobody can tell.
    var known: Set<String>?

    init(
        _ texts: [TextSyntax], schedules: [String: String], names: BundleNames,
        values: ValueNames, log: DiagnosticLog
    ) {
        self.texts = Dictionary(
            texts.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
        self.schedules = schedules
        self.names = names
        self.values = values
        self.log = log
    }

    /// Fills every text once, so that mistakes in unused ones are found too.
    func resolveAll() {
        for name in names.names(.text) { _ = template(named: name) }
    }

    /// The text `name` with its placeholders filled.
    func template(named name: String) -> Template? {
        if let template = filled[name] { return template }
        guard let text = texts[name] else { return nil }
        let outside = known
        known = nil
        open.append(name)
        let template = resolve(text.value)
        open.removeLast()
        known = outside
        filled[name] = template
        return template
    }

    /// The text with its placeholders filled; wrong ones are reported and left out.
    func resolve(_ text: LocalText) -> Template {
        if text.variants.contains(where: { $0.language != nil }) { localized.append(text) }
        var variants: [Template.Variant] = []
        for variant in text.variants {
            let pieces = pieces(of: variant.words)
            if let language = variant.language {
                variants.append(fill(pieces, in: language, of: variant.words))
                continue
            }
            var languages: [Language] = []
            for case .text(let inner) in pieces {
                for language in inner.variants.compactMap(\.language)
                where !languages.contains(language) {
                    languages.append(language)
                }
            }
            if languages.isEmpty {
                variants.append(fill(pieces, in: nil, of: variant.words))
            }
            variants += languages.map { fill(pieces, in: $0, of: variant.words) }
        }
        return Template(variants: variants)
    }

    /// Reports texts that lack a language other texts of the bundle have.
    func checkLanguages() {
        var all: [Language] = []
        for language in localized.flatMap(\.variants).compactMap(\.language)
        where !all.contains(language) {
            all.append(language)
        }
        for text in localized {
            let own = Set(text.variants.compactMap(\.language))
            let missing = all.filter { !own.contains($0) }.map(\.rawValue)
            guard !missing.isEmpty else { continue }
            let list = missing.joined(separator: ", ")
            log.report(
                text.words.diagnostic(
                    .missingLanguage,
                    Bilingual(
                        en: "this text is not written in \(list), others are",
                        zh: "这段文字没有 \(list)，别的文字有"),
                    help: Bilingual(
                        en: "add '\(missing[0]):'; without it customers read the first language",
                        zh: "加上 \(missing[0]):；没有的话客户看到第一种语言")))
        }
    }

    // MARK: Pieces

    private enum Piece {
        case literal(String)
        case text(Template)
        case value(ValueName, [Template.Filter])
    }

    private func pieces(of words: Words) -> [Piece] {
        let text = words.text
        guard text.contains("$") else { return [.literal(text)] }
        if let wide = text.firstRange(of: "$（") {
            log.report(
                words.diagnostic(
                    .fullWidth, in: wide,
                    Bilingual(en: "full-width '（' in a placeholder", zh: "占位符里用了全角括号“（”"),
                    help: Bilingual(en: "write $(名字)", zh: "写成 $(名字)")))
        }
        let parts: [Template.Part]
        do {
            parts = try Template.Part.parts(of: text)
        } catch {
            report(error, in: words)
            return [.literal(text)]
        }
        let placeholders = PlaceholderScan(words).makeIterator()
        return parts.map { part in
            guard case .value(let name, let filters) = part else {
                if case .literal(let text) = part { return .literal(text) }
                return .literal("")
            }
            let place = placeholders.next()
            return piece(
                name.rawValue, filters, whole: place?.whole ?? words, name: place?.name ?? words)
        }
    }

    private func piece(
        _ name: String, _ filters: [Template.Filter], whole: Words, name words: Words
    ) -> Piece {
        let isText = texts[name] != nil
        if isText || schedules[name] != nil {
            names.refer(isText ? .text : .schedule, name, at: (words.place, words.length))
            if !filters.isEmpty {
                log.report(
                    whole.diagnostic(
                        .placeholder,
                        Bilingual(
                            en: "'\(name)' is a text; filters are for values",
                            zh: "「\(name)」是文本，过滤器只能用在值上"),
                        help: Bilingual(en: "write $(\(name))", zh: "写成 $(\(name))")))
            }
        }
        if let hours = schedules[name], !isText { return .literal(hours) }
        guard isText else { return value(name, filters, whole: whole, name: words) }
        if open.contains(name) {
            let circle = (open + [name]).joined(separator: " → ")
            log.report(
                whole.diagnostic(
                    .textCycle,
                    Bilingual(
                        en: "the text '\(name)' contains itself: \(circle)",
                        zh: "文本「\(name)」包含了自己：\(circle)")))
            return .literal("")
        }
        guard open.count < Self.deepest else {
            log.report(whole.diagnostic(.tooDeep, Self.tooDeep))
            return .literal("")
        }
        let inner = template(named: name) ?? Template("")
        for variant in inner.variants {
            for case .value(let value, let filters) in variant.parts {
                checkKnown(value.rawValue, filters, whole)
            }
        }
        return .text(inner)
    }

    private func value(
        _ name: String, _ filters: [Template.Filter], whole: Words, name words: Words
    ) -> Piece {
        switch values.find(name, at: words) {
        case .value(let value):
            checkKnown(value.rawValue, filters, whole)
            let showsMoment = filters.contains { $0.kind == .date || $0.kind == .time }
            let shown = showsMoment ? nil : BuiltInValues.shown(value.rawValue)
            return .value(value, (shown.map { [$0] } ?? []) + filters)
        case .fieldless:
            log.report(
                whole.diagnostic(
                    .placeholder,
                    Bilingual(
                        en: "'\(name)' is an answer with fields; name one of them",
                        zh: "「\(name)」是查询结果，要写明哪一项"),
                    help: Bilingual(en: "for example: $(\(name).状态)", zh: "例如：$(\(name).状态)")))
            return .literal("")
        case nil:
            log.report(
                whole.diagnostic(
                    .unknownName,
                    Bilingual(
                        en: "there is no text and no value '\(name)'",
                        zh: "没有叫「\(name)」的文本或值"),
                    help: names.suggestion(
                        for: name, among: [.text, .schedule, .slot, .value],
                        and: BuiltInValues.allNames)
                        ?? Bilingual(
                            en: "declare it under 'texts:' or 'slots:'; an answer's field is "
                                + "written $(订单.状态)",
                            zh: "先在 texts: 或 slots: 下面声明；查询结果写成 $(订单.状态)")))
            return .literal("")
        }
    }

    /// Warns of a value that isn't known where the text is shown, and has no substitute.
    private func checkKnown(
        _ name: String, _ filters: [Template.Filter], _ whole: Words
    ) {
        guard let known, !filters.contains(where: { $0.kind == .orElse }),
            values.isUncertain(name, known: known)
        else { return }
        log.report(
            whole.diagnostic(
                .uncertainValue,
                Bilingual(
                    en: "'\(name)' may not be known here", zh: "用到「\(name)」时可能还不知道它"),
                help: BuiltInValues.canonical(name) == name
                    ? Bilingual(
                        en: "write $(\(name) | 默认 …)", zh: "写成 $(\(name) | 默认 …)")
                    : Bilingual(
                        en: "ask for it or call for it before, add 'if: { slot: \(name) }', or "
                            + "write $(\(name) | 默认 …)",
                        zh: "先询问或查询；或加条件 if: { slot: \(name) }；或写成 $(\(name) | 默认 …)")))
    }

    // MARK: Filling

    private func fill(
        _ pieces: [Piece], in language: Language?, of words: Words
    ) -> Template.Variant {
        var parts: [Template.Part] = []
        var literal = ""
        var bytes = 0
        func append(_ part: Template.Part) {
            switch part {
            case .literal(let text):
                literal += text
                bytes += text.utf8.count
            case .value:
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(part)
                bytes += 16
            }
        }
        for piece in pieces {
            switch piece {
            case .literal(let text): append(.literal(text))
            case .value(let name, let filters): append(.value(name, filters))
            case .text(let template):
                let variant =
                    template.variants.first { $0.language == language } ?? template.variants[0]
                let before = bytes
                variant.parts.forEach(append)
                bytesFilled += bytes - before
            }
            guard bytes <= Self.maximumBytes, bytesFilled <= Self.maximumTotal else {
                log.report(
                    words.diagnostic(
                        .tooLong,
                        Bilingual(
                            en: "with its texts filled in it has more than \(Self.maximumBytes) "
                                + "bytes, or all texts together too many",
                            zh: "填好占位符后超过 \(Self.maximumBytes) 字节，或者全部文字加起来太长")))
                return Template.Variant(language: language, parts: [.literal("")])
            }
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.literal(literal)) }
        return Template.Variant(language: language, parts: parts)
    }
}
