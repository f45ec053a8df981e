import Boundary
import ChatModel
import CurlTransport
import Foundation
import Glibc
import Hummingbird
import Logging
import PlatformSimulator
import SimulatorServer

/// How long ten thousand simulated customers take through one day, and how many requests a second
/// the simulator answers over HTTP.
///
/// The aims are a minute for the day, and 10 000 requests a second on one core. The day's peer is
/// the same day with a tenth of the customers: a ratio near 10 says that a customer costs the same
/// among many. The requests' peer is a bare route of the same web server, asked by the same client,
/// so that the ratio is what being the platform costs.
func measureSimulator() async throws {
    let few = try SimulatedDay(customers: 1000).run()
    let many = try SimulatedDay(customers: 10_000).run()
    print(
        String(
            format: "simulated day   %7.2f s  10 000 customers, %d acts, %d calls, %d refused",
            many.seconds, many.acts, many.calls, many.refused))
    print(
        String(
            format: "simulated day: 10 000 customers / 1000: %.1f", many.seconds / few.seconds))
    for faults in [false, true] {
        let bench = SimulatorRequests(withFaultPlan: faults)
        let (simulator, bare) = try await bench.run()
        print(
            String(
                format: "simulator HTTP  %7.0f requests/s  %5.1f µs CPU, client included%@",
                1_000_000 / simulator.wall, simulator.cpu, faults ? ", with a fault plan" : ""))
        print(
            String(
                format: "simulator HTTP / a bare route: %.2f wall, %.2f CPU",
                simulator.wall / bare.wall, simulator.cpu / bare.cpu))
    }
}

/// One account's day: customers come in at random moments, are welcomed, ask, are answered; every
/// fifth goes to a person, who picks up, writes and ends.
private struct SimulatedDay {
    private static let account: OpenKfID = "wkBENCH000000000000001"
    private static let app: AppAlias = "kf"
    private static let start = Timestamp(seconds: 1_772_380_800)

    private enum Act {
        case enter, write(Int), askForPerson, pickUp, servicerWrites, end
    }

    private let customers: Int
    private var plan: [(at: Timestamp, customer: Int, act: Act)] = []

    init(customers: Int) {
        self.customers = customers
        for customer in 0..<customers {
            // A fixed spread over the day; what matters is that the conversations interleave.
            var at = Self.start + .milliseconds(Int64(customer) &* 7_919_333 % 72_000_000)
            func next(_ seconds: Int, _ act: Act) {
                at = at + .seconds(seconds)
                plan.append((at, customer, act))
            }
            next(0, .enter)
            for message in 0..<(2 + customer % 3) { next(20 + customer % 17, .write(message)) }
            if customer.isMultiple(of: 5) {
                next(15, .askForPerson)
                next(60, .pickUp)
                next(30, .servicerWrites)
                next(120, .end)
            }
        }
        plan.sort { $0.at < $1.at }
    }

    func run() throws -> (seconds: Double, acts: Int, calls: Int, refused: Int) {
        var settings = SimulatorSettings(
            apps: [.init(alias: Self.app, corp: "wwBENCH", secret: "secret")],
            accounts: [
                .init(
                    id: Self.account, name: "bench", app: Self.app,
                    servicers: [.init(id: "anna"), .init(id: "bo")])
            ])
        settings.quotas = .off
        var world = PlatformSimulator(settings: settings, startingAt: Self.start, seed: 1)
        var cursor: SyncCursor?
        let began = ContinuousClock.now
        for (at, number, act) in plan {
            world.advance(to: at)
            let customer = ExternalUserID("wmBENCH\(number)")
            let talk = ConversationID(account: Self.account, customer: customer)
            switch act {
            case .enter: try world.enters(customer, Self.account)
            case .write(let message):
                try world.writes(
                    customer, Self.account, .text("第\(message)个问题：什么时候发货？", menuItem: nil))
            case .askForPerson:
                try world.writes(customer, Self.account, .text("转人工", menuItem: nil))
            case .pickUp: try world.picksUp("anna", talk)
            case .servicerWrites:
                try world.servicerWrites("anna", talk, .text("我来处理", menuItem: nil))
            case .end: try world.ends("anna", talk)
            }
            for callback in world.takeDueCallbacks() {
                try answer(callback, &cursor, in: &world)
            }
        }
        world.advance(to: Self.start + .seconds(86_400))
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        return (seconds, plan.count, world.book.count, world.verdicts.values.reduce(0, +))
    }

    /// The bot: pulls what the callback announced and answers each row.
    private func answer(
        _ callback: CallbackPush, _ cursor: inout SyncCursor?, in world: inout PlatformSimulator
    ) throws {
        let page = try world.sync(
            Self.account, cursor: cursor, token: callback.token, limit: nil, by: Self.app
        ).get()
        cursor = page.next
        for row in page.rows {
            switch row.content {
            case .fromCustomer(let customer, .text(let words, _)):
                let talk = ConversationID(account: Self.account, customer: customer)
                if words == "转人工" {
                    if let code = try world.transfer(talk, to: 2, servicer: nil, by: Self.app).get()
                    {
                        _ = try world.sendOnEvent(
                            code, msgID: nil, .text("正在为您转接"), by: Self.app
                        ).get()
                    }
                } else {
                    _ = try world.send(
                        to: talk, msgID: nil, .text("您好，今天下单明天发货。"), by: Self.app
                    ).get()
                }
            case .event(.entered(_, let entrance)):
                guard let code = entrance.welcomeCode else { continue }
                _ = try world.sendOnEvent(code, msgID: nil, .text("欢迎光临"), by: Self.app).get()
            default: continue
            }
        }
    }
}

