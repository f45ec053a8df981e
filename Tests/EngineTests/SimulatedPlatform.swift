import Boundary
import ChatModel
import Foundation
import PlatformSimulator
import Routing
import Synchronization

/// The simulator as a platform in this process: real time, no socket.
final class SimulatedPlatform: Sendable {
    static let app: AppAlias = "kf"
    static let account: OpenKfID = "wk1"

    private let state: Mutex<PlatformSimulator>
    private let replies: Mutex<Int> = Mutex(0)

    init(_ change: (inout SimulatorSettings) -> Void = { _ in }) {
        var settings = SimulatorSettings(
            apps: [.init(alias: Self.app, corp: "ww1", secret: "secret")],
            accounts: [
                .init(
                    id: Self.account, name: "shop", app: Self.app, routing: .api,
                    servicers: [.init(id: "anna", status: .receiving, isActivated: true)])
            ])
        settings.quotas = .off
        change(&settings)
        state = Mutex(
            PlatformSimulator(settings: settings, startingAt: Environment.test.now(), seed: 1))
    }

    /// Lets the simulator act or answer at the present moment.
    @discardableResult
    func now<Value>(
        _ body: (inout PlatformSimulator) throws -> Value
    ) rethrows -> Value {
        try state.withLock { simulator in
            let now = Environment.test.now()
            if now > simulator.now { simulator.advance(to: now) }
            return try body(&simulator)
        }
    }

    /// The next `count` replies of send_msg are lost after the call was carried out.
    func loseReplies(_ count: Int) { replies.withLock { $0 = count } }

    var api: PlatformAPI {
        let app = Self.app
        return PlatformAPI(
            pull: { request async throws(PlatformFailure) in
                let result = self.now { simulator in
                    simulator.sync(
                        request.account, cursor: request.cursor, token: request.token,
                        limit: request.limit, by: app)
                }
                let page = try result.get(or: Self.failure)
                return PulledPage(next: page.next, hasMore: page.hasMore, rows: page.rows)
            },
            send: { id, msgID, body async throws(PlatformFailure) in
                let result = self.now { $0.send(to: id, msgID: msgID, body, by: app) }
                let isLost = self.replies.withLock { left in
                    defer { left = max(0, left - 1) }
                    return left > 0
                }
                if isLost {
                    throw PlatformFailure(code: nil, handling: .retry, meaning: "lost")
                }
                return try result.get(or: Self.failure)
            },
            sendOnEvent: { code, msgID, body async throws(PlatformFailure) in
                try self.now { $0.sendOnEvent(code, msgID: msgID, body, by: app) }
                    .get(or: Self.failure)
            },
            session: { id async throws(PlatformFailure) in
                let view = try self.now { $0.sessionState(of: id, by: app) }
                    .get(or: Self.failure)
                return Outcome.ActualSession(
                    number: view.state.rawValue, servicer: view.servicer)
            },
            transfer: { id, target async throws(PlatformFailure) in
                try self.now { $0.transfer(id, to: target, by: app) }.get(or: Self.failure)
            },
            servicers: { _ async throws(PlatformFailure) in [] },
            accounts: { () async throws(PlatformFailure) in [] },
            customers: { _, _ async throws(PlatformFailure) in
                CustomerBatch(profiles: [], unknown: [])
            },
            upgrade: { _, _ async throws(PlatformFailure) in },
            upload: { _ async throws(PlatformFailure) in
                UploadedMedia(id: "MEDIA", createdAt: Timestamp(seconds: 0))
            },
            download: { _ async throws(PlatformFailure) in
                DownloadedMedia(filename: nil, contentType: "image/png", bytes: [])
            },
            authenticate: { () async throws(PlatformFailure) in })
    }

    private static func failure(_ refusal: SimulatedRefusal) -> PlatformFailure {
        let handling: PlatformFailure.Handling =
            switch refusal.errcode {
            case -1: .retry
            case 45009: .wait
            case 95007: .withoutToken
            case 95013, 95016, 95018: .reconcile
            case 95014, 95019: .otherServicer
            default: .drop
            }
        return PlatformFailure(
            code: refusal.errcode, handling: handling, meaning: refusal.errmsg,
            isDocumented: refusal.errcode != PlatformRules.duplicateMsgID)
    }
}

extension Result where Failure == SimulatedRefusal {
    func get(
        or failure: (SimulatedRefusal) -> PlatformFailure
    ) throws(PlatformFailure) -> Success {
        switch self {
        case .success(let value): return value
        case .failure(let refusal): throw failure(refusal)
        }
    }
}

extension Environment {
    /// This machine's clock; the hash is any injective short text.
    static let test = Environment(
        now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
        random: { 0 },
        sleep: { try? await Task.sleep(for: $0) },
        shortHash: { bytes in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            return String(hash, radix: 36)
        })
}
