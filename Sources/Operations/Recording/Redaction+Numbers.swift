extension Redaction {
    /// The groups of digits of a folded text, and what stands between them.
    struct Numbers {
        private var groups: [Group] = []

        private struct Group {
            /// UTF-8 offsets of the folded text.
            var range: Range<Int>
            var count = 1
            /// 一二三, whose sequences are mostly words.
            var isChinese: Bool
            /// What stands before it.
            var gap: Gap
            /// Whether it has a letter beside it.
            var hasLetter: Bool
        }

        private enum Gap {
            /// Up to two spaces, dashes and parentheses.
            case narrow
            /// Up to three other marks, or none between 一 and 2.
            case wide
            /// Words, line ends, or many marks.
            case far
        }

        /// Reads folded text in UTF-8.
        init(in bytes: [UInt8]) {
            var place = 0
            var previous: Unicode.Scalar = "\n"
            var marks = 0
            var gap = Gap.far
            for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
                let start = place
                place += UTF8.width(scalar)
                if Self.isPartOfDigit(scalar) { continue }
                defer { previous = scalar }
                let isInGroup = Shape.digit(previous) != nil
                guard Shape.digit(scalar) != nil else {
                    if isInGroup {
                        (marks, gap) = (0, .narrow)
                        if Self.isLetter(scalar) { groups[groups.count - 1].hasLetter = true }
                    }
                    marks += 1
                    if scalar == "\n" || Self.isWord(scalar) || marks > 3 {
                        gap = .far
                    } else if gap == .narrow, !" ()-".unicodeScalars.contains(scalar) || marks > 2 {
                        gap = .wide
                    }
                    continue
                }
                let isChinese = Shape.isChineseDigit(scalar)
                let isLikeLast = groups.last?.isChinese == isChinese
                if isInGroup, isLikeLast, let last = groups.indices.last {
                    groups[last].range = groups[last].range.lowerBound..<place
                    groups[last].count += 1
                } else {
                    // 一 and 2 are seldom parts of one number.
                    let narrow = isLikeLast ? Gap.narrow : .wide
                    groups.append(
                        Group(
                            range: start..<place, isChinese: isChinese,
                            gap: isInGroup || gap == .narrow ? narrow : gap,
                            hasLetter: Self.isLetter(previous)))
                }
            }
        }

        /// Telephone, order, card and identity numbers: five digits and more, or seven whatever
        /// marks part them; one of five and more that is known stands for itself, and is left out.
        func long(isKnown: (Range<Int>) -> Bool) -> [Range<Int>] {
            var ranges: [Range<Int>] = []
            var open: [Run] = []
            func close() {
                if open.count > 1, open.reduce(0, { $0 + $1.count }) >= 7 {
                    ranges.append(open[0].range.lowerBound..<open[open.count - 1].range.upperBound)
                } else {
                    ranges += open.filter(\.isLong).map(\.range)
                }
                open = []
            }
            for run in runs {
                if run.gap == .far { close() }
                if run.isLong, isKnown(run.range) {
                    close()
                } else if run.isWhole {
                    close()
                    ranges.append(run.range)
                } else {
                    open.append(run)
                }
            }
            close()
            return ranges
        }

        /// Those that have ten digits and more and no letters beside them: nothing else belongs to
        /// them, whatever marks stand between.
        var whole: [Range<Int>] { runs.filter(\.isWhole).map(\.range) }

        /// Every group of digits but Chinese ones.
        var all: [Range<Int>] { groups.filter { !$0.isChinese }.map(\.range) }

        /// Groups with narrow gaps between them.
        private struct Run {
            var range: Range<Int>
            var count: Int
            var isChinese: Bool
            var gap: Gap
            var hasLetter: Bool

            var isWhole: Bool { count >= 10 && !hasLetter }
            var isLong: Bool { count >= (isChinese ? 7 : 5) }
        }

        private var runs: [Run] {
            var runs: [Run] = []
            for group in groups {
                if group.gap == .narrow, let last = runs.indices.last {
                    runs[last].range = runs[last].range.lowerBound..<group.range.upperBound
                    runs[last].count += group.count
                    runs[last].hasLetter = runs[last].hasLetter || group.hasLetter
                } else {
                    runs.append(
                        Run(
                            range: group.range, count: group.count, isChinese: group.isChinese,
                            gap: group.gap, hasLetter: group.hasLetter))
                }
            }
            return runs
        }

        /// The frame of a key, an accent, and what nobody sees.
        private static func isPartOfDigit(_ scalar: Unicode.Scalar) -> Bool {
            guard scalar.value >= 0x80 else { return false }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return true
            default: return false
            }
        }

        private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            (0x61...0x7A).contains(scalar.value)
        }

        private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }
}
