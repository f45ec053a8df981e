import RuleEngine

extension Redaction {
    /// A part of a text that tells who somebody is or where to reach them.
    struct Part {
        var kind: Kind
        /// UTF-8 offsets of the text.
        var range: Range<Int>

        enum Kind: Hashable {
            /// Digits, perhaps with spaces and dashes between them.
            case number
            /// The last digits of a number.
            case tail
            /// Letters and digits: orders, parcels, plates, names on other networks.
            case code
            case mail, name, address
            /// Words of which nothing stays.
            case everything
        }

        /// The parts of a text, first to last; they don't overlap.
        ///
        /// `isKnown` tells which bytes of the original belong to a word that rules look for.
        static func parts(
            of folded: FoldedText, _ scope: Scope, _ isKnown: [Bool]
        ) -> [Part] {
            var bytes = Array(folded.text.utf8)
            var parts: [Part] = []
            func take(_ ranges: [Range<Int>], _ kind: Kind?) {
                for range in ranges {
                    let text = bytes[range]
                    if kind == .name, notNames.contains(where: { text.starts(with: $0.utf8) }) {
                        continue
                    }
                    if let kind {
                        parts.append(Part(kind: kind, range: folded.originalRange(ofText: range)))
                    }
                    // Nothing finds it again, or goes on behind it.
                    for place in range { bytes[place] = 0x0A }
                }
            }
            for pattern in days + named { take(pattern.ranges(in: bytes), pattern.kind) }
            // A whole number is none of a house.
            take(Numbers(in: bytes).whole, .number)
            for pattern in places { take(pattern.ranges(in: bytes), pattern.kind) }
            take(codes(in: bytes), .code)
            let numbers = Numbers(in: bytes).long {
                folded.originalRange(ofText: $0).allSatisfy { isKnown[$0] }
            }
            take(numbers, .number)
            for pattern in names { take(pattern.ranges(in: bytes), pattern.kind) }
            if scope != .telling { take(Numbers(in: bytes).all, .number) }
            let separate = separate(parts)
            return scope == .everything ? filled(separate, folded.original.utf8.count) : separate
        }

        /// The parts in their order, each without what one before it has: of ㋀坛街道, the number
        /// before it has the 1 and the address the 月, and both have all of ㋀ in the original.
        private static func separate(_ parts: [Part]) -> [Part] {
            var separate: [Part] = []
            var end = 0
            for part in parts.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
            where part.range.upperBound > end {
                let start = max(part.range.lowerBound, end)
                end = part.range.upperBound
                if start < end { separate.append(Part(kind: part.kind, range: start..<end)) }
            }
            return separate
        }

        /// The parts with everything between them.
        private static func filled(_ parts: [Part], _ count: Int) -> [Part] {
            var filled: [Part] = []
            var start = 0
            func fill(until end: Int) {
                if start < end { filled.append(Part(kind: .everything, range: start..<end)) }
            }
            for part in parts {
                fill(until: part.range.lowerBound)
                filled.append(part)
                start = part.range.upperBound
            }
            fill(until: count)
            return filled
        }

        /// Runs of letters and digits that are no words: four digits, or three of eight and more.
        private static func codes(in bytes: [UInt8]) -> [Range<Int>] {
            var runs: [Range<Int>] = []
            var start = 0
            for place in 0...bytes.count {
                if place < bytes.count, isAlphanumeric(bytes[place]) { continue }
                let run = start..<place
                start = place + 1
                let digits = bytes[run].count { (0x30...0x39).contains($0) }
                guard digits < run.count, run.count >= 6 else { continue }
                if digits >= 4 || (digits >= 3 && run.count >= 8) { runs.append(run) }
            }
            return runs
        }

        private static func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
        }

        // MARK: Patterns

        /// An expression for folded text; what it finds is its first group, or all of it.
        private struct Pattern: Sendable {
            /// `nil` for what is nobody's and stays.
            let kind: Kind?
            let regex: RegularExpression

            init?(_ kind: Kind?, _ expression: String) {
                guard let regex = try? RegularExpression(expression) else {
                    assertionFailure("a pattern of our own is refused: \(expression)")
                    return nil
                }
                self.kind = kind
                self.regex = regex
            }

            func ranges(in bytes: [UInt8]) -> [Range<Int>] {
                var ranges: [Range<Int>] = []
                var start = 0
                while start < bytes.count {
                    let rest = Array(bytes[start...])
                    guard let part = regex.firstValue(in: rest), !part.isEmpty else { break }
                    ranges.append(start + part.lowerBound..<start + part.upperBound)
                    start += part.upperBound
                }
                return ranges
            }
        }

        // The first to take something has it.

