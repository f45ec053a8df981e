import ChatModel
import Logging
import Synchronization

/// Tells the operator about refused callbacks, once a minute for each app and cause at most.
final class RefusalLog: Sendable {
    private struct Group {
        var toldAt: Timestamp
        var untold = 0
    }

    /// An attacker chooses how often to call, not how much is written.
    private static let interval = Duration.seconds(60)

    private let logger: Logger
    private let groups = Mutex([String: Group]())

    init(logger: Logger) { self.logger = logger }

    /// Writes `refusal` down, or counts it; `app` is `nil` when none of that name is configured.
    func record(_ refusal: CallbackRefusal, app: AppAlias?, at now: Timestamp) {
        let key = "\(app?.rawValue ?? "") \(refusal.label)"
        let untold: Int? = groups.withLock { groups in
            // A clock set back must not silence the log.
            if let group = groups[key], now >= group.toldAt, now - group.toldAt < Self.interval {
                groups[key]?.untold += 1
                return nil
            }
            defer { groups[key] = Group(toldAt: now) }
            return groups[key]?.untold ?? 0
        }
        guard let untold else { return }
        logger.warning(
            "callback refused",
            metadata: [
                "app": "\(app?.rawValue ?? "-")", "cause": "\(refusal.label)",
                "advice": "\(refusal.advice)", "unlogged_before": "\(untold)",
            ])
    }
}
