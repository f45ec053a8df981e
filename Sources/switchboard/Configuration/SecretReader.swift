import Foundation

/// Reads secrets from where the configuration says they are.
struct SecretReader {
    /// The largest secret file read, in bytes.
    static let largestFile = 4096

    var environment: [String: String] = ProcessInfo.processInfo.environment

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
            let value = text.hasSuffix("\n") ? String(text.dropLast()) : text
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
