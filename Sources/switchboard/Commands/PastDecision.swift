import Boundary
import ChatModel
import Operations
import RuleEngine
import RuleFiles
import SQLiteStore

/// Explains stored decisions under what they were made of, and what would be decided now.
struct PastDecision {
    let store: SQLiteStore
    let language: MessageLanguage

    /// What was decided about a message, why, and what the active version would do.
    ///
    /// - Throws: ``CommandFailure`` when nothing was ever decided about it.
    func lines(about id: MsgID) async throws -> [String] {
        guard let record = try await store.decision(of: id) else {
            throw CommandFailure(
                .usage,
                Bilingual(
                    en: "no message '\(id)' was ever decided about", zh: "没有处理过消息「\(id)」"),
                cure: Bilingual(
                    en: "'switchboard sessions show' has the msgids of a conversation; or name "
                        + "another --store",
                    zh: "switchboard sessions show 会列出会话里每条消息的 msgid；或用 --store 写另一个数据库"))
        }
        let head = "\(LocalTime.text(record.at))  \(record.reason)"
        guard let stimulus = record.stimulus, let facts = record.facts else {
            return [head, say("no rule was asked", "没有问规则")]
        }
        let active = try await store.activeVersion()
        guard let version = record.version, let past = try await store.version(version) else {
            let why = say(
                "the version that decided is not known any more; by the active one:",
                "当时的版本已经不在了；按现在的版本：")
            return [head, why] + (try active.map { try self.lines(stimulus, facts, by: $0) } ?? [])
        }
        var lines = [head, "\(say("version   ", "版本      "))\(version)"]
        lines += try self.lines(stimulus, facts, by: past)
        if let active, active.id != version {
            let now = say(", active now", "，现在生效")
            lines += ["", "\(say("version   ", "版本      "))\(active.id)\(now)"]
            lines += try self.lines(stimulus, facts, by: active)
        }
        return lines
    }

    private func lines(
        _ stimulus: Stimulus, _ facts: Facts, by version: PublishedVersion
    ) throws -> [String] {
        let rules: RuleSet
        do throws(RuleSetError) { rules = try RuleSet(version.definition) } catch {
            throw CommandFailure(
                .findings,
                Bilingual(
                    en: "version \(version.id): \(error)", zh: "版本 \(version.id)：\(error)"))
        }
        let serving = facts.account.flatMap { rules.bundle(serving: $0) }
        guard let bundle = serving ?? (rules.bundles.count == 1 ? rules.bundles[0] : nil) else {
            return [
                say(
                    "no bundle of version \(version.id) serves this account",
                    "版本 \(version.id) 里没有规则包服务这个账号")
            ]
        }
        return bundle.explanationLines(stimulus, facts, in: language)
    }

    private func say(_ en: String, _ zh: String) -> String {
        Bilingual(en: en, zh: zh)[language]
    }
}

extension CompiledBundle {
    /// Who answers, why the others don't, and what else could be said or when.
    func explanationLines(
        _ stimulus: Stimulus, _ facts: Facts, in language: MessageLanguage
    ) -> [String] {
        let explanation = explanation(of: stimulus, facts: facts)
        return ExplanationText(explanation, by: definition, in: language).lines
            + alternatives(to: explanation).lines(in: language)
    }
}
