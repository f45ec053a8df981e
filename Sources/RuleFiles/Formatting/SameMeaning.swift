import RuleEngine

/// Tells whether two texts mean the same to every reader of rule files.
enum SameMeaning {
    /// The place in the first tree where the second begins to mean something else; `nil` if they
    /// mean the same.
    ///
    /// Keys may change their order only in maps the formatter orders, and quotes may only go where
    /// no reader looks at them.
    static func difference(_ left: [YAMLNode], _ right: [YAMLNode]) -> SourcePlace? {
        for (left, right) in zip(left, right) {
            let shape = FileSchema.Shape(
                .unknown, FileSchema.root(left.map?.map(\.name) ?? []))
            if let place = difference(left, right, shape: shape) { return place }
        }
        guard left.count != right.count else { return nil }
        return (left.count > right.count ? left[right.count] : left.last ?? right[0]).place
    }

    private static func difference(
        _ left: YAMLNode, _ right: YAMLNode, shape: FileSchema.Shape
    ) -> SourcePlace? {
        switch (left.content, right.content) {
        case (.scalar(let text, let style), .scalar(let other, let otherStyle)):
            let isSame = text == other && left.isEmpty == right.isEmpty
            if style == otherStyle { return isSame ? nil : left.place }
            let isSeen =
                !shape.scalar.isSentence
                && text.unicodeScalars.contains {
                    FullWidth.halfWidth[$0] != nil
                }
            return isSame && !isSeen ? nil : left.place
        case (.list(let elements), .list(let others)):
            guard elements.count == others.count else { return left.place }
            for (element, other) in zip(elements, others) {
                if let place = difference(element, other, shape: shape.element) { return place }
            }
            return nil
        case (.map(let entries), .map(let others)):
            return difference(entries, others, shape: shape, place: left.place)
        default: return left.place
        }
    }

    private static func difference(
        _ entries: [YAMLNode.Entry], _ others: [YAMLNode.Entry], shape: FileSchema.Shape,
        place: SourcePlace
    ) -> SourcePlace? {
        guard entries.count == others.count else { return place }
        // A map that has a key in both languages is compared as it is written.
        let english = Set(entries.map { shape.map?.english(for: $0.name) ?? $0.name })
        func name(_ entry: YAMLNode.Entry) -> String {
            guard english.count == entries.count else { return entry.name }
            return shape.map?.english(for: entry.name) ?? entry.name
        }
        var pairs = Array(zip(entries, others))
        if shape.map?.ordersKeys == true {
            let byName = Dictionary(
                others.map { (name($0), $0) }, uniquingKeysWith: { first, _ in first })
            guard byName.count == others.count else { return place }
            pairs = []
            for entry in entries {
                guard let other = byName[name(entry)] else { return entry.key.place }
                pairs.append((entry, other))
            }
        }
        for (entry, other) in pairs {
            guard name(entry) == name(other) else { return entry.key.place }
            let value = shape.map?.shape(of: entry.name) ?? .unknown
            if let place = difference(entry.value, other.value, shape: value) { return place }
        }
        return nil
    }
}
