import RuleEngine
package import RuleFiles

extension ReplayReport {
    /// The report as workflow commands, one line a failure or finding, which GitHub shows beside
    /// the line of the file; the last line sums up.
    package func github(language: MessageLanguage = .en) -> String {
        var text = ""
        for file in files {
            for diagnostic in file.diagnostics + (file.examples?.failures ?? []) {
                let level = diagnostic.severity == .error ? "error" : "warning"
                text += command(
                    level, at: diagnostic.place, title: diagnostic.id.rawValue,
                    [diagnostic.message, diagnostic.help].compactMap { $0?[language] })
            }
            for test in file.tests {
                for failure in test.failures {
                    let words = Words(language)
                    text += command(
                        "error", at: failure.place, title: test.name,
                        [
                            "\(words.expected)  \(failure.expected[language])",
                            "\(words.actual)  \(failure.actual[language])",
                        ])
                }
            }
        }
        return text + summary(language) + "\n"
    }

    private func command(
        _ level: String, at place: SourcePlace, title: String, _ lines: [String]
    ) -> String {
        "::\(level) file=\(property(place.file)),line=\(place.line),col=\(place.column),"
            + "title=\(property(title))::\(data(lines.joined(separator: "\n")))\n"
    }

    /// A message, with the characters a command can't hold escaped.
    private func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
