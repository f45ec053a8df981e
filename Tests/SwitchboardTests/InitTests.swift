import Foundation
import Testing

/// A new project works at once: what `init` writes is checked, played and told about by the very
/// program that wrote it.
@Suite struct InitTests {
    static let templates = ["电商售后", "预约", "软件支持"]

    @Test(arguments: templates) func everyTemplateIsGreen(_ template: String) async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell(
                """
                switchboard init --template \(template) bot && cd bot &&
                switchboard check --fatal-warnings && switchboard test && \
                switchboard cover --min 100 && switchboard fmt --check rules/
                """, in: folder)
            #expect(run.status == 0, "\(run.output)\n\(run.error)")
            #expect(run.error == "")
        }
    }

    /// The configuration is one `serve` takes as it is, secrets aside.
    @Test(arguments: templates) func configurationIsRight(_ template: String) async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell(
                """
                switchboard init --template \(template) bot >/dev/null && cd bot &&
                KF_SECRET=a KF_TOKEN=b KF_AES_KEY=\(String(repeating: "a", count: 43)) \
                switchboard serve --config switchboard.yml --print-config
                """, in: folder)
            #expect(run.status == 0, "\(run.output)\n\(run.error)")
        }
    }

    /// With the outside systems filled in, it still is.
    @Test func outsideSystemsCanBeFilledIn() async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell(
                """
                switchboard init --template 预约 bot >/dev/null && cd bot &&
                sed -i '/^# calls:/,$ s/^# //' switchboard.yml &&
                KF_SECRET=a KF_TOKEN=b KF_AES_KEY=\(String(repeating: "a", count: 43)) API_KEY=c \
                switchboard serve --config switchboard.yml --print-config
                """, in: folder)
            #expect(run.status == 0, "\(run.output)\n\(run.error)")
            #expect(run.output.contains("预约系统"))
        }
    }

    @Test func nothingIsOverwritten() async throws {
        try await Binary.withFolder { folder in
            let first = try await Run.shell(
                "echo mine > README.md && switchboard init; ls rules", in: folder)
            #expect(first.error.contains("README.md"))
            #expect(first.status != 0)
            #expect(first.output == "")
            let second = try await Run.shell(
                "switchboard init --force >/dev/null && head -n 1 README.md", in: folder)
            #expect(second.status == 0)
            #expect(second.output == "# 客服机器人\n")
        }
    }

    /// What editors get is what the program prints, and it is JSON.
    @Test func editorsGetTheSchema() async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell(
                """
                switchboard init bot >/dev/null && cd bot &&
                switchboard schema | cmp - schema/rules.schema.json &&
                switchboard schema --tests | cmp - schema/tests.schema.json &&
                cat .vscode/settings.json
                """, in: folder)
            #expect(run.status == 0, "\(run.error)")
            let settings = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
            let schemas = (settings as? [String: Any])?["yaml.schemas"] as? [String: String]
            #expect(schemas?.count == 2)
            for (path, files) in try #require(schemas) {
                let file = "\(folder)/bot/\(path)"
                #expect(FileManager.default.fileExists(atPath: file), "\(path) for \(files)")
            }
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func shellsComplete(_ shell: String) async throws {
        try await Binary.withFolder { folder in
            let run = try await Run.shell("switchboard completion \(shell)", in: folder)
            #expect(run.status == 0)
            #expect(run.output.contains("publish"))
        }
    }
}
