import ChatModel

/// What is known of the platform's `errcode`s (wecom-kf reference §16), as data.
enum ErrorTable {
    /// One code.
    struct Row: Sendable {
        var code: Int
        var handling: PlatformFailure.Handling
        /// In a few words for the operator.
        var meaning: String
        /// Whether the platform says anywhere what the number means.
        var isDocumented: Bool
    }

    /// The row of `code`.
    ///
    /// A code we don't know is given up: nothing says that repeating helps.
    static func row(for code: Int) -> Row {
        byCode[code]
            ?? Row(
                code: code, handling: .drop,
                meaning: "code \(code), unknown to this version; look it up at "
                    + "https://open.work.weixin.qq.com/devtool/query?e=\(code)",
                isDocumented: false)
    }

    private static let byCode = Dictionary(uniqueKeysWithValues: rows.map { ($0.code, $0) })

    /// Every known code once: first the KF family, then the global ones, each by number.
    static let rows: [Row] = families.flatMap { $0 }.map {
        Row(
            code: $0.0.rawValue, handling: $0.1, meaning: $0.2,
            isDocumented: !$0.2.hasSuffix(neverPublished))
    }

    /// How the rows of the gaps in the 95xxx family end: numbers kept by the platform to itself.
    private static let neverPublished = ", never published"

    private typealias Line = (PlatformErrorCode, PlatformFailure.Handling, String)
    private static let families: [[Line]] = [kf, busy, parameters, tokens, content, rights]

    private static let kf: [Line] = [
        (.invalidOpenKfID, .stop, "invalid open_kfid"),
        (.messageCountLimit, .drop, "over 5 messages since the customer last wrote"),
        (.messageTimeLimit, .drop, "over 48 hours since the customer last wrote"),
        (
            .servedCustomersLimit, .stop,
            "the quota of served customers is used up; the corp is not verified"
        ),
        (.noSuchAccount, .stop, "the KF account does not exist: deleted, or another corp's"),
        (.accountCountLimit, .stop, "the corp has too many KF accounts, or this is its last one"),
        (.illegalAccountName, .drop, "illegal account name"),
        (.invalidSyncToken, .withoutToken, "the sync token is forged or older than 10 minutes"),
        (.tooManyMenuItems, .drop, "over 10 menu items"),
        (.illegalMenuItem, .drop, "illegal menu item type"),
        (.unpublished95010, .drop, "code 95010, never published"),
        (
            .independentEditionSecret, .stop,
            "the corp uses KF inside WeCom; this secret is the independent edition's"
        ),
        (
            .mergedEditionSecret, .stop,
            "the corp does not use KF inside WeCom; this secret is the merged edition's"
        ),
        (.sessionEnded, .reconcile, "the session has ended"),
        (.notAServicer, .otherServicer, "no servicer of this account, or not activated in WeCom"),
        (
            .exclusiveServiceConfigured, .drop,
            "the console has an exclusive service configured already"
        ),
        (
            .transitionNotAllowed, .reconcile,
            "the session can't be moved from its state to this one"
        ),
        (.apiSwitchedOff, .stop, "the API switch is off under basic permissions"),
        (.sessionForbidsSending, .reconcile, "the session's state forbids sending"),
        (.servicerNotReceiving, .otherServicer, "the servicer has stopped or paused receiving"),
        (.unpublished95020, .drop, "code 95020, never published"),
        (.notInUpgradeRange, .drop, "not in the configuration of the upgrade service"),
        (.illegalLocationType, .drop, "illegal location_type"),
        (.grantedToAnotherApp, .stop, "the API was granted to another app"),
        (.unpublished95024, .drop, "code 95024, never published"),
        (.unpublished95025, .drop, "code 95025, never published"),
        (.accountsTooLittleUsed, .stop, "the KF accounts are used too little to create more"),
        (.unverifiedAccountLimit, .stop, "an unverified corp may have 10 KF accounts"),
        (.unpublished95028, .drop, "code 95028, never published"),
        (.unpublished95029, .drop, "code 95029, never published"),
        (.typeForbiddenByComponent, .drop, "the KF component forbids this message type"),
        (.customerNotRecent, .drop, "the customer has not consulted within 48 hours"),
        (.chatRecordRightLost, .stop, "the KF component has lost its chat-record permission"),
    ]

    private static let busy: [Line] = [
        (.busy, .retry, "the platform is busy"),
        (.dataConflict, .retry, "somebody else wrote at the same moment"),
        (.rateLimit, .wait, "called too often; blocked until the window ends"),
        (.concurrencyLimit, .retry, "too many calls of this endpoint at once"),
    ]

