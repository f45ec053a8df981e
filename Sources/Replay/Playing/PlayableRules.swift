import ChatModel
import RuleEngine
import RuleFiles

/// Rules compiled for playing, with the names that compiling leaves behind.
struct PlayableRules: Sendable {
    let rules: RuleSet
    /// Where each named hand-off policy leads, by bundle: expectations may name policies, which a
    /// definition holds no longer.
    let policies: [BundleName: [String: HandoffDefinition.Destination]]

    init(_ loaded: LoadedRules, definition: RuleSetDefinition) throws(RuleSetError) {
        rules = try RuleSet(definition)
        var policies: [BundleName: [String: HandoffDefinition.Destination]] = [:]
        for source in loaded.sources {
            // Read without a mistake before, so nobody wants to hear of it again.
            guard let root = YAMLDocument.parse(source, log: DiagnosticLog()),
                let bundle = root[key: "bundle"]?.text
            else { continue }
            for entry in root[key: "handoff"]?.map ?? [] {
                let who = entry.value[key: "who"]?.text.map(ServicerID.init(_:))
                policies[BundleName(bundle), default: [:]][entry.name] =
                    who.map(HandoffDefinition.Destination.servicer) ?? .pool
            }
        }
        self.policies = policies
    }
}
