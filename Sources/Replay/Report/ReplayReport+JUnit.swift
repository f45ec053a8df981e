import RuleEngine
import RuleFiles

extension ReplayReport {
    /// The report as JUnit XML, one `testsuite` a file.
    ///
    /// Times are zero: tests play on a virtual clock. A file that could not be played is one
    /// erroneous test case; all examples of a file that pass are one test case, each that fails is
    /// one of its own.
    package var junit: String {
        let errors = files.count(where: \.isUnreadable)
        let renderer = DiagnosticRenderer(sources: errors > 0 ? sources : [])
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        let count = tests.count + errors + files.reduce(0) { $0 + $1.exampleCases }
        xml += "<testsuites tests=\"\(count)\" failures=\"\(failed + failedExamples)\""
        xml += " errors=\"\(errors)\" time=\"0\">\n"
        for file in files {
            let wrong = file.examples?.failures ?? []
            let failed = file.tests.count { !$0.hasPassed } + wrong.count
            let cases = file.tests.count + (file.isUnreadable ? 1 : 0) + file.exampleCases
            xml += "  <testsuite name=\"\(escaped(file.path))\""
            xml += " tests=\"\(cases)\""
            xml += " failures=\"\(failed)\" errors=\"\(file.isUnreadable ? 1 : 0)\" time=\"0\">\n"
            if file.isUnreadable { xml += unreadable(file, renderer) }
            if let passed = file.passedExamples {
                xml += "    <testcase classname=\"\(escaped(file.path))\""
                xml += " name=\"\(passed) examples\" time=\"0\"/>\n"
            }
            for diagnostic in wrong { xml += testCase(diagnostic, of: file) }
            for test in file.tests { xml += testCase(test, of: file) }
            xml += "  </testsuite>\n"
        }
        return xml + "</testsuites>\n"
    }

    private func testCase(_ example: Diagnostic, of file: FileReport) -> String {
        var xml = "    <testcase classname=\"\(escaped(file.path))\" name=\"\(example.place)\""
        xml += " file=\"\(escaped(example.place.file))\" line=\"\(example.place.line)\" time=\"0\">"
        xml += "\n      <failure message=\"\(escaped(example.message.en))\">"
        xml += escaped("\(example.id.rawValue) \(example.message.en)\n")
        if let help = example.help { xml += escaped(help.en + "\n") }
        return xml + "</failure>\n    </testcase>\n"
    }

    private func testCase(_ test: TestReport, of file: FileReport) -> String {
        var xml = "    <testcase classname=\"\(escaped(file.path))\" name=\"\(escaped(test.name))\""
        xml += " file=\"\(escaped(test.place.file))\" line=\"\(test.place.line)\" time=\"0\""
        guard let first = test.failures.first else { return xml + "/>\n" }
        xml += ">\n      <failure message=\"\(escaped(first.actual.en)) instead of "
        xml += "\(escaped(first.expected.en))\">"
        for failure in test.failures {
            xml += escaped("\(failure.place)  \(failure.step)\nexpected  \(failure.expected.en)\n")
            xml += escaped("actual    \(failure.actual.en)\n")
        }
        for line in test.timeline {
            let result = line.result.map { "  → \($0.en)" } ?? ""
            xml += escaped("\(line.time)  \(line.actor.en)  \(line.words.en)\(result)\n")
        }
        return xml + "</failure>\n    </testcase>\n"
    }

    private func unreadable(_ file: FileReport, _ renderer: DiagnosticRenderer) -> String {
        "    <testcase classname=\"\(escaped(file.path))\" name=\"(the file)\" time=\"0\">\n"
            + "      <error message=\"can't be played\">"
            + escaped(renderer.text(file.diagnostics)) + "</error>\n    </testcase>\n"
    }

    /// What XML 1.0 can hold: markup escaped, characters it forbids replaced.
    private func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "&#9;"
            default:
                let isForbidden =
                    scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
                escaped.unicodeScalars.append(isForbidden ? "\u{FFFD}" : scalar)
            }
        }
        return escaped
    }
}

extension FileReport {
    /// How many examples came out right; `nil` for none.
    fileprivate var passedExamples: Int? {
        guard let examples, examples.count > examples.failures.count else { return nil }
        return examples.count - examples.failures.count
    }

    /// The test cases that stand for its examples.
    fileprivate var exampleCases: Int {
        (passedExamples == nil ? 0 : 1) + (examples?.failures.count ?? 0)
    }
}
