package import RuleEngine

/// The canonical form of rule files and test files.
///
/// Two spaces a level, list items as `- key:`, one space inside braces and none inside brackets,
/// no quotes that aren't needed, keys of a rule, a menu and the like in the order of the reference.
/// Every comment and every group of lines stays with its neighbour. Formatting twice is formatting
/// once, and a file never means anything else afterwards: the result is read again and compared,
/// and if it differs the file is left as it is.
package enum RuleFormatter {
    /// What became of a file.
    package struct Result: Hashable, Sendable {
        /// The canonical text; the text as it was, where there is none.
        package let text: String
        /// Why the file can't be read; empty if it can.
        package let diagnostics: [Diagnostic]
        /// Where the canonical text would have meant something else, which is a mistake of the
        /// formatter: ``text`` is the text as it was.
        package let refusal: SourcePlace?

        /// Whether ``text`` is in canonical form.
        package var isFormatted: Bool { diagnostics.isEmpty && refusal == nil }
    }

    /// The canonical form of `source`.
    ///
    /// - Parameters:
    ///   - keys: The language to write the format's keys in; `nil` leaves them as they are.
    /// - Returns: A text that ends in one line feed and has no byte-order mark. Files the YAML
    ///   layer refuses come back unchanged, with its findings; so it is bounded as that layer is.
    package static func format(
        _ source: RuleSource, keys: KeyVocabulary.Language? = nil
    ) -> Result {
        let log = DiagnosticLog()
        let roots = YAMLDocument.parse(source, allowsSeveral: true, log: log)
        guard !roots.isEmpty, !log.hasErrors else {
            return Result(text: source.text, diagnostics: log.diagnostics, refusal: nil)
        }
        func refused(at place: SourcePlace) -> Result {
            Result(text: source.text, diagnostics: [], refusal: place)
        }
        let text: String
        do throws(CommentedTreeReader.Mismatch) {
            var reader = CommentedTreeReader(YAMLText(source))
            var printer = TreePrinter(keys: keys)
            printer.write(try reader.documents(roots))
            text = CommentAlignment.texts(printer.lines).joined(separator: "\n") + "\n"
        } catch {
            return refused(at: SourcePlace(file: source.path, line: error.line, column: 1))
        }
        if text == source.text { return Result(text: text, diagnostics: [], refusal: nil) }
        let again = YAMLDocument.parse(
            RuleSource(path: source.path, text: text), allowsSeveral: true, log: DiagnosticLog())
        if let place = SameMeaning.difference(roots, again) { return refused(at: place) }
        return Result(text: text, diagnostics: [], refusal: nil)
    }
}
