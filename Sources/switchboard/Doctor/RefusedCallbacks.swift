import ChatModel
import Dispatch
import Foundation
import Glibc
import Synchronization
import WebServer

/// The last callbacks of one app that were refused, in a small file beside the database: what
/// `doctor` tries the settings with.
///
/// Still encrypted, and readable for the owner alone.
struct RefusedCallbacks: Codable {
    /// How many are kept, the newest first.
    static let most = 5

    struct Request: Codable {
        /// Milliseconds since the Unix epoch.
        var at: Int64
        /// Why it was refused, as the log calls it.
        var cause: String
        /// As it stood behind the `?`.
        var query: String
        /// The XML; empty for a URL verification.
        var body: String
    }

    var requests: [Request] = []

    /// The file of `app` beside the database at `store`.
    static func path(store: String, app: AppAlias) -> String { "\(store).refused-\(app).json" }

    /// What the file holds; nothing where there is none, or another's.
    init(store: String, app: AppAlias) {
        guard
            let data = FileManager.default.contents(
                atPath: Self.path(store: store, app: app)),
            let kept = try? JSONDecoder().decode(Self.self, from: data)
        else { return }
        requests = Array(kept.requests.prefix(Self.most))
    }

    /// Puts a callback in front, and drops the oldest beyond ``most``.
    mutating func add(_ callback: RefusedCallback) {
        let request = Request(
            at: callback.receivedAt.milliseconds, cause: callback.cause, query: callback.query,
            body: String(decoding: callback.body, as: UTF8.self))
        requests = Array(([request] + requests).prefix(Self.most))
    }

    /// Writes the file anew: whoever reads it finds the old one or the new one, whole.
    func write(store: String, app: AppAlias) {
        guard let data = try? JSONEncoder().encode(self) else { return }
        let path = Self.path(store: store, app: app)
        let draft = path + ".new"
        // It helps doctor only: where it can't be written, serving goes on without.
        guard
            FileManager.default.createFile(
                atPath: draft, contents: data, attributes: [.posixPermissions: 0o600])
        else { return }
        // Paths are copied for the call.
        _ = unsafe rename(draft, path)
    }
}

/// Writes refused callbacks down while the server runs.
final class RefusedCallbackRecorder: Sendable {
    private struct State {
        var writtenAt: [AppAlias: Timestamp] = [:]
        var isWriting = false
    }

    /// A stranger chooses how often to call, not how often a file is written.
    private static let interval: Duration = .seconds(1)

    private let store: String
    private let state = Mutex(State())
    /// Off the requests' tasks, which must not wait for a disk.
    private let queue = DispatchQueue(label: "refused callbacks")

    init(store: String) { self.store = store }

    /// Notes `callback`, unless another of its app was noted within the last second, or the disk
    /// is still busy with one.
    func record(_ callback: RefusedCallback) {
        let isWanted = state.withLock { state in
            let now = callback.receivedAt
            // A clock set back must not silence it.
            if let last = state.writtenAt[callback.app], now >= last, now - last < Self.interval {
                return false
            }
            if state.isWriting { return false }
            state.isWriting = true
            state.writtenAt[callback.app] = now
            return true
        }
        guard isWanted else { return }
        queue.async { [self] in
            var kept = RefusedCallbacks(store: store, app: callback.app)
            kept.add(callback)
            kept.write(store: store, app: callback.app)
            state.withLock { $0.isWriting = false }
        }
    }
}
