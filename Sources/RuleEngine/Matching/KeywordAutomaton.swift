/// Finds every keyword in a text in one pass, whose cost hardly depends on how many keywords
/// there are: Aho-Corasick on a ``DoubleArray``.
///
/// Works on folded characters, not bytes: a third of the steps for Chinese, and positions are
/// already what coverage counts. With many keywords the time goes into cache misses, so what
/// each step needs is 8 bytes, and what each keyword found needs is 16.
final class KeywordAutomaton: Sendable {
    private let alphabet: Alphabet
    private let steps: [Step]
    /// The root's children by number, which texts ask for most.
    private let start: [Start]
    /// By cell: where a text goes on that doesn't go on here.
    private let fails: [Int32]
    /// By cell: the first of the keywords that end here, -1 for none.
    private let firstOutput: [Int32]
    private let outputs: [Output]

    /// A cell as a step looks at it.
    private struct Step: Sendable {
        var link: Link
        var check: Int32
    }

    private struct Start: Sendable {
        var state: Int32 = 0
        var link = Link(base: 0)
    }

    /// A cell's base and, so that most steps need nothing else, two facts about it.
    private struct Link: Sendable {
        private var bits: Int32

        init(base: Int32) { bits = base << 2 }

        var base: Int { Int(bits >> 2) }
        /// Whether keywords end here.
        var hasOutput: Bool {
            get { bits & 1 != 0 }
            set { bits = newValue ? bits | 1 : bits & ~1 }
        }
        /// Whether a text that doesn't go on here begins anew.
        var failsToRoot: Bool {
            get { bits & 2 != 0 }
            set { bits = newValue ? bits | 2 : bits & ~2 }
        }
    }

    /// A keyword's end, for one trigger that claims it.
    private struct Output: Sendable {
        let claim: TriggerIndex.Claim
        let length: Int32
        /// The next claim on the same keyword or on a shorter one that ends here too; -1 for none.
        let next: Int32
    }

    /// A keyword, folded, and the triggers that claim it.
    struct Keyword {
        let scalars: [UInt32]
        var claims: [TriggerIndex.Claim]
    }

    /// Which keywords of a text matter.
    enum Kind {
        /// Those that begin anywhere: for ``scan(_:found:)``.
        case anywhere
        /// Those that the text begins with: for ``walk(_:found:)``.
        case anchored
    }

    /// An automaton of different, non-empty keywords.
    init(_ keywords: [Keyword], _ kind: Kind) throws(Alphabet.TooManyCharacters) {
        let alphabet = try Alphabet(of: keywords)
        let trie = Trie(keywords.map { $0.scalars.map { UInt16(alphabet[$0]) } })
        let array = DoubleArray(trie, alphabet: alphabet.count)
        var steps = array.cells.map { Step(link: Link(base: $0.base), check: $0.check) }
        var start = Array(repeating: Start(), count: alphabet.count + 1)
        var fails = Array(repeating: Int32(0), count: steps.count)
        var firstOutput = Array(repeating: Int32(-1), count: steps.count)
        var outputs: [Output] = []
        for (node, cell) in array.placed.dropFirst() where steps[Int(cell)].check == 0 {
            start[Int(trie.labels[Int(node)])].state = cell
        }
        for (node, cell) in array.placed.dropFirst() {
            let cell = Int(cell)
            let parent = Int(steps[cell].check)
            var fail = 0
            if kind == .anywhere, parent != 0 {
                let code = Int(trie.labels[Int(node)])
                var state = Int(fails[parent])
                while state != 0, Int(steps[steps[state].link.base + code].check) != state {
                    state = Int(fails[state])
                }
                fail = state == 0 ? Int(start[code].state) : steps[state].link.base + code
            }
            fails[cell] = Int32(fail)
            firstOutput[cell] = firstOutput[fail]
            let word = Int(trie.words[Int(node)])
            if word >= 0 {
                for claim in keywords[word].claims.reversed() {
                    outputs.append(
                        Output(
                            claim: claim, length: Int32(keywords[word].scalars.count),
                            next: firstOutput[cell]))
                    firstOutput[cell] = Int32(outputs.count - 1)
                }
            }
            steps[cell].link.failsToRoot = fail == 0
            steps[cell].link.hasOutput = firstOutput[cell] >= 0
        }
        for code in start.indices { start[code].link = steps[Int(start[code].state)].link }
        self.alphabet = alphabet
        self.steps = steps
        self.start = start
        self.fails = fails
        self.firstOutput = firstOutput
        self.outputs = outputs
    }

    /// Hears every place where keywords end: how many characters in, and what to give
    /// ``claims(on:found:)``.
    @inline(__always)
    func scan(_ text: Span<UInt32>, found: (_ end: Int, _ state: Int) -> Void) {
        guard !outputs.isEmpty else { return }
        var state = 0
        var link = Link(base: 0)
        for index in text.indices {
            let code = alphabet[text[index]]
            if code == 0 {
                state = 0
                continue
            }
            while state != 0 {
                let next = link.base &+ code
                let step = steps[next]
                if Int(step.check) == state {
                    state = next
                    link = step.link
                    break
                }
                state = link.failsToRoot ? 0 : Int(fails[state])
                link = steps[state].link
            }
            if state == 0 {
                state = Int(start[code].state)
                link = start[code].link
                if state == 0 { continue }
            }
            if link.hasOutput { found(index &+ 1, state) }
        }
    }

    /// Hears the claims on the keywords that end where ``scan(_:found:)`` found `state`, longest
    /// keyword first.
    @inline(__always)
    func claims(
        on state: Int, found: (_ claim: TriggerIndex.Claim, _ length: Int32) -> Void
    ) {
        var output = firstOutput[state]
        while output >= 0 {
            let entry = outputs[Int(output)]
            found(entry.claim, entry.length)
            output = entry.next
        }
    }

    /// Hears the claims on the keywords of an anchored automaton that the text begins with,
    /// shortest keyword first.
    @inline(__always)
    func walk(_ text: Span<UInt32>, found: (_ claim: TriggerIndex.Claim, _ end: Int) -> Void) {
        guard !outputs.isEmpty else { return }
        var state = 0
        for index in text.indices {
            let code = alphabet[text[index]]
            guard code != 0 else { return }
            let next = state == 0 ? Int(start[code].state) : steps[state].link.base + code
            guard next != 0, Int(steps[next].check) == state else { return }
            state = next
            claims(on: state) { claim, _ in found(claim, index + 1) }
        }
    }
}
