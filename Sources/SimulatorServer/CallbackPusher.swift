import Boundary
import CallbackCrypto
import ChatModel
import Logging
import PlatformSimulator

/// Pushes callbacks as they fall due: sealed, at most a hundred at a time, each again 5 s later
/// when it was not answered with 200 within 5 s.
struct CallbackPusher: Sendable {
    let world: ServedWorld
    let transport: any HTTPTransport
    let logger: Logger

    /// The platform gives up on an answer after this long (wecom-kf reference §3.3).
    private static let patience: Duration = .seconds(5)
    private static let mostUnderWay = 100

    /// Runs until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            let underWay = Counter()
            var waiting: ArraySlice<CallbackPush> = []
            var alarm: Timestamp?
            for await _ in world.changes {
                let (due, next, now) = world.with { contents in
                    (
                        contents.simulator.takeDueCallbacks(), contents.simulator.nextDue,
                        contents.simulator.now
                    )
                }
                waiting += due
                while let push = waiting.first, underWay.value < Self.mostUnderWay {
                    waiting.removeFirst()
                    underWay.add(1)
                    group.addTask {
                        await deliver(push)
                        underWay.add(-1)
                        world.notify()
                    }
                }
                if alarm.map({ $0 <= now }) ?? false { alarm = nil }
                if let next, next < alarm ?? Timestamp(milliseconds: .max) {
                    alarm = next
                    group.addTask {
                        // Cancelled only at the end, when nobody looks any more.
                        try? await Task.sleep(for: max(.milliseconds(1), next - now))
                        world.notify()
                    }
                }
            }
            group.cancelAll()
        }
    }

    private func deliver(_ push: CallbackPush) async {
        guard let target = world.with({ $0.targets[push.app] }) else {
            // Nobody to push to is no failure of anybody's: it is noted and not made again.
            return world.with { $0.simulator.record(push, status: nil) }
        }
        var status: Int?
        do {
            let request = try request(for: push, to: target)
            status = try await transport.response(to: request).status
        } catch {
            logger.debug(
                "callback failed", metadata: ["app": "\(push.app)", "attempt": "\(push.attempt)"])
        }
        world.with { [status] in $0.simulator.callbackEnded(push, status: status) }
    }

    private func request(
        for push: CallbackPush, to target: SimulatorServer.CallbackTarget
    ) throws(CallbackError) -> HTTPRequest {
        let (now, agentID) = world.with { contents in
            let app = contents.simulator.settings.apps.first { $0.alias == push.app }
            return (contents.simulator.now, app?.agentID)
        }
        let envelope = try Self.sealed(Self.message(push), for: target, at: now)
        return HTTPRequest(
            method: .post, url: target.url + "?" + envelope.query,
            headers: [.init(name: "Content-Type", value: "text/xml")],
            body: envelope.xml(
                toUserName: push.corp.rawValue, agentID: agentID.map { String($0) }),
            timeout: Self.patience, largestResponse: 1 << 16)
    }

    private static func sealed(
        _ message: [UInt8], for target: SimulatorServer.CallbackTarget, at now: Timestamp
    ) throws(CallbackError) -> SealedEnvelope {
        try target.key.seal(
            message: message, random16: (0..<16).map { _ in .random(in: .min ... .max) },
            timestamp: String(now.seconds), nonce: String(UInt32.random(in: .min ... .max)))
    }

    /// Checks a callback's URL the way the console does when it is entered (§3.2).
    ///
    /// - Returns: What is wrong; `nil` when the decrypted text came back and nothing else.
    func flaw(of target: SimulatorServer.CallbackTarget) async -> String? {
        let words = String(UInt64.random(in: 1_000_000_000_000_000_000...9_999_999_999_999_999_999))
        do {
            let now = world.with { $0.simulator.now }
            let envelope = try Self.sealed(Array(words.utf8), for: target, at: now)
            let response = try await transport.response(
                to: HTTPRequest(
                    method: .get, url: target.url + "?" + envelope.verificationQuery,
                    timeout: Self.patience, largestResponse: 1 << 16))
            if response.status != 200 { return "HTTP \(response.status)" }
            return response.body == Array(words.utf8) ? nil : "another text came back"
        } catch {
            return "no answer within 5 seconds"
        }
    }

    /// The decrypted callback (wecom-kf reference §3.5).
    static func message(_ push: CallbackPush) -> [UInt8] {
        if let isGranted = push.isGranted { return authorization(push, isGranted) }
        let text = """
            <xml><ToUserName><![CDATA[\(push.corp)]]></ToUserName>\
            <CreateTime>\(push.createdAt.seconds)</CreateTime>\
            <MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event>\
            <Token><![CDATA[\(push.token)]]></Token>\
            <OpenKfId><![CDATA[\(push.account)]]></OpenKfId></xml>
            """
        return Array(text.utf8)
    }

    /// `kf_account_auth_change` (§3.6).
    private static func authorization(_ push: CallbackPush, _ isGranted: Bool) -> [UInt8] {
        let list = isGranted ? "AuthAddOpenKfId" : "AuthDelOpenKfId"
        let text = """
            <xml><ToUserName><![CDATA[\(push.corp)]]></ToUserName>\
            <FromUserName><![CDATA[sys]]></FromUserName>\
            <CreateTime>\(push.createdAt.seconds)</CreateTime>\
            <MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_account_auth_change]]></Event>\
            <\(list)><![CDATA[\(push.account)]]></\(list)></xml>
            """
        return Array(text.utf8)
    }
}
