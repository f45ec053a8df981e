import FoundationEssentials
import RuleEngine
import RuleFiles

extension ReplayReport {
    /// The report as JSON: two-space indented, keys sorted, names and words in English.
    ///
    /// The top level is `{ "files": […], "left_out": 0 }`, with `coverage` where it was counted;
    /// every file has `path`, `unreadable`, `diagnostics` and `tests`, and `examples` where they
    /// were asked.
    package var json: String {
        get throws {
            try printed(self)
        }
    }
}

extension CoverageReport {
    /// The report as JSON: two-space indented, keys sorted.
    ///
    /// `{ "percent": 93.1, "kinds": { "rule": { "covered": 12, "all": 13 }, … },
    /// "uncovered": [{ "kind", "file", "line", "column", "name" }, …] }`.
    package var json: String {
        get throws { try printed(self) }
    }
}

private func printed(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
}

extension ReplayReport: Encodable {
    private enum CodingKeys: String, CodingKey { case files, leftOut = "left_out", coverage }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(files, forKey: .files)
        try object.encode(leftOut, forKey: .leftOut)
        try object.encodeIfPresent(coverage, forKey: .coverage)
    }
}

extension TestReport.Failure: Encodable {
    private enum CodingKeys: String, CodingKey { case place, step, expected, actual, replies }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(place, forKey: .place)
        try object.encode(step, forKey: .step)
        try object.encode(expected.en, forKey: .expected)
        try object.encode(actual.en, forKey: .actual)
        try object.encodeIfPresent(replies, forKey: .replies)
    }
}

extension TestReport.Line: Encodable {
    private enum CodingKeys: String, CodingKey { case time, actor, words, result }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(time, forKey: .time)
        try object.encode(actor.en, forKey: .actor)
        try object.encode(words.en, forKey: .words)
        try object.encodeIfPresent(result?.en, forKey: .result)
    }
}
