import ChatModel
import RuleEngine
import RuleFiles

/// What stands under the cursor, in words.
extension LanguageServer {
    mutating func hover(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let spot = try spot(params)
        let path = absolute(spot.file)
        guard DocumentPath.kind(of: path) != .sheet else { return .null }
        if let first = names(at: spot).first { return markup(reading(of: first), first, spot) }
        return context(under: spot).flatMap { hover(over: $0, spot) } ?? .null
    }

    private func markup(
        _ text: String, _ occurrence: SymbolIndex.Occurrence, _ spot: Spot
    ) -> JSONValue {
        [
            "contents": ["kind": "markdown", "value": .string(text)],
            "range": spot.document.range(occurrence.place, length: occurrence.length).json,
        ]
    }

    /// What a name is, where it is declared, and what is known of it.
    private mutating func reading(of occurrence: SymbolIndex.Occurrence) -> String {
        let symbol = occurrence.symbol
        let rules = rules(in: group(of: absolute(occurrence.place.file)))
        let bundle = rules.understood.first { $0.name == symbol.bundle }
        let text = bundle.flatMap { NameReading($0, in: language).text(symbol) }
        var lines: [String] = []
        if symbol.kind != .rule || text == nil {
            let noun = symbol.kind.noun[language]
            lines.append(
                say("**'\(symbol.name)'**, \(noun)", "\(noun)**「\(symbol.name)」**"))
        }
        if let text {
            lines.append(text)
        } else if let source = declaration(of: symbol, rules) {
            lines.append(source)
        }
        if !occurrence.isDeclaration {
            if let place = rules.symbols.declarations(of: symbol).first?.place {
                lines.append(say("declared at \(place)", "声明在 \(place)"))
            } else {
                lines.append(say("not declared", "没有声明过"))
            }
        } else {
            let count = everyName(in: group(of: absolute(occurrence.place.file))).count {
                $0.symbol == symbol && !$0.isDeclaration
            }
            if count > 0 {
                let times = count == 1 ? "once" : "\(count) times"
                lines.append(say("used \(times)", "用了 \(count) 次"))
            }
        }
        return lines.joined(separator: "\n\n")
    }

    /// The line a text or a word list is declared in, as its author wrote it.
    private func declaration(of symbol: SymbolIndex.Symbol, _ rules: LoadedRules) -> String? {
        guard [.text, .words].contains(symbol.kind),
            let place = rules.symbols.declarations(of: symbol).first?.place
        else { return nil }
        let document = document(place.file)
        let lines = (place.line - 1..<min(place.line + 4, document.lineCount)).map {
            String(document.line($0))
        }
        let indent = lines.first?.prefix { $0 == " " }.count ?? 0
        let own = lines.enumerated().prefix { index, line in
            index == 0 || line.prefix { $0 == " " }.count > indent || line.isEmpty
        }
        return "```yaml\n" + own.map { String($1.dropFirst(indent)) }.joined(separator: "\n")
            + "\n```"
    }

    // MARK: Keys and examples

    /// The context of the whole word under the cursor.
    private func context(under spot: Spot) -> (context: CursorContext, line: [Character])? {
        let line = spot.document.characters(ofLine: spot.position.line)
        var end = spot.place.column - 1
        guard end <= line.count, !line.isEmpty else { return nil }
        while end < line.count, !":,[]{}".contains(line[end]), line[end] != " " { end += 1 }
        let context = CursorContext(spot.document, line: spot.position.line, column: end)
        return (context, line)
    }

    private mutating func hover(
        over found: (context: CursorContext, line: [Character]), _ spot: Spot
    ) -> JSONValue? {
        let (context, line) = found
        let isTests = DocumentPath.kind(of: absolute(spot.file)) == .tests
        let root = FormatPlace.root([isTests ? "tests_for" : "bundle"])
        let place = context.place(from: root)
        let start = context.start
        let end = start + context.partial.count
        let word = context.partial.trimmingSpaces
        let isKey =
            [.key, .either].contains(context.role) && end < line.count && line[end] == ":"
        if isKey {
            guard let guide = place.guide(to: word) else { return nil }
            return markup(text(guide), start, word.count, spot)
        }
        guard context.role == .value || context.role == .either else { return nil }
        return example(context, line, spot)
    }

