import Foundation

/// How a command ended, for scripts: stable numbers.
enum ExitStatus: Int32 {
    case clean = 0
    /// Findings, or failing tests.
    case findings = 1
    /// The command line itself was wrong.
    case usage = 2
    /// Input can't be read; a file, a database or a port can't be opened.
    case unreadable = 3
    /// The platform or the network.
    case platform = 4
    /// A gate refused.
    case refused = 5
}

/// An end that isn't a success, with what happened and what to do.
struct CommandFailure: Error, CustomStringConvertible {
    let status: ExitStatus
    let message: String
    let cure: String?

    init(_ status: ExitStatus, _ message: String, cure: String? = nil) {
        self.status = status
        self.message = message
        self.cure = cure
    }

    var description: String {
        cure.map { "\(message)\nhelp: \($0)" } ?? message
    }
}

/// Ends the command with a status; everything worth saying has been said.
struct CommandEnd: Error {
    let status: ExitStatus
}
