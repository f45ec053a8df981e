import Operations
import RuleFiles

/// What doctor found, as people and scripts read it.
struct DoctorReport {
    let findings: [DoctorFinding]

    /// How many there are of each kind.
    struct Counts: Encodable {
        var errors = 0
        var warnings = 0
        var well = 0
        var skipped = 0
    }

    var counts: Counts {
        findings.reduce(into: Counts()) { counts, finding in
            switch finding.standing {
            case .well: counts.well += 1
            case .skipped: counts.skipped += 1
            case .trouble(.warning, _, _): counts.warnings += 1
            case .trouble(.error, _, _): counts.errors += 1
            }
        }
    }

    /// Whether the platform could not be reached.
    var isPlatformUnreachable: Bool {
        findings.contains { $0.id == .reachable && $0.severity == .error }
    }

    // MARK: Text

    private static let causeLabel = Bilingual(en: "cause: ", zh: "原因：")

    /// A line for each finding, with its cause and cure below; a summary at the end.
    func lines(in language: MessageLanguage, coloured: Bool) -> [String] {
        let width = findings.map(\.id.rawValue.count).max() ?? 0
        var lines: [String] = []
        for finding in findings {
            let name = finding.id.rawValue.padding(to: width)
            let subject = finding.subject.isEmpty ? "" : "\(finding.subject): "
            let evidence = Terminal.printable(subject + finding.evidence[language])
            let mark = Self.mark(finding.standing)
            let sign = coloured ? "\u{1B}[\(mark.colour)m\(mark.sign)\u{1B}[0m" : mark.sign
            lines.append("\(sign) \(name)  \(evidence)")
            if case .trouble(_, let cause, let cure) = finding.standing {
                lines.append("    " + Self.causeLabel[language] + cause[language])
                lines.append("    " + Terminal.helpLabel[language] + cure[language])
            }
        }
        return lines + [summary[language]]
    }

    private static func mark(_ standing: DoctorFinding.Standing) -> (sign: String, colour: Int) {
        switch standing {
        case .well: ("✓", 32)
        case .skipped: ("-", 2)
        case .trouble(.warning, _, _): ("!", 33)
        case .trouble(.error, _, _): ("✗", 31)
        }
    }

    private var summary: Bilingual {
        let counts = counts
        return Bilingual(
            en: "\(counted(counts.errors, "error")), \(counted(counts.warnings, "warning")), "
                + "\(counts.well) well, \(counts.skipped) not looked at",
            zh: "\(counts.errors) 个错误，\(counts.warnings) 个提醒，\(counts.well) 项正常，"
                + "\(counts.skipped) 项没看")
    }

    // MARK: JSON

    /// What scripts read; the words are in the run's language, ids and statuses never change.
    func page(in language: MessageLanguage) -> some Encodable {
        Page(findings: findings.map { Row($0, language) }, counts: counts)
    }

    private struct Page: Encodable {
        let findings: [Row]
        let counts: Counts
    }

    private struct Row: Encodable {
        let id: String
        let subject: String
        let status: String
        let evidence: String
        var cause: String?
        var cure: String?

        init(_ finding: DoctorFinding, _ language: MessageLanguage) {
            id = finding.id.rawValue
            subject = finding.subject
            evidence = finding.evidence[language]
            switch finding.standing {
            case .well: status = "well"
            case .skipped: status = "skipped"
            case .trouble(let severity, let cause, let cure):
                status = severity.rawValue
                self.cause = cause[language]
                self.cure = cure[language]
            }
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