        /// Days, times and prices are nobody's; another day may not exist.
        private static let days: [Pattern] = [
            Pattern(nil, #"\b(?:19|20)[0-9]{2}[-/.]\#(month)[-/.]\#(day)\b"#),
            Pattern(nil, #"\b(?:\#(month)/\#(day)|\#(day)/\#(month))/(?:19|20)[0-9]{2}\b"#),
            Pattern(
                nil,
                #"(?:^|[^0-9./-])(\#(month)[./]\#(day) ?[-~至到] ?\#(month)[./]\#(day))(?:$|[^0-9./-])"#
            ),
            Pattern(nil, #"\b(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?\b"#),
            Pattern(nil, #"[¥$] ?(\#(amount))(?:$|[^0-9])"#),
            Pattern(nil, #"(?:^|[^0-9.,])(\#(amount)) ?(?:元|块|折|rmb)"#),
            Pattern(nil, #"(?:^|[^0-9.,])(\#(decimal)(?:[,、/~-] ?\#(decimal))+)(?:$|[^0-9.,])"#),
        ].compactMap(\.self)

        /// What says what it is.
        private static let named: [Pattern] = [
            Pattern(.mail, "[a-z0-9._%+-]+@[a-z0-9.-]+"),
            Pattern(
                .code, "(?:微信号?|wechat|wxid|vx|v信|qq号?)[是为: ]{0,3}([a-z0-9][a-z0-9_-]{4,19})"),
            Pattern(.tail, "(?:尾号|尾数|后[0-9三四五六]位)[是为: ]{0,2}([0-9]{3,6})(?:$|[^0-9])"),
        ].compactMap(\.self)

        private static let places: [Pattern] = [
            // 某省某市某区某路 8 号: two parts at least, of which one says where.
            Pattern(.address, "\(area)(?:\(area)|\(road)|\(house))+"),
            Pattern(.address, "\(road)(?:\(house))+"),
            Pattern(.address, "(?:\(room)){2,}"),
        ].compactMap(\.self)

        private static let names: [Pattern] = [
            Pattern(.name, #"(?:我叫|(?:\#(announced))[是为叫: ]{1,2})(\p{Han}{2,4})(?:$|\#(after))"#),
            Pattern(.name, #"(?:我叫|\#(announced))[是为叫: ]{0,2}(\#(surname)\p{Han}{1,2})"#),
            Pattern(.name, #"(?:我是|本人|这是)(\#(surname)\p{Han}{1,2})(?:$|\#(after))"#),
            Pattern(.name, #"(\#(surname)\p{Han}{0,2})(?:先生|女士|小姐|太太)"#),
            Pattern(.name, #"([^位个的名些老这那各\s[:punct:]])(?:先生|女士|小姐|太太)"#),
        ].compactMap(\.self)

        /// What stands where a name could stand and is none.
        private static let notNames = ["什么", "怎么", "啥", "不", "没", "电话", "手机", "地址", "姓名", "名字"]

        private static let month = "(?:0?[1-9]|1[0-2])"
        private static let day = "(?:0?[1-9]|[12][0-9]|3[01])"
        private static let decimal = #"[0-9]{1,4}\.[0-9]{1,2}"#
        private static let amount =
            #"(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}(?:\.[0-9]{1,2})?|\#(decimal))"#

        private static let announced =
            "姓名|名字|联系人|收[件货]人|取件人|免贵姓|敝姓|我姓"
        private static let after = #"[,，。.、；;!！?？ 的\n]|先生|女士|小姐|电话|手机|地址|号码"#
        private static let area = #"\p{Han}{2,8}(?:省|市|自治区|区|县|镇|乡|街道)"#
        private static let road =
            #"\p{Han}{1,10}(?:路|街|大道|巷|弄|胡同|村|小区|大厦|花园|家园|苑|广场|公寓)"#
        private static let house =
            "(?:[0-9a-z一二三四五六七八九十-]{1,8}(?:号楼|号院|号|弄|栋|幢|座|楼|层|单元|室))"
        private static let room = "(?:[0-9a-z一二三四五六七八九十-]{1,8}(?:号楼|栋|幢|座|楼|层|单元|室))"
        /// The surnames of nine in ten people, without those that mostly begin other words.
        private static let surname =
            "(?:欧阳|司马|上官|诸葛|司徒|皇甫|令狐|慕容|"
            + "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程魏"
            + "苏吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱侯邹熊孟秦阎薛尹段雷黎史龙陶贺顾毛郝龚邵"
            + "覃武钱戚严莫孔白康洪汤易牛樊葛章鲁施柏殷耿鲍费涂岑倪萧梅盛童颜郁俞庄裴季聂辛焦柴翟祝翁靳])"
    }
}
