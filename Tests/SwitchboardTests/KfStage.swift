import Foundation
import Testing

/// The platform's calls by hand, one after another.
///
/// Each has a simulator of its own and starts a dozen processes; all at once they would only wait
/// for each other.
@Suite(.serialized) struct KfTests {}

/// A simulated platform, and a folder whose `switchboard.yml` leads to it.
struct KfStage {
    let folder: String
    let simulator: Simulator

    /// A picture the platform takes: a PNG of one pixel.
    static let picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
        + "rkJggg=="

    /// Plays `scene` on a simulator of its own.
    ///
    /// A customer, wmLin, has said hello.
    static func with(_ scene: (KfStage) async throws -> Void) async throws {
        try await Binary.withFolder { folder in
            try await Server.running(["simulate", "--port", "0", "--quotas", "off"], in: folder) {
                let shell = try Started(
                    "/bin/sh", ["-c", shell], in: folder,
                    environment: Binary.environment(in: folder))
                defer { shell.kill() }
                let stage = KfStage(
                    folder: folder, simulator: Simulator(base: try await $0.simulatorAddress))
                try stage.write(
                    """
                    corps:
                      - alias: demo
                        corp_id: ww0000demo00000001
                        api: \(stage.simulator.base)
                        apps:
                          - alias: kf
                            secret: { file: secret }
                            token: { file: token }
                            aes_key: { file: key }
                            accounts: { shop: wkDEMO0000000000000001 }
                    listen: 127.0.0.1:0
                    store: data/switchboard.db
                    rules: clean
                    clock: simulator

                    """, to: "switchboard.yml")
                try stage.write("demo-secret-of-the-simulator\n", to: "secret")
                try #require(Data(base64Encoded: picture)).write(
                    to: URL(filePath: "\(folder)/box.png"))
                try await stage.simulator.write("wmLin", "你好")
                try await scene(stage)
            }
        }
    }

    /// Runs what is put into `.bin/next`, again and again: Foundation's way to start a process is
    /// not for hundreds of them.
    private static let shell = """
        while :; do
            if [ -f .bin/next ]; then
                mv .bin/next .bin/now
                sh .bin/now > .bin/now.out 2> .bin/now.err < /dev/null
                echo $? > .bin/now.ended
                mv .bin/now.ended .bin/now.status
            else
                sleep 0.02
            fi
        done
        """

    /// `switchboard kf` with these arguments, as a shell reads them.
    func kf(_ arguments: String) async throws -> Run {
        // Written under another name first: the shell sees all of it or nothing.
        try write("switchboard kf \(arguments)\n", to: ".bin/next")
        let status = try await eventually("kf \(arguments) has ended", within: .seconds(100)) {
            try? text(of: ".bin/now.status")
        }
        try FileManager.default.removeItem(atPath: "\(folder)/.bin/now.status")
        return Run(
            output: try text(of: ".bin/now.out"), error: try text(of: ".bin/now.err"),
            status: Int32(status.dropLast()) ?? -1)
    }

    /// What it prints, once it has ended with 0.
    func prints(_ arguments: String) async throws -> String {
        let run = try await kf(arguments)
        guard run.status == 0 else { throw Failed(run: run) }
        return run.output
    }

    /// What it prints as JSON, once it has ended with 0.
    func json<Value: Decodable>(_ arguments: String, as type: Value.Type) async throws -> Value {
        try JSONDecoder().decode(
            type, from: Data(try await prints(arguments + " --format json").utf8))
    }

    func write(_ text: String, to file: String) throws {
        try text.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
    }

    func text(of file: String) throws -> String {
        // To the byte: readers of strings drop a byte-order mark.
        String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(file)")), as: UTF8.self)
    }

    struct Failed: Error, CustomStringConvertible {
        let run: Run
        var description: String { "it ended with \(run.status): \(run.error)\(run.output)" }
    }
}
