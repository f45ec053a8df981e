import ArgumentParser
import RuleFiles

/// What is wrong with a command line, in the shape of our own messages.
struct UsageText {
    let language: MessageLanguage

    /// The parser's message about `error`, with the nearest command for a misspelt one.
    func text(of error: any Error) -> String {
        let text = Switchboard.fullMessage(for: error)
        if text.isEmpty { return Terminal.errorLabel[language] + "\(error)" }
        guard text.hasPrefix("Error: ") else { return text }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[0] = Terminal.errorLabel[language] + problem(String(lines[0].dropFirst(7)))
        return lines.map(labelled).joined(separator: "\n")
    }

    private func problem(_ text: String) -> String {
        let names = Switchboard.configuration.subcommands.compactMap {
            $0.configuration.commandName
        }
        if let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"),
            !names.contains(word), word != "help", text == "Unexpected argument '\(word)'"
        {
            let help = Suggestion.help(for: word, among: names)
            return Bilingual(en: "there is no command '\(word)'", zh: "没有命令「\(word)」")[language]
                + (help.map { "\n" + Terminal.helpLabel[language] + $0[language] } ?? "")
        }
        return language == .zh ? Self.inChinese(text) : text
    }

    private func labelled(_ line: String) -> String {
        if line.hasPrefix("Help: ") {
            return Bilingual(en: "help: ", zh: "说明：")[language]
                + (language == .zh ? line.dropFirst(6).drop { $0 == " " } : line.dropFirst(6))
        }
        guard language == .zh else { return line }
        if line.hasPrefix("Usage: ") { return "用法：" + line.dropFirst(7) }
        return line.replacing(/^ +See '(.+)' for more information\.$/) { "  详见 \($0.1)（英文）" }
    }

    /// The parser's commonest complaints; its other ones stay as they are.
    private static func inChinese(_ text: String) -> String {
        if let match = text.wholeMatch(of: /Missing expected argument '(.+)'/) {
            return "还要写 \(match.1)"
        }
        if let match = text.wholeMatch(of: /Missing value for '(\S+).*'/) {
            return "\(match.1) 后面要写一个值"
        }
        if let match = text.wholeMatch(of: /Unknown option '(.+?)'(\. Did you mean '(.+)'\?)?/) {
            return "没有选项 \(match.1)" + (match.3.map { "，是不是 \($0)？" } ?? "")
        }
        if let match = text.wholeMatch(of: /Unexpected argument '(.+)'/) {
            return "多写了「\(match.1)」"
        }
        if let match = text.wholeMatch(of: /\d+ unexpected arguments: '(.+)'/) {
            return "多写了「\(match.1.replacing("', '", with: "」「"))」"
        }
        let value = /The value '(.*)' is invalid for '(\S+).*?'(\. Please provide one of (.+)\.)?/
        if let match = text.wholeMatch(of: value) {
            let choices = match.4.map {
                "，可以写：" + $0.replacing(/', '|' or '/, with: "、").replacing("'", with: "")
            }
            return "\(match.2) 不能写「\(match.1)」" + (choices ?? "")
        }
        return text
    }
}
