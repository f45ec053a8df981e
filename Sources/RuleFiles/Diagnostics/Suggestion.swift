/// Finds what somebody probably meant.
package enum Suggestion {
    /// The candidate nearest to `word`, when it is near enough to be worth saying.
    ///
    /// Nearness is the edit distance in characters, a swap of neighbours counting as one; at most
    /// a third of the longer word, and at least one character must agree. Works for Chinese,
    /// where one wrong character of three is a typical slip. Looks at the first thousand
    /// candidates.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String?
    {
        let word = Array(word.prefix(64))
        var best: (distance: Int, candidate: String)?
        for candidate in candidates.prefix(1000) {
            let other = Array(candidate.prefix(64))
            let longer = max(word.count, other.count)
            let limit = max(1, longer / 3)
            guard longer > 1, abs(word.count - other.count) <= limit else { continue }
            let distance = editDistance(word, other)
            guard distance <= limit, distance < longer, distance < best?.distance ?? .max else {
                continue
            }
            best = (distance, candidate)
        }
        return best?.candidate
    }

    /// `did you mean 'x'?`, or nothing.
    package static func phrase(for word: String, among candidates: some Sequence<String>) -> String?
    {
        help(for: word, among: candidates)?.en
    }

    /// `did you mean 'x'?` in both languages, or nothing.
    package static func help(
        for word: String, among candidates: some Sequence<String>
    ) -> Bilingual? {
        nearest(to: word, among: candidates).map {
            Bilingual(en: "did you mean '\($0)'?", zh: "是不是「\($0)」？")
        }
    }

    /// Edits that turn one word into the other: insert, delete, replace, swap neighbours.
    private static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for i in left.indices {
            var current = [i + 1]
            current.reserveCapacity(right.count + 1)
            for j in right.indices {
                var cost = min(
                    previous[j + 1] + 1, current[j] + 1,
                    previous[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforePrevious[j - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
