import RuleEngine
import RuleFiles

/// A place in a document that a request is about.
struct Spot {
    /// The path as places have it.
    let file: String
    let document: TextDocument
    let position: TextPosition
    /// Line and character column, from 1.
    let place: SourcePlace
}

/// Jumping to names.
extension LanguageServer {
    /// The open document a request names.
    func document(of params: JSONValue) throws(ResponseError) -> (file: String, TextDocument) {
        guard let uri = params["textDocument"]?["uri"]?.string else {
            throw .invalidParams("'textDocument.uri' is missing")
        }
        let path = DocumentPath.path(of: uri)
        guard let open = documents[path] else {
            throw .invalidParams("the document is not open")
        }
        return (shown(path), open.document)
    }

    /// The place a request names.
    func spot(_ params: JSONValue) throws(ResponseError) -> Spot {
        let (file, document) = try document(of: params)
        let position = try TextPosition(params["position"])
        let column = document.column(of: position)
        return Spot(
            file: file, document: document, position: position,
            place: SourcePlace(file: file, line: position.line + 1, column: column + 1))
    }

    /// The names written at a spot, or ending there: a cursor stands between characters.
    mutating func names(at spot: Spot) -> [SymbolIndex.Occurrence] {
        let inFile = everyName(in: group(of: absolute(spot.file))).filter {
            $0.place.file == spot.file && $0.place.line == spot.place.line
        }
        func names(at column: Int) -> [SymbolIndex.Occurrence] {
            inFile.filter {
                ($0.place.column..<$0.place.column + $0.length).contains(column)
            }
        }
        let here = names(at: spot.place.column)
        return here.isEmpty ? names(at: spot.place.column - 1) : here
    }

    mutating func definition(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let spot = try spot(params)
        let found = names(at: spot)
        let symbols = rules(in: group(of: absolute(spot.file))).symbols
        return locations(found.flatMap { symbols.declarations(of: $0.symbol) })
    }

    mutating func references(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let spot = try spot(params)
        let found = names(at: spot)
        let includesDeclaration = params["context"]?["includeDeclaration"]?.bool ?? false
        let all = related(to: found, in: group(of: absolute(spot.file)))
        return locations(all.filter { includesDeclaration || !$0.isDeclaration })
    }

    /// Every place of these names; where a file is part of two bundles, those of both.
    private mutating func related(
        to found: [SymbolIndex.Occurrence], in folder: String
    ) -> [SymbolIndex.Occurrence] {
        let all = everyName(in: folder)
        var symbols = Set(found.map(\.symbol))
        var places: [SourcePlace: Set<SymbolIndex.Symbol>] = [:]
        for occurrence in all { places[occurrence.place, default: []].insert(occurrence.symbol) }
        var open = Array(symbols)
        while let next = open.popLast() {
            for occurrence in all where occurrence.symbol == next {
                for other in places[occurrence.place] ?? []
                where other.kind == next.kind && symbols.insert(other).inserted {
                    open.append(other)
                }
            }
        }
        return all.filter { symbols.contains($0.symbol) }
    }

    private func locations(_ occurrences: [SymbolIndex.Occurrence]) -> JSONValue {
        var seen: Set<SourcePlace> = []
        return .array(
            occurrences.filter { seen.insert($0.place).inserted }.map { occurrence in
                let document = document(occurrence.place.file)
                return [
                    "uri": uri(occurrence.place.file),
                    "range": document.range(occurrence.place, length: occurrence.length).json,
                ]
            })
    }

    // MARK: Renaming

    /// A name as it is written at one place: plain, or in quotes.
    private struct Written {
        let place: SourcePlace
        let length: Int
        let quote: Character?
    }

    /// How a name is written; `nil` where escapes hide it.
    private func written(_ occurrence: SymbolIndex.Occurrence, _ line: [Character]) -> Written? {
        let name = occurrence.symbol.lastName
        let start = occurrence.place.column - 1
        func reads(_ text: String, at offset: Int) -> Bool {
            let characters = Array(text)
            return offset >= 0 && offset + characters.count <= line.count
                && Array(line[offset..<offset + characters.count]) == characters
        }
        if reads(name, at: start) {
            let before = start > 0 ? line[start - 1] : " "
            let quote = ["\"", "'"].contains(before) ? before : nil
            return Written(place: occurrence.place, length: name.count, quote: quote)
        }
        for quote in ["\"", "'"] where reads(quote + name + quote, at: start) {
            var place = occurrence.place
            place.column += 1
            return Written(place: place, length: name.count, quote: Character(quote))
        }
        return nil
    }

