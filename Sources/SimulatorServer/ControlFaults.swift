import CallbackCrypto
import ChatModel
import Hummingbird
import PlatformSimulator

/// What goes wrong on purpose, and the time.
extension ControlRoutes {
    private static let mostFaults = 1_000_000

    func addFaults(to group: RouterGroup<SimulatorContext>) {
        on(.post, "inject", in: group) { order, contents in
            let endpoint = try Self.endpoint(
                try order.required(order.details.endpoint, "endpoint"))
            contents.simulator.inject(
                endpoint,
                count: try order.count(order.details.count, "count", most: Self.mostFaults),
                errcode: try order.required(order.details.errcode, "errcode"))
            return Self.ok
        }
        on(.post, "token", in: group) { order, contents in
            let errcode = order.details.errcode ?? 40014
            guard [40014, 42001].contains(errcode) else {
                throw ControlError(what: "errcode is not 40014 or 42001")
            }
            contents.simulator.withdrawAccessTokens(as: errcode)
            return Self.ok
        }
        on(.post, "trusted-addresses", in: group) { order, contents in
            let app = try Self.app(order, in: contents.simulator).alias
            let addresses = order.details.addresses
            contents.simulator.trust(
                addresses.map { Set($0) }, for: app,
                after: try order.seconds(order.details.after_seconds ?? 60, "after_seconds"))
            return Self.ok
        }
        on(.post, "routing", in: group) { order, contents in
            guard let routing = SimulatorSettings.Routing(rawValue: order.details.routing ?? "")
            else { throw ControlError(what: "routing is not api, human_first or assistant") }
            try contents.simulator.routes(
                try order.account(in: contents.simulator), to: routing)
            return Self.ok
        }
        on(.post, "callbacks", in: group) { order, contents in
            if let delay = order.details.delay_seconds {
                contents.simulator.callbackDelay = try order.seconds(delay, "delay_seconds")
            }
            if let announces = order.details.announce { contents.simulator.announces = announces }
            return Self.ok
        }
        group.post("callback-target") { request, context in
            await Self.answering {
                let order = try await Self.order(request, context)
                let (app, target) = try world.with { contents throws in
                    let app = try Self.app(order, in: contents.simulator)
                    return (app.alias, try Self.target(order, corp: app.corp))
                }
                if let target, order.details.verify ?? false, let flaw = await verify(target) {
                    throw ControlError(
                        status: .conflict, what: "the URL did not pass the check: \(flaw)",
                        hint: "answer the GET with nothing but the decrypted echostr")
                }
                world.with { $0.targets[app] = target }
                return Self.ok
            }
        }
        on(.post, "redeliver", in: group) { order, contents in
            try contents.simulator.redeliver(
                MsgID(try order.required(order.details.msgid, "msgid")),
                times: try order.count(order.details.times, "times", most: 1000))
            return Self.ok
        }
        on(.post, "delivery-failures", in: group) { order, contents in
            contents.simulator.failDeliveries(
                try order.count(order.details.count, "count", most: Self.mostFaults),
                as: DeliveryFailure(number: order.details.fail_type ?? 0),
                after: try order.seconds(order.details.after_seconds ?? 0, "after_seconds"))
            return Self.ok
        }
        on(.post, "answers", in: group) { order, contents in
            if let delay = order.details.delay_milliseconds {
                guard (0...600_000).contains(delay) else {
                    throw ControlError(what: "delay_milliseconds is not between 0 and 600000")
                }
                contents.simulator.holdAnswers(
                    .milliseconds(delay), of: try order.details.endpoint.map(Self.endpoint))
            }
            if let lose = order.details.lose {
                contents.simulator.loseAnswers(
                    try order.count(lose, "lose", most: Self.mostFaults))
            }
            return Self.ok
        }
    }

    /// The endpoint of a name as in the book.
    static func endpoint(_ name: String) throws(ControlError) -> Endpoint {
        guard let endpoint = Endpoint(rawValue: name) else {
            throw ControlError(
                what: "no endpoint of this name",
                hint: Endpoint.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return endpoint
    }

    /// The app meant; the only one when none is named.
    private static func app(
        _ order: Order, in simulator: PlatformSimulator
    ) throws(ControlError) -> SimulatorSettings.App {
        let apps = simulator.settings.apps
        if order.details.app == nil, let only = apps.first, apps.count == 1 { return only }
        let alias = AppAlias(try order.required(order.details.app, "app"))
        guard let app = apps.first(where: { $0.alias == alias }) else {
            throw ControlError(what: "no app of this name")
        }
        return app
    }

    static let ok = JSONText.object { $0.member("ok", true) }

    private static func target(
        _ order: Order, corp: CorpID
    ) throws(ControlError) -> SimulatorServer.CallbackTarget? {
        guard let url = order.details.url else { return nil }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw ControlError(what: "url is no http or https URL")
        }
        do {
            return SimulatorServer.CallbackTarget(
                url: url,
                key: try CallbackKey(
                    token: order.details.token ?? "",
                    encodingAESKey: order.details.encoding_aes_key ?? "",
                    receiveID: corp.rawValue))
        } catch {
            throw ControlError(what: "token or encoding_aes_key is not what an app can have")
        }
    }

    // MARK: Time

    func addTime(to group: RouterGroup<SimulatorContext>) {
        group.get("clock") { request, context in
            await Self.answering {
                let order = try await Self.order(request, context)
                if order.query("follow") == "1" { world.noteFollower() }
                return world.with { Self.clock($0) }
            }
        }
        group.post("clock") { request, context in
            await Self.answering {
                let order = try await Self.order(request, context)
                let step = try order.seconds(order.details.advance_seconds, "advance_seconds")
                if order.details.anyway ?? false {
                    world.advance(by: step)
                } else if !world.advanceFollowed(by: step) {
                    throw ControlError(
                        status: .conflict,
                        what: "no bot follows this clock, so it would not know the time",
                        hint: "start the bot with clock: simulator")
                }
                return world.with { Self.clock($0) }
            }
        }
    }

    private static func clock(_ contents: ServedWorld.Contents) -> [UInt8] {
        JSONText.object { text in
            text.member("now_milliseconds", Int(contents.simulator.now.milliseconds))
            text.member("ahead_milliseconds", Int(contents.ahead.wholeMilliseconds))
        }
    }
}
