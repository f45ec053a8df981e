import Boundary
import Foundation
import RuleFiles

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
    let message: Bilingual
    let cure: Bilingual?

    init(_ status: ExitStatus, _ message: Bilingual, cure: Bilingual? = nil) {
        self.status = status
        self.message = message
        self.cure = cure
    }

    /// For words that have one language only: the system's, or a library's.
    init(_ status: ExitStatus, _ message: String, cure: String? = nil) {
        self.init(status, Bilingual(message), cure: cure.map { Bilingual($0) })
    }

    /// What the store says of itself, which is English and names the cure; in Chinese both stand
    /// around it.
    init(_ error: StoreError) {
        let (what, cure): (String, String?) =
            switch error.code {
            case .busy: ("数据库正被别的程序占用", "稍后再试")
            case .constraint: ("数据库不收这个内容", nil)
            case .cannotOpen: ("数据库打不开", "看看它的文件夹在不在、有没有权限，或用 --store 写另一个文件")
            case .inputOutput: ("磁盘满了，或出了故障", "腾出空间，或检查磁盘")
            case .tooNew: ("数据库是更新的程序写的", "用那个程序，或恢复升级前的备份")
            case .notFound: ("数据库里没有", nil)
            case .other: ("数据库出错", nil)
            }
        let help = cure.map { "\n" + Terminal.helpLabel.zh + $0 } ?? ""
        self.init(
            .unreadable, Bilingual(en: error.reason, zh: "\(what)：\(error.reason)\(help)"))
    }

    /// A file that can't be written.
    static func unwritable(_ path: String) -> CommandFailure {
        CommandFailure(
            .unreadable, Bilingual(en: "\(path) can't be written", zh: "\(path) 写不了"),
            cure: Bilingual(en: "check its rights", zh: "看看它的权限"))
    }

    /// In English, for whoever logs it.
    var description: String { text(.en) }

    /// What happened, and the cure on a line of its own.
    func text(_ language: MessageLanguage) -> String {
        guard let cure else { return message[language] }
        return message[language] + "\n" + Terminal.helpLabel[language] + cure[language]
    }
}

/// Ends the command with a status; everything worth saying has been said.
struct CommandEnd: Error {
    let status: ExitStatus
}
