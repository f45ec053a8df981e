/// A trie in one array.
///
/// The child of cell s by number c is cell `base + c` if that one's `check` is s (J. Aoe, "An
/// Efficient Digital Search Algorithm by Using a Double-Array Structure", 1989).
struct DoubleArray: Sendable {
    /// One state's place.
    struct Cell: Sendable {
        var base: Int32 = 0
        /// The parent's cell; -1 while the cell is free.
        var check: Int32 = -1
    }

    /// The root is cell 0.
    ///
    /// There are always enough cells behind the last one used that `base + c` is one of them.
    private(set) var cells: [Cell]
    /// Trie nodes and their cells, parents before children, shorter keywords before longer.
    private(set) var placed: [(node: Int32, cell: Int32)] = [(0, 0)]

    // The free cells, a list in rising order: first fit looks only at these.
    private var nextFree: [Int32]
    private var previousFree: [Int32]
    private var firstFree: Int
    /// Where nodes with several children begin to look: before it, gaps are small.
    private var dense: Int
    private let alphabet: Int

    /// Tries before the search for a gap for several children moves on for good.
    ///
    /// More packs tighter and builds slower; single children fill the gaps left behind.
    private static let patience = 64

    /// Places a trie whose labels are 1…`alphabet`.
    init(_ trie: Trie, alphabet: Int) {
        self.alphabet = alphabet
        // Cells up to `alphabet` stay free for good: a base is never below 1, and a leaf, whose
        // base is 0, has only children that are not there.
        firstFree = alphabet + 1
        dense = firstFree
        cells = [Cell(base: 0, check: 0)]
        nextFree = [0]
        previousFree = [0]
        grow(to: max(64, trie.labels.count * 2) + 2 * alphabet)
        var children: [Int32] = []
        var visited = 0
        while visited < placed.count {
            let (node, cell) = placed[visited]
            visited += 1
            trie.children(of: node, into: &children)
            guard let first = children.first else { continue }
            let base = gap(for: children, trie.labels) - Int(trie.labels[Int(first)])
            cells[Int(cell)].base = Int32(base)
            for child in children {
                let place = base + Int(trie.labels[Int(child)])
                take(place)
                cells[place].check = cell
                placed.append((child, Int32(place)))
            }
        }
        let last = placed.reduce(0) { max($0, Int($1.cell)) }
        cells = Array(cells[...min(cells.count - 1, last + alphabet)])
        nextFree = []
        previousFree = []
    }

    /// A free cell for the first child, such that all children find theirs free.
    private mutating func gap(for children: [Int32], _ labels: [UInt16]) -> Int {
        let first = Int(labels[Int(children[0])])
        var place = children.count == 1 ? firstFree : dense
        var tries = 0
        while true {
            if place + 2 * alphabet >= cells.count { grow(to: cells.count * 2 + 2 * alphabet) }
            let fits = children.dropFirst().allSatisfy { child in
                cells[place - first + Int(labels[Int(child)])].check < 0
            }
            if fits { return place }
            tries += 1
            place = Int(nextFree[place])
            if tries == Self.patience { dense = place }
        }
    }

    private mutating func take(_ place: Int) {
        let next = Int(nextFree[place])
        let previous = Int(previousFree[place])
        if place == firstFree { firstFree = next } else { nextFree[previous] = Int32(next) }
        previousFree[next] = Int32(previous)
        if place == dense { dense = next }
    }

    /// Appends free cells; the list's end is always the cell that would come next.
    private mutating func grow(to count: Int) {
        let old = cells.count
        cells += repeatElement(Cell(), count: count - old)
        nextFree += (old..<count).map { Int32($0 + 1) }
        previousFree += (old..<count).map { Int32($0 - 1) }
    }
}
