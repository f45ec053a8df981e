package import ChatModel
package import RuleEngine

/// One version of the rules with everything routing needs beside them; immutable, shared.
package struct Playbook: Sendable {
    /// The compiled rules.
    package private(set) var rules: RuleSet
    /// The version they are; `nil` in tests and replays of files.
    package let version: RuleSetVersion?
    private let programs: [BundleName: [FlowName: FlowProgram]]
    /// Of the customer's profile, what the conditions of any bundle ask for: decisions that
    /// nobody asks about the customer needn't remember who it was.
    let profileValues: [ValueName]

    /// Prepares a rule set: the cost is that of its flows, once.
    package init(_ rules: RuleSet, version: RuleSetVersion? = nil) {
        self.rules = rules
        self.version = version
        var programs: [BundleName: [FlowName: FlowProgram]] = [:]
        for bundle in rules.definition.bundles {
            for flow in bundle.flows {
                programs[bundle.name, default: [:]][flow.name] = FlowProgram(flow)
            }
        }
        self.programs = programs
        let asked = rules.definition.bundles.reduce(into: Set<ValueName>()) {
            $0.formUnion($1.valuesAskedFor)
        }
        profileValues = CustomerProfile.valueNames.filter(asked.contains)
    }

    /// The same version with more notices, chosen for each bundle.
    package func announcing(
        _ notices: (BundleDefinition) -> [NoticeDefinition]
    ) throws(RuleSetError) -> Playbook {
        var copy = self
        copy.rules = try rules.announcing(notices)
        return copy
    }

    /// The flow called `name` of a bundle, as instructions.
    func program(_ name: FlowName, of bundle: BundleName) -> FlowProgram? {
        programs[bundle]?[name]
    }
}
