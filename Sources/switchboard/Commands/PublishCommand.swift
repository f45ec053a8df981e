import ArgumentParser
import Boundary
import ChatModel
import Foundation
import Operations
import Replay
import RuleEngine
import RuleFiles
import SQLiteStore

/// `switchboard publish`.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Check and test rule files and make them the active version.",
        discussion: """
            Files with errors, or whose tests fail, are refused and nothing changes. With \
            --against, what customers wrote lately is decided by both versions first; too many \
            hand-overs lost or misses gained refuse, too. What will happen is printed before it \
            happens. A running server takes the version over within a second, without a restart; \
            customers in the middle of a flow finish on the version they began with.

            EXAMPLES
              switchboard publish rules/ --note "opening hours for the holiday"
              switchboard publish --plan                     what would happen, and nothing else
              switchboard publish --against 7d --config switchboard.yml
              switchboard publish --canary 10%               a tenth of new conversations
              switchboard publish --accept misses            looked at, and meant so
            """)

    @Argument(help: "Rule files, or folders of them. Default: the configuration's, or rules/.")
    var paths: [String] = []

    @Option(help: "Why, for the audit.")
    var note: String = ""

    @Flag(help: "Print what would happen, and change nothing.")
    var plan = false

    @Option(help: "Decide what customers wrote in this time by both versions: 7d, 12h.")
    var against: String?

    @Option(help: "Hand-overs that may be lost, in percent of the messages.")
    var mostHandoffsLost: Double = 0.5

    @Option(help: "Messages that may no longer be understood, in percent.")
    var mostMissesGained: Double = 0.5

    @Option(help: "Accept this concern: handoffs, misses or sentences.")
    var accept: [String] = []

    @Option(help: "Serve only this share of new conversations: 10%.")
    var canary: String?

    @Flag(help: "Publish without playing the tests.")
    var skipTests = false

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    func validate() throws {
        for name in accept where PublishingGate.Concern(rawValue: name) == nil {
            let known = PublishingGate.Concern.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--accept takes \(known), not '\(name)'")
        }
        if canary != nil, share == nil {
            throw ValidationError("--canary takes a percentage such as 10%")
        }
    }

    /// 0…1, of new conversations; `nil` for a percentage that isn't one.
    private var share: Double? {
        guard let canary else { return 1 }
        guard canary.hasSuffix("%"), let percent = Double(canary.dropLast()),
            percent > 0, percent <= 100
        else { return nil }
        return percent / 100
    }

    func run() async throws {
        let language = languageOptions.language
        let places = try storeOptions.rulePaths(paths)
        let sources = try RuleFolder.ruleSources(at: places)
        // Before the database is opened, too: refused rules don't leave a new one behind.
        let checked = Publishing.check(sources, at: Environment.live.now())
        if !checked.diagnostics.isEmpty {
            Terminal.line(checked.report(language: language, usesColor: color.isWanted))
        }
        if checked.hasErrors { throw refusal("the rules have errors") }
        if !skipTests { try test(sources, at: places) }
        for line in try calibration(of: checked, in: language) { Terminal.line(line) }
        let path = try storeOptions.path()
        if plan, !FileManager.default.fileExists(atPath: path) {
            let version = Publishing.version(of: sources, hash: Environment.live.shortHash)
            Terminal.line("the first version: \(version)")
            return
        }
        let store = try storeOptions.open(creating: true)
        let publishing = Publishing(store: store, environment: .live)
        let reader = TrafficReader(storeOptions: storeOptions)
        let proposal = try await publishing.plan(
            checked,
            trafficSince: try against.map {
                Environment.live.now() - (try TrafficReader.duration($0))
            }, aliases: against == nil ? [:] : try reader.aliases())
        guard proposal.active != proposal.version else {
            Terminal.line("\(proposal.version) is active already: nothing to do")
            return
        }
        print(proposal, in: language)
        try gate(proposal, in: language)
        if plan { return }
        switch try await publishing.publish(
            checked, share: share ?? 1, author: Author.current, note: note)
        {
        case .refused: throw refusal("the rules have errors")
        case .unchanged(let version, _):
            Terminal.line("\(version) is active already: nothing to do")
        case .published(let version, let loaded):
            try writeLock(for: loaded, at: places)
            Terminal.line("published \(version), active now")
        case .tried(let version, let loaded):
            try writeLock(for: loaded, at: places)
            Terminal.line(
                "published \(version), serving \(canary ?? "") of new conversations; 'switchboard "
                    + "publish' without --canary makes it active, 'switchboard rollback' ends it")
        }
    }

    /// Plays the inline tests and those in the files beside the rules.
    private func test(_ sources: [RuleSource], at places: [String]) throws {
        var files = sources.filter { $0.path.hasSuffix(".kf.yml") }
        if let tests = try? RuleFolder.sources(at: places, suffix: ".test.yml") { files += tests }
        let report = RuleFolder.play(files, beside: sources)
        guard report.isGreen else {
            var style = ReplayReport.TextStyle()
            style.language = languageOptions.language
            style.usesColor = color.isWanted
            Terminal.report(report.text(style))
            throw refusal("\(counted(max(1, report.failed), "test")) failed")
        }
    }

    /// What the similar questions say about themselves.
    private func calibration(
        of loaded: LoadedRules, in language: MessageLanguage
    ) throws -> [String] {
        guard let definition = loaded.definition else { return [] }
        do throws(RuleSetError) {
            return try RuleSet(definition).bundles.flatMap {
                CalibrationText($0, in: language).lines
            }
        } catch {
            throw refusal("\(error)")
        }
    }

    private func print(_ proposal: Publishing.Plan, in language: MessageLanguage) {
        Terminal.line(
            proposal.active.map { "\($0) → \(proposal.version)" }
                ?? "the first version: \(proposal.version)")
        let text = DiffText(in: language)
        if let diff = proposal.diff {
            for line in text.lines(diff) { Terminal.line(line) }
        }
        if let traffic = proposal.traffic {
            for line in text.lines(traffic) { Terminal.line(line) }
        }
    }

    private func gate(_ proposal: Publishing.Plan, in language: MessageLanguage) throws {
        var gate = PublishingGate()
        gate.mostHandoffsLost = mostHandoffsLost / 100
        gate.mostMissesGained = mostMissesGained / 100
        gate.accepted = Set(accept.compactMap(PublishingGate.Concern.init))
        let refusals = gate.refusals(of: proposal)
        guard let first = refusals.first else { return }
        throw CommandFailure(
            .refused,
            "not published: "
                + refusals.map { $0.message[language] }.joined(separator: "; "),
            cure: first.cure[language])
    }

    private func refusal(_ why: String) -> CommandFailure {
        CommandFailure(
            .refused, "not published: \(why)",
            cure: "mend what is listed above, then publish again")
    }

    /// Keeps the ids that menus on customers' screens bear, beside the rules.
    private func writeLock(for loaded: LoadedRules, at places: [String]) throws {
        guard let place = places.first else { return }
        let text = loaded.updatedWireLock.text
        let folder =
            RuleFolder.isFolder(place) ? place : (place as NSString).deletingLastPathComponent
        let path = ((folder.isEmpty ? "." : folder) as NSString)
            .appendingPathComponent(WireLock.fileName)
        if let old = FileManager.default.contents(atPath: path), old == Data(text.utf8) { return }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            // The version is active all the same, and the database knows its ids.
            Terminal.standardError(
                "warning: \(path) could not be written; keep it with the rules, so that renamed "
                    + "menu items still answer old menus")
        }
    }
}
