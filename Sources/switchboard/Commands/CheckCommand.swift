import ArgumentParser
import Foundation
import RuleEngine
import RuleFiles

/// `switchboard check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find what is wrong with rule files.",
        discussion: """
            Reads every .kf.yml file, looks up every name, checks what the platform can take, and \
            asks the rules about every example. Each finding has a stable id, a place and a cure.

            EXAMPLES
              switchboard check
              switchboard check rules/shop.kf.yml --format json
              switchboard check rules/ --fatal-warnings
            """)

    @Argument(help: "Rule files, or folders of them.")
    var paths: [String] = ["rules/"]

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @Flag(help: "Exit with 1 on warnings, too.")
    var fatalWarnings = false

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    func run() throws {
        let start = ContinuousClock.now
        let sources = try RuleFolder.sources(at: paths, suffix: ".kf.yml")
        let loaded = RuleFiles.check(RuleFiles.load(sources))
        let errors = loaded.diagnostics.count { $0.severity == .error }
        let warnings = loaded.diagnostics.count - errors
        switch format {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            // An empty list is one line, whatever the encoder makes of it.
            Terminal.line(
                loaded.diagnostics.isEmpty
                    ? "[]" : String(decoding: try encoder.encode(loaded.diagnostics), as: UTF8.self)
            )
        case .text:
            if !loaded.diagnostics.isEmpty {
                Terminal.line(loaded.report(usesColor: color.isWanted))
            }
            let rules = loaded.definition.map { $0.bundles.flatMap(\.rules) }
            let parts =
                [counted(sources.count, "file")]
                + (rules.map { rules in
                    [
                        counted(rules.count, "rule"),
                        counted(rules.reduce(0) { $0 + $1.examples.count }, "example"),
                    ]
                } ?? [])
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            Terminal.line(
                "checked \(parts.joined(separator: " · "))   \(counted(errors, "error")), "
                    + "\(counted(warnings, "warning"))   \(String(format: "%.2f", seconds)) s")
        }
        if errors > 0 || (fatalWarnings && warnings > 0) { throw CommandEnd(status: .findings) }
    }
}
