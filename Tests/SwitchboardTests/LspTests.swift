import Foundation
import Testing

/// The language server as an editor meets it: a process with two pipes.
@Suite struct LspTests {
    private func framed(_ body: String) -> Data {
        Data("Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }

    @Test func anEditorIsServedOverItsPipes() async throws {
        try await Binary.withFolder { folder in
            let made = try await Run.shell(
                """
                mkfifo editor && mkdir -p project/rules && cat > project/rules/部分.kf.yml <<'END'
                kf: 1
                bundle: 别的
                accounts: [other]
                rubbish: 1
                END
                """, in: folder)
            #expect(made.status == 0)
            // Open for both ends: neither waits for the other to come.
            let pipe = try #require(FileHandle(forUpdatingAtPath: "\(folder)/editor"))
            let server = try Started(
                "/bin/sh", ["-c", "exec switchboard lsp --lang zh < editor"], in: folder,
                environment: Binary.environment(in: folder))
            defer { server.kill() }
            let root = "file://\(folder)/project"
            let file = "\(root)/rules/%E5%B0%8F%E5%BA%97.kf.yml"
            let text = #"kf: 1\r\nbundle: 小店\r\naccounts: [shop]\r\nrulez: []\r\n"#
            for body in [
                #"{"id":1,"method":"initialize","params":{"rootUri":"\#(root)","capabilities":{}}}"#,
                #"{"method":"initialized","params":{}}"#,
                #"{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"\#(file)","#
                    + #""languageId":"yaml","version":3,"text":"\#(text)"}}}"#,
            ] {
                try pipe.write(contentsOf: framed(body))
            }
            // Findings come in the pause, without a further word from the editor.
            try await eventually("findings are published") {
                server.output.contains("是不是「rules」") ? true : nil
            }
            #expect(server.output.contains(#""uri":"\#(file)","version":3"#))
            // The file on disk is known, too.
            #expect(server.output.contains("rules/%E9%83%A8%E5%88%86.kf.yml"))
            for body in [#"{"id":2,"method":"shutdown"}"#, #"{"method":"exit"}"#] {
                try pipe.write(contentsOf: framed(body))
            }
            try await server.ends(within: .seconds(30))
            #expect(server.status == 0)
            #expect(server.output.hasPrefix("Content-Length: "))
            #expect(server.output.contains(#"{"id":2,"jsonrpc":"2.0","result":null}"#))
            #expect(server.error.isEmpty)
        }
    }

    @Test func whatIsNoEditorIsToldSo() async throws {
        try await Binary.withFolder { folder in
            let gone = try await Run.shell("switchboard lsp < /dev/null", in: folder)
            #expect(gone.status == 1)
            let other = try await Run.shell(
                #"printf 'GET / HTTP/1.1\r\n\r\n' | switchboard lsp"#, in: folder)
            #expect(other.status == 3)
            #expect(other.error.contains("no stream of Content-Length messages"))
        }
    }
}