    private func markup(_ text: String, _ start: Int, _ length: Int, _ spot: Spot) -> JSONValue {
        let place = SourcePlace(file: spot.file, line: spot.place.line, column: start + 1)
        return [
            "contents": ["kind": "markdown", "value": .string(text)],
            "range": spot.document.range(place, length: length).json,
        ]
    }

    private func text(_ guide: FormatPlace.Guide) -> String {
        var head = "**`\(guide.key)`**"
        if let chinese = KeyVocabulary.chinese(for: guide.key) { head += "（\(chinese)）" }
        if guide.isRequired { head += say(" required", " 必写") }
        var lines = [head]
        if let meaning = guide.meaning { lines.append(meaning[language]) }
        if !guide.values.isEmpty {
            lines.append(guide.values.map { "`\($0)`" }.joined(separator: " "))
        }
        return lines.joined(separator: "\n\n")
    }

    /// Who answers the example sentence under the cursor.
    private mutating func example(
        _ context: CursorContext, _ line: [Character], _ spot: Spot
    ) -> JSONValue? {
        let keys = context.path.compactMap { step in
            if case .key(let key) = step { key } else { nil }
        }
        guard let key = keys.last,
            KeyVocabulary.english(for: key, among: ["examples", "not_examples"]) != nil
        else { return nil }
        // The whole sentence: words of Latin text have spaces between them.
        var end = context.start
        while end < line.count, !(context.isInBrackets ? ",]" : "#").contains(line[end]) {
            end += 1
        }
        let sentence = String(line[context.start..<end]).trimmingSpaces
            .trimmingQuotes
        guard !sentence.isEmpty, let text = answer(to: sentence, in: spot.file) else { return nil }
        return markup(text, context.start, sentence.count, spot)
    }

    private mutating func answer(to sentence: String, in file: String) -> String? {
        let folder = group(of: absolute(file))
        let rules = rules(in: folder)
        guard let definition = rules.definition else { return nil }
        let names = Set(
            rules.symbols.occurrences.filter { $0.place.file == file }.map(\.symbol.bundle))
        if groups[folder]?.compiled == nil {
            groups[folder]?.compiled = (try? RuleSet(definition))?.bundles
        }
        guard
            let bundle = groups[folder]?.compiled?.first(where: {
                names.contains($0.definition.name)
            })
        else { return nil }
        let explanation = bundle.explanation(of: .text(sentence, menuItem: nil), facts: Facts())
        let shown = ConditionText(language: language)
        let lines = explanation.contenders.prefix(5).map { contender in
            let mark = contender.outcome == .won ? "▶" : "·"
            let key = shown.key(contender.triggerDefinition)
            return "\(mark) \(shown.named(contender.name)) `\(key)` "
                + Self.number(contender.score)
        }
        if lines.isEmpty { return say("no rule answers this", "没有规则回答这句话") }
        return say("who answers this:", "这句话由谁回答：") + "\n\n" + lines.joined(separator: "\n\n")
    }

    /// To one decimal, without a trailing zero.
    private static func number(_ score: Double) -> String {
        let tenths = Int((score * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

extension String {
    /// Without spaces at both ends.
    var trimmingSpaces: String {
        var text = Substring(self)
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// Without one quote at each end.
    fileprivate var trimmingQuotes: String {
        var text = Substring(self)
        if let first = text.first, first == "\"" || first == "'" { text.removeFirst() }
        if let last = text.last, last == "\"" || last == "'" { text.removeLast() }
        return String(text)
    }
}
