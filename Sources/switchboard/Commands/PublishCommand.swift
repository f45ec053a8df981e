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
            throw ValidationError(
                Bilingual(
                    en: "--accept takes \(known), not '\(name)'",
                    zh: "--accept 可以写 \(known)，不是「\(name)」"))
        }
        if canary != nil, share == nil {
            throw ValidationError(
                Bilingual(
                    en: "--canary takes a percentage such as 10%", zh: "--canary 要写百分数，比如 10%"))
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
        if checked.hasErrors { throw refusal(Self.errors) }
        if !skipTests { try test(sources, at: places) }
        for line in try calibration(of: checked, in: language) { Terminal.line(line) }
        let path = try storeOptions.path()
        if plan, !FileManager.default.fileExists(atPath: path) {
            let version = Publishing.version(of: sources, hash: Environment.live.shortHash)
            Terminal.say(Self.first(version), in: language)
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
            return Terminal.say(Self.unchanged(proposal.version), in: language)
        }
        print(proposal, in: language)
        try gate(proposal)
        if plan { return }
        try await RuleMedia.keep(filesOf: sources, in: store)
        switch try await publishing.publish(
            checked, share: share ?? 1, author: Author.current, note: note)
        {
        case .refused: throw refusal(Self.errors)
        case .unchanged(let version, _):
            Terminal.say(Self.unchanged(version), in: language)
        case .published(let version, let loaded):
            try writeLock(for: loaded, at: places)
            Terminal.say(
                Bilingual(
                    en: "published \(version), active now", zh: "已发布 \(version)，现在生效"),
                in: language)
        case .tried(let version, let loaded):
            try writeLock(for: loaded, at: places)
            Terminal.say(Self.tried(version, share: canary ?? ""), in: language)
        }
    }

    // MARK: What is said

    private static let errors = Bilingual(en: "the rules have errors", zh: "规则有错")

    private static func first(_ version: RuleSetVersion) -> Bilingual {
        Bilingual(en: "the first version: \(version)", zh: "第一个版本：\(version)")
    }

    private static func unchanged(_ version: RuleSetVersion) -> Bilingual {
        Bilingual(
            en: "\(version) is active already: nothing to do", zh: "\(version) 已经生效，不用再发布")
    }

    private static func tried(_ version: RuleSetVersion, share: String) -> Bilingual {
        Bilingual(
            en: "published \(version), serving \(share) of new conversations; 'switchboard "
                + "publish' without --canary makes it active, 'switchboard rollback' ends it",
            zh: "已发布 \(version)，在 \(share) 的新会话里试运行；不带 --canary 再运行 switchboard publish "
                + "就全部生效，运行 switchboard rollback 就停止试运行")
    }

    /// Plays the inline tests and those in the files beside the rules.
    private func test(_ sources: [RuleSource], at places: [String]) throws {
        var files = sources.filter { $0.path.hasSuffix(".kf.yml") }
        if let tests = try? RuleFolder.sources(at: places, suffix: ".test.yml") { files += tests }
        let report = RuleFolder.play(files, beside: sources)
        guard report.isGreen else {
            var style = ReplayReport.TextStyle(showsPassed: false)
            style.language = languageOptions.language
            style.usesColor = color.isWanted
            Terminal.report(report.text(style))
            let failed = max(1, report.failed)
            throw refusal(
                Bilingual(
                    en: "\(counted(failed, "test")) failed", zh: "\(failed) 个测试没有通过"))
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
            throw refusal(Bilingual("\(error)"))
        }
    }

    private func print(_ proposal: Publishing.Plan, in language: MessageLanguage) {
        Terminal.line(
            proposal.active.map { "\($0) → \(proposal.version)" }
                ?? Self.first(proposal.version)[language])
        let text = DiffText(in: language)
        if let diff = proposal.diff {
            for line in text.lines(diff) { Terminal.line(line) }
        }
        if let traffic = proposal.traffic {
            for line in text.lines(traffic) { Terminal.line(line) }
        }
    }

    private func gate(_ proposal: Publishing.Plan) throws {
        var gate = PublishingGate()
        gate.mostHandoffsLost = mostHandoffsLost / 100
        gate.mostMissesGained = mostMissesGained / 100
        gate.accepted = Set(accept.compactMap(PublishingGate.Concern.init))
        let refusals = gate.refusals(of: proposal)
        guard let first = refusals.first else { return }
        throw CommandFailure(
            .refused,
            Bilingual(
                en: "not published: " + refusals.map(\.message.en).joined(separator: "; "),
                zh: "没有发布：" + refusals.map(\.message.zh).joined(separator: "；")),
            cure: first.cure)
    }

    private func refusal(_ why: Bilingual) -> CommandFailure {
        CommandFailure(
            .refused, Bilingual(en: "not published: ", zh: "没有发布：") + why,
            cure: Bilingual(
                en: "mend what is listed above, then publish again", zh: "改好上面列出的，再发布一次"))
    }

    /// Keeps the ids that menus on customers' screens bear, beside the rules.
    private func writeLock(for loaded: LoadedRules, at places: [String]) throws {
        guard let place = places.first else { return }
        let text = loaded.updatedWireLock.text
        let folder = RuleFolder.isFolder(place) ? place : PathParts(place).folder
        let path =
            (folder.isEmpty ? "./" : folder.hasSuffix("/") ? folder : folder + "/")
            + WireLock.fileName
        if let old = FileManager.default.contents(atPath: path), old == Data(text.utf8) { return }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            // The version is active all the same, and the database knows its ids.
            Terminal.warn(
                Bilingual(
                    en: "\(path) could not be written; keep it with the rules, so that renamed "
                        + "menu items still answer old menus",
                    zh: "\(path) 写不了；它要和规则放在一起，菜单项改名以后，客户屏幕上的老菜单才照样管用"),
                in: languageOptions.language)
        }
    }
}
