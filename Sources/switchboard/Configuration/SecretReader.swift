import Foundation
import RuleFiles

/// Reads secrets from where the configuration says they are.
struct SecretReader {
    /// The largest secret file read, in bytes.
    static let largestFile = 4096

    var environment: [String: String] = ProcessInfo.processInfo.environment

    /// Reads them all, so that whoever sets a server up hears of every missing one at once.
    ///
    /// - Returns: A failure for each that can't be had.
    func missing(_ wanted: [(secret: Secret, what: String)]) -> [CommandFailure] {
        wanted.compactMap { secret, what in
            do { _ = try value(of: secret, for: what) } catch let failure as CommandFailure {
                return failure
            } catch {
                return CommandFailure(
                    .unreadable, Bilingual(en: "\(what): can't be read", zh: "\(what)：读不了"))
            }
            return nil
        }
    }

    /// The secret's value.
    ///
    /// - Throws: ``CommandFailure`` naming the secret's place and the cure, never a value.
    func value(of secret: Secret, for what: String) throws -> String {
        switch secret {
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "\(what): the environment variable \(name) is not set",
                        zh: "\(what)：没有设置环境变量 \(name)"),
                    cure: Bilingual(
                        en: "set \(name), or name another place in the configuration",
                        zh: "设置 \(name)，或者在配置里改写别的位置"))
            }
            return value
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "\(what): the file \(path) can't be read",
                        zh: "\(what)：文件 \(path) 读不了"),
                    cure: Bilingual(
                        en: "create it, readable for this user alone", zh: "建好它，只让当前用户能读"))
            }
            guard data.count <= Self.largestFile, let text = String(data: data, encoding: .utf8)
            else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "\(what): the file \(path) holds no secret",
                        zh: "\(what)：文件 \(path) 里不像是密钥"),
                    cure: Bilingual(
                        en: "it must be UTF-8 of at most \(Self.largestFile) bytes",
                        zh: "必须是 UTF-8，最多 \(Self.largestFile) 字节"))
            }
            // "\r\n" is one character, and a line end, too.
            let value = text.last?.isNewline == true ? String(text.dropLast()) : text
            guard !value.isEmpty else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "\(what): the file \(path) is empty", zh: "\(what)：文件 \(path) 是空的"),
                    cure: Bilingual(en: "write the secret to it", zh: "把密钥写进去"))
            }
            return value
        case .embedded(let value):
            return value
        }
    }
}
