import Foundation
import FoundationXML

/// Why a callback's XML was refused; holds none of its text.
package enum CallbackXMLError: Error, Hashable, Sendable {
    /// More bytes than ``CallbackXML/largestDocument``.
    case tooLarge(Int)
    /// Not UTF-8, or holding a NUL byte.
    case notUTF8
    /// A DOCTYPE, an entity, a comment or a processing instruction, none of which callbacks use.
    case markupRefused
    /// Elements nested deeper than ``CallbackXML/deepestNesting``.
    case tooDeep
    /// Not well-formed, or its root is not `xml`.
    case malformed
    /// A field that must be there is absent or empty.
    case missing(field: String)
    /// A field that must be there once is there several times.
    case repeated(field: String)
    /// A field does not hold what it should: not a number, or longer than any real value.
    case invalid(field: String)
}

extension CallbackXMLError: CustomStringConvertible {
    /// What is wrong, in a sentence that quotes nothing.
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "the XML has \(bytes) bytes, more than a callback can have"
        case .notUTF8: "the XML is not UTF-8"
        case .markupRefused: "the XML holds a DOCTYPE, an entity or other refused markup"
        case .tooDeep: "the XML is nested deeper than a callback can be"
        case .malformed: "the XML is not well-formed or its root is not “xml”"
        case .missing(let field): "the XML has no \(field)"
        case .repeated(let field): "the XML has more than one \(field)"
        case .invalid(let field): "the XML's \(field) is not what it should be"
        }
    }
}

/// The flat XML of callbacks: texts by element name, directly below the root `xml`.
struct CallbackXML {
    /// 1 MiB: a real callback has well under 2 KiB.
    static let largestDocument = 1 << 20
    /// Real callbacks have 2 levels, locations of other products 3.
    static let deepestNesting = 8

    private let texts: [String: [String]]

    init(_ bytes: [UInt8]) throws(CallbackXMLError) {
        guard bytes.count <= Self.largestDocument else { throw .tooLarge(bytes.count) }
        // Anything but UTF-8 could hide a DOCTYPE from the check below; so could UTF-16's NULs.
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw .notUTF8
        }
        let document = Self.withoutDeclaration(bytes)
        guard Self.isPlain(document) else { throw .markupRefused }

        let collector = FieldCollector(deepest: Self.deepestNesting)
        let parser = XMLParser(data: Data(document))
        parser.shouldResolveExternalEntities = false
        parser.delegate = collector
        let isWellFormed = parser.parse()
        guard !collector.isTooDeep else { throw .tooDeep }
        // On Linux `parse` returns true for cut-off documents: the error and the depth tell.
        guard isWellFormed, parser.parserError == nil, collector.isComplete,
            collector.root == "xml"
        else { throw .malformed }
        texts = collector.texts
    }

    /// All texts of the elements of this name, in their order.
    func all(_ name: String) -> [String] { texts[name] ?? [] }

    /// The text of the only element of this name; `nil` when it is absent or empty.
    func optional(_ name: String) throws(CallbackXMLError) -> String? {
        let found = all(name)
        guard found.count <= 1 else { throw .repeated(field: name) }
        return found.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The text of the only element of this name.
    func required(_ name: String) throws(CallbackXMLError) -> String {
        guard let text = try optional(name) else { throw .missing(field: name) }
        return text
    }

    /// Drops a leading `<?xml …?>`, whose `encoding` could make the parser read another text.
    private static func withoutDeclaration(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let start = bytes.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard start.starts(with: "<?xml ".utf8), let end = start.firstIndex(of: UInt8(ascii: ">"))
        else { return start }
        return start[(end + 1)...]
    }

    /// Whether `<!` opens nothing but CDATA, outside of which no `<?` and no own entity occurs.
    private static func isPlain(_ document: ArraySlice<UInt8>) -> Bool {
        var rest = document
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            rest = rest[open...]
            if rest.starts(with: "<![CDATA[".utf8) {
                guard let end = endOfCDATA(rest) else { return false }
                rest = rest[end...]
            } else if rest.starts(with: "<!".utf8) || rest.starts(with: "<?".utf8) {
                return false
            } else {
                rest = rest.dropFirst()
            }
        }
        return true
    }

    private static func endOfCDATA(_ section: ArraySlice<UInt8>) -> Int? {
        let close = UInt8(ascii: "]")
        var index = section.startIndex + 9
        while index + 2 < section.endIndex {
            if section[index] == close, section[index + 1] == close,
                section[index + 2] == UInt8(ascii: ">")
            {
                return index + 3
            }
            index += 1
        }
        return nil
    }
}

/// Gathers the texts of the elements below the root while the parser walks the document.
private final class FieldCollector: NSObject, XMLParserDelegate {
    private(set) var texts: [String: [String]] = [:]
    private(set) var root: String?
    private(set) var isTooDeep = false
    private var hasFailed = false
    private let deepest: Int
    private var depth = 0
    private var text: [UInt8] = []

    init(deepest: Int) { self.deepest = deepest }

    var isComplete: Bool { !hasFailed && depth == 0 && root != nil }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        depth += 1
        if depth == 1 { root = elementName }
        if depth == 2 { text = [] }
        if depth > deepest {
            isTooDeep = true
            parser.abortParsing()
        }
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        if depth == 2 {
            texts[elementName, default: []].append(String(decoding: text, as: UTF8.self))
        }
        depth -= 1
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) { hasFailed = true }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if depth == 2 { text += string.utf8 }
    }

    func parser(_ parser: XMLParser, foundCDATA CDATABlock: Data) {
        if depth == 2 { text += CDATABlock }
    }
}
