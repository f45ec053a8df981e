import Foundation

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
                return CommandFailure(.unreadable, "\(what): can't be read")
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
                    .unreadable, "\(what): the environment variable \(name) is not set",
                    cure: "set \(name), or name another place in the configuration")
            }
            return value
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(
                    .unreadable, "\(what): the file \(path) can't be read",
                    cure: "create it, readable for this user alone")
            }
            guard data.count <= Self.largestFile, let text = String(data: data, encoding: .utf8)
            else {
                throw CommandFailure(
                    .unreadable, "\(what): the file \(path) holds no secret",
                    cure: "it must be UTF-8 of at most \(Self.largestFile) bytes")
            }
            // "\r\n" is one character, and a line end, too.
            let value = text.last?.isNewline == true ? String(text.dropLast()) : text
            guard !value.isEmpty else {
                throw CommandFailure(
                    .unreadable, "\(what): the file \(path) is empty",
                    cure: "write the secret to it")
            }
            return value
        case .embedded(let value):
            return value
        }
    }
}
