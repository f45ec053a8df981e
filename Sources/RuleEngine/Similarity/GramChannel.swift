/// One of the two views of the wordings, characters or sounds, as vectors of weighted grams.
///
/// A gram weighs by how few entries have it. A wording is a vector of unit length; an entry is
/// the square root of the sum of its wordings' vectors, of unit length again. Entries are kept
/// as postings by gram, to find candidates; wordings by entry and gram, to look at a candidate.
///
/// Grams are numbered in the order of their keys and weights are summed up in double precision,
/// so that the order of entries and wordings changes nothing.
struct GramChannel: Sendable {
    /// Numbers the grams.
    private(set) var grams: KeyTable
    /// By gram: in how many entries it is.
    private(set) var entryCounts: [UInt32] = []
    /// By gram: its weight.
    private(set) var weights: [Double] = []
    /// The weight of a gram no entry has.
    let unknownWeight: Double

    // By gram: where its postings begin; then, by posting: the entry and its component.
    private var postingStarts: [Int] = []
    private var postings: [(entry: UInt32, component: Float)] = []

    // By entry: where its rows begin. A row is one gram of an entry, in the grams' order; its
    // cells are the wordings that have the gram, counted within the entry, with their component.
    private var rowStarts: [Int] = []
    private var rows: [(gram: UInt32, cells: UInt32)] = []
    private var cells: [Cell] = []
    /// By entry: the reciprocal length of the root of the sum.
    private var entryScales: [Double] = []

    struct Cell: Sendable {
        let wording: UInt32
        let component: Float
    }

    /// Indexes wordings; `starts` says where each entry's begin, and where the last one's end.
    init(_ wordings: CountedWordings, entries starts: [Int]) {
        var all = wordings.counts.map(\.gram)
        all.sort()
        var keys: [UInt64] = []
        for key in all where keys.last != key { keys.append(key) }
        grams = KeyTable(keys)
        unknownWeight = SimilarityMath.weight(entries: starts.count - 1, having: 0)
        count(wordings, starts, grams: keys.count)
        rows.reserveCapacity(all.count + 1)
        cells.reserveCapacity(all.count)
        for (start, end) in zip(starts, starts.dropFirst()) { append(wordings, start..<end) }
        rowStarts.append(rows.count)
        rows.append((KeyTable.unknown, UInt32(cells.count)))
        fillPostings(grams: keys.count)
    }

    private mutating func count(
        _ wordings: CountedWordings, _ starts: [Int], grams count: Int
    ) {
        var lastEntry = Array(repeating: -1, count: count)
        entryCounts = Array(repeating: 0, count: count)
        for entry in starts.indices.dropLast() {
            for wording in starts[entry]..<starts[entry + 1] {
                for (gram, _) in wordings[wording] {
                    let number = Int(grams[gram])
                    if lastEntry[number] != entry { entryCounts[number] += 1 }
                    lastEntry[number] = entry
                }
            }
        }
        weights = entryCounts.map {
            SimilarityMath.weight(entries: starts.count - 1, having: Int($0))
        }
    }

    /// Adds an entry's rows.
    private mutating func append(_ wordings: CountedWordings, _ own: Range<Int>) {
        var placed: [(gram: UInt32, cell: Cell)] = []
        for wording in own {
            let vector = wordings[wording].map { count in
                let gram = grams[count.gram]
                return (gram: gram, component: count.count * weights[Int(gram)])
            }
            let scale = SimilarityMath.reciprocalLength(
                vector.reduce(0) { $0 + $1.component * $1.component })
            for (gram, component) in vector {
                let number = UInt32(wording - own.lowerBound)
                let cell = Cell(wording: number, component: Float(component * scale))
                placed.append((gram, cell))
            }
        }
        placed.sort { ($0.gram, $0.cell.wording) < ($1.gram, $1.cell.wording) }
        rowStarts.append(rows.count)
        var square = 0.0
        for (index, one) in placed.enumerated() {
            if index == 0 || placed[index - 1].gram != one.gram {
                rows.append((one.gram, UInt32(cells.count)))
            }
            cells.append(one.cell)
            square += Double(one.cell.component)
        }
        // The components of a root are the roots of the sums: their squares are the sums.
        entryScales.append(SimilarityMath.reciprocalLength(square))
    }

