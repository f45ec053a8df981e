/// A place of the format, for editors: which keys a map there may have, and what kind of value.
///
/// The formatter's table behind a face that other rooms may see; it knows no more than that, and
/// it also answers for files that are still wrong.
package struct FormatPlace: Hashable, Sendable {
    private let shape: FileSchema.Shape

    /// The place of a whole file, told by its top-level keys: a file of tests says what it tests.
    package static func root(_ keys: some Sequence<String>) -> FormatPlace {
        FormatPlace(shape: .map(FileSchema.root(keys)))
    }

    private init(shape: FileSchema.Shape) { self.shape = shape }

    /// What the map here is, as in `rule`, `triggers`, `policy`; `names` where the author chose
    /// its keys, `nil` where no map belongs.
    package var map: String? {
        guard let map = shape.map else { return nil }
        return if case .named = map { "names" } else { "\(map)" }
    }

    /// The keys of the map here, English, in canonical order; empty where they are names.
    package var keys: [String] { shape.map?.keys ?? [] }

    /// Whether a text may stand here.
    package var takesText: Bool { shape.scalar != .none && shape.scalar != .unknown }

    /// The English name of a key of the map here; `nil` for a name or an unknown key.
    package func english(for key: String) -> String? { shape.map?.english(for: key) }

    /// What stands after a key in either language, or after a name.
    package func value(of key: String) -> FormatPlace {
        FormatPlace(shape: shape.map?.shape(of: key) ?? .unknown)
    }

    /// What stands in a list here.
    package var element: FormatPlace { FormatPlace(shape: shape.element) }

    /// What is known of a key of the map here, in either language; `nil` for a name or an unknown
    /// key.
    package func guide(to key: String) -> Guide? {
        guard let kind = shape.map, let english = kind.english(for: key) else { return nil }
        let note = KeyNote.on(english, of: kind)
        return Guide(
            key: english, meaning: note?.meaning, values: note?.form?.values ?? [],
            isRequired: note?.isRequired ?? false)
    }

    /// What an editor tells about a key.
    package struct Guide: Hashable, Sendable {
        /// In English.
        package let key: String
        /// What it is for, in a sentence without a full stop; `nil` where nobody wrote one.
        package let meaning: Bilingual?
        /// The only values it takes; empty where there are too many.
        package let values: [String]
        /// Whether the map needs it.
        package let isRequired: Bool
    }
}

extension KeyNote.Form {
    /// All there are, where they can be listed.
    fileprivate var values: [String] {
        switch self {
        case .flag: ["true", "false"]
        case .onlyTrue: ["true"]
        case .oneOf(let values), .durationOr(let values): values
        case .integer, .decimal, .duration, .hours, .text: []
        }
    }
}
