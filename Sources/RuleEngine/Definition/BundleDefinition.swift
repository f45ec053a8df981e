package import ChatModel

/// One bundle: the rules and all they refer to, for some accounts.
package struct BundleDefinition: Hashable, Sendable, Codable {
    /// Unique in the rule set.
    package var name: BundleName
    /// The accounts it serves; an account is served by one bundle at most.
    package var accounts: [AccountAlias]
    /// Who looks after it.
    package var owner: String?
    /// When it is in force; outside, no rule of it applies.
    package var valid: ActiveSpan?
    /// What its rules leave unsaid.
    package var defaults: Defaults
    /// Schedules by declaration order.
    package var schedules: [ScheduleDefinition]
    /// Menus by declaration order.
    package var menus: [MenuDefinition]
    /// Slots by declaration order.
    package var slots: [SlotDefinition]
    /// Notices by declaration order: the first that applies is sent.
    package var notices: [NoticeDefinition]
    /// Rules by declaration order, which settles equal scores.
    package var rules: [RuleDefinition]
    /// Flows by declaration order.
    package var flows: [FlowDefinition]
    /// Hand-off policies that have a name, by declaration order.
    package var policies: [HandoffDefinition]
    /// Surveys by declaration order.
    package var surveys: [SurveyDefinition]

    /// What a bundle's rules leave unsaid.
    package struct Defaults: Hashable, Sendable, Codable {
        /// Whether keywords are also heard spelled in pinyin (`tui kuan`).
        ///
        /// The other folds always apply.
        package var hearsPinyin: Bool
        /// Slots kept for the session are forgotten after this much silence.
        package var idle: Duration
        /// How many of the 5 messages no rule may use, so that a fallback can still be sent.
        package var budgetKeep: Int
        /// Above the candidates, when a question resembles several.
        package var askBack: Template
        /// The last line below the candidates.
        package var noneOfThese: Template
        /// The id with which a tap on that line comes back.
        package var noneOfTheseID: WireID
        /// How similar questions are compared.
        package var similar: SimilarDefaults

        /// Defaults; without arguments, those of a bundle that says nothing.
        package init(
            hearsPinyin: Bool = false, idle: Duration = .seconds(30 * 60), budgetKeep: Int = 1,
            askBack: Template = "您是想问：", noneOfThese: Template = "都不是",
            noneOfTheseID: WireID = "none-of-these", similar: SimilarDefaults = SimilarDefaults()
        ) {
            self.hearsPinyin = hearsPinyin
            self.idle = idle
            self.budgetKeep = budgetKeep
            self.askBack = askBack
            self.noneOfThese = noneOfThese
            self.noneOfTheseID = noneOfTheseID
            self.similar = similar
        }
    }

    /// A bundle; everything but name, accounts, menus and rules may be left out.
    package init(
        name: BundleName, accounts: [AccountAlias], owner: String? = nil,
        valid: ActiveSpan? = nil, defaults: Defaults = Defaults(),
        schedules: [ScheduleDefinition] = [], menus: [MenuDefinition],
        slots: [SlotDefinition] = [], notices: [NoticeDefinition] = [],
        rules: [RuleDefinition], flows: [FlowDefinition] = [],
        policies: [HandoffDefinition] = [], surveys: [SurveyDefinition] = []
    ) {
        self.name = name
        self.accounts = accounts
        self.owner = owner
        self.valid = valid
        self.defaults = defaults
        self.schedules = schedules
        self.menus = menus
        self.slots = slots
        self.notices = notices
        self.rules = rules
        self.flows = flows
        self.policies = policies
        self.surveys = surveys
    }

    /// The menu called `name`.
    package func menu(_ name: MenuName) -> MenuDefinition? { menus.first { $0.name == name } }
    /// The schedule called `name`.
    package func schedule(_ name: ScheduleName) -> ScheduleDefinition? {
        schedules.first { $0.name == name }
    }
    /// The slot called `name`.
    package func slot(_ name: SlotName) -> SlotDefinition? { slots.first { $0.name == name } }
    /// The flow called `name`.
    package func flow(_ name: FlowName) -> FlowDefinition? { flows.first { $0.name == name } }
    /// The policy called `name`.
    package func policy(_ name: PolicyName) -> HandoffDefinition? {
        policies.first { $0.name == name }
    }
    /// The survey called `name`.
    package func survey(_ name: SurveyName) -> SurveyDefinition? {
        surveys.first { $0.name == name }
    }
}

/// How a bundle's similar questions are compared.
package struct SimilarDefaults: Hashable, Sendable, Codable {
    /// From which probability on a question is answered, or asked back.
    package var thresholds: SimilarityThresholds
    /// What the authors know about their words.
    package var options: SimilarityOptions
    /// The numbers fitted to the bundle's own questions; `nil` for those shipped.
    package var calibration: Calibration?

    /// Defaults; without arguments, those of a bundle that says nothing.
    package init(
        thresholds: SimilarityThresholds = SimilarityThresholds(),
        options: SimilarityOptions = SimilarityOptions(), calibration: Calibration? = nil
    ) {
        self.thresholds = thresholds
        self.options = options
        self.calibration = calibration
    }
}

extension BundleDefinition {
    /// The numbers that fit its similar questions, `nil` when too few have several wordings.
    ///
    /// Deterministic; about 0.1 s for 1 000 questions, 0.4 s for 10 000.
    package func fittedCalibration() -> Calibration? {
        let wordings = rules.reduce(0) { $0 + $1.triggers.count(where: \.isQuestion) }
        // Fewer can't be fitted, so they need not be indexed.
        guard wordings >= Calibrator.fewestExamples else { return nil }
        var plain = self
        plain.defaults.similar.calibration = nil
        plain.notices = []
        guard let index = try? CompiledBundle(plain).similarity else { return nil }
        let report = index.calibrate()
        return report.isFitted ? report.calibration : nil
    }
}
