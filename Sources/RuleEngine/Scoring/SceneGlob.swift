/// A pattern for scenes: `*` stands for any run of characters, everything else for itself.
///
/// Each piece between stars is taken at its first place, so that no backtracking is needed: time
/// is at most text times longest piece, whatever the pattern. Compares Unicode scalars, case and
/// all.
struct SceneGlob: Hashable, Sendable {
    private let pieces: [[Unicode.Scalar]]

    init(_ pattern: String) {
        pieces = pattern.unicodeScalars.split(separator: "*", omittingEmptySubsequences: false)
            .map(Array.init)
    }

    func matches(_ scene: String) -> Bool {
        let text = Array(scene.unicodeScalars)
        guard let head = pieces.first, let tail = pieces.last, pieces.count > 1 else {
            return text == pieces.first ?? []
        }
        guard text.count >= head.count + tail.count, text.starts(with: head),
            text.suffix(tail.count).elementsEqual(tail)
        else { return false }
        var rest = text[head.count..<text.count - tail.count]
        for piece in pieces[1..<pieces.count - 1] where !piece.isEmpty {
            guard let place = rest.firstRange(of: piece) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }
}