    private mutating func fillPostings(grams count: Int) {
        postingStarts = Array(repeating: 0, count: count + 1)
        for gram in 0..<count {
            postingStarts[gram + 1] = postingStarts[gram] + Int(entryCounts[gram])
        }
        postings = Array(repeating: (0, 0), count: postingStarts[count])
        var next = postingStarts
        for entry in entryScales.indices {
            for row in rowStarts[entry]..<rowStarts[entry + 1] {
                let gram = Int(rows[row].gram)
                let component = rootedSum(row, leaving: nil) * entryScales[entry]
                postings[next[gram]] = (UInt32(entry), Float(component))
                next[gram] += 1
            }
        }
    }

    private func rootedSum(_ row: Int, leaving left: Int?) -> Double {
        var sum = 0.0
        for cell in cells[Int(rows[row].cells)..<Int(rows[row + 1].cells)]
        where Int(cell.wording) != left {
            sum += Double(cell.component)
        }
        return sum.squareRoot()
    }

    /// What an entry's components are multiplied by, when one of its wordings is left out.
    func entryScale(of entry: Int, leaving left: Int?) -> Double {
        guard let left else { return entryScales[entry] }
        var square = 0.0
        for cell in cells[Int(rows[rowStarts[entry]].cells)..<Int(rows[rowStarts[entry + 1]].cells)]
        where Int(cell.wording) != left {
            square += Double(cell.component)
        }
        return SimilarityMath.reciprocalLength(square)
    }

    /// Adds to each entry's score what the query has in common with it, times `share`.
    func score(_ query: GramQuery, times share: Double, into scores: inout [Float]) {
        let postings = postings.span
        var scores = scores.mutableSpan
        for term in query.known {
            let component = Float(term.component * share)
            let gram = Int(term.gram)
            for index in postingStarts[gram]..<postingStarts[gram + 1] {
                let posting = postings[index]
                scores[Int(posting.entry)] += component * posting.component
            }
        }
    }

    /// Goes through the grams that an entry has in common with the query.
    ///
    /// `body` hears the term's place in the query, the entry's component before scaling, and the
    /// cells; with a wording left out it doesn't hear grams that only that one has.
    @inline(__always)
    func forEachCommon(
        _ query: GramQuery, _ entry: Int, leaving left: Int? = nil,
        _ body: (_ term: Int, _ rooted: Double, _ cells: Span<Cell>) -> Void
    ) {
        let rows = rows.span
        let cells = cells.span
        var low = rowStarts[entry]
        let end = rowStarts[entry + 1]
        let terms = query.known.span
        for index in terms.indices {
            let gram = terms[index].gram
            var high = end
            while low < high {
                let middle = (low &+ high) / 2
                if rows[middle].gram < gram { low = middle &+ 1 } else { high = middle }
            }
            guard low < end else { return }
            guard rows[low].gram == gram else { continue }
            let found = cells.extracting(Int(rows[low].cells)..<Int(rows[low &+ 1].cells))
            var sum = 0.0
            for cell in found.indices where Int(found[cell].wording) != left {
                sum += Double(found[cell].component)
            }
            if sum > 0 { body(index, sum.squareRoot(), found) }
        }
    }
}

/// The counts of many wordings, one after another.
struct CountedWordings: Sendable {
    private(set) var counts: [(gram: UInt64, count: Double)] = []
    private var starts = [0]

    mutating func append(_ wording: GramCounts) {
        counts += wording.counts
        starts.append(counts.count)
    }

    subscript(wording: Int) -> ArraySlice<(gram: UInt64, count: Double)> {
        counts[starts[wording]..<starts[wording + 1]]
    }
}

/// A question as a vector of unit length, in one channel.
struct GramQuery: Sendable {
    /// The grams some entry has, in their order.
    private(set) var known: [Term] = []

    struct Term: Sendable {
        let gram: UInt32
        var component: Double
    }

    init(_ counts: GramCounts, in channel: GramChannel) {
        known.reserveCapacity(counts.counts.count)
        var square = 0.0
        for (key, count) in counts.counts {
            let gram = channel.grams[key]
            let isKnown = gram != KeyTable.unknown
            let weight = isKnown ? channel.weights[Int(gram)] : channel.unknownWeight
            let component = count * weight
            square += component * component
            if isKnown { known.append(Term(gram: gram, component: component)) }
        }
        let scale = SimilarityMath.reciprocalLength(square)
        for index in known.indices { known[index].component *= scale }
    }

    /// The place of a gram among ``known``, which holds it.
    func index(of gram: UInt32) -> Int {
        var low = 0
        var high = known.count - 1
        while low < high {
            let middle = (low + high) / 2
            if known[middle].gram < gram { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
