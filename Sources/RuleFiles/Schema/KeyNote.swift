/// What a key means and what it takes, for people who write it: the hover texts of editors, and
/// the few things ``FileSchema`` doesn't have to know.
struct KeyNote {
    /// A key wherever it stands (`reply`), or of one kind of map (`slot.ask`).
    let key: String
    /// What it is for, in a sentence without a full stop.
    let meaning: Bilingual
    /// What a scalar there must look like; `nil` for any text.
    var form: Form?
    /// Whether a list may stand there.
    var list: ListUse?
    /// Whether the map needs it.
    var isRequired = false

    /// What a scalar looks like.
    enum Form {
        case flag
        /// Only `true`: to leave it out, delete the line.
        case onlyTrue
        case integer(ClosedRange<Int>)
        case decimal(ClosedRange<Double>)
        /// Numbers with units: `1h30m`.
        case duration
        /// A span of time, or one of these words.
        case durationOr([String])
        case oneOf([String])
        /// `09:00-12:00`, or a word for closed.
        case hours
        /// A text where otherwise a map stands.
        case text
    }

    /// Where lists are allowed.
    enum ListUse {
        /// One or several.
        case also
        case only
        case never
        /// Several below each name: `slot: { 订单.状态: [a, b] }`.
        case inside
        /// Lists of lists, too.
        case nested
    }

    init(
        _ key: String, _ zh: String, _ en: String, _ form: Form? = nil, list: ListUse? = nil,
        isRequired: Bool = false
    ) {
        self.key = key
        meaning = Bilingual(en: en, zh: zh)
        self.form = form
        self.list = list
        self.isRequired = isRequired
    }

    /// All notes, by their keys.
    static let all: [String: KeyNote] = {
        let notes = bundleNotes + ruleNotes + flowNotes + stepNotes + expectationNotes
        return Dictionary(notes.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }()

    /// The note on a key of a map: its own there, else the one it has everywhere.
    static func on(_ key: String, of kind: FileSchema.MapKind) -> KeyNote? {
        all["\(kind).\(key)"] ?? all[key]
    }
}
