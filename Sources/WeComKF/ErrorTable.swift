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
            code: $0.0, handling: $0.1, meaning: $0.2,
            isDocumented: !$0.2.hasSuffix(neverPublished))
    }

    /// How the rows of the gaps in the 95xxx family end: numbers kept by the platform to itself.
    private static let neverPublished = ", never published"

    private typealias Line = (Int, PlatformFailure.Handling, String)
    private static let families: [[Line]] = [kf, busy, parameters, tokens, content, rights]

    private static let kf: [Line] = [
        (95000, .stop, "invalid open_kfid"),
        (95001, .drop, "over 5 messages since the customer last wrote"),
        (95002, .drop, "over 48 hours since the customer last wrote"),
        (95003, .stop, "the quota of served customers is used up; the corp is not verified"),
        (95004, .stop, "the KF account does not exist: deleted, or another corp's"),
        (95005, .stop, "the corp has too many KF accounts, or this is its last one"),
        (95006, .drop, "illegal account name"),
        (95007, .withoutToken, "the sync token is forged or older than 10 minutes"),
        (95008, .drop, "over 10 menu items"),
        (95009, .drop, "illegal menu item type"),
        (95010, .drop, "code 95010, never published"),
        (95011, .stop, "the corp uses KF inside WeCom; this secret is the independent edition's"),
        (
            95012, .stop,
            "the corp does not use KF inside WeCom; this secret is the merged edition's"
        ),
        (95013, .reconcile, "the session has ended"),
        (95014, .otherServicer, "no servicer of this account, or not activated in WeCom"),
        (95015, .drop, "the console has an exclusive service configured already"),
        (95016, .reconcile, "the session can't be moved from its state to this one"),
        (95017, .stop, "the API switch is off under basic permissions"),
        (95018, .reconcile, "the session's state forbids sending"),
        (95019, .otherServicer, "the servicer has stopped or paused receiving"),
        (95020, .drop, "code 95020, never published"),
        (95021, .drop, "not in the configuration of the upgrade service"),
        (95022, .drop, "illegal location_type"),
        (95023, .stop, "the API was granted to another app"),
        (95024, .drop, "code 95024, never published"),
        (95025, .drop, "code 95025, never published"),
        (95026, .stop, "the KF accounts are used too little to create more"),
        (95027, .stop, "an unverified corp may have 10 KF accounts"),
        (95028, .drop, "code 95028, never published"),
        (95029, .drop, "code 95029, never published"),
        (95030, .drop, "the KF component forbids this message type"),
        (95031, .drop, "the customer has not consulted within 48 hours"),
        (95032, .stop, "the KF component has lost its chat-record permission"),
    ]

    private static let busy: [Line] = [
        (-1, .retry, "the platform is busy"),
        (6000, .retry, "somebody else wrote at the same moment"),
        (45009, .wait, "called too often; blocked until the window ends"),
        (45033, .retry, "too many calls of this endpoint at once"),
    ]

    private static let parameters: [Line] = [
        (40003, .drop, "bad userid"),
        (40004, .drop, "bad media type"),
        (40005, .drop, "bad file type"),
        (40006, .drop, "bad file size"),
        (40007, .uploadAgain, "bad or expired media_id"),
        (40008, .drop, "bad message type"),
        (40009, .drop, "bad image size"),
        (40011, .drop, "bad video size"),
        (40031, .drop, "bad list of userids"),
        (40033, .drop, "illegal characters in the request"),
        (40035, .drop, "bad parameter"),
        (40058, .drop, "bad or over-long parameter"),
        (40063, .drop, "missing parameter"),
        (40096, .drop, "bad external_userid: another corp's or another app's"),
        (41006, .drop, "media_id missing"),
        (41050, .drop, "the welcome code is used, or over 20 seconds old"),
        (43001, .drop, "the endpoint wants GET"),
        (46004, .drop, "the user does not exist"),
        (50100, .resetCursor, "invalid cursor"),
        (60003, .drop, "the department does not exist"),
        (60111, .drop, "the userid does not exist"),
        (60123, .drop, "bad department id"),
        (81013, .drop, "all targets are invalid"),
        (84061, .drop, "not an external contact"),
    ]

    private static let tokens: [Line] = [
        (40001, .stop, "the secret is wrong or belongs to another corp, or the app is disabled"),
        (40013, .stop, "the corp id is wrong"),
        (40014, .refresh, "invalid access token"),
        (40082, .refresh, "invalid suite access token"),
        (40091, .stop, "the secret is invalid"),
        (41001, .refresh, "access token missing"),
        (41002, .stop, "corp id missing"),
        (41004, .stop, "secret missing"),
        (42001, .refresh, "the access token has expired"),
        (42009, .refresh, "the suite access token has expired"),
    ]

    private static let content: [Line] = [
        (40201, .drop, "blocked by the platform's anti-spam filter"),
        (40204, .drop, "blocked as sensitive content"),
        (40206, .drop, "the request is too large"),
        (44001, .drop, "the file is empty"),
        (44004, .drop, "the text is empty"),
        (45001, .drop, "the file is too large"),
        (45002, .drop, "the text is over 2048 bytes"),
        (45007, .drop, "the voice message is over 60 seconds"),
        (45034, .drop, "the URL lacks its scheme"),
    ]

    private static let rights: [Line] = [
        (40057, .stop, "the platform's check of the callback URL failed"),
        (43009, .stop, "the corp is not verified"),
        (43012, .stop, "the app needs a callback URL"),
        (48001, .stop, "the app has no right to this API"),
        (48002, .stop, "the app has no permission for this API"),
        (48003, .stop, "the suite's token is wrong or its authorisation invalid"),
        (48004, .stop, "the authorisation was revoked"),
        (48005, .stop, "the API was retired"),
        (48006, .stop, "the permission was withdrawn for disuse"),
        (48007, .stop, "the KF account is not granted to this app"),
        (50001, .stop, "the domain is not a trusted one"),
        (50002, .stop, "the member is outside the app's visible range"),
        (50003, .stop, "the app is disabled"),
        (50006, .stop, "the system app is disabled"),
        (60011, .stop, "no right to this member or department"),
        (60020, .stop, "this server's IP is not in the app's list of trusted IPs"),
        (60021, .stop, "the member is outside the app's visible range"),
        (301002, .stop, "no right to this app"),
        (301007, .stop, "the corp is dissolved or banned"),
        (301042, .stop, "this server's IP is not in the white list"),
    ]
}
