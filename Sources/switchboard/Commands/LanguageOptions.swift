import ArgumentParser
import Foundation
import RuleFiles

/// `--lang`, and the language of the machine's locale without it.
struct LanguageOptions: ParsableArguments {
    @Option(help: "zh or en. Default: Chinese where LC_ALL, LC_MESSAGES or LANG is Chinese.")
    var lang: MessageLanguage?

    /// The language to speak.
    var language: MessageLanguage { lang ?? Self.ofLocale }

    /// The language of this run, also where the command line couldn't be parsed: the last `--lang`
    /// before a `--`, else the locale's.
    static let ofRun: MessageLanguage = {
        var asked: MessageLanguage?
        var previous = ""
        for argument in CommandLine.arguments.dropFirst().prefix(while: { $0 != "--" }) {
            let value = previous == "--lang" ? argument : argument.replacing(/^--lang=/, with: "")
            if previous == "--lang" || value != argument {
                asked = MessageLanguage(rawValue: value) ?? asked
            }
            previous = argument
        }
        return asked ?? ofLocale
    }()

    /// The locale's, by the order POSIX looks at its variables.
    static var ofLocale: MessageLanguage {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.hasPrefix("zh") == true ? .zh : .en
    }
}

extension MessageLanguage: ExpressibleByArgument {}

extension ValidationError {
    /// In the language of this run: a command that is being validated can't be asked for its own.
    init(_ message: Bilingual) { self.init(message[LanguageOptions.ofRun]) }
}
