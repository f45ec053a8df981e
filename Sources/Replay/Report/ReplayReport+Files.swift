import FoundationEssentials
import RuleEngine
import RuleFiles

extension ReplayReport {
    /// The report as JSON: two-space indented, keys sorted, names in English.
    ///
    /// The top level is `{ "files": […], "left_out": 0 }`; every file has `path`, `unreadable`,
    /// `diagnostics` and `tests`.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    /// The report as JUnit XML, one `testsuite` a file.
    ///
    /// Times are zero: tests play on a virtual clock. A file that could not be played is one
    /// erroneous test case.
    package var junit: String {
        let errors = files.count(where: \.isUnreadable)
        let renderer = DiagnosticRenderer(sources: errors > 0 ? sources : [])
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites tests=\"\(tests.count + errors)\" failures=\"\(failed)\""
        xml += " errors=\"\(errors)\" time=\"0\">\n"
        for file in files {
            let failed = file.tests.count { !$0.hasPassed }
            xml += "  <testsuite name=\"\(escaped(file.path))\""
            xml += " tests=\"\(file.tests.count + (file.isUnreadable ? 1 : 0))\""
            xml += " failures=\"\(failed)\" errors=\"\(file.isUnreadable ? 1 : 0)\" time=\"0\">\n"
            if file.isUnreadable { xml += unreadable(file, renderer) }
            for test in file.tests { xml += testCase(test, of: file) }
            xml += "  </testsuite>\n"
        }
        return xml + "</testsuites>\n"
    }

    private func testCase(_ test: TestReport, of file: FileReport) -> String {
        var xml = "    <testcase classname=\"\(escaped(file.path))\" name=\"\(escaped(test.name))\""
        xml += " file=\"\(escaped(test.place.file))\" line=\"\(test.place.line)\" time=\"0\""
        guard let first = test.failures.first else { return xml + "/>\n" }
        xml += ">\n      <failure message=\"\(escaped(first.actual)) instead of "
        xml += "\(escaped(first.expected))\">"
        for failure in test.failures {
            xml += escaped("\(failure.place)  \(failure.step)\nexpected  \(failure.expected)\n")
            xml += escaped("actual    \(failure.actual)\n")
        }
        for line in test.timeline {
            let result = line.result.map { "  → \($0)" } ?? ""
            xml += escaped("\(line.time)  \(line.actor)  \(line.words)\(result)\n")
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
