import ChatModel
import Operations
import Routing
import Testing

@Suite struct QuotaMetricsTests {
    private let now = Timestamp(seconds: 1_700_000_000)

    @Test func nothingWasCalled() {
        #expect(QuotaMetrics.text([], now: now).isEmpty)
    }

    @Test func everyFigureHasItsLine() {
        var status = QuotaStatus(
            corp: "ww\"1\\", endpoint: .send, inMinute: .init(calls: 12, limit: 10_000),
            inHour: .init(calls: 40, limit: nil), blockedUntil: now + .milliseconds(1500),
            inFlight: 3, mostInFlight: 64, latency: .milliseconds(50))
        (status.waiting, status.late) = (7, 2)
        let lines = QuotaMetrics.text([status], now: now).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map { String($0) }
        let labels = #"corp="ww\"1\\",endpoint="kf/send_msg""#
        #expect(
            lines == [
                "switchboard_platform_calls{\(labels),window=\"minute\"} 12.0",
                "switchboard_platform_calls{\(labels),window=\"hour\"} 40.0",
                "switchboard_platform_calls_limit{\(labels),window=\"minute\"} 10000.0",
                "switchboard_platform_calls_in_flight{\(labels)} 3.0",
                "switchboard_platform_calls_in_flight_limit{\(labels)} 64.0",
                "switchboard_platform_calls_waiting{\(labels)} 7.0",
                "switchboard_platform_calls_late{\(labels)} 2.0",
                "switchboard_platform_blocked_seconds{\(labels)} 1.5",
                "switchboard_platform_latency_seconds{\(labels)} 0.05",
            ])
    }

    @Test func eachNameIsExplainedOnce() {
        let statuses = [PlatformEndpoint.send, .pull].map {
            QuotaStatus(
                corp: "ww1", endpoint: $0, inMinute: .init(calls: 1, limit: nil),
                inHour: .init(calls: 1, limit: nil), blockedUntil: nil, inFlight: 0,
                mostInFlight: 4, latency: nil)
        }
        let text = QuotaMetrics.text(statuses, now: now)
        #expect(text.ranges(of: "# TYPE switchboard_platform_calls gauge").count == 1)
        #expect(!text.contains("latency"))
    }
}
