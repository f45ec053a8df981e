package import Boundary
package import ChatModel
import RuleEngine
package import RuleFiles

/// Publishing rule files: checked as a whole, stored as a version, made active in one transaction.
package struct Publishing: Sendable {
    private let store: any ConversationStore
    private let environment: Environment

    /// Publishes into `store`.
    package init(store: any ConversationStore, environment: Environment) {
        self.store = store
        self.environment = environment
    }

    /// What came of a publication.
    package enum Outcome: Sendable {
        /// The files have errors; nothing was stored.
        case refused(LoadedRules)
        /// This very content is active already.
        case unchanged(RuleSetVersion, LoadedRules)
        /// The version is active.
        case published(RuleSetVersion, LoadedRules)
        /// The version serves a share of new sessions; the active one stays.
        case tried(RuleSetVersion, LoadedRules)
    }

    /// Everything that is wrong with `sources`: what publishing looks at.
    ///
    /// - Parameter time: To judge validity by; `nil` leaves it open.
    package static func check(_ sources: [RuleSource], at time: Timestamp? = nil) -> LoadedRules {
        RuleFiles.check(RuleFiles.load(sources), CheckOptions(at: time))
    }

    /// What publishing would do.
    package struct Plan: Sendable {
        /// The files, checked.
        package var loaded: LoadedRules
        /// The version they make.
        package var version: RuleSetVersion
        /// The version that is active now.
        package var active: RuleSetVersion?
        /// What differs from the active version; `nil` when there is none, or the files have
        /// errors.
        package var diff: VersionDiff?
        /// Recent traffic decided by both; `nil` where it wasn't asked for.
        package var traffic: TrafficComparison?

        /// What publishing would do.
        package init(
            loaded: LoadedRules, version: RuleSetVersion, active: RuleSetVersion? = nil,
            diff: VersionDiff? = nil, traffic: TrafficComparison? = nil
        ) {
            self.loaded = loaded
            self.version = version
            self.active = active
            self.diff = diff
            self.traffic = traffic
        }
    }

    /// Compares rules with the active version; changes nothing.
    ///
    /// - Parameters:
    ///   - loaded: The rules, as ``check(_:at:)`` found them.
    ///   - since: Customers' messages from here on are decided by both; `nil` for none.
    ///   - aliases: The names rule files give the accounts; needed for traffic only.
    package func plan(
        _ loaded: LoadedRules, trafficSince since: Timestamp? = nil,
        aliases: [OpenKfID: AccountAlias] = [:]
    ) async throws(StoreError) -> Plan {
        var plan = Plan(
            loaded: loaded,
            version: Self.version(of: loaded.sources, hash: environment.shortHash))
        let active = try await store.activeVersion()
        plan.active = active?.id
        guard let definition = loaded.definition, !loaded.hasErrors, let active,
            let after = try? RuleSet(definition), let before = try? RuleSet(active.definition)
        else { return plan }
        plan.diff = VersionDiff(from: before, to: after)
        if let since {
            plan.traffic = TrafficComparison(
                of: try await store.traffic(since: since, limit: Self.mostTraffic),
                aliases: aliases, from: before, to: after)
        }
        return plan
    }

    /// The latest messages of longer times than this many fill are compared.
    private static var mostTraffic: Int { 200_000 }

    /// Makes rules without errors the active version.
    ///
    /// - Parameters:
    ///   - loaded: The rules, as ``check(_:at:)`` found them.
    ///   - share: Below 1, the version is tried on this share of new sessions, and the active one
    ///     stays.
    ///   - author: Who publishes.
    ///   - note: Why.
    /// - Throws: ``StoreError``; then the version that was active still is. A share that is none
    ///   breaks a constraint.
    package func publish(
        _ loaded: LoadedRules, share: Double = 1, author: String, note: String
    ) async throws(StoreError) -> Outcome {
        guard share >= 0 else {
            throw StoreError(.constraint, reason: "a canary's share lies between 0 and 1")
        }
        guard let definition = loaded.definition, !loaded.hasErrors else {
            return .refused(loaded)
        }
        let sources = loaded.sources
        let id = Self.version(of: sources, hash: environment.shortHash)
        let active = try await store.activeVersionID()
        if active == id { return .unchanged(id, loaded) }
        let now = environment.now()
        // A canary needs something to be compared with.
        let isCanary = share < 1 && active != nil
        try await store.publish(
            PublishedVersion(
                id: id, definition: definition,
                sources: Dictionary(
                    sources.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first }),
                author: author, note: note, publishedAt: now),
            activate: !isCanary)
        guard isCanary else { return .published(id, loaded) }
        try await store.setCanary(
            Canary(version: id, share: share, author: author, note: note, at: now))
        return .tried(id, loaded)
    }

    /// The id of the version that `sources` make: a hash of paths and contents, in the paths'
    /// order, so that the same files give the same id everywhere.
    ///
    /// Paths count from the folder that holds all the files: where that folder is, and how a
    /// command line spelled it, changes nothing. The id is twelve letters and digits, so that it
    /// never looks like an option.
    package static func version(
        of sources: [RuleSource], hash: ([UInt8]) -> String
    ) -> RuleSetVersion {
        var bytes: [UInt8] = []
        // Publishing writes the lock file: what it says follows from the rules before it.
        let sources = sources.filter {
            $0.path != WireLock.fileName && !$0.path.hasSuffix("/" + WireLock.fileName)
        }
        let texts = zip(relativePaths(sources.map(\.path)), sources.map(\.text))
        for (path, text) in texts.sorted(by: { $0.0 < $1.0 }) {
            for part in [path, text] {
                bytes.append(contentsOf: Array(String(part.utf8.count).utf8))
                bytes.append(0)
                bytes.append(contentsOf: Array(part.utf8))
            }
        }
        // Twelve characters tell apart more versions than a company will ever publish.
        return RuleSetVersion(String(hash(bytes).filter { $0.isLetter || $0.isNumber }.prefix(12)))
    }

    /// The paths counted from the folder that holds all of them.
    package static func relativePaths(_ paths: [String]) -> [String] {
        var split = paths.map { $0.split(separator: "/").filter { $0 != "." } }
        while let first = split.first?.first, split.allSatisfy({ $0.count > 1 && $0[0] == first }) {
            split = split.map { Array($0.dropFirst()) }
        }
        return split.map { $0.joined(separator: "/") }
    }
}
