/// The platform's `errcode`s that this version knows (wecom-kf reference §16), by name.
///
/// A code that is not among them is no error of ours: it stays a number in
/// ``PlatformFailure/code``, and is handled as one that repeating doesn't help.
package enum PlatformErrorCode: Int, Hashable, Sendable, CaseIterable {
    // The KF family; numbers the platform never published among them.
    case invalidOpenKfID = 95000
    case messageCountLimit = 95001
    case messageTimeLimit = 95002
    case servedCustomersLimit = 95003
    case noSuchAccount = 95004
    case accountCountLimit = 95005
    case illegalAccountName = 95006
    case invalidSyncToken = 95007
    case tooManyMenuItems = 95008
    case illegalMenuItem = 95009
    case unpublished95010 = 95010
    case independentEditionSecret = 95011
    case mergedEditionSecret = 95012
    case sessionEnded = 95013
    case notAServicer = 95014
    case exclusiveServiceConfigured = 95015
    case transitionNotAllowed = 95016
    case apiSwitchedOff = 95017
    case sessionForbidsSending = 95018
    case servicerNotReceiving = 95019
    case unpublished95020 = 95020
    case notInUpgradeRange = 95021
    case illegalLocationType = 95022
    case grantedToAnotherApp = 95023
    case unpublished95024 = 95024
    case unpublished95025 = 95025
    case accountsTooLittleUsed = 95026
    case unverifiedAccountLimit = 95027
    case unpublished95028 = 95028
    case unpublished95029 = 95029
    case typeForbiddenByComponent = 95030
    case customerNotRecent = 95031
    case chatRecordRightLost = 95032

    // What passes by itself.
    case busy = -1
    case dataConflict = 6000
    case rateLimit = 45009
    case concurrencyLimit = 45033

    // What the request says.
    case badUserID = 40003
    case badMediaType = 40004
    case badFileType = 40005
    case badFileSize = 40006
    case badMediaID = 40007
    case badMessageType = 40008
    case badImageSize = 40009
    case badVideoSize = 40011
    case badUserIDList = 40031
    case illegalCharacters = 40033
    case badParameter = 40035
    case overlongParameter = 40058
    case missingParameter = 40063
    case badExternalUserID = 40096
    case brokenImage = 40123
    case mediaIDMissing = 41006
    case badWelcomeCode = 41050
    case wantsGet = 43001
    case noSuchUser = 46004
    case invalidCursor = 50100
    case noSuchDepartment = 60003
    case noSuchUserID = 60111
    case badDepartmentID = 60123
    case allTargetsInvalid = 81013
    case notAnExternalContact = 84061

    // Who asks.
    case badSecret = 40001
    case badCorpID = 40013
    case badAccessToken = 40014
    case badSuiteToken = 40082
    case invalidSecret = 40091
    case accessTokenMissing = 41001
    case corpIDMissing = 41002
    case secretMissing = 41004
    case accessTokenExpired = 42001
    case suiteTokenExpired = 42009

    // What is sent.
    case blockedAsSpam = 40201
    case sensitiveContent = 40204
    case requestTooLarge = 40206
    case emptyMedia = 44001
    case emptyText = 44004
    case mediaTooLarge = 45001
    case textTooLarge = 45002
    case voiceTooLong = 45007
    case urlWithoutScheme = 45034
    case badVoiceFormat = 301016
    case badVoiceEncoding = 301017

    // Rights and configuration.
    case callbackCheckFailed = 40057
    case corpNotVerified = 43009
    case callbackURLWanted = 43012
    case apiNotAuthorized = 48001
    case noAPIPermission = 48002
    case suiteNotAuthorized = 48003
    case authorizationRevoked = 48004
    case apiRetired = 48005
    case permissionWithdrawn = 48006
    case accountNotGranted = 48007
    case domainNotTrusted = 50001
    case memberOutsideRange = 50002
    case appDisabled = 50003
    case systemAppDisabled = 50006
    case noRightToMember = 60011
    case ipNotTrusted = 60020
    case memberNotVisible = 60021
    case noRightToApp = 301002
    case corpUnavailable = 301007
    case ipNotInWhiteList = 301042
}

extension PlatformFailure {
    /// The code by name; `nil` for one this version doesn't know, and where no answer came.
    package var name: PlatformErrorCode? { code.flatMap(PlatformErrorCode.init) }
}
