import ChatModel
import RuleEngine

/// Keywords that hear more than their author means, or are written twice.
struct KeywordCheck {
    let bundle: LoadedBundle
    let compiled: CompiledBundle
    let keys: TriggerKeys
    let sources: SourceLines
    let log: DiagnosticLog

    private var rules: [RuleDefinition] { bundle.definition.rules }

    func check() {
        for (index, rule) in bundle.syntax.rules.enumerated() where !log.isFull {
            checkExamples(rule)
            checkKeywords(rule)
            checkTwice(rule, index)
        }
        checkShort()
    }

    private func checkExamples(_ rule: RuleSyntax) {
        // A sheet has no place for examples: its questions are what customers say.
        guard rule.examples.isEmpty, !rule.name.place.file.hasSuffix(".csv"),
            rule.triggers.contains(where: \.hearsSentences)
        else { return }
        log.report(
            rule.name.diagnostic(
                .noExamples,
                Bilingual(
                    en: "'\(rule.name.text)' listens for words but has no examples",
                    zh: "「\(rule.name.text)」有关键词，却没有例句"),
                help: Bilingual(
                    en: "write two or three sentences customers really say under 'examples'",
                    zh: "在 examples 里写两三句客户真会说的话")))
    }

    private func checkKeywords(_ rule: RuleSyntax) {
        for trigger in rule.triggers {
            switch trigger.pattern {
            case .says, .startsWith, .endsWith: break
            default: continue
            }
            // Marks don't count, but nobody writes many.
            guard trigger.words.text.unicodeScalars.count < 5,
                FoldedText(trigger.words.text).meaningfulCount == 1
            else { continue }
            log.report(
                trigger.words.diagnostic(
                    .oneCharacterKeyword,
                    Bilingual(
                        en: "'\(trigger.words.text)' is one character; '\(trigger.key)' hears it "
                            + "in many sentences",
                        zh: "“\(trigger.words.text)”只有一个字，\(trigger.key) 会在很多句子里碰到它"),
                    help: Bilingual(
                        en: "write a longer word, or use 'says_exactly'",
                        zh: "写长一点的词，或用 says_exactly")))
        }
    }

    /// Words that are the same once folded.
    private func checkTwice(_ rule: RuleSyntax, _ index: Int) {
        var first: [String: Words] = [:]
        for (trigger, key) in zip(rule.triggers, keys.all[index]) {
            guard let other = first.updateValue(trigger.words, forKey: key) else { continue }
            first[key] = other
            // A word list that is used twice is the author's shorthand.
            guard other.place != trigger.words.place else { continue }
            let isSame = other.text == trigger.words.text
            let fix = sources.removal(of: trigger.words).map {
                Fix(
                    Bilingual(
                        en: "take the second '\(trigger.words.text)' out",
                        zh: "去掉重复的“\(trigger.words.text)”"), [$0])
            }
            log.report(
                Diagnostic(
                    .duplicateKeyword, at: trigger.words.place, length: trigger.words.length,
                    Bilingual(
                        en: isSame
                            ? "'\(trigger.words.text)' stands there already"
                            : "'\(trigger.words.text)' is the same as '\(other.text)' to the "
                                + "matcher",
                        zh: isSame
                            ? "“\(trigger.words.text)”已经写过了"
                            : "“\(trigger.words.text)”和“\(other.text)”在匹配时是同一个词"),
                    help: Bilingual(
                        en: "take one of them out; the first is in line \(other.place.line)",
                        zh: "去掉一个；前一个在第 \(other.place.line) 行"), fix: fix))
        }
    }

    // MARK: Short keywords

    /// A `says` of two characters.
    private struct Short {
        let rule: Int
        let trigger: Int
        let word: String
    }

    private func checkShort() {
        var shorts: [Short] = []
        var reported: Set<Int> = []
        for (index, rule) in rules.enumerated() {
            for (trigger, pattern) in rule.triggers.enumerated() {
                guard case .says(let word) = pattern else { continue }
                let folded = TriggerKeys.word(ofSays: keys.all[index][trigger])
                let count = folded.unicodeScalars.count
                guard (2...3).contains(count) else { continue }
                let known = CommonWords.containing(folded)
                if count > 2, known.isEmpty { continue }
                shorts.append(Short(rule: index, trigger: trigger, word: word))
                let heard = known.filter { compiled.hears($0, by: index) }
                guard !heard.isEmpty else { continue }
                reported.insert(shorts.count - 1)
                report(shorts[shorts.count - 1], hears: Array(heard.prefix(3)))
            }
        }
        let movers = shorts.indices.filter {
            let rule = rules[shorts[$0].rule]
            return (rule.handoff != nil || rule.end != nil) && !reported.contains($0)
        }
        checkExamples(shorts, movers)
    }

