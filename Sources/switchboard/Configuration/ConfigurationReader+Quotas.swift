import Routing
import RuleFiles

/// `quotas:`: how often the platform may be called.
extension ConfigurationReader {
    /// The limits a word, a number or a map of figures means; what a map leaves out is as
    /// published.
    func quotas(_ node: YAMLNode) -> QuotaLimits {
        if let text = node.text {
            switch text {
            case "platform": return .platform
            case "off": return .off
            default:
                var limits = QuotaLimits.platform
                if let calls = Int(text), Self.figures.contains(calls) {
                    limits.corp.perMinute = calls
                    return limits
                }
                log.report(
                    .badValue, at: node,
                    Bilingual(en: "'quotas' has no '\(text)'", zh: "「quotas」没有「\(text)」"),
                    help: Bilingual(
                        en: "one of: platform, off, calls a minute as a number, or figures: "
                            + "{ per_minute: 5000, per_hour: 100000 }",
                        zh: "可以写：platform、off、每分钟的次数，或 "
                            + "{ per_minute: 5000, per_hour: 100000 }"))
                return limits
            }
        }
        guard let map = MapCursor(node, as: .quoted("quotas"), log: log) else { return .platform }
        var limits = QuotaLimits.platform
        limits.corp = rate(of: map, "per_minute", "per_hour", otherwise: limits.corp)
        limits.address = rate(of: map, "ip_per_minute", "ip_per_hour", otherwise: limits.address)
        limits.flight.most = map.integer("in_flight", in: Self.flights) ?? limits.flight.most
        if let endpoints = map.map("endpoints") {
            for entry in endpoints.namedEntries { read(entry, into: &limits) }
        }
        map.finish()
        return limits
    }

    private static let figures = 1...100_000_000
    private static let flights = 1...10_000

    private func read(_ entry: YAMLNode.Entry, into limits: inout QuotaLimits) {
        guard let endpoint = PlatformEndpoint(path: entry.name) else {
            log.report(
                .badValue, at: entry.key,
                Bilingual(
                    en: "the platform has no endpoint '\(entry.name)'",
                    zh: "平台没有接口「\(entry.name)」"),
                help: Bilingual(
                    en: "write what follows /cgi-bin/ in its address, such as kf/sync_msg",
                    zh: "写接口地址里 /cgi-bin/ 后面的部分，例如 kf/sync_msg"))
            return
        }
        guard let map = MapCursor(entry.value, as: .quoted(entry.name), log: log) else { return }
        limits.exceptions[endpoint] = QuotaLimits.Exception(
            corp: rate(of: map, "per_minute", "per_hour", otherwise: limits.corp),
            mostInFlight: map.integer("in_flight", in: Self.flights))
        map.finish()
    }

    private func rate(
        of map: MapCursor, _ minute: String, _ hour: String, otherwise rate: QuotaLimits.Rate
    ) -> QuotaLimits.Rate {
        QuotaLimits.Rate(
            perMinute: figure(minute, of: map, otherwise: rate.perMinute),
            perHour: figure(hour, of: map, otherwise: rate.perHour))
    }

    /// A number of calls; `off` for no limit.
    private func figure(_ key: String, of map: MapCursor, otherwise figure: Int?) -> Int? {
        guard let node = map.text(key), let text = node.text else { return figure }
        if text == "off" { return nil }
        if let calls = Int(text), Self.figures.contains(calls) { return calls }
        log.report(
            .badValue, at: node,
            Bilingual(
                en: "'\(key)' takes a number of calls or off, not '\(text)'",
                zh: "「\(key)」要写次数或 off，不是「\(text)」"),
            help: Bilingual("\(key): 5000"))
        return figure
    }
}
