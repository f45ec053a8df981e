import ChatModel
import PlatformSimulator
import RuleFiles

/// Reads a fault file, the plan of `simulate --faults`: all mistakes at once, each with its place
/// and cure.
struct FaultFileReader {
    private let log: DiagnosticLog

    /// The plan in the file at `path`.
    ///
    /// - Throws: ``CommandFailure`` with every mistake rendered.
    static func plan(at path: String) throws -> FaultPlan {
        let what = Bilingual(en: "fault file", zh: "故障文件")
        return try SimulationFile.value(at: path, what: what, option: "--faults") { root, log in
            FaultFileReader(log: log).read(root)
        }
    }

    private func read(_ root: YAMLNode) -> FaultPlan? {
        guard
            let map = MapCursor(
                root, as: Bilingual(en: "a fault file", zh: "故障文件"), log: log)
        else { return nil }
        let seed = map.integer("seed", in: 0...Int.max) ?? 0
        let calls = map.list("calls") ?? []
        let callbacks = map.list("callbacks") ?? []
        map.finish()
        return FaultPlan(
            seed: UInt64(seed), calls: calls.compactMap(callRule),
            callbacks: callbacks.compactMap(callbackRule))
    }

    private func callRule(_ node: YAMLNode) -> FaultPlan.CallRule? {
        let what = Bilingual(en: "a fault of calls", zh: "一条调用故障")
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        let endpoints = map.choices("endpoint", of: Endpoint.self).map(\.0)
        let errcode = map.integer("errcode", in: -1_000_000...1_000_000)
        let isByNumber = map.entry("fault") == nil && map.entry("errcode") != nil
        let kind =
            isByNumber ? .errcode : chosen("fault", of: CallFault.Kind.self, in: map)
        let lasting = seconds("seconds", of: map)
        let occasion = occasion(map)
        map.finish()
        guard let kind else { return nil }
        // What was written wrongly is reported already; a second complaint would only confuse.
        if map.entry("errcode") != nil, errcode == nil { return nil }
        if map.entry("seconds") != nil, lasting == nil { return nil }
        do throws(FaultDetailError) {
            return FaultPlan.CallRule(
                try CallFault(kind: kind, errcode: errcode, lasting: lasting),
                on: Set(endpoints), occasion)
        } catch {
            report(error, kind.rawValue, in: map)
            return nil
        }
    }

    private func callbackRule(_ node: YAMLNode) -> FaultPlan.CallbackRule? {
        let what = Bilingual(en: "a fault of callbacks", zh: "一条回调故障")
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        let kind = chosen("fault", of: CallbackFault.Kind.self, in: map)
        let copies = map.integer("copies", in: 1...100)
        let lasting = seconds("seconds", of: map)
        let occasion = occasion(map)
        map.finish()
        guard let kind else { return nil }
        if map.entry("seconds") != nil, lasting == nil { return nil }
        do throws(FaultDetailError) {
            return FaultPlan.CallbackRule(
                try CallbackFault(kind: kind, copies: copies, lasting: lasting), occasion)
        } catch {
            report(error, kind.rawValue, in: map)
            return nil
        }
    }

    private func chosen<Choice>(
        _ key: String, of type: Choice.Type, in map: MapCursor
    ) -> Choice? where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard map.requiredText(key) != nil else { return nil }
        return map.choice(key, of: type)
    }

    private func occasion(_ map: MapCursor) -> FaultPlan.Occasion {
        FaultPlan.Occasion(
            chance: map.decimal("chance", in: 0...1) ?? 1,
            count: map.integer("count", in: 1...1_000_000),
            from: seconds("from_seconds", of: map) ?? .zero, to: seconds("to_seconds", of: map))
    }

    /// Seconds, up to ten years.
    private func seconds(_ key: String, of map: MapCursor) -> Duration? {
        map.decimal(key, in: 0...315_360_000).map { .milliseconds(Int64(($0 * 1000).rounded())) }
    }

    private func report(_ error: FaultDetailError, _ kind: String, in map: MapCursor) {
        switch error {
        case .missing(let key):
            log.report(
                .missingKey, at: map.node,
                Bilingual(en: "'\(kind)' needs '\(key):'", zh: "\(kind) 缺少「\(key):」"),
                help: Bilingual(
                    en: "add it, for instance: \(key): \(key == "errcode" ? "45009" : "3")",
                    zh: "补上，例如 \(key): \(key == "errcode" ? "45009" : "3")"))
        case .needless(let key):
            log.report(
                .badValue, at: map.entry(key)?.key ?? map.node,
                Bilingual(en: "'\(kind)' takes no '\(key):'", zh: "\(kind) 不能写「\(key):」"),
                help: Bilingual(en: "delete it", zh: "删掉它"))
        }
    }
}