    /// Where somebody else's sentence contains a keyword of a rule that moves the session, the
    /// next sentence may lose to it.
    private func checkExamples(_ shorts: [Short], _ movers: [Int]) {
        guard !movers.isEmpty else { return }
        // One rule a keyword, so that each sentence meets only the keywords it contains.
        let probes = movers.map { mover in
            RuleDefinition(
                name: RuleName("\(mover)"), place: rules[shorts[mover].rule].place,
                triggers: [.says(shorts[mover].word)])
        }
        let probe = BundleDefinition(
            name: "probe", accounts: [], defaults: bundle.definition.defaults, menus: [],
            rules: probes)
        guard let finder = try? RuleSet(RuleSetDefinition(bundles: [probe])).bundles.first else {
            return
        }
        var reported: Set<Int> = []
        for (index, rule) in rules.enumerated() {
            for example in rule.examples + rule.notExamples {
                let stimulus = Stimulus.text(example, menuItem: nil)
                guard finder.verdict(for: stimulus, facts: Facts()) != nil else { continue }
                for found in finder.explanation(of: stimulus, facts: Facts()).contenders {
                    let short = shorts[movers[found.rule]]
                    let isOwn = short.rule == index && rule.examples.contains(example)
                    guard !isOwn, !rules[short.rule].examples.contains(example),
                        !compiled.hears(example, by: short.rule),
                        reported.insert(found.rule).inserted
                    else { continue }
                    report(short, hears: [example])
                }
            }
        }
    }

    private func report(_ short: Short, hears sentences: [String]) {
        let words = bundle.syntax.rules[short.rule].triggers[short.trigger].words
        log.report(
            Diagnostic(
                .shortKeyword, at: words.place, length: words.length,
                Bilingual(
                    en: "'\(short.word)' is short, and 'says' also hears it in "
                        + sentences.map { "'\($0)'" }.joined(separator: ", "),
                    zh: "“\(short.word)”太短，用 says 也会命中"
                        + sentences.map { "“\($0)”" }.joined()),
                help: Bilingual(en: "use 'says_exactly'", zh: "改用 says_exactly"),
                fix: exactly(short, words)))
    }

    /// `says:` becomes `says_exactly:` where that loses nothing: the rule's words are its examples.
    private func exactly(_ short: Short, _ words: Words) -> Fix? {
        let rule = rules[short.rule]
        let spoken = Set(
            rule.triggers.compactMap { trigger -> String? in
                if case .says(let word) = trigger { FoldedText(word).keywords } else { nil }
            })
        guard !rule.examples.isEmpty,
            rule.examples.allSatisfy({ spoken.contains(FoldedText($0).keywords) }),
            !rule.triggers.contains(where: { if case .saysExactly = $0 { true } else { false } })
        else { return nil }
        let line = sources.characters(words.place.file, words.place.line)
        let key = Array("says:")
        guard words.place.column > key.count, words.place.column <= line.count else { return nil }
        let before = line[..<(words.place.column - 1)]
        guard
            let start = before.indices.last(where: { before[$0...].starts(with: key) }),
            start == 0 || " {".contains(before[start - 1]),
            !before[(start + key.count)...].contains("]")
        else { return nil }
        var place = words.place
        place.column = start + 1
        return Fix(
            Bilingual(en: "make it 'says_exactly'", zh: "改成 says_exactly"),
            [Fix.Edit(at: place, length: key.count, with: "says_exactly:")])
    }
}

extension CompiledBundle {
    /// Whether a rule answers a sentence.
    fileprivate func hears(_ sentence: String, by rule: Int) -> Bool {
        verdict(for: .text(sentence, menuItem: nil), facts: Facts())?.rule == rule
    }
}

extension TriggerSyntax {
    /// Whether it looks at what customers write in sentences of their own: then examples help.
    fileprivate var hearsSentences: Bool {
        switch pattern {
        case .says, .saysExactly, .startsWith, .endsWith, .saysAll, .asksLike, .matches: true
        case .clicks, .sends, .event, .noMatch: false
        }
    }

    /// Its key in rule files.
    fileprivate var key: String {
        switch pattern {
        case .says: "says"
        case .saysExactly: "says_exactly"
        case .startsWith: "starts_with"
        case .endsWith: "ends_with"
        case .saysAll: "says_all"
        case .asksLike: "asks_like"
        case .matches: "matches"
        case .clicks: "clicks"
        case .sends: "sends"
        case .event: "event"
        case .noMatch: "no_match"
        }
    }
}
