package import RuleEngine
package import RuleFiles

extension Alternatives {
    /// The lines a person reads; none where nothing was found.
    package func lines(in language: MessageLanguage) -> [String] {
        let isChinese = language == .zh
        return words.map { other in
            isChinese
                ? "换成 “\(other.words)” 会走「\(other.name)」"
                : "“\(other.words)” would go to '\(other.name)'"
        }
            + times.map { time in
                let clock = ShanghaiClock.text(time.at)
                let state: String =
                    isChinese ? (time.opens ? "开" : "关") : (time.opens ? "open" : "closed")
                let effect: String =
                    switch time.effect {
                    case .rule(let name?): isChinese ? "走「\(name)」" : "'\(name)' answers"
                    case .rule(nil): isChinese ? "没有规则适用" : "nobody answers"
                    case .handoff(let name):
                        isChinese
                            ? "「\(name)」\(time.opens ? "转人工" : "不转人工")"
                            : "'\(name)' \(time.opens ? "hands over" : "does not hand over")"
                    }
                return isChinese
                    ? "\(clock) 起「\(time.schedule)」\(state)，\(effect)"
                    : "from \(clock) on '\(time.schedule)' is \(state): \(effect)"
            }
    }
}
