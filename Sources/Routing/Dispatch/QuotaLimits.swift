/// How often the platform may be called, as data (wecom-kf reference §15).
package struct QuotaLimits: Hashable, Sendable {
    /// Calls in any window; `nil` for no limit.
    package struct Rate: Hashable, Sendable {
        /// In any minute.
        package var perMinute: Int?
        /// In any hour.
        package var perHour: Int?

        /// A rate.
        package init(perMinute: Int?, perHour: Int?) {
            self.perMinute = perMinute
            self.perHour = perHour
        }
    }

    /// What differs for one endpoint; `nil` means as everywhere.
    package struct Exception: Hashable, Sendable {
        /// Its quota for each corp.
        package var corp: Rate?
        /// The most calls under way for each corp.
        package var mostInFlight: Int?

        /// An exception.
        package init(corp: Rate? = nil, mostInFlight: Int? = nil) {
            self.corp = corp
            self.mostInFlight = mostInFlight
        }
    }

    /// For each corp and endpoint.
    package var corp: Rate
    /// For each endpoint, all corps together: what the platform counts by IP address.
    package var address: Rate
    /// The calls under way, for each corp and endpoint.
    package var flight: FlightControl.Bounds
    /// Endpoints with figures of their own.
    package var exceptions: [PlatformEndpoint: Exception] = [:]

    /// Limits for every endpoint.
    package init(corp: Rate, address: Rate, flight: FlightControl.Bounds = .init()) {
        self.corp = corp
        self.address = address
        self.flight = flight
    }

    /// The published figures.
    package static let platform = QuotaLimits(
        corp: Rate(perMinute: 10_000, perHour: 150_000),
        address: Rate(perMinute: 20_000, perHour: 600_000))
    /// No quota; calls under way still follow the latency.
    package static let off = QuotaLimits(
        corp: Rate(perMinute: nil, perHour: nil), address: Rate(perMinute: nil, perHour: nil))

    /// A corp's quota of `endpoint`.
    package func rate(of endpoint: PlatformEndpoint) -> Rate {
        exceptions[endpoint]?.corp ?? corp
    }

    /// Between what a corp's calls of `endpoint` under way may move.
    package func flight(of endpoint: PlatformEndpoint) -> FlightControl.Bounds {
        var bounds = flight
        if let most = exceptions[endpoint]?.mostInFlight { bounds.most = most }
        return bounds
    }
}
