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

    /// A child of the root; all zero for a character no keyword begins with.
    private struct Start: Sendable {
        var state: Int32 = 0
        var base: Int32 = 0
        var link = Link(base: 0, hasOutput: false, failsShallow: true)
    }

    /// The deepest state that the last two characters alone lead to.
    private struct Shallow {
        var state: Int32
        var link: Link
        var code: Int32
    }

    /// A cell's base and, so that most steps need nothing else, two facts about it.
    private struct Link: Sendable {
        private let bits: Int32

        init(base: Int32, hasOutput: Bool, failsShallow: Bool) {
            bits = base << 2 | (failsShallow ? 2 : 0) | (hasOutput ? 1 : 0)
        }

        var base: Int { Int(bits >> 2) }
        /// Whether keywords end here.
        var hasOutput: Bool { bits & 1 != 0 }
        /// Whether a text that doesn't go on here goes on where ``Shallow`` says.
        var failsShallow: Bool { bits & 2 != 0 }
        /// Whether anything but ``Shallow`` may come next.
        var isDeep: Bool { bits & ~1 != 2 }
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
        var steps = array.cells.map {
            Step(link: Link(base: $0.base, hasOutput: false, failsShallow: true), check: $0.check)
        }
        // Nobody's child, so that nothing goes on from the root but by `start`.
        steps[0].check = -1
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
            let base = array.cells[cell].base
            let hasOutput = firstOutput[cell] >= 0
            if parent == 0 {
                let code = Int(trie.labels[Int(node)])
                start[code].base = base
                start[code].link = Link(base: 0, hasOutput: hasOutput, failsShallow: true)
            }
            steps[cell].link = Link(
                base: base, hasOutput: hasOutput,
                failsShallow: fail == 0 || steps[fail].check == 0)
        }
        self.alphabet = alphabet
        self.steps = steps
        self.start = start
        self.fails = fails
        self.firstOutput = firstOutput
        self.outputs = outputs
    }

    /// Whether it finds nothing ever.
    var isEmpty: Bool { outputs.isEmpty }

    /// Hears every place where keywords end: how many characters in, and what to give
    /// ``claims(on:found:)``.
    @inline(__always)
    func scan(_ text: Span<UInt32>, found: (_ end: Int, _ output: Int32) -> Void) {
        guard !outputs.isEmpty else { return }
        // unsafe: `lookAhead` writes every element before `follow` reads it.
        unsafe withUnsafeTemporaryAllocation(of: Shallow.self, capacity: text.count) { buffer in
            unsafe lookAhead(text, buffer)
            follow(unsafe buffer.span, found: found)
        }
    }

    /// Goes from state to state, deeper than ``Shallow`` where the text allows.
    @inline(__always)
    private func follow(_ text: Span<Shallow>, found: (_ end: Int, _ output: Int32) -> Void) {
        var state: Int32 = 0
        var link = Start().link
        for index in text.indices {
            let shallow = text[index]
            // The state takes the place of its parent.
            var next = Step(link: shallow.link, check: shallow.state)
            while link.isDeep {
                let place = link.base &+ Int(shallow.code)
                let step = steps[place]
                if step.check == state {
                    next = Step(link: step.link, check: Int32(truncatingIfNeeded: place))
                    break
                }
                if link.failsShallow { break }
                state = fails[Int(state)]
                link = steps[Int(state)].link
            }
            state = next.check
            link = next.link
            if link.hasOutput { found(index &+ 1, firstOutput[Int(state)]) }
        }
    }

    /// Where every two neighbouring characters lead.
    ///
    /// Unlike the states of a walk, these don't depend on each other, so that the processor can
    /// wait for many of them at once, and most states of a walk are among them.
    @inline(__always)
    private func lookAhead(_ text: Span<UInt32>, _ result: UnsafeMutableBufferPointer<Shallow>) {
        var previous = start[0]
        for index in text.indices {
            let code = alphabet[text[index]]
            let own = start[code]
            let place = Int(previous.base) &+ code
            let step = steps[place]
            let isPair = step.check == previous.state
            unsafe result[index] = Shallow(
                state: isPair ? Int32(truncatingIfNeeded: place) : own.state,
                link: isPair ? step.link : own.link, code: Int32(truncatingIfNeeded: code))
            previous = own
        }
    }

    /// Hears the claims on the keywords that ``scan(_:found:)`` found, longest keyword first.
    @inline(__always)
    func claims(
        on output: Int32, found: (_ claim: TriggerIndex.Claim, _ length: Int32) -> Void
    ) {
        var output = output
        while output >= 0 {
            let entry = outputs[Int(output)]
            found(entry.claim, entry.length)
            output = entry.next
        }
    }

    /// Hears the claims on the keywords of an anchored automaton that the text begins with,
    /// shortest keyword first, and their lengths.
    ///
    /// Backwards, the text's last character comes first.
    @inline(__always)
    func walk(
        _ text: Span<UInt32>, backwards: Bool = false,
        found: (_ claim: TriggerIndex.Claim, _ length: Int) -> Void
    ) {
        guard !outputs.isEmpty else { return }
        var state = 0
        for index in text.indices {
            let code = alphabet[text[backwards ? text.count - 1 - index : index]]
            guard code != 0 else { return }
            let next = state == 0 ? Int(start[code].state) : steps[state].link.base + code
            guard next != 0, Int(steps[next].check) == state else { return }
            state = next
            claims(on: firstOutput[state]) { claim, _ in found(claim, index + 1) }
        }
    }
}
