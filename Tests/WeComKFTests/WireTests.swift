import Boundary
import ChatModel
import CurlTransport
import Foundation
import Testing
import WeComKF

/// The recorded wire: every call's request, as it arrives at a socket, equals its golden file, and
/// what is read of an answer does not depend on what the platform adds, leaves out or writes as a
/// string.
///
/// After a wanted change run with `UPDATE_GOLDEN=1` and read the difference.
@Suite struct WireTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    private func run(_ wireCase: WireCase, answering reply: String) async throws -> String {
        let isToken = wireCase.path == "gettoken"
        let answer: ScriptedTransport.Answer = { _ in .success(reply) }
        return try await wireCase.work(
            client(ScriptedTransport(token: isToken ? answer : nil, answer: answer)))
    }

    /// Makes the call over a socket.
    ///
    /// - Returns: The requests it is about, and what was read of the answers.
    private func recorded(_ wireCase: WireCase) async throws -> (String, String) {
        let path = "/cgi-bin/\(wireCase.path)?"
        let recorder = try WireRecorder { request in
            request.contains(path)
                ? wireCase.answer
                : .init(
                    body: Array(
                        #"{"errcode":0,"access_token":"TOKEN-1","expires_in":7200}"#.utf8))
        }
        defer { recorder.stop() }
        let transport = CurlTransport()
        defer { transport.shutDown() }
        let result = try await wireCase.work(client(transport, base: recorder.url))
        return (recorder.requests.filter { $0.contains(path) }.joined(separator: "\n"), result)
    }

    // One after another: each has a server and a client of its own.
    @Test(.serialized, arguments: WireCase.all) func requestAndReading(_ wireCase: WireCase)
        async throws
    {
        let (request, result) = try await recorded(wireCase)
        let text = request + "\n→ " + result + "\n"
        let name = wireCase.path.replacing("/", with: ".") + ".txt"
        let file = Self.folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "Golden/\(name) says otherwise")
    }

    @Test(arguments: WireCase.json) func unknownFieldsPass(_ wireCase: WireCase) async throws {
        let expected = try await run(wireCase, answering: wireCase.reply)
        let more = try Self.rewritten(wireCase.reply) { value in
            guard var object = value as? [String: Any] else { return value }
            object["zz_new"] = ["since": 2030, "list": [["a": NSNull()]]] as [String: Any]
            return object
        }
        #expect(try await run(wireCase, answering: more) == expected)
    }

    @Test(arguments: WireCase.json) func numbersMayBeStrings(_ wireCase: WireCase) async throws {
        let expected = try await run(wireCase, answering: wireCase.reply)
        let strings = try Self.rewritten(wireCase.reply) { value in
            (value as? NSNumber).map { "\($0)" } ?? value
        }
        #expect(strings != wireCase.reply)
        #expect(try await run(wireCase, answering: strings) == expected)
    }

    /// Each member left out in turn: read as far as it goes, or refused as no usable answer.
    @Test(arguments: WireCase.json) func missingFieldsNeverCrash(_ wireCase: WireCase) async throws
    {
        let names = Set(
            wireCase.reply.matches(of: try Regex(#""([a-z_]+)":"#)).compactMap {
                $0[1].substring.map { String($0) }
            })
        for name in names.sorted() where name != "errcode" {
            let less = try Self.rewritten(wireCase.reply) { value in
                guard var object = value as? [String: Any] else { return value }
                object[name] = nil
                return object
            }
            do {
                _ = try await run(wireCase, answering: less)
            } catch let failure as PlatformFailure {
                #expect(failure.code == nil && failure.handling == .retry, "without \(name)")
            }
        }
    }

    @Test func everyCallHasAGoldenFile() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let names = WireCase.all.map { $0.path.replacing("/", with: ".") + ".txt" }
        #expect(Set(files) == Set(names))
        #expect(names.count == Set(names).count)
    }

    /// The JSON with every value replaced by what `change` makes of it, innermost first.
    static func rewritten(_ json: String, _ change: (Any) -> Any) throws -> String {
        func walk(_ value: Any) -> Any {
            if let object = value as? [String: Any] { return change(object.mapValues(walk)) }
            if let list = value as? [Any] { return change(list.map(walk)) }
            return change(value)
        }
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
        let data = try JSONSerialization.data(
            withJSONObject: walk(value), options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}
