/// A trie of keywords, only while a ``KeywordAutomaton`` is built.
///
/// Node 0 is the root.
struct Trie {
    /// The character that leads to each node.
    private(set) var labels: [UInt16] = [0]
    /// The keyword that ends at each node, -1 for none.
    private(set) var words: [Int32] = [-1]
    private var firstChild: [Int32] = [-1]
    private var lastChild: [Int32] = [-1]
    private var sibling: [Int32] = [-1]

    /// A trie of different, non-empty keywords, each a list of an ``Alphabet``'s numbers.
    init(_ keywords: [[UInt16]]) {
        var path: [Int32] = [0]
        var previous: [UInt16] = []
        // In order, so that a keyword shares the path of the one before it, and children are
        // added by rising number.
        let order = keywords.indices.sorted { keywords[$0].lexicographicallyPrecedes(keywords[$1]) }
        for word in order {
            let keyword = keywords[word]
            var shared = 0
            while shared < min(previous.count, keyword.count), previous[shared] == keyword[shared] {
                shared += 1
            }
            path.removeLast(path.count - 1 - shared)
            for label in keyword[shared...] {
                path.append(addChild(of: Int(path[path.count - 1]), label))
            }
            words[Int(path[path.count - 1])] = Int32(word)
            previous = keyword
        }
    }

    private mutating func addChild(of parent: Int, _ label: UInt16) -> Int32 {
        let node = Int32(labels.count)
        labels.append(label)
        words.append(-1)
        firstChild.append(-1)
        lastChild.append(-1)
        sibling.append(-1)
        if firstChild[parent] < 0 {
            firstChild[parent] = node
        } else {
            sibling[Int(lastChild[parent])] = node
        }
        lastChild[parent] = node
        return node
    }

    /// Fills `children` with a node's children, by rising label.
    func children(of node: Int32, into children: inout [Int32]) {
        children.removeAll(keepingCapacity: true)
        var child = firstChild[Int(node)]
        while child >= 0 {
            children.append(child)
            child = sibling[Int(child)]
        }
    }
}
