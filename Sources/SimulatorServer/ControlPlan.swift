import ChatModel
import Foundation
import Hummingbird
import PlatformSimulator

/// The fault plan, and what became of callbacks.
extension ControlRoutes {
    func addPlan(to group: RouterGroup<SimulatorContext>) {
        group.post("faults") { request, context in
            await Self.answering {
                let plan = try Self.plan(try await Self.body(request))
                return world.with { contents in
                    contents.simulator.setFaults(plan)
                    return Self.faults(contents.simulator)
                }
            }
        }
        on(.get, "faults", in: group) { _, contents in Self.faults(contents.simulator) }
        on(.delete, "faults", in: group) { _, contents in
            contents.simulator.endFaults()
            return Self.faults(contents.simulator)
        }
        on(.get, "callbacks", in: group) { order, contents in
            let records = contents.simulator.callbackBook
            let limit = try Self.limit(order)
            return JSONText.object { text in
                text.member("total", records.count)
                text.array("callbacks", records.suffix(limit)) { $0.callbackRecord($1) }
            }
        }
    }

    private static func plan(_ body: [UInt8]) throws -> FaultPlan {
        do {
            return try JSONDecoder().decode(FaultOrder.self, from: Data(body)).plan
        } catch let error as ControlError {
            throw error
        } catch {
            throw ControlError(
                what: "the body is no JSON object", hint: #"{"calls":[],"callbacks":[]}"#)
        }
    }

    private static func faults(_ simulator: PlatformSimulator) -> [UInt8] {
        JSONText.object { text in
            text.array("calls", simulator.callFaults) { $0.callRule($1.rule, struck: $1.struck) }
            text.array("callbacks", simulator.callbackFaults) {
                $0.callbackRule($1.rule, struck: $1.struck)
            }
        }
    }
}

extension JSONText {
    fileprivate mutating func callRule(_ rule: FaultPlan.CallRule, struck: Int) {
        if !rule.endpoints.isEmpty { array("endpoint", rule.endpoints.map(\.rawValue).sorted()) }
        member("fault", rule.fault.kind.rawValue)
        switch rule.fault {
        case .refused(let errcode): member("errcode", errcode)
        case .slowBody(let time), .delay(let time): seconds("seconds", time)
        case .lostAnswer, .resetBefore, .resetAfter, .timeoutBefore, .timeoutAfter: break
        }
        occasion(rule.occasion, struck: struck)
    }

    fileprivate mutating func callbackRule(_ rule: FaultPlan.CallbackRule, struck: Int) {
        member("fault", rule.fault.kind.rawValue)
        switch rule.fault {
        case .duplicate(let copies): member("copies", copies)
        case .late(let time), .reorder(let time): seconds("seconds", time)
        case .drop: break
        }
        occasion(rule.occasion, struck: struck)
    }

    private mutating func occasion(_ occasion: FaultPlan.Occasion, struck: Int) {
        if occasion.chance < 1 { member("chance", occasion.chance) }
        if let count = occasion.count { member("count", count) }
        if occasion.from > .zero { seconds("from_seconds", occasion.from) }
        if let to = occasion.to { seconds("to_seconds", to) }
        member("struck", struck)
    }

    private mutating func seconds(_ name: StaticString, _ time: Duration) {
        member(name, Double(time.wholeMilliseconds) / 1000)
    }

    fileprivate mutating func callbackRecord(_ record: CallbackRecord) {
        member("number", record.push.number)
        member("app", record.push.app.rawValue)
        member("account", record.push.account.rawValue)
        member("token", record.push.token.rawValue)
        member("created_at", Int(record.push.createdAt.milliseconds))
        member("attempt", record.push.attempt)
        member("at", Int(record.at.milliseconds))
        if let status = record.status { member("status", status) }
        optional("injected", record.push.injected?.kind.rawValue)
        if record.push.isCopy { member("copy", true) }
    }
}
