import Boundary
import ChatModel
import Routing

/// The effective configuration as the file would say it; secrets by their places only.
struct ConfigurationText {
    private let configuration: Configuration

    init(_ configuration: Configuration) { self.configuration = configuration }

    var lines: [String] {
        var lines = ["corps:"]
        for corp in configuration.corps {
            lines.append("  - alias: \(corp.alias)")
            lines.append("    corp_id: \(corp.id)")
            lines.append("    api: \(corp.api)")
            lines.append("    apps:")
            for app in corp.apps {
                lines.append("      - alias: \(app.alias)    # callback: /callback/\(app.alias)")
                switch app.credential {
                case .secret(let secret): lines.append("        secret: \(secret.name)")
                case .service(let url, let secret):
                    lines.append("        access_token:")
                    lines.append("          url: \"\(url)\"")
                    if let secret { lines.append("          secret: \(secret.name)") }
                }
                lines.append("        token: \(app.token.name)")
                lines.append("        aes_key: \(app.aesKey.name)")
                let accounts = app.accounts.sorted { $0.key < $1.key }
                    .map { "\($0.key): \($0.value)" }
                lines.append("        accounts: { \(accounts.joined(separator: ", ")) }")
            }
        }
        lines.append("listen: \(configuration.listen.text)")
        lines.append("store: \(configuration.store)")
        lines.append("rules: \(configuration.rules)")
        lines.append("first_start: \(firstStart)")
        lines += quotas
        lines.append("clock: \(configuration.clock.rawValue)")
        lines.append(
            "media: { keep: \(configuration.mediaRetention.components.seconds / 86_400)d }")
        return lines + calls
    }

    private var calls: [String] {
        if configuration.calls.isEmpty { return [] }
        var lines = ["calls:"]
        var service: String?
        for (operation, call) in configuration.calls.sorted(by: { $0.key < $1.key }) {
            if operation.service != service { lines.append("  \(operation.service):") }
            service = operation.service
            var keys = ["url: \"\(call.url)\"", "method: \(call.method.rawValue)"]
            if let secret = call.secret {
                keys.append("secret: \(secret.name)")
                keys.append("header: \(call.header)")
            }
            if !call.answer.isEmpty { keys.append("answer: \(call.answer.joined(separator: "."))") }
            keys.append("tries: \(call.tries)")
            lines.append("    \(operation.name): { \(keys.joined(separator: ", ")) }")
        }
        return lines
    }

    private var firstStart: String {
        switch configuration.firstStart {
        case .skip: "skip"
        case .since(let time): "{ since: \(LocalTime.text(time).replacing(" ", with: "T"))+08:00 }"
        case .unansweredOnly: "unanswered-only"
        }
    }

    private var quotas: [String] {
        let limits = configuration.quotas
        if limits == .platform { return ["quotas: platform"] }
        if limits == .off { return ["quotas: off"] }
        var lines = ["quotas:"]
        lines.append("  \(figures(limits.corp).joined(separator: "\n  "))")
        lines.append("  ip_\(figures(limits.address).joined(separator: "\n  ip_"))")
        lines.append("  in_flight: \(limits.flight.most)")
        if !limits.exceptions.isEmpty { lines.append("  endpoints:") }
        for endpoint in PlatformEndpoint.allCases {
            guard let exception = limits.exceptions[endpoint] else { continue }
            let keys =
                figures(limits.rate(of: endpoint))
                + [exception.mostInFlight.map { "in_flight: \($0)" }].compactMap { $0 }
            lines.append("    \(endpoint.path): { \(keys.joined(separator: ", ")) }")
        }
        return lines
    }

    private func figures(_ rate: QuotaLimits.Rate) -> [String] {
        [
            "per_minute: \(rate.perMinute.map(String.init) ?? "off")",
            "per_hour: \(rate.perHour.map(String.init) ?? "off")",
        ]
    }
}
