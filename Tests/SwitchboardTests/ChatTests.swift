import Foundation
import Testing

/// A chat at a terminal, and one in which time passes.
@Suite struct ChatTests {
    /// Lines are edited a character at a time, come back with Up, and Tab completes.
    @Test func linesAreEdited() async throws {
        try await Binary.withFolder { folder in
            let terminal = try Terminal(folder: folder)
            defer { terminal.close() }
            try await terminal.shows("> ")
            // Tab completes commands and menu items.
            try terminal.type(":ent\t\r")
            try await terminal.shows(":1  退款与退货")
            try await terminal.shows("> ")
            try terminal.type(":tap 主菜单.退\t\r")
            try await terminal.shows("七天内可以退货。")
            try await terminal.shows("> ")
            // One character too many, of three bytes, taken back.
            try terminal.type("人工吗\u{7F}\r")
            try await terminal.shows("正在为您转接。")
            try await terminal.shows("> ")
            // A wrong command doesn't end it, and Up brings it back.
            try terminal.type(":frob\r")
            try await terminal.shows("there is no ':frob'")
            try await terminal.shows("> ")
            try terminal.type("\u{1B}[A\r")
            try await terminal.shows("there is no ':frob'")
            try await terminal.shows("> ")
            try terminal.type(":quit\r")
            #expect(try await terminal.ends() == 0)
        }
    }

    /// Rules of any account, its own people, and a moment of one's choice.
    @Test func templatesCanBeTalkedTo() async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell(
                """
                switchboard init --template 预约 bot >/dev/null && cd bot &&
                printf '你们几点关门\\n:wait 12h\\n人工\\n:human xiaolin 您好\\n' |
                    switchboard chat --rules rules/ --at "2030-02-05 23:30"
                """, in: folder)
            #expect(run.status == 0, "\(run.output)\n\(run.error)")
            // A Tuesday, half past eleven at night; twelve hours later the desk is open.
            #expect(run.output.contains("现在休息了"))
            #expect(run.output.contains("3 human (xiaolin)"))
        }
    }

    @Test func timePassesFaster() async throws {
        try await Binary.withFolder { folder in
            // An hour a second, and each answer is waited for a second and more.
            let run = try await Run.shell(
                """
                printf '我想退货\\n我想退货\\n我想退货\\n' |
                    switchboard chat --rules clean --speed 3600x
                """, in: folder)
            #expect(run.status == 0, "\(run.output)\n\(run.error)")
            let hours = Set(
                run.output.matches(of: /(?m)^  ([0-9]{2}):[0-9]{2}:[0-9]{2}/).map(\.1))
            #expect(hours.count > 1, "\(run.output)")
        }
    }
}

/// A chat with a terminal of its own: `script` gives it one, and passes on what it is told.
private final class Terminal {
    private let process: Started
    private let keyboard = Pipe()
    /// So many characters of the screen were waited for.
    private var read = 0

    init(folder: String) throws {
        process = try Started(
            "/usr/bin/script",
            [
                "--quiet", "--flush", "--return", "--command", "switchboard chat --rules clean",
                "/dev/null",
            ], in: folder,
            environment: Binary.environment(in: folder).merging(["TERM": "xterm"]) { $1 },
            input: keyboard.fileHandleForReading.fileDescriptor)
    }

    func type(_ text: String) throws {
        try keyboard.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    /// Waits for `text` behind all that was waited for before.
    func shows(_ text: String) async throws {
        do {
            try await eventually("'\(text)'") {
                let rest = self.news
                guard let place = rest.firstRange(of: text.utf8) else { return nil as Bool? }
                self.read += rest.distance(from: rest.startIndex, to: place.upperBound)
                return true
            }
        } catch {
            throw NotInTime(
                what: "'\(text)' at the terminal; there is "
                    + String(decoding: news, as: UTF8.self).debugDescription)
        }
    }

    private var news: ArraySlice<UInt8> { Array(process.output.utf8).dropFirst(read) }

    func ends() async throws -> Int32 {
        try await eventually("the chat has ended") { self.process.status }
    }

    func close() { process.kill() }
}
