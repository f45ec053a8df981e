package import Boundary
import ChatModel
package import Logging
import Routing
import ServiceLifecycle

/// Fetches what customers send before the platform forgets it, and keeps it for as long as wished.
///
/// Looks once a second for messages whose file is not kept yet, however it came about that it
/// isn't; a file that can't be had is tried again until its 3 days are over. A `Service`.
package struct MediaFetcher: Service {
    private let apps: [FetchedApp]
    private let store: any MediaStore
    /// How long a file is kept after it was fetched.
    private let retention: Duration
    private let environment: Environment
    private let logger: Logger

    private static let pace: Duration = .seconds(1)
    private static let prunePace: Duration = .seconds(3600)
    /// Files fetched in one look, a few of them at once.
    private static let most = 100
    private static let mostAtOnce = 4

    /// A fetcher that keeps files for `retention`.
    package init(
        apps: [FetchedApp], store: any MediaStore, retention: Duration, environment: Environment,
        logger: Logger
    ) {
        self.apps = apps
        self.store = store
        self.retention = retention
        self.environment = environment
        self.logger = logger
    }

    /// Fetches until a graceful shutdown or cancellation.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                // One corp's quota or trouble is nothing to the others.
                for app in apps { group.addTask { await run(app) } }
                group.addTask { await runPruning() }
            }
        }
    }

    private func run(_ app: FetchedApp) async {
        var row: Int?
        while !Task.isCancelled {
            row = await fetch(after: row, for: app)
            await environment.sleep(Self.pace)
        }
    }

    private func runPruning() async {
        var prunedAt: Timestamp?
        while !Task.isCancelled {
            let now = environment.now()
            if prunedAt.map({ now - $0 >= Self.prunePace || now < $0 }) ?? true {
                prunedAt = now
                await prune(now)
            }
            await environment.sleep(Self.pace)
        }
    }

    /// One look for what an app's customers have sent.
    ///
    /// - Parameter row: The place in the inbox to look from; `nil` for all of the last 3 days.
    /// - Returns: The place to look from next.
    package func fetch(after row: Int?, for app: FetchedApp) async -> Int? {
        let now = environment.now()
        let (wanted, next): ([InboundMedia], Int?)
        do throws(StoreError) {
            (wanted, next) = try await store.mediaToFetch(
                of: app.accounts, after: row, since: now - UploadedMedia.lifetime, now: now,
                limit: Self.most)
        } catch {
            logger.warning("looking for media failed", metadata: ["reason": "\(error.reason)"])
            return row
        }
        let noted = await withTaskGroup { group in
            // A few chains of fetches, not a task for each.
            for first in 0..<min(Self.mostAtOnce, wanted.count) {
                group.addTask {
                    var noted = 0
                    var index = first
                    while index < wanted.count, !Task.isCancelled {
                        if await fetch(wanted[index], for: app) { noted += 1 }
                        index += Self.mostAtOnce
                    }
                    return noted
                }
            }
            return await group.reduce(0, +)
        }
        // What couldn't be noted is looked for again.
        guard noted == wanted.count, let next else { return row }
        return next
    }

    /// - Returns: Whether the store knows what came of it.
    private func fetch(_ media: InboundMedia, for app: FetchedApp) async -> Bool {
        let outcome: InboundMedia.Outcome
        do throws(PlatformFailure) {
            outcome = try await kept(app.api.download(media.media))
        } catch {
            if Task.isCancelled { return false }
            outcome = judged(error, media)
        }
        do throws(StoreError) {
            try await store.note(outcome, of: media)
            return true
        } catch {
            logger.warning(
                "noting a customer's file failed", metadata: ["reason": "\(error.reason)"])
            return false
        }
    }

    private func kept(_ file: DownloadedMedia) async -> InboundMedia.Outcome {
        let hash = environment.shortHash(file.bytes)
        do throws(StoreError) {
            try await store.keep(file.bytes, as: hash)
        } catch {
            logger.error("a customer's file can't be kept", metadata: ["reason": "\(error.reason)"])
            return .failed(nextTry: environment.now() + .seconds(60), why: "not_kept")
        }
        return .fetched(
            FetchedMedia(
                hash: hash, filename: file.filename, contentType: file.contentType,
                count: file.bytes.count, at: environment.now()))
    }

    private func judged(
        _ failure: PlatformFailure, _ media: InboundMedia
    ) -> InboundMedia.Outcome {
        let code = failure.code.map { String($0) } ?? "no_answer"
        // Nobody knows that a number nobody published is final.
        let handling = failure.isDocumented ? failure.handling : .retry
        switch handling {
        case .retry, .refresh, .wait, .stop, .withoutToken, .resetCursor:
            let pause =
                handling == .stop
                ? RetryPolicy.restAfterStop
                : RetryPolicy.pause(
                    afterFailed: media.failures + 1, jitter: environment.random())
                    // One file that can't be had must not be asked for all day (§14).
                    * (media.failures < 7 ? 1 : min(1 << (media.failures - 6), 120))
            return .failed(nextTry: environment.now() + pause, why: code)
        case .drop, .uploadAgain, .reconcile, .otherServicer:
            logger.notice(
                "a customer's file is lost",
                metadata: ["account": "\(media.account)", "code": "\(code)"])
            return .lost(why: code)
        }
    }

    private func prune(_ now: Timestamp) async {
        do throws(StoreError) {
            let count = try await store.pruneMedia(fetchedBefore: now - retention)
            if count > 0 {
                logger.info("old files were deleted", metadata: ["files": "\(count)"])
            }
        } catch {
            logger.warning("deleting old files failed", metadata: ["reason": "\(error.reason)"])
        }
    }
}
