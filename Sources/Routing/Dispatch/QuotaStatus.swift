package import ChatModel

/// How one endpoint of one corp stands: a plain value for metrics and pages.
package struct QuotaStatus: Hashable, Sendable {
    /// How much of a quota is used.
    package struct Use: Hashable, Sendable {
        /// Calls in the window that ends now, those under way included.
        package var calls: Int
        /// The most allowed; `nil` for no limit, and then nothing is counted but what is under way.
        package var limit: Int?

        /// A use.
        package init(calls: Int, limit: Int?) {
            self.calls = calls
            self.limit = limit
        }
    }

    /// Whose quota.
    package var corp: CorpID
    /// Of which endpoint.
    package var endpoint: PlatformEndpoint
    /// Of the minute's quota.
    package var inMinute: Use
    /// Of the hour's quota.
    package var inHour: Use
    /// Until when the platform refuses calls; `nil` when it doesn't.
    package var blockedUntil: Timestamp?
    /// Calls under way.
    package var inFlight: Int
    /// The most calls that may be under way now.
    package var mostInFlight: Int
    /// The measured latency; `nil` before the first answer.
    package var latency: Duration?
    /// Calls that wait for their turn.
    package var waiting = 0
    /// Those of ``waiting`` that can't make their deadline any more.
    package var late = 0

    /// A status with nothing waiting.
    package init(
        corp: CorpID, endpoint: PlatformEndpoint, inMinute: Use, inHour: Use,
        blockedUntil: Timestamp?, inFlight: Int, mostInFlight: Int, latency: Duration?
    ) {
        self.corp = corp
        self.endpoint = endpoint
        self.inMinute = inMinute
        self.inHour = inHour
        self.blockedUntil = blockedUntil
        self.inFlight = inFlight
        self.mostInFlight = mostInFlight
        self.latency = latency
    }
}
