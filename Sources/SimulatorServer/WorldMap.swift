/// A map within a description of a world: in a world file's YAML, or in a control request's JSON.
///
/// ``WorldReader`` reads both. Whoever conforms keeps the mistakes, each with its place; to the reader a wrong value is an
/// absent one.
package protocol WorldMap {
    /// Whether the key is there, rightly filled or not.
    func has(_ key: String) -> Bool
    /// A text with something in it.
    func text(_ key: String) -> String?
    /// Notes that the key has to be there.
    func missing(_ key: String)
    /// A whole number within `range`.
    func integer(_ key: String, in range: ClosedRange<Int>) -> Int?
    /// `true` or `false`.
    func flag(_ key: String) -> Bool?
    /// One of the enumeration's words.
    func choice<Choice>(_ key: String, of type: Choice.Type) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String
    /// One of the enumeration's words, or several; `nil` where the key is absent.
    func choices<Choice>(_ key: String, of type: Choice.Type) -> [Choice]?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String
    /// A map, which describes a `part`.
    func map(_ key: String, as part: WorldPart) -> Self?
    /// A list, maybe empty, of texts and of maps that describe a `part` each.
    func items(_ key: String, as part: WorldPart) -> [WorldItem<Self>]?
    /// Notes a mistake in the value of `key`.
    func refuse(_ key: String, _ mistake: WorldMistake)
    /// Notes every key nobody asked for; to be called last.
    func finish()
}

/// What a key that has to be there may hold, for messages.
package enum WorldExample {
    /// An example of the key's value; `nil` for keys that may be left out.
    package static func value(of key: String) -> String? { values[key] }

    private static let values = [
        "corp_id": "ww0000demo00000001", "apps": "[{ alias: kf, secret: s3cret }]",
        "alias": "kf", "secret": "s3cret", "open_kfid": "wkDEMO0000000000000002",
        "userid": "zhangsan", "id": "7", "calls": "2",
        "url": "http://127.0.0.1:8080/callback/kf", "token": "kfDemoToken2026",
        "aes_key": "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
    ]
}

/// An element of a list: by its name alone, or described.
package enum WorldItem<Map> {
    case name(String)
    case map(Map)
}

/// What a map of a world's description is about.
package enum WorldPart: String, Sendable {
    case world, corp, member, department, upgrade, app, callback, account, servicer, quotas, ceiling
}

/// What can be wrong with a value whose form is right.
package enum WorldMistake: Hashable, Sendable {
    /// The name stands for something else already.
    case taken(String)
    /// No part of this kind has the name; those that are known.
    case unknown(String, WorldPart, known: [String])
    /// A list whose elements have to be whole numbers from 1 has another one.
    case noNumber(String)
    /// A list whose elements have to be described has a name alone.
    case noMap(String)
    /// A list whose elements are names has a description.
    case noName
    /// The text is no account's id.
    case noAccountID(String)
    /// The text is no http or https URL.
    case noURL(String)
    /// Token and key are not what an app can have.
    case noCallbackKey

    /// What is wrong, in English.
    package var english: String {
        switch self {
        case .taken(let name): "'\(name)' is there already"
        case .unknown(let name, let part, _): "there is no \(part.rawValue) '\(name)'"
        case .noNumber(let text): "'\(text)' is no whole number from 1"
        case .noMap(let name): "'\(name)' alone says too little"
        case .noName: "only names stand here"
        case .noAccountID(let text): "'\(text)' is no account's id"
        case .noURL(let text): "'\(text)' is no http or https URL"
        case .noCallbackKey: "token or aes_key is not what an app can have"
        }
    }

    /// What to do about it, in English.
    package var englishCure: String {
        switch self {
        case .taken: "choose another, or delete one of the two"
        case .unknown(_, let part, let known):
            "add it to the \(part.rawValue)s of the corp"
                + (known.isEmpty ? "" : ", or take one of: " + known.joined(separator: ", "))
        case .noNumber: "write numbers: [7, 8]"
        case .noMap: "describe it with keys and values"
        case .noName: "write a list of names: [a, b]"
        case .noAccountID: "it begins with wk and has at most 64 bytes: wkDEMO0000000000000002"
        case .noURL: "write it whole: http://127.0.0.1:8080/callback/kf"
        case .noCallbackKey:
            "the token has up to 32 letters and digits, the key exactly 43 of them"
        }
    }
}
