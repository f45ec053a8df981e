import ArgumentParser
import Foundation
import RuleFiles

/// `--lang`, and the language of the machine's locale without it.
struct LanguageOptions: ParsableArguments {
    @Option(help: "zh or en. Default: Chinese where LC_ALL, LC_MESSAGES or LANG is Chinese.")
    var lang: MessageLanguage?

    /// The language to speak.
    var language: MessageLanguage { lang ?? Self.ofLocale }

    /// The locale's, by the order POSIX looks at its variables.
    static var ofLocale: MessageLanguage {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.hasPrefix("zh") == true ? .zh : .en
    }
}

extension MessageLanguage: ExpressibleByArgument {}
