package import ChatModel

/// Why a rule set cannot be compiled: the author's mistake, with its place.
package struct RuleSetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Cause: Hashable, Sendable {
        /// RE2 refuses the pattern, or it is over ``RegularExpression/longestPattern``.
        case badRegularExpression(pattern: String, reason: String)
        /// `says`, `says_exactly` or `starts_with` with nothing but marks and spaces: it could
        /// never apply.
        case nothingToHear(pattern: String)
        /// Two bundles serve one account.
        case accountServedTwice(AccountAlias)
        /// More than 65 535 different characters in one bundle's keywords.
        case tooManyCharacters
    }

    /// What is wrong.
    package let cause: Cause
    /// The bundle it is in.
    package let bundle: BundleName
    /// The rule it is in; `nil` for what concerns the whole bundle.
    package let rule: RuleName?
    /// Where that rule begins.
    package let place: SourcePlace?
    /// Index into the rule's triggers.
    package let trigger: Int?

    /// An error in a bundle, or in one rule of it.
    init(
        _ cause: Cause, bundle: BundleName, rule: RuleDefinition? = nil, trigger: Int? = nil
    ) {
        self.cause = cause
        self.bundle = bundle
        self.rule = rule?.name
        self.place = rule?.place
        self.trigger = trigger
    }

    package var description: String {
        let location = [place?.description, rule.map { "rule '\($0)'" } ?? "bundle '\(bundle)'"]
        return location.compactMap(\.self).joined(separator: ": ") + ": \(message)"
    }

    /// What is wrong and what to do, without the place.
    package var message: String {
        switch cause {
        case .badRegularExpression(let pattern, let reason):
            "the regular expression '\(pattern)' is not usable: \(reason)"
        case .nothingToHear(let pattern):
            "'\(pattern)' has only marks and spaces, which keywords ignore; use 'matches'"
        case .accountServedTwice(let account):
            "another bundle already serves account '\(account)'; leave it in one of them"
        case .tooManyCharacters:
            "the keywords use more than 65535 different characters; split the bundle"
        }
    }
}
