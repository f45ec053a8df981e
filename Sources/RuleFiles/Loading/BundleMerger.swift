import ChatModel
import RuleEngine

/// Puts a bundle and the files it includes together: own things first, then the included ones.
///
/// A name may stand twice only if one of the two says `override: true`; that one takes the place
/// of the other.
struct BundleMerger {
    private var merged: BundleSyntax
    private let log: DiagnosticLog

    init(_ own: BundleSyntax, log: DiagnosticLog) {
        merged = own
        self.log = log
    }

    mutating func add(_ part: BundleSyntax) {
        merged.schedules += part.schedules
        merged.texts += part.texts
        merged.wordLists += part.wordLists
        merged.menus += part.menus
        merged.slots += part.slots
        merged.notices += part.notices
        merged.rules += part.rules.map { rule in
            var rule = rule
            rule.owner = rule.owner ?? part.owner
            return rule
        }
        merged.flows += part.flows
        merged.policies += part.policies
        merged.surveys += part.surveys
        merged.tests += part.tests
    }

    /// The bundle with each name once; reports those that aren't.
    mutating func bundle() -> BundleSyntax {
        merged.texts = unique(merged.texts, .text)
        merged.wordLists = unique(merged.wordLists, .words)
        merged.schedules = unique(merged.schedules, .schedule)
        merged.menus = unique(merged.menus, .menu)
        merged.slots = unique(merged.slots, .slot)
        merged.notices = unique(merged.notices, .notice)
        merged.rules = unique(merged.rules, .rule)
        merged.flows = unique(merged.flows, .flow)
        merged.surveys = unique(merged.surveys, .survey)
        merged.policies = unique(merged.policies.map(NamedPolicy.init), .policy).map(\.policy)
        checkShared()
        return merged
    }

    private struct NamedPolicy: Overridable {
        let policy: PolicySyntax
        var name: Words { policy.name ?? policy.place }
        var overrides: Bool { policy.overrides }
    }

    private func unique<Thing: Overridable>(_ things: [Thing], _ kind: SymbolKind) -> [Thing] {
        // Mostly there is nothing to do, and rules are large.
        if !things.contains(where: \.overrides),
            Set(things.lazy.map(\.name.text)).count == things.count
        {
            return things
        }
        var kept: [Thing] = []
        var places: [String: Int] = [:]
        var replaced: Set<Int> = []
        for thing in things {
            let name = thing.name.text
            guard let index = places[name] else {
                places[name] = kept.count
                kept.append(thing)
                continue
            }
            let other = kept[index]
            guard thing.overrides != other.overrides, !replaced.contains(index) else {
                reportSecond(thing.name, other.name, kind)
                continue
            }
            replaced.insert(index)
            if thing.overrides { kept[index] = thing }
        }
        for (index, thing) in kept.enumerated() where thing.overrides && !replaced.contains(index) {
            log.report(
                thing.name.diagnostic(
                    .nothingToOverride,
                    Bilingual(
                        en: "'override' replaces nothing: there is no other "
                            + "\(kind.noun.named(thing.name.text).en.dropFirst("the ".count))",
                        zh: "「override」没有可覆盖的：没有别的\(kind.noun.named(thing.name.text).zh)"),
                    help: Bilingual(
                        en: "delete the line, or include the file with the original",
                        zh: "删掉这一行，或引入原来那个文件")))
        }
        return kept
    }

    private func reportSecond(_ name: Words, _ other: Words, _ kind: SymbolKind) {
        let isSameFile = name.place.file == other.place.file
        let noun = kind.noun.named(name.text)
        log.report(
            name.diagnostic(
                .duplicateName,
                Bilingual(
                    en: "a second \(noun.en.dropFirst("the ".count)); the other is "
                        + (isSameFile ? "in line \(other.place.line)" : "\(other.place)"),
                    zh: "第二个\(noun.zh)，另一个在"
                        + (isSameFile ? "第 \(other.place.line) 行" : " \(other.place)")),
                help: isSameFile
                    ? Bilingual(
                        en: "name what is different about it", zh: "换个能说明区别的名字")
                    : Bilingual(
                        en: "rename one, or write 'override: true' in the one that counts",
                        zh: "改一个名字，或在要生效的那个里写 override: true")))
    }

    /// Names that are looked up in one place: `$(name)`, and `menu.item`.
    private func checkShared() {
        let groups: [[(SymbolKind, [Words])]] = [
            [
                (.text, merged.texts.map(\.name)), (.schedule, merged.schedules.map(\.name)),
                (.slot, merged.slots.map(\.name)),
            ],
            [(.menu, merged.menus.map(\.name)), (.survey, merged.surveys.map(\.name))],
        ]
        for group in groups {
            var first: [String: (SymbolKind, Words)] = [:]
            for (kind, names) in group {
                for name in names {
                    guard
                        let (otherKind, other) = first.updateValue((kind, name), forKey: name.text)
                    else { continue }
                    log.report(
                        name.diagnostic(
                            .duplicateName,
                            Bilingual(
                                en: "'\(name.text)' is already the name of \(otherKind.noun.en): "
                                    + "\(other.place)",
                                zh: "「\(name.text)」已经是\(otherKind.noun.zh)的名字：\(other.place)"),
                            help: Bilingual(en: "rename one of them", zh: "改掉其中一个")))
                }
            }
        }
    }
}
