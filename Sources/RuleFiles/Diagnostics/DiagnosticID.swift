/// The stable ids of everything that can be wrong with a file.
///
/// 1xx is syntax and files, 2xx words, names and references, 3xx routing, 4xx what the platform
/// can't do. An id is never reused for something else; `docs/findings.md` explains each.
package enum DiagnosticID: String, Hashable, Sendable, Codable, CaseIterable {
    case fileTooLarge = "KF101"
    case fullWidth = "KF102"
    case yamlSyntax = "KF103"
    case tab = "KF104"
    case anchor = "KF105"
    case tag = "KF106"
    case severalDocuments = "KF107"
    case duplicateKey = "KF108"
    case tooDeep = "KF109"
    case tooManyNodes = "KF110"
    case badCharacter = "KF111"
    case emptyFile = "KF112"
    case unknownKey = "KF120"
    case missingKey = "KF121"
    case wrongType = "KF122"
    case badValue = "KF123"
    case emptyText = "KF124"
    case unsupported = "KF125"
    case formatVersion = "KF126"
    case nothingIncluded = "KF131"
    case includeCycle = "KF132"
    case notAFragment = "KF133"
    case wireLock = "KF134"

    case noExamples = "KF201"
    case doesNothing = "KF202"
    case oneCharacterKeyword = "KF203"
    case keywordFoldsToNothing = "KF204"
    case shortKeyword = "KF205"
    case quotedText = "KF206"
    case foldAlwaysApplies = "KF207"
    case missingLanguage = "KF208"
    case uncertainValue = "KF209"
    case duplicateName = "KF210"
    case unknownName = "KF211"
    case notClickable = "KF212"
    case textCycle = "KF213"
    case accountServedTwice = "KF214"
    case invalidPattern = "KF215"
    case wireIDCollision = "KF216"
    case placeholder = "KF217"
    case unused = "KF218"
    case unansweredItem = "KF219"
    case noFallback = "KF220"
    case nothingToOverride = "KF221"
    case overlappingHours = "KF222"
    case tooManyCombinations = "KF223"
    case badRename = "KF224"
    case duplicateKeyword = "KF225"
    case widePattern = "KF226"
    case deadPattern = "KF227"
    case menuNeverShown = "KF228"
    case noGreeting = "KF229"
    case expired = "KF230"
    case expiresSoon = "KF231"
    case calendarYear = "KF232"
    case neverOpen = "KF233"
    case contradiction = "KF234"
    case noClosed = "KF235"

    case hijackedExample = "KF301"
    case wonNotExample = "KF302"
    case tie = "KF303"
    case unheardExample = "KF304"
    case neverWins = "KF305"
    case entangledQuestions = "KF306"
    case sameQuestion = "KF307"
    case handoffAndEnd = "KF310"
    case welcomeCannotMove = "KF311"
    case startAndMove = "KF312"
    case flowCycle = "KF313"
    case policyCycle = "KF314"
    case unreachableStep = "KF315"
    case flowTooDeep = "KF316"

    case tooLong = "KF401"
    case tooManyItems = "KF402"
    case nothingToTap = "KF403"
    case badAddress = "KF404"
    case badPagePath = "KF405"
    case tooManyMessages = "KF406"
    case welcomeReply = "KF407"
    case noticeReply = "KF408"
    case waitingText = "KF410"
    case closingMessage = "KF411"
    case illegalFallback = "KF412"
    case mayBeTooLong = "KF413"
    case mediaNotFound = "KF414"
    case mediaTooLarge = "KF415"
    case mediaFormat = "KF416"
    case mediaMayNotShow = "KF417"
    case mediaIDExpires = "KF418"
    case overBudget = "KF420"
    case illegalStep = "KF421"
    case idleOverdue = "KF422"

    /// How bad it is: the same for every finding with this id.
    package var severity: Diagnostic.Severity {
        switch self {
        case .noExamples, .doesNothing, .oneCharacterKeyword, .shortKeyword, .quotedText,
            .foldAlwaysApplies, .missingLanguage, .uncertainValue, .unused, .unansweredItem,
            .noFallback, .nothingToOverride, .tie, .neverWins, .duplicateKeyword, .widePattern,
            .deadPattern, .menuNeverShown, .noGreeting, .expired, .expiresSoon, .calendarYear,
            .neverOpen, .contradiction, .noClosed, .entangledQuestions,
            .mayBeTooLong, .mediaMayNotShow, .mediaIDExpires, .idleOverdue:
            .warning
        default: .error
        }
    }

    /// Where `docs/findings.md` explains it: `docs/findings.md#kf120`.
    package var anchor: String { "docs/findings.md#\(rawValue.lowercased())" }
}
