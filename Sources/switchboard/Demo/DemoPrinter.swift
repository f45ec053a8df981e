import Boundary
import ChatModel
import Foundation
import Operations
import RuleFiles

/// The demo's timeline as a person reads it.
struct DemoPrinter {
    let usesColor: Bool
    let language: MessageLanguage

    func act(_ title: String) { Terminal.line("\n" + bold(title)) }

    func problem(_ text: String) { Terminal.line("  ✗ " + text) }

    func line(_ line: SimulatorControl.Line, slackMilliseconds: Int?) {
        let time = LocalTime.text(Timestamp(milliseconds: line.at)).suffix(8)
        Terminal.line("  \(time)  \(what(line, slackMilliseconds))")
    }

    private func what(_ line: SimulatorControl.Line, _ slack: Int?) -> String {
        if let state = line.state { return dim(session(line, state)) }
        switch line.who {
        case "customer":
            return pad(say("customer", "客户"), 9) + "  \(line.text ?? "[\(line.type ?? "")]")"
        case "servicer":
            return pad(line.servicer ?? say("servicer", "接待人员"), 9) + "  \(line.text ?? "")"
        case "api": return bot(line, slack)
        case "event": return dim(platform + "\(say("event", "事件")) \(line.type ?? "")")
        default: return dim(platform + line.who)
        }
    }

    private func session(_ line: SimulatorControl.Line, _ state: Int) -> String {
        let name = SessionStateName.text(state)[language]
        let servicer = line.servicer.map { say(" (\($0))", "（\($0)）") } ?? ""
        let mover = Self.movers[line.who] ?? ""
        return pad(say("session", "会话"), 9)
            + "  → \(state) \(name)\(servicer)\(say(", by the \(line.who)", mover))"
    }

    /// Who moved a session, in Chinese, by the simulator's names.
    private static let movers = [
        "command": "，机器人转的", "send": "，机器人回复", "servicer": "，接待人员操作", "customer": "，客户发起",
        "clock": "，到时间了",
    ]

    private var platform: String { pad(say("platform", "平台"), 9) + "  " }

    private func bot(_ line: SimulatorControl.Line, _ slack: Int?) -> String {
        var text = line.text ?? ""
        for kind in ["text ", "msgmenu "] where text.hasPrefix(kind) {
            text = String(text.dropFirst(kind.count))
        }
        if line.type == "msgmenu" {
            // The simulator tells a menu as its head and its items, with bars between.
            let parts = text.components(separatedBy: " | ")
            text = ([parts[0]] + parts.dropFirst().map { "[\($0)]" }).joined(separator: " ")
        }
        var via = ""
        if line.code != nil {
            via = "  (send_msg_on_event"
            if let slack, slack <= 20_000 {
                let left = String(format: "%.1f", Double(slack) / 1000)
                via += say(", \(left) s left of the code's 20", "，凭据的 20 秒还剩 \(left) 秒")
            }
            via += ")"
        }
        return green(pad(say("bot", "机器人"), 9) + "  ") + text + dim(via)
    }

    func summary(_ refusals: SimulatorControl.Refusals) {
        Terminal.line(
            "\n" + bold(say("The platform's book", "平台的账本")) + "\n"
                + say(
                    "  refused calls: \(refusals.illegal) illegal, \(refusals.raced) raced, "
                        + "\(refusals.repeat) repeats, \(refusals.limited) limited",
                    "  被拒绝的调用：不该做的 \(refusals.illegal)，被人抢先的 \(refusals.raced)，"
                        + "重复的 \(refusals.repeat)，超过限额的 \(refusals.limited)"))
    }

    func reasons(_ lines: [TranscriptLine]) {
        Terminal.line(
            "\n" + bold(say("Why, from the bot's own transcript", "为什么这样回答（机器人自己的记录）")))
        for line in lines {
            let score = line.score.map { "  " + ExplanationText.number($0) } ?? ""
            // A menu's text has a line for each item.
            let text = line.text.replacing("\n", with: " | ")
            let words = pad(text.isEmpty ? line.kind : text, 26)
            Terminal.line(
                "  \(LocalTime.text(line.at).suffix(8))  \(words)  \(line.reason)\(score)")
        }
    }

    private func say(_ en: String, _ zh: String) -> String {
        Bilingual(en: en, zh: zh)[language]
    }

    private func pad(_ text: String, _ width: Int) -> String {
        let columns = text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 2 : 1) }
        return text + String(repeating: " ", count: max(0, width - columns))
    }

    private func bold(_ text: String) -> String { usesColor ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
    private func dim(_ text: String) -> String { usesColor ? "\u{1b}[2m\(text)\u{1b}[0m" : text }
    private func green(_ text: String) -> String {
        usesColor ? "\u{1b}[32m\(text)\u{1b}[0m" : text
    }
}
