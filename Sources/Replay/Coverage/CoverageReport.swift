package import RuleEngine

/// Which places of the rules the tests and examples went through.
package struct CoverageReport: Sendable {
    /// What is counted, in the order reports have it.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case rule, trigger
        /// An item of a menu or a survey that can be tapped.
        case item
        /// A step of a flow, or one of the ways it can go on.
        case step
        /// A branch of a hand-off policy.
        case policy
        /// A state of the session that the rules lead to.
        case state
    }

    /// One place.
    package struct Point: Hashable, Sendable {
        /// What it is.
        package var kind: Kind
        /// Where it is written; of a trigger its rule, of a state its bundle.
        package var place: SourcePlace
        /// As the rules have it: `退款政策`, `退款政策 says 退货`, `主菜单.退款`,
        /// `查订单 ask 订单号: retry`, `售后: closed`.
        package var name: String
    }

    /// Every place of the rules that were played, by kind, file and line.
    package private(set) var points: [Point] = []
    private var covered: Set<Point> = []
    private var known: Set<Point> = []

    /// How many of one kind there are, and how many were gone through.
    package func count(_ kind: Kind) -> (covered: Int, all: Int) {
        let points = points.filter { $0.kind == kind }
        return (points.count { covered.contains($0) }, points.count)
    }

    /// The share of all places gone through, in percent, down to one decimal; 100 where there is
    /// none.
    package var percent: Double {
        guard !points.isEmpty else { return 100 }
        let count = points.count { covered.contains($0) }
        // Rounded down, so that 99.96 % doesn't pass for all of it.
        return (Double(count) * 1000 / Double(points.count)).rounded(.down) / 10
    }

    /// The places nobody went through.
    package var uncovered: [Point] { points.filter { !covered.contains($0) } }

    mutating func add(_ map: CoverageMap) {
        for point in map.points where known.insert(point).inserted { points.append(point) }
    }

    mutating func cover(_ point: Point) { covered.insert(point) }

    /// Puts the places in the order of the files.
    mutating func sort() {
        let order = Dictionary(uniqueKeysWithValues: Kind.allCases.enumerated().map { ($1, $0) })
        points.sort {
            ($0.place.file, order[$0.kind] ?? 0, $0.place.line, $0.place.column, $0.name)
                < ($1.place.file, order[$1.kind] ?? 0, $1.place.line, $1.place.column, $1.name)
        }
    }
}

extension CoverageReport: Encodable {
    private enum CodingKeys: String, CodingKey { case percent, kinds, uncovered }
    private enum CountKeys: String, CodingKey { case covered, all }
    private enum PointKeys: String, CodingKey { case kind, file, line, column, name }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(percent, forKey: .percent)
        var kinds = object.nestedContainer(keyedBy: KindKey.self, forKey: .kinds)
        for kind in Kind.allCases {
            var counts = kinds.nestedContainer(keyedBy: CountKeys.self, forKey: KindKey(kind))
            let (covered, all) = count(kind)
            try counts.encode(covered, forKey: .covered)
            try counts.encode(all, forKey: .all)
        }
        var list = object.nestedUnkeyedContainer(forKey: .uncovered)
        for point in uncovered {
            var one = list.nestedContainer(keyedBy: PointKeys.self)
            try one.encode(point.kind, forKey: .kind)
            try one.encode(point.place.file, forKey: .file)
            try one.encode(point.place.line, forKey: .line)
            try one.encode(point.place.column, forKey: .column)
            try one.encode(point.name, forKey: .name)
        }
    }

    private struct KindKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ kind: Kind) { stringValue = kind.rawValue }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
