package import Boundary
package import ChatModel
import Routing

extension PlatformAPI {
    /// These calls, each waiting at `gate` for its turn.
    ///
    /// Left as they are: the outbox's three, which its performer books by itself, and
    /// `authenticate`, whose quota nobody publishes.
    ///
    /// - Parameters:
    ///   - gate: Where they wait.
    ///   - corp: Whose quota they are counted for.
    ///   - now: The clock.
    package func metered(
        by gate: QuotaGate, as corp: CorpID, now: @escaping @Sendable () -> Timestamp
    ) -> PlatformAPI {
        var api = self
        api.pull = { [pull] request async throws(PlatformFailure) in
            // A customer waits behind a callback; a look round without one can wait for others.
            let isAwaited = request.token != nil
            // Without a token another quota may be meant, stricter and unpublished (§15).
            return try await gate.call(
                .pull, of: corp, by: now() + (isAwaited ? OutboxEntry.softTarget : .seconds(60)),
                isLimitKnown: isAwaited
            ) { () async throws(PlatformFailure) in try await pull(request) }
        }
        api.session = { [session] conversation async throws(PlatformFailure) in
            try await gate.call(.readSession, of: corp, by: now() + OutboxEntry.softTarget) {
                () async throws(PlatformFailure) in try await session(conversation)
            }
        }
        api.servicers = { [servicers] account async throws(PlatformFailure) in
            try await gate.call(.listServicers, of: corp, by: now() + Self.unhurried) {
                () async throws(PlatformFailure) in try await servicers(account)
            }
        }
        api.accounts = { [accounts] () async throws(PlatformFailure) in
            try await gate.call(
                .listAccounts, of: corp, by: now() + Self.unhurried,
                // One request for each page of 100 and one that finds the end.
                requests: { $0.count / 100 + 1 }
            ) { () async throws(PlatformFailure) in try await accounts() }
        }
        api.customers = { [customers] ids, withEntrance async throws(PlatformFailure) in
            try await gate.call(
                .customers, of: corp, by: now() + Self.unhurried,
                requests: { _ in (ids.count + 99) / 100 }
            ) { () async throws(PlatformFailure) in try await customers(ids, withEntrance) }
        }
        api.upload = { [upload] file async throws(PlatformFailure) in
            // A message waits for it.
            try await gate.call(.uploadMedia, of: corp, by: now() + OutboxEntry.softTarget) {
                () async throws(PlatformFailure) in try await upload(file)
            }
        }
        api.download = { [download] id async throws(PlatformFailure) in
            try await gate.call(.getMedia, of: corp, by: now() + Self.unhurried) {
                () async throws(PlatformFailure) in try await download(id)
            }
        }
        return api
    }

    /// For what no customer waits for.
    private static let unhurried: Duration = .seconds(10)
}
