import ArgumentParser
import Foundation
import LanguageServer
import RuleFiles

/// `switchboard lsp`.
struct LspCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsp",
        abstract: "Help an editor with rule files: findings, completion, names, formatting.",
        discussion: """
            Speaks the Language Server Protocol on standard input and output; an editor starts it. \
            docs/editors.md says how to set up VS Code, Neovim and JetBrains.

            EXAMPLES
              switchboard lsp
              switchboard lsp --lang zh
            """)

    @Option(help: "zh or en. Default: the editor's language.")
    var lang: MessageLanguage?

    @Option(help: "The address of docs/findings.md. Default: that file in the editor's workspace.")
    var findings: String?

    /// Some editors say how they speak to every server.
    @Flag(help: .hidden)
    var stdio = false

    func run() throws {
        guard isatty(STDIN_FILENO) == 0 else {
            throw CommandFailure(
                .usage,
                Bilingual(en: "an editor starts this, not a person", zh: "这个命令由编辑器启动，不是给人用的"),
                cure: Bilingual(
                    en: "docs/editors.md says how to tell it to",
                    zh: "docs/editors.md 讲了怎么在编辑器里设置"))
        }
        var server = LanguageServer(
            workspace: workspace, language: lang,
            version: Switchboard.configuration.version)
        var framing = MessageFraming()
        while true {
            switch Self.input(within: server.pending.map(Self.pause)) {
            case .silence: Self.send(server.settle())
            case .end:
                // The editor went away without a word.
                throw CommandEnd(status: .findings)
            case .bytes(let bytes):
                for piece in framing.append(bytes) { try Self.take(piece, &server) }
            }
        }
    }

    private static func take(
        _ piece: MessageFraming.Piece, _ server: inout LanguageServer
    ) throws {
        switch piece {
        case .message(let data): send(server.handle(data))
        case .tooLong(let count): send([LanguageServer.refusal(ofBytes: count)])
        case .broken:
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "standard input is no stream of Content-Length messages",
                    zh: "标准输入不是带 Content-Length 的消息"),
                cure: Bilingual(
                    en: "let an editor start this; docs/editors.md says how",
                    zh: "让编辑器来启动；docs/editors.md 讲了怎么设置"))
        }
        if let status = server.exitStatus {
            throw CommandEnd(status: status == 0 ? .clean : .findings)
        }
    }

    private static func send(_ messages: [JSONValue]) {
        for message in messages {
            try? FileHandle.standardOutput.write(contentsOf: MessageFraming.frame(message))
        }
    }

    // MARK: Input

    private enum Input {
        case bytes(Data)
        /// Nothing came in time.
        case silence
        case end
    }

    /// For how many milliseconds nothing must come before work is done.
    private static func pause(_ pending: LanguageServer.Pending) -> Int32 {
        switch pending {
        case .load: 150
        case .check: 500
        }
    }

    /// What comes next on standard input; waits for ever without a time.
    private static func input(within milliseconds: Int32?) -> Input {
        var standardInput = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // The record lives on this stack for the call's length.
        let ready = unsafe poll(&standardInput, 1, milliseconds ?? -1)
        if ready == 0 { return .silence }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        // The system writes at most as many bytes as the array has.
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe read(STDIN_FILENO, buffer.baseAddress, buffer.count)
        }
        if count < 0, errno == EINTR { return .bytes(Data()) }
        return count > 0 ? .bytes(Data(bytes[..<count])) : .end
    }

    // MARK: Disk

    private var workspace: Workspace {
        let address = findings
        return Workspace(
            sources: Self.sources,
            tests: { folder in
                folder.hasSuffix("/rules")
                    ? (try? RuleFolder.sources(at: [folder], suffix: ".test.yml")) ?? []
                    : Self.files(in: folder, suffix: ".test.yml").compactMap {
                        try? RuleFolder.source(at: $0)
                    }
            },
            findingsAddress: { root in
                if let address { return address }
                let path = root + "/docs/findings.md"
                return FileManager.default.fileExists(atPath: path)
                    ? URL(filePath: path).absoluteString : nil
            })
    }

    /// Everything below a folder called `rules`; of any other only what lies in it, since it may
    /// be somebody's home.
    @Sendable
    private static func sources(in folder: String) -> [RuleSource] {
        if folder.hasSuffix("/rules") {
            return (try? RuleFolder.ruleSources(at: [folder])) ?? []
        }
        return (try? RuleFolder.ruleSources(at: files(in: folder, suffix: ".kf.yml"))) ?? []
    }

    private static func files(in folder: String, suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().prefix(RuleFolder.mostFiles)
            .map { "\(folder)/\($0)" }
    }
}