    /// The name to rename at a spot: not a bundle's, which other systems know it by.
    private mutating func renamed(
        at spot: Spot
    ) throws(ResponseError) -> [SymbolIndex.Occurrence] {
        let found = names(at: spot)
        guard let first = found.first else {
            throw .failed(say("there is no name here", "这里没有可以改的名字"))
        }
        // A declared name is changed everywhere; one that isn't is a mistake to mend by hand.
        let symbols = rules(in: group(of: absolute(spot.file))).symbols
        guard !symbols.declarations(of: first.symbol).isEmpty || first.symbol.kind == .tag else {
            throw .failed(
                say("'\(first.symbol.name)' is not declared", "「\(first.symbol.name)」没有声明过"))
        }
        return found.filter { $0.place == first.place && $0.symbol.kind == first.symbol.kind }
    }

    mutating func prepareRename(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let spot = try spot(params)
        guard let found = try? renamed(at: spot), let first = found.first,
            let written = written(first, spot.document.characters(ofLine: first.place.line - 1))
        else { return .null }
        return [
            "range": spot.document.range(written.place, length: written.length).json,
            "placeholder": .string(first.symbol.lastName),
        ]
    }

    mutating func rename(
        _ params: JSONValue, _ more: inout [JSONValue]
    ) throws(ResponseError) -> JSONValue {
        let spot = try spot(params)
        guard let name = params["newName"]?.string else {
            throw .invalidParams("'newName' is missing")
        }
        let found = try renamed(at: spot)
        guard let symbol = found.first?.symbol else { return .null }
        if let problem = RuleName.problem(with: name, for: symbol.kind) {
            throw .failed(problem[language])
        }
        if name == symbol.lastName { return ["changes": [:]] }
        let folder = group(of: absolute(spot.file))
        let all = related(to: found, in: folder)
        try refuseTaken(name, all, in: folder)
        var edits: [String: [JSONValue]] = [:]
        var seen: Set<SourcePlace> = []
        for occurrence in all where seen.insert(occurrence.place).inserted {
            let file = occurrence.place.file
            let document = document(file)
            guard
                let written = written(
                    occurrence, document.characters(ofLine: occurrence.place.line - 1))
            else {
                throw .failed(
                    say(
                        "\(occurrence.place): '\(symbol.lastName)' is written with escapes there; "
                            + "change it by hand first",
                        "\(occurrence.place)：这里的「\(symbol.lastName)」用了转义写法，请先手动改"))
            }
            guard case .string(let uri) = uri(file) else { continue }
            edits[uri, default: []].append([
                "range": document.range(written.place, length: written.length).json,
                "newText": .string(name),
            ])
        }
        if symbol.kind.remembersNames { more.append(hint(symbol)) }
        return ["changes": .object(edits.mapValues(JSONValue.array))]
    }

    /// Two things of one kind with one name would be one thing.
    private mutating func refuseTaken(
        _ name: String, _ all: [SymbolIndex.Occurrence], in folder: String
    ) throws(ResponseError) {
        let symbols = rules(in: folder).symbols
        for symbol in Set(all.map(\.symbol)) where symbol.kind != .tag {
            var wanted = symbol
            wanted.name = symbol.parentName.map { "\($0).\(name)" } ?? name
            guard let taken = symbols.declarations(of: wanted).first else { continue }
            let noun = symbol.kind.noun
            throw .failed(
                say(
                    "'\(name)' is taken: there is \(noun.en) of that name at \(taken.place)",
                    "「\(name)」已经有了：\(taken.place) 有同名的\(noun.zh)"))
        }
    }

    /// Reports and old menus know the old name.
    private func hint(_ symbol: SymbolIndex.Symbol) -> JSONValue {
        let old = symbol.lastName
        return Self.notification(
            "window/showMessage",
            [
                "type": 3,
                "message": .string(
                    say(
                        "If '\(old)' was published, add 'renamed_from: \(old)', so that reports "
                            + "and menus on customers' screens go on.",
                        "如果「\(old)」已经发布过，请加一行 renamed_from: \(old)，"
                            + "这样报表和客户屏幕上的旧菜单才接得上。")),
            ])
    }
}

extension SymbolIndex.Symbol {
    /// The name as it is written: of an item without its menu.
    var lastName: String {
        guard kind == .menuItem, let dot = name.firstIndex(of: ".") else { return name }
        return String(name[name.index(after: dot)...])
    }

    /// The menu of an item.
    var parentName: String? {
        guard kind == .menuItem, let dot = name.firstIndex(of: ".") else { return nil }
        return String(name[..<dot])
    }
}

extension SymbolKind {
    /// Whether `renamed_from` can say what it was called before.
    fileprivate var remembersNames: Bool { [.rule, .menu, .menuItem, .survey].contains(self) }
}
