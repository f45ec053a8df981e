/// The stable ids of everything that can be wrong with a file.
///
/// 1xx is syntax, 2xx words, names and references, 3xx routing, 4xx what the platform can't do.
/// An id is never reused for something else; `docs/rules.md` lists them.
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

    case noExamples = "KF201"
    case doesNothing = "KF202"
    case oneCharacterKeyword = "KF203"
    case keywordFoldsToNothing = "KF204"
    case shortKeyword = "KF205"
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

    case hijackedExample = "KF301"
    case wonNotExample = "KF302"
    case tie = "KF303"
    case unheardExample = "KF304"
    case neverWins = "KF305"
    case handoffAndEnd = "KF310"
    case welcomeCannotMove = "KF311"

    case tooLong = "KF401"
    case tooManyItems = "KF402"
    case nothingToTap = "KF403"
    case badAddress = "KF404"
    case badPagePath = "KF405"
    case tooManyMessages = "KF406"
    case welcomeReply = "KF407"
    case waitingText = "KF410"
    case closingMessage = "KF411"

    /// How bad it is: the same for every finding with this id.
    package var severity: Diagnostic.Severity {
        switch self {
        case .noExamples, .doesNothing, .oneCharacterKeyword, .shortKeyword, .unused,
            .unansweredItem, .noFallback, .tie, .neverWins:
            .warning
        default: .error
        }
    }
}
