import Foundation
import RuleEngine

/// A set of real questions under `fixtures/faq`.
struct FAQFixture {
    /// Five similar questions an entry at most.
    static let five = Result { try FAQFixture("five") }
    /// What ``five`` says about itself; slow without optimisation, so it is asked once.
    static let report = Result { try five.get().index.calibrate() }
    /// Thirty at most.
    static let thirty = Result { try FAQFixture("thirty") }

    let ids: [String]
    let entries: [SimilarityIndex.Entry]
    /// With the shipped numbers.
    let index: SimilarityIndex
    private let folder: String

    struct Line: Decodable {
        let id: String
        let question: String
        let similar: [String]
    }

    struct Query: Decodable {
        let text: String
        let label: String?
        let near: String?
    }

    /// `five` or `thirty`.
    static func named(_ folder: String) throws -> FAQFixture {
        try (folder == "five" ? five : thirty).get()
    }

    private init(_ folder: String) throws {
        let lines = try Self.lines("\(folder)/faq.jsonl", of: Line.self)
        self.folder = folder
        ids = lines.map(\.id)
        entries = lines.map { SimilarityIndex.Entry(wordings: [$0.question] + $0.similar) }
        index = SimilarityIndex(entries: entries)
    }

    func queries(_ name: String = "queries") throws -> [Query] {
        try Self.lines("\(folder)/\(name).jsonl", of: Query.self)
    }

    static func lines<Line: Decodable>(_ path: String, of type: Line.Type) throws -> [Line] {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../fixtures/faq/\(path)")
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(type, from: Data($0.utf8))
        }
    }
}
