/// What the tools know about the format without reading it: which keys a map may have, in which
/// order they are written, and what stands after them.
///
/// The reader of the language has its own, stricter idea; this table only serves the formatter,
/// the repairs and the translation of keys, which must also work on files that are still wrong. A
/// key that is missing here keeps its place and its value.
enum FileSchema {
    /// What kind of text a scalar is, for whoever may touch it.
    enum Scalar: Hashable, Sendable {
        /// Sentences of customers and for customers: never touched.
        case text
        /// The same, where a list of them is usual.
        case sentences
        /// Keywords: a comma of any width separates them.
        case words
        /// A name, or a list of names.
        case name
        /// A number, a span of time, a date: digits are ASCII.
        case number
        /// One of a fixed set of ASCII words.
        case choice
        /// No scalar belongs here.
        case none
        /// Nobody knows.
        case unknown

        /// Whether people's own sentences stand here.
        var isSentence: Bool { self == .text || self == .sentences }
    }

    /// What may stand after a key, or as an element of the list there.
    struct Shape: Hashable, Sendable {
        let scalar: Scalar
        let map: MapKind?

        init(_ scalar: Scalar, _ map: MapKind? = nil) {
            self.scalar = scalar
            self.map = map
        }

        static let text = Shape(.text, .languages)
        static let sentence = Shape(.text)
        static let sentences = Shape(.sentences)
        static let words = Shape(.words)
        static let name = Shape(.name)
        static let number = Shape(.number)
        static let choice = Shape(.choice)
        static let unknown = Shape(.unknown)

        static func map(_ kind: MapKind) -> Shape { Shape(.none, kind) }
        static func names(_ shape: Shape) -> Shape { Shape(.none, .named(shape)) }

        /// The shape of an element, where a list stands in this place.
        var element: Shape { map == .flow ? .map(.step) : self }
    }

    /// The maps of the format.
    indirect enum MapKind: Hashable, Sendable {
        /// Keys are names the author chose; all values have one shape.
        case named(Shape)
        /// A text in several languages.
        case languages
        case bundle, defaults, askBack, similar, namedText, wordList, schedule, menu, item, slot,
            acceptance
        case notice, rule, question, triggers, upgrade, conditions, openHours, valueTest
        case message, link, miniprogram, location, ending
        case flow, step, policy, preference, fallback, survey, lowGrade
        case testFile, test, pages, act
        case writes, sends, clicks, enters, recall, servicer, transfer, ends, answer
        case fault, failure, undeliverable, expectation, code

        /// The keys in their canonical order; empty where keys are names.
        var keys: [String] { table.keys }

        /// Whether the formatter puts the keys in order.
        ///
        /// The sections of a bundle stay as the author arranged them, and so do the lines of an
        /// expectation: no order is more readable than the author's.
        var ordersKeys: Bool {
            switch self {
            case .named, .bundle, .expectation, .languages, .answer: false
            default: true
            }
        }

        /// The English name of a key of this map, whether it is written in English or in Chinese;
        /// `nil` for a key the map doesn't have.
        func english(for key: String) -> String? {
            if case .named = self { return nil }
            return table.english[key]
        }

        /// Where the key stands in the canonical order; behind all others if it is unknown.
        func rank(of key: String) -> Int {
            english(for: key).flatMap { table.ranks[$0] } ?? .max
        }

        /// What stands after a key.
        func shape(of key: String) -> Shape {
            if case .named(let shape) = self { return shape }
            return english(for: key).flatMap { table.shapes[$0] } ?? .unknown
        }

        private var table: KeyTable { FileSchema.tables[self] ?? KeyTable([]) }
    }

    /// The map a whole file is, told by its keys: a file of tests says what it tests.
    static func root(_ keys: some Sequence<String>) -> MapKind {
        let names = ["tests_for", KeyVocabulary.chinese(for: "tests_for")]
        return keys.contains { names.contains($0) } ? .testFile : .bundle
    }

    /// The keys of one map, prepared for looking up.
    struct KeyTable: Sendable {
        let keys: [String]
        let ranks: [String: Int]
        let shapes: [String: Shape]
        let english: [String: String]

        init(_ fields: [(String, Shape)]) {
            keys = fields.map(\.0)
            ranks = Dictionary(
                keys.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            shapes = Dictionary(fields, uniquingKeysWith: { first, _ in first })
            var english: [String: String] = [:]
            for key in keys {
                english[key] = key
                if let chinese = KeyVocabulary.chinese(for: key) { english[chinese] = key }
            }
            self.english = english
        }
    }

    /// Every map with fixed keys.
    static let tables: [MapKind: KeyTable] = {
        var fields = bundleFields
        fields.merge(ruleFields) { first, _ in first }
        fields.merge(flowFields) { first, _ in first }
        fields.merge(testFields) { first, _ in first }
        return fields.mapValues(KeyTable.init)
    }()
}
