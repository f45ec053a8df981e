package import Boundary
package import ChatModel
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
    }

    /// Everything that is wrong with `sources`: what publishing looks at.
    package static func check(_ sources: [RuleSource]) -> LoadedRules {
        RuleFiles.check(RuleFiles.load(sources))
    }

    /// Checks `sources` and, when they have no errors, makes them the active version.
    ///
    /// - Throws: ``StoreError``; then the version that was active still is.
    package func publish(
        _ sources: [RuleSource], author: String, note: String
    ) async throws(StoreError) -> Outcome {
        let loaded = Self.check(sources)
        guard let definition = loaded.definition, !loaded.hasErrors else {
            return .refused(loaded)
        }
        let id = Self.version(of: sources, hash: environment.shortHash)
        if try await store.activeVersionID() == id { return .unchanged(id, loaded) }
        try await store.publish(
            PublishedVersion(
                id: id, definition: definition,
                sources: Dictionary(
                    sources.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first }),
                author: author, note: note, publishedAt: environment.now()),
            activate: true)
        return .published(id, loaded)
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
        let texts = zip(pathsBelowTheirFolder(sources.map(\.path)), sources.map(\.text))
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

    private static func pathsBelowTheirFolder(_ paths: [String]) -> [String] {
        var split = paths.map { $0.split(separator: "/").filter { $0 != "." } }
        while let first = split.first?.first, split.allSatisfy({ $0.count > 1 && $0[0] == first }) {
            split = split.map { Array($0.dropFirst()) }
        }
        return split.map { $0.joined(separator: "/") }
    }
}
