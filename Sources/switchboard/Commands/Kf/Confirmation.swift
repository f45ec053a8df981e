import ArgumentParser
import Foundation
import RuleFiles

/// Asking before something that can't be undone.
struct ConfirmationOption: ParsableArguments {
    @Flag(help: "Don't ask; without a terminal nothing that can't be undone is done otherwise.")
    var yes = false

    /// Returns once somebody has typed `name`, or said yes on the command line.
    ///
    /// - Parameters:
    ///   - what: What would be done.
    ///   - name: What is to be typed.
    func confirm(_ what: Bilingual, by name: String, in language: MessageLanguage) throws {
        if yes { return }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                .refused, what + Bilingual(en: ": nobody is there to ask", zh: "：没有终端，没法确认"),
                cure: Bilingual(en: "add --yes", zh: "加上 --yes"))
        }
        let question = Bilingual(
            en: "\(what.en); this can't be undone. Type '\(Terminal.printable(name))' to go on: ",
            zh: "\(what.zh)，不能撤销。输入「\(Terminal.printable(name))」继续：")
        try? FileHandle.standardError.write(contentsOf: Data(question[language].utf8))
        guard readLine() == name else {
            throw CommandFailure(.refused, Bilingual(en: "nothing was done", zh: "什么也没做"))
        }
    }
}
