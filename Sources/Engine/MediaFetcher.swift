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
            var prunedAt: Timestamp?
            while !Task.isCancelled {
                for app in apps { await fetch(for: app) }
                let now = environment.now()
                if prunedAt.map({ now - $0 >= Self.prunePace || now < $0 }) ?? true {
                    prunedAt = now
                    await prune(now)
                }
                await environment.sleep(Self.pace)
            }
        }
    }

    /// One look for what an app's customers have sent.
    package func fetch(for app: FetchedApp) async {
        let now = environment.now()
        let wanted: [InboundMedia]
        do throws(StoreError) {
            wanted = try await store.mediaToFetch(
                of: app.accounts, since: now - UploadedMedia.lifetime, now: now, limit: Self.most)
        } catch {
            logger.warning("looking for media failed", metadata: ["reason": "\(error.reason)"])
            return
        }
        await withDiscardingTaskGroup { group in
            // A few chains of fetches, not a task for each.
            for first in 0..<min(Self.mostAtOnce, wanted.count) {
                group.addTask {
                    var index = first
                    while index < wanted.count, !Task.isCancelled {
                        await fetch(wanted[index], for: app)
                        index += Self.mostAtOnce
                    }
                }
            }
        }
    }

    private func fetch(_ media: InboundMedia, for app: FetchedApp) async {
        let outcome: InboundMedia.Outcome
        do throws(PlatformFailure) {
            outcome = try await kept(app.api.download(media.media))
        } catch {
            if Task.isCancelled { return }
            outcome = judged(error, media)
        }
        do throws(StoreError) {
            try await store.note(outcome, of: media)
        } catch {
            logger.warning(
                "noting a customer's file failed", metadata: ["reason": "\(error.reason)"])
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
        switch failure.handling {
        case .retry, .refresh, .wait, .stop, .withoutToken, .resetCursor:
            let pause =
                failure.handling == .stop
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