/// A mix of the calls a bot makes most, over loopback, 32 at a time.
private struct SimulatorRequests {
    private static let account = "wkBENCH000000000000001"
    private static let total = 30_000
    private static let atOnce = 32
    /// Enough that each is sent no more than the five messages a customer's message allows.
    private static let customers = 2000

    let withFaultPlan: Bool

    typealias Cost = (wall: Double, cpu: Double)

    func run() async throws -> (simulator: Cost, bare: Cost) {
        var settings = SimulatorSettings(
            apps: [.init(alias: "kf", corp: "wwBENCH", secret: "secret")],
            accounts: [.init(id: OpenKfID(Self.account), name: "bench", app: "kf")])
        settings.quotas = .off
        var world = PlatformSimulator(
            settings: settings, startingAt: Timestamp(seconds: 1_772_380_800), seed: 1)
        for customer in 0..<Self.customers {
            try world.writes(
                ExternalUserID("wm\(customer)"), OpenKfID(Self.account),
                .text("你好", menuItem: nil))
        }
        if withFaultPlan {
            world.setFaults(
                FaultPlan(
                    seed: 1,
                    calls: [
                        .init(.refused(errcode: -1), on: [.sendMessage], .init(chance: 0.01)),
                        .init(.lostAnswer, .init(chance: 0.01)),
                        .init(.resetBefore, .init(chance: 0)),
                    ]))
        }
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        let transport = CurlTransport()
        defer { transport.shutDown() }
        let now = world.now
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = SimulatorServer(
            world, wallClock: { now }, transport: transport, logger: logger,
            onListening: { port.yield($0) })
        let bareRouter = Router()
        bareRouter.post("bare") { request, _ in
            _ = try await request.body.collect(upTo: 1 << 20)
            return #"{"errcode":0,"errmsg":"ok","service_state":1}"#
        }
        let (barePorts, barePort) = AsyncStream<Int>.makeStream()
        let bare = Application(
            router: bareRouter,
            configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { barePort.yield($0.localAddress?.port ?? 0) }, logger: logger)
        return try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            group.addTask { try await bare.run() }
            let simulatorBase = "http://127.0.0.1:\(await ports.first { _ in true } ?? 0)"
            let bareBase = "http://127.0.0.1:\(await barePorts.first { _ in true } ?? 0)"
            let token = try await Self.token(simulatorBase, transport)
            let state = Array(#"{"open_kfid":"\#(Self.account)","external_userid":"wm1"}"#.utf8)
            let bareCost = try await Self.cost(transport) { _ in ("\(bareBase)/bare", state) }
            let kf = "\(simulatorBase)/cgi-bin/kf"
            let cost = try await Self.cost(transport) { number in
                switch number % 3 {
                case 0: ("\(kf)/service_state/get?access_token=\(token)", state)
                case 1:
                    (
                        "\(kf)/send_msg?access_token=\(token)",
                        Array(
                            #"{"touser":"wm\#(number / 3 % Self.customers)","open_kfid":"\#(Self.account)","#
                                .utf8)
                            + Array(
                                #""msgtype":"text","text":{"content":"您好，明天发货"}}"#.utf8)
                    )
                default:
                    (
                        "\(kf)/sync_msg?access_token=\(token)",
                        Array(#"{"open_kfid":"\#(Self.account)","limit":1}"#.utf8)
                    )
                }
            }
            group.cancelAll()
            return (cost, bareCost)
        }
    }

    private static func token(_ base: String, _ transport: CurlTransport) async throws -> String {
        struct Reply: Decodable { var access_token: String }
        let response = try await transport.response(
            to: .init(
                method: .get, url: "\(base)/cgi-bin/gettoken?corpid=wwBENCH&corpsecret=secret"))
        return try JSONDecoder().decode(Reply.self, from: Data(response.body)).access_token
    }

    /// Wall and CPU time of one request in microseconds.
    private static func cost(
        _ transport: CurlTransport, _ request: @escaping @Sendable (Int) -> (String, [UInt8])
    ) async throws -> Cost {
        let cpu = Glibc.clock()
        let start = ContinuousClock.now
        await withTaskGroup { group in
            for worker in 0..<atOnce {
                group.addTask {
                    for number in stride(from: worker, to: total, by: atOnce) {
                        let (url, body) = request(number)
                        // An injected fault may fail it; what counts is that it was served.
                        _ = try? await transport.response(
                            to: Boundary.HTTPRequest(method: .post, url: url, body: body))
                    }
                }
            }
        }
        let wall = (ContinuousClock.now - start) / .microseconds(1)
        let used = Double(Glibc.clock() - cpu) * 1_000_000 / Double(CLOCKS_PER_SEC)
        return (wall / Double(total), used / Double(total))
    }
}
