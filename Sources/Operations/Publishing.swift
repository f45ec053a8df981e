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

    /// Checks `sources` and, when they have no errors, makes them the active version.
    ///
    /// - Throws: ``StoreError``; then the version that was active still is.
    package func publish(
        _ sources: [RuleSource], author: String, note: String
    ) async throws(StoreError) -> Outcome {
        let loaded = RuleFiles.check(RuleFiles.load(sources))
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
    package static func version(
        of sources: [RuleSource], hash: ([UInt8]) -> String
    ) -> RuleSetVersion {
        var bytes: [UInt8] = []
        for source in sources.sorted(by: { $0.path < $1.path }) {
            for part in [source.path, source.text] {
                bytes.append(contentsOf: Array(String(part.utf8.count).utf8))
                bytes.append(0)
                bytes.append(contentsOf: Array(part.utf8))
            }
        }
        // Twelve characters tell apart more versions than a company will ever publish.
        return RuleSetVersion(String(hash(bytes).prefix(12)))
    }
}
