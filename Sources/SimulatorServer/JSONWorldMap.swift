/// A map of a world's description in the JSON of a control request.
struct JSONWorldMap: WorldMap {
    /// What went wrong first, in the whole description.
    private final class Notes {
        var mistake: ControlError?
    }
    /// Which keys of one map were asked for.
    private final class Known {
        var keys: [String] = []
    }

    private let members: [String: JSONValue]
    /// As `corps[0].members[1]`; empty at the top.
    private let place: String
    private let notes: Notes
    private let known = Known()

    /// The whole description.
    init(_ members: [String: JSONValue]) {
        self.init(members, at: "", notes: Notes())
    }

    private init(_ members: [String: JSONValue], at place: String, notes: Notes) {
        self.members = members
        self.place = place
        self.notes = notes
    }

    /// The first mistake of the whole description.
    var mistake: ControlError? { notes.mistake }

    func has(_ key: String) -> Bool {
        known.keys.append(key)
        return members[key] != nil
    }

    private func value(_ key: String) -> JSONValue? {
        has(key) ? members[key] : nil
    }

    private func note(_ key: String?, _ what: String, hint: String? = nil) {
        if notes.mistake != nil { return }
        let words = [place.isEmpty ? nil : place + ":", key, what].compactMap { $0 }
        notes.mistake = ControlError(what: words.joined(separator: " "), hint: hint)
    }

    private func wrong<Value>(_ key: String, _ wanted: String) -> Value? {
        note(key, "is not \(wanted)")
        return nil
    }

    func text(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.text, !text.isEmpty else { return wrong(key, "a text") }
        return text
    }

    func missing(_ key: String) {
        note(
            key, "is missing",
            hint: WorldExample.value(of: key).map { "add it, for instance: \(key): \($0)" })
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(key) else { return nil }
        guard case .whole(let number) = value, range.contains(number) else {
            return wrong(
                key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .flag(let flag) = value else { return wrong(key, "true or false") }
        return flag
    }

    func choice<Choice>(_ key: String, of type: Choice.Type) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        choices(key, of: type)?.first
    }

    func choices<Choice>(_ key: String, of type: Choice.Type) -> [Choice]?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard let value = value(key) else { return nil }
        let values = if case .list(let list) = value { list } else { [value] }
        let choices = values.compactMap { $0.text.flatMap { Choice(rawValue: $0) } }
        guard !values.isEmpty, choices.count == values.count else {
            return wrong(
                key, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choices
    }

    func map(_ key: String, as part: WorldPart) -> JSONWorldMap? {
        guard let value = value(key) else { return nil }
        guard let members = value.members else { return wrong(key, "an object") }
        return JSONWorldMap(members, at: path(key), notes: notes)
    }

    func items(_ key: String, as part: WorldPart) -> [WorldItem<JSONWorldMap>]? {
        guard let value = value(key) else { return nil }
        guard case .list(let list) = value else { return wrong(key, "a list") }
        return list.enumerated().compactMap { place, value -> WorldItem<JSONWorldMap>? in
            switch value {
            case .text(let text) where !text.isEmpty: return .name(text)
            case .whole(let number): return .name(String(number))
            case .object(let members):
                return .map(JSONWorldMap(members, at: path("\(key)[\(place)]"), notes: notes))
            default: return wrong("\(key)[\(place)]", "a name or an object")
            }
        }
    }

    func refuse(_ key: String, _ mistake: WorldMistake) {
        note(key + ":", mistake.english, hint: mistake.englishCure)
    }

    func finish() {
        let unknown = members.keys.filter { !known.keys.contains($0) }.min()
        if let unknown {
            note(
                nil, "there is no '\(unknown)' here",
                hint: "known: " + known.keys.joined(separator: ", "))
        }
    }

    private func path(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
}
