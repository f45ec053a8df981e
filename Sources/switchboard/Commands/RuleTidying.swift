import RuleEngine
import RuleFiles

/// What `fmt` does to one file's text, and says on standard error while it does.
struct RuleTidying {
    let repairs: Bool
    let upgrades: Bool
    let keys: KeyVocabulary.Language?
    let language: MessageLanguage
    let usesColor: Bool
    /// Whether nothing is written.
    let isDry: Bool

    /// More repairs of one file are counted, not listed.
    private static let mostRepairs = 20

    /// A file's text afterwards.
    struct Tidy {
        /// The text, canonical or at least repaired.
        let text: String
        let isCanonical: Bool
    }

    func tidy(_ source: RuleSource) -> Tidy {
        var source = source
        if repairs {
            let (text, repairs) = RuleRepair.repair(source)
            announce(repairs)
            source = RuleSource(path: source.path, text: text)
        }
        if upgrades {
            let (text, outcome) = FormatUpgrade.upgrade(source)
            if case .unknown(let format, let place) = outcome {
                say(
                    "\(place): ",
                    Bilingual(
                        en: "format '\(format)' is not known; the newest is "
                            + FormatUpgrade.newest,
                        zh: "不认识格式「\(format)」；最新的是 \(FormatUpgrade.newest)"))
                return Tidy(text: source.text, isCanonical: false)
            }
            if outcome == .newest {
                say(
                    "\(source.path): ",
                    Bilingual(
                        en: "format \(FormatUpgrade.newest) is the newest; nothing to upgrade",
                        zh: "格式 \(FormatUpgrade.newest) 已经是最新，不用升级"))
            }
            source = RuleSource(path: source.path, text: text)
        }
        let result = RuleFormatter.format(source, keys: keys)
        if !result.diagnostics.isEmpty {
            let renderer = DiagnosticRenderer(
                sources: [source], language: language, usesColor: usesColor)
            Terminal.standardError(
                renderer.text(result.diagnostics).trimmingSuffix { $0.isNewline })
        }
        if let place = result.refusal {
            say(
                "\(place): ",
                Bilingual(
                    en: "left as it is: formatting would change what stands here",
                    zh: "没有整理：整理会改变这里的意思"))
        }
        return Tidy(text: result.text, isCanonical: result.isFormatted)
    }

    private func announce(_ repairs: [RuleRepair.Repair]) {
        for repair in repairs.prefix(Self.mostRepairs) {
            let change = "\(Self.quoted(repair.from)) → \(Self.quoted(repair.to))"
            let (id, phrase) = (repair.id.rawValue, repair.kind.phrase)
            say(
                "\(repair.place): ",
                Bilingual(
                    en: "\(isDry ? "to repair" : "repaired") \(id) \(phrase.en): \(change)",
                    zh: "\(isDry ? "要修复" : "已修复") \(id) \(phrase.zh)：\(change)"))
        }
        if repairs.count > Self.mostRepairs, let first = repairs.first {
            let more = repairs.count - Self.mostRepairs
            say(
                "\(first.place.file): ",
                Bilingual(en: "and \(more) more repairs", zh: "另外还有 \(more) 处"))
        }
    }

    /// What is changed may be invisible.
    private static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "⏎"
            case "\t": "⇥"
            case " ": " "
            default:
                scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
                    ? "U+" + String(scalar.value, radix: 16, uppercase: true) : String(scalar)
            }
        }
        return "'" + shown.joined() + "'"
    }

    private func say(_ place: String, _ message: Bilingual) {
        Terminal.standardError(place + message[language])
    }
}

extension String {
    fileprivate func trimmingSuffix(_ predicate: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, predicate(last) { text = text.dropLast() }
        return String(text)
    }
}
