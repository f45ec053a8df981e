import Boundary
import ChatModel
import Foundation
import Operations

/// The demo's timeline as a person reads it.
struct DemoPrinter {
    let usesColor: Bool

    func act(_ title: String) { Terminal.line("\n" + bold(title)) }

    func problem(_ text: String) { Terminal.line("  ✗ " + text) }

    func line(_ line: SimulatorControl.Line, slackMilliseconds: Int?) {
        let time = LocalTime.text(Timestamp(milliseconds: line.at)).suffix(8)
        Terminal.line("  \(time)  \(what(line, slackMilliseconds))")
    }

    private func what(_ line: SimulatorControl.Line, _ slack: Int?) -> String {
        if let state = line.state { return dim(session(line, state)) }
        switch line.who {
        case "customer": return "customer   \(line.text ?? "[\(line.type ?? "")]")"
        case "servicer": return "\(pad(line.servicer ?? "servicer", 9))  \(line.text ?? "")"
        case "api": return bot(line, slack)
        case "event": return dim("platform   event \(line.type ?? "")")
        default: return dim("platform   \(line.who)")
        }
    }

    private func session(_ line: SimulatorControl.Line, _ state: Int) -> String {
        let name = SessionStateName.of(state)
        let servicer = line.servicer.map { " (\($0))" } ?? ""
        return "session    → \(state) \(name)\(servicer), by the \(line.who)"
    }

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
                via += String(format: ", %.1f s left of the code's 20", Double(slack) / 1000)
            }
            via += ")"
        }
        return green("bot        ") + text + dim(via)
    }

    func summary(_ refusals: SimulatorControl.Refusals) {
        Terminal.line(
            "\n" + bold("The platform's book")
                + "\n  refused calls: \(refusals.illegal) illegal, \(refusals.raced) raced, "
                + "\(refusals.repeat) repeats, \(refusals.limited) limited")
    }

    func reasons(_ lines: [TranscriptLine]) {
        Terminal.line("\n" + bold("Why, from the bot's own transcript"))
        for line in lines {
            let score = line.score.map { "  " + ExplanationText.number($0) } ?? ""
            // A menu's text has a line for each item.
            let text = line.text.replacing("\n", with: " | ")
            let words = pad(text.isEmpty ? line.kind : text, 26)
            Terminal.line(
                "  \(LocalTime.text(line.at).suffix(8))  \(words)  \(line.reason)\(score)")
        }
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
