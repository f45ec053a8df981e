package import Boundary
package import ChatModel
package import Logging
import Routing
import ServiceLifecycle

/// Asks the platform who customers are, a hundred at a time, once they have written.
///
/// Never on the path of a message or a code: what is not known yet is simply missing from a text,
/// which says its default instead. What is kept for a week is asked for again. A `Service`.
package struct ProfileFetcher: Service {
    private let apps: [FetchedApp]
    private let store: any ProfileStore
    private let environment: Environment
    private let logger: Logger

    private static let pace: Duration = .seconds(1)
    private static let validity: Duration = .seconds(7 * 86_400)
    /// Rows looked at a time; and at start, of those that are there already.
    private static let mostRows = 1000
    /// The platform takes so many in one call (wecom-kf reference §11).
    private static let mostCustomers = 100

    /// A fetcher.
    package init(
        apps: [FetchedApp], store: any ProfileStore, environment: Environment, logger: Logger
    ) {
        self.apps = apps
        self.store = store
        self.environment = environment
        self.logger = logger
    }

    /// Asks until a graceful shutdown or cancellation.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for app in apps { group.addTask { await run(app) } }
            }
        }
    }

    private func run(_ app: FetchedApp) async {
        var row: Int?
        var failures = 0
        while !Task.isCancelled {
            do throws(StoreError) {
                let begin: Int
                if let row {
                    begin = row
                } else {
                    begin = max(0, try await store.newestRow() - Self.mostRows)
                }
                let (next, failure) = try await look(after: begin, for: app)
                row = next
                failures = failure == nil ? 0 : failures + 1
                if let failure { note(failure) }
            } catch {
                failures += 1
                logger.warning(
                    "looking for customers' profiles failed",
                    metadata: ["reason": "\(error.reason)"])
            }
            await environment.sleep(
                failures == 0
                    ? Self.pace
                    : RetryPolicy.pause(afterFailed: failures, jitter: environment.random()))
        }
    }

    /// One look at what came after a row.
    ///
    /// - Returns: The row to go on from, and what the platform refused, if it did: those customers
    ///   are then asked about when they write again.
    package func look(
        after row: Int, for app: FetchedApp
    ) async throws(StoreError) -> (next: Int, failure: PlatformFailure?) {
        let now = environment.now()
        let (customers, last) = try await store.customersWithoutProfile(
            of: app.accounts, after: row, fetchedSince: now - Self.validity, limit: Self.mostRows)
        var rest = customers[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Self.mostCustomers))
            rest = rest.dropFirst(Self.mostCustomers)
            let batch: CustomerBatch
            do throws(PlatformFailure) {
                batch = try await app.api.customers(some.map(\.customer), true)
            } catch {
                // These few are asked about when they write again; the others now.
                if error.handling == .drop {
                    note(error)
                    continue
                }
                return (row, error)
            }
            let profiles = Dictionary(
                batch.profiles.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            var kept: [ConversationID: CustomerProfile] = [:]
            for id in some {
                let profile = profiles[id.customer]
                kept[id] = CustomerProfile(
                    nickname: profile.flatMap { $0.nickname.isEmpty ? nil : $0.nickname },
                    gender: profile?.gender ?? .unknown, scene: profile?.entrance?.scene,
                    sceneParameter: profile?.entrance?.sceneParameter,
                    channelsScene: profile?.entrance?.channelsScene,
                    channelsName: profile?.entrance?.channelsName)
            }
            try await store.keep(kept, at: now)
        }
        return (last, nil)
    }

    private func note(_ failure: PlatformFailure) {
        logger.notice(
            "asking for customers' profiles failed",
            metadata: [
                "code": "\(failure.code.map(String.init) ?? "none")",
                "meaning": "\(failure.meaning)",
            ])
    }
}
