import RuleEngine
import Yams

/// Reads the YAML subset of rule files, test files and `switchboard.yml`.
///
/// No anchors, aliases, merge keys, tags, directives or tabs; keys are unique texts; scalars stay
/// texts. Bounded: 4 MiB, 64 levels, half a million nodes.
package enum YAMLDocument {
    /// The largest file read: a thousand times a large bundle, and a third of a second of work.
    package static let maximumBytes = 4 << 20
    /// The most nodes of one file, unless the caller says less.
    package static let maximumNodes = 500_000

    /// The cure for a file that is too big.
    static let split = Bilingual(
        en: "split it into several files with 'include:'", zh: "拆成几个文件，用 include: 引入")

    /// Parses a text that holds one document.
    ///
    /// - Returns: Its root; `nil` when the text is empty or wrong, and then `log` says why.
    package static func parse(_ source: RuleSource, log: DiagnosticLog) -> YAMLNode? {
        parse(source, allowsSeveral: false, log: log).first
    }

    /// Parses a text of one document or, where `allowsSeveral`, of many separated by `---`.
    ///
    /// - Returns: The roots in order; empty when the text is wrong, and then `log` says why.
    package static func parse(
        _ source: RuleSource, allowsSeveral: Bool, maximumNodes: Int = maximumNodes,
        log: DiagnosticLog
    ) -> [YAMLNode] {
        let start = SourcePlace(file: source.path, line: 1, column: 1)
        guard source.text.utf8.count <= maximumBytes else {
            log.report(
                Diagnostic(
                    .fileTooLarge, at: start,
                    Bilingual(
                        en: "the file has \(source.text.utf8.count) bytes; at most "
                            + "\(maximumBytes) are read",
                        zh: "文件有 \(source.text.utf8.count) 字节，最多只读 \(maximumBytes) 字节"),
                    help: Self.split))
            return []
        }
        let text = YAMLText(source)
        let ownLog = DiagnosticLog()
        var scanner = YAMLScanner(text, maximumNodes: maximumNodes, log: ownLog)
        scanner.scan()
        if !allowsSeveral, let second = scanner.documentStarts.first {
            ownLog.report(
                Diagnostic(
                    .severalDocuments,
                    at: text.place(line: second.line, scalarColumn: second.column), length: 3,
                    Bilingual(en: "a second document in one file", zh: "一个文件里有第二份文档"),
                    help: Bilingual(
                        en: "one bundle a file: move what follows into a file of its own",
                        zh: "一个文件只写一套规则：把后面的内容移到另一个文件")))
        }
        ownLog.diagnostics.forEach(log.report)
        if ownLog.hasErrors { return [] }

        var builder = YAMLTreeBuilder(
            text: text, lengths: scanner.lengths, maximumNodes: maximumNodes, log: log)
        var roots: [YAMLNode] = []
        do {
            // The parser must outlive the conversion: its nodes hold their anchors weakly.
            // Without resolving types, which nobody here asks for, it is a third faster.
            let parser = try Parser(yaml: text.text, resolver: .basic, encoding: .utf8)
            while let node = try parser.nextRoot() {
                guard let root = builder.build(node, depth: 1) else { return [] }
                roots.append(root)
            }
        } catch {
            YAMLProblem(error, text: text, fullWidth: scanner.fullWidth).report(to: log)
            return []
        }
        if roots.allSatisfy(\.isEmpty) {
            log.report(
                Diagnostic(
                    .emptyFile, at: start, Bilingual(en: "the file is empty", zh: "文件是空的"),
                    help: Bilingual(
                        en: "begin with 'kf: 1' and 'bundle: …', or delete the file",
                        zh: "以 kf: 1 和 bundle: … 开头，或者删掉这个文件")))
            return []
        }
        return roots
    }
}

/// Turns the library's nodes into ours, counting as it goes.
struct YAMLTreeBuilder {
    let text: YAMLText
    let lengths: [YAMLScanner.Mark: Int]
    let log: DiagnosticLog
    private let maximumNodes: Int
    private var count = 0

    private static let writeOut = Bilingual(en: "write it out", zh: "把内容直接写出来")

    init(
        text: YAMLText, lengths: [YAMLScanner.Mark: Int], maximumNodes: Int, log: DiagnosticLog
    ) {
        self.text = text
        self.lengths = lengths
        self.maximumNodes = maximumNodes
        self.log = log
    }

    /// The tree below `node`; `nil` once something is refused, which is reported.
    mutating func build(_ node: Node, depth: Int) -> YAMLNode? {
        let mark = YAMLScanner.Mark(
            line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        let place = text.place(line: mark.line, scalarColumn: mark.column)
        count += 1
        guard depth <= YAMLScanner.maximumDepth, count <= maximumNodes else {
            let isDeep = depth > YAMLScanner.maximumDepth
            log.report(
                Diagnostic(
                    isDeep ? .tooDeep : .tooManyNodes, at: place,
                    isDeep ? YAMLScanner.tooDeep : YAMLScanner.tooMany(maximumNodes),
                    help: YAMLDocument.split))
            return nil
        }
        // The scanner saw every anchor already; this is the second lock on an expensive door.
        guard node.anchor == nil else {
            log.report(
                Diagnostic(
                    .anchor, at: place,
                    Bilingual(en: "a YAML anchor or alias", zh: "YAML 的锚点或引用（& 或 *）"),
                    help: Self.writeOut))
            return nil
        }
        // A block map begins where its first key does, and covers as much for messages.
        let length =
            lengths[mark].map {
                text.characters(line: mark.line, scalarColumn: mark.column, scalars: $0)
            } ?? 1
        switch node {
        case .scalar(let scalar):
            let style: YAMLNode.Style =
                switch scalar.style {
                case .singleQuoted, .doubleQuoted: .quoted
                case .literal, .folded: .block
                case .any, .plain: .plain
                }
            let content = YAMLNode.Content.scalar(scalar.string, style)
            return YAMLNode(
                content: content, place: place, length: scalar.string.isEmpty ? 1 : length,
                openings: text.openings(of: scalar.string, from: mark))
        case .sequence(let sequence):
            var nodes: [YAMLNode] = []
            for element in sequence {
                guard let node = build(element, depth: depth + 1) else { return nil }
                nodes.append(node)
            }
            return YAMLNode(content: .list(nodes), place: place, length: length)
        case .mapping(let mapping):
            var entries: [YAMLNode.Entry] = []
            for (key, value) in mapping {
                guard let key = build(key, depth: depth + 1) else { return nil }
                guard let name = key.text else {
                    log.report(
                        .yamlSyntax, at: key,
                        Bilingual(en: "a key must be a text, this is ", zh: "键必须是文字，这里是")
                            + key.kindName,
                        help: Bilingual(
                            en: "for a placeholder write $(名字), not {{名字}}",
                            zh: "占位符写成 $(名字)，不要写 {{名字}}"))
                    return nil
                }
                if name == "<<" {
                    log.report(
                        .anchor, at: key,
                        Bilingual(en: "a YAML merge key, '<<'", zh: "YAML 的合并键“<<”"),
                        help: Self.writeOut)
                    return nil
                }
                guard let value = build(value, depth: depth + 1) else { return nil }
                entries.append(YAMLNode.Entry(key: key, name: name, value: value))
            }
            return YAMLNode(content: .map(entries), place: place, length: length)
        case .alias:
            log.report(
                Diagnostic(
                    .anchor, at: place,
                    Bilingual(en: "a YAML anchor or alias", zh: "YAML 的锚点或引用（& 或 *）"),
                    help: Self.writeOut))
            return nil
        }
    }
}
