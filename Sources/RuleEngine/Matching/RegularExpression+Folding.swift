extension RegularExpression {
    /// Folds a pattern as the texts it meets are folded, so that 退貨 finds 退货.
    ///
    /// ASCII stays (`\D` is not `\d`; RE2 ignores case itself), and so do escaped characters and
    /// the ends of ranges in classes, whose order matters. A full-width mark folds to an ASCII
    /// one that means itself: ？ becomes `\?`. On the way `(?<name>` becomes `(?P<name>`, the
    /// only spelling this RE2 knows.
    static func pattern(folding source: String) -> String {
        let scalars = Array(source.unicodeScalars)
        var folded = ""
        var inClass = false
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            switch scalar {
            case "\\":
                folded.unicodeScalars.append(scalar)
                index += 1
                if index < scalars.count { folded.unicodeScalars.append(scalars[index]) }
            case "[" where !inClass:
                inClass = true
                folded.unicodeScalars.append(scalar)
                // A bracket that comes first in a class, or first after ^, means itself.
                var next = index + 1
                if next < scalars.count, scalars[next] == "^" { next += 1 }
                if next < scalars.count, scalars[next] == "]" { next += 1 }
                for skipped in scalars[(index + 1)..<next] { folded.unicodeScalars.append(skipped) }
                index = next - 1
            case "]" where inClass:
                inClass = false
                folded.unicodeScalars.append(scalar)
            case "(" where !inClass && opensName(scalars[index...]):
                folded += "(?P"
                index += 1
            case _ where scalar.isASCII || (inClass && isRangeEnd(scalars, index)):
                folded.unicodeScalars.append(scalar)
            default:
                folded += literal(scalar, inClass: inClass)
            }
            index += 1
        }
        return folded
    }

    /// `(?<n`, but neither lookbehind.
    private static func opensName(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        rest.starts(with: "(?<".unicodeScalars) && rest.count > 3
            && !"=!".unicodeScalars.contains(rest[rest.startIndex + 3])
    }

    private static func isRangeEnd(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        let after =
            index + 2 < scalars.count && scalars[index + 1] == "-" && scalars[index + 2] != "]"
        let before = index >= 2 && scalars[index - 1] == "-" && scalars[index - 2] != "["
        return after || before
    }

    private static func literal(_ scalar: Unicode.Scalar, inClass: Bool) -> String {
        var result = ""
        let folded = FoldedText(String(scalar)).text
        for part in folded.unicodeScalars {
            let isWord =
                !part.isASCII || part.properties.isAlphabetic || part.properties.numericType != nil
            if !isWord, part != " " { result += "\\" }
            result.unicodeScalars.append(part)
        }
        return inClass || folded.unicodeScalars.count < 2 ? result : "(?:\(result))"
    }
}