    private static let parameters: [Line] = [
        (.badUserID, .drop, "bad userid"),
        (.badMediaType, .drop, "bad media type"),
        (.badFileType, .drop, "bad file type"),
        (.badFileSize, .drop, "bad file size"),
        (.badMediaID, .uploadAgain, "bad or expired media_id"),
        (.badMessageType, .drop, "bad message type"),
        (.badImageSize, .drop, "bad image size"),
        (.badVideoSize, .drop, "bad video size"),
        (.badUserIDList, .drop, "bad list of userids"),
        (.illegalCharacters, .drop, "illegal characters in the request"),
        (.badParameter, .drop, "bad parameter"),
        (.overlongParameter, .drop, "bad or over-long parameter"),
        (.missingParameter, .drop, "missing parameter"),
        (.badExternalUserID, .drop, "bad external_userid: another corp's or another app's"),
        (.brokenImage, .drop, "the image is broken"),
        (.mediaIDMissing, .drop, "media_id missing"),
        (.badWelcomeCode, .drop, "the welcome code is used, or over 20 seconds old"),
        (.wantsGet, .drop, "the endpoint wants GET"),
        (.noSuchUser, .drop, "the user does not exist"),
        (.invalidCursor, .resetCursor, "invalid cursor"),
        (.noSuchDepartment, .drop, "the department does not exist"),
        (.noSuchUserID, .drop, "the userid does not exist"),
        (.badDepartmentID, .drop, "bad department id"),
        (.allTargetsInvalid, .drop, "all targets are invalid"),
        (.notAnExternalContact, .drop, "not an external contact"),
    ]

    private static let tokens: [Line] = [
        (
            .badSecret, .stop,
            "the secret is wrong or belongs to another corp, or the app is disabled"
        ),
        (.badCorpID, .stop, "the corp id is wrong"),
        (.badAccessToken, .refresh, "invalid access token"),
        (.badSuiteToken, .refresh, "invalid suite access token"),
        (.invalidSecret, .stop, "the secret is invalid"),
        (.accessTokenMissing, .refresh, "access token missing"),
        (.corpIDMissing, .stop, "corp id missing"),
        (.secretMissing, .stop, "secret missing"),
        (.accessTokenExpired, .refresh, "the access token has expired"),
        (.suiteTokenExpired, .refresh, "the suite access token has expired"),
    ]

    private static let content: [Line] = [
        (.blockedAsSpam, .drop, "blocked by the platform's anti-spam filter"),
        (.sensitiveContent, .drop, "blocked as sensitive content"),
        (.requestTooLarge, .drop, "the request is too large"),
        (.emptyMedia, .drop, "the file is empty"),
        (.emptyText, .drop, "the text is empty"),
        (.mediaTooLarge, .drop, "the file is too large"),
        (.textTooLarge, .drop, "the text is over 2048 bytes"),
        (.voiceTooLong, .drop, "the voice message is over 60 seconds"),
        (.urlWithoutScheme, .drop, "the URL lacks its scheme"),
        (.badVoiceFormat, .drop, "the voice message is in no format the platform knows"),
        (.badVoiceEncoding, .drop, "the voice message is not AMR"),
    ]

    private static let rights: [Line] = [
        (.callbackCheckFailed, .stop, "the platform's check of the callback URL failed"),
        (.corpNotVerified, .stop, "the corp is not verified"),
        (.callbackURLWanted, .stop, "the app needs a callback URL"),
        (.apiNotAuthorized, .stop, "the app has no right to this API"),
        (.noAPIPermission, .stop, "the app has no permission for this API"),
        (.suiteNotAuthorized, .stop, "the suite's token is wrong or its authorisation invalid"),
        (.authorizationRevoked, .stop, "the authorisation was revoked"),
        (.apiRetired, .stop, "the API was retired"),
        (.permissionWithdrawn, .stop, "the permission was withdrawn for disuse"),
        (.accountNotGranted, .stop, "the KF account is not granted to this app"),
        (.domainNotTrusted, .stop, "the domain is not a trusted one"),
        (.memberOutsideRange, .otherServicer, "the member is outside the app's visible range"),
        (.appDisabled, .stop, "the app is disabled"),
        (.systemAppDisabled, .stop, "the system app is disabled"),
        (.noRightToMember, .otherServicer, "no right to this member or department"),
        (.ipNotTrusted, .stop, "this server's IP is not in the app's list of trusted IPs"),
        (.memberNotVisible, .otherServicer, "the member is outside the app's visible range"),
        (.noRightToApp, .stop, "no right to this app"),
        (.corpUnavailable, .stop, "the corp is dissolved or banned"),
        (.ipNotInWhiteList, .stop, "this server's IP is not in the white list"),
    ]
}
