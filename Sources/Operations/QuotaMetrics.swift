package import ChatModel
package import Routing

/// How the platform's quotas stand, as text that Prometheus and its kin read (exposition format
/// 0.0.4).
package enum QuotaMetrics {
    /// The gauges of every endpoint that was called, each under its name and with its meaning.
    package static func text(_ statuses: [QuotaStatus], now: Timestamp) -> String {
        var pages: [Gauge] = [
            Gauge("calls", "Calls in the window that ends now."),
            Gauge("calls_limit", "The most calls allowed in a window."),
            Gauge("calls_in_flight", "Calls under way."),
            Gauge("calls_in_flight_limit", "The most calls that may be under way now."),
            Gauge("calls_waiting", "Calls that wait for their turn."),
            Gauge("calls_late", "Those that wait and can't make their deadline any more."),
            Gauge("blocked_seconds", "How long the platform still refuses calls."),
            Gauge("latency_seconds", "The median of recent answers."),
        ]
        for status in statuses {
            let labels =
                "corp=\"\(escaped(status.corp.rawValue))\",endpoint=\"\(status.endpoint.path)\""
            for (window, use) in [("minute", status.inMinute), ("hour", status.inHour)] {
                pages[0].add("\(labels),window=\"\(window)\"", Double(use.calls))
                if let limit = use.limit {
                    pages[1].add("\(labels),window=\"\(window)\"", Double(limit))
                }
            }
            pages[2].add(labels, Double(status.inFlight))
            pages[3].add(labels, Double(status.mostInFlight))
            pages[4].add(labels, Double(status.waiting))
            pages[5].add(labels, Double(status.late))
            let left = status.blockedUntil.map { max(.zero, $0 - now) } ?? .zero
            pages[6].add(labels, left / .seconds(1))
            if let latency = status.latency { pages[7].add(labels, latency / .seconds(1)) }
        }
        return pages.map(\.text).joined()
    }

    private struct Gauge {
        private let name: String
        private let help: String
        private var lines: [String] = []

        init(_ name: String, _ help: String) {
            self.name = "switchboard_platform_" + name
            self.help = help
        }

        mutating func add(_ labels: String, _ value: Double) {
            lines.append("\(name){\(labels)} \(value)")
        }

        /// Nothing while it has no line.
        var text: String {
            lines.isEmpty
                ? ""
                : "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
                    + lines.joined(separator: "\n") + "\n"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
