import ChatModel
import Foundation
import Hummingbird
import PlatformSimulator

/// The world itself: corps and their consoles, apps, accounts, limits.
extension ControlRoutes {
    func addWorld(to group: RouterGroup<SimulatorContext>) {
        on(.get, "world", in: group) { _, contents in Self.view(contents.simulator.present) }
        group.post("world") { request, context in
            await Self.answering {
                let wanted = try Self.members(try await Self.body(request))
                return try world.with { contents throws in
                    let map = JSONWorldMap(wanted)
                    var reader = WorldReader<JSONWorldMap>(
                        onto: contents.simulator.present, isWhole: false)
                    let described = reader.read(map)
                    if let mistake = map.mistake { throw mistake }
                    contents.simulator.change(to: described.settings)
                    contents.targets.merge(described.targets) { $1 }
                    return Self.view(contents.simulator.present)
                }
            }
        }
    }

    private static func members(_ body: [UInt8]) throws(ControlError) -> [String: JSONValue] {
        let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body))
        guard let members = value?.members else {
            throw ControlError(
                what: "the body is no JSON object",
                hint: #"{"corps":[{"corp_id":"ww0000demo00000001","verified":false}]}"#)
        }
        return members
    }

    private static func view(_ world: SimulatorSettings) -> [UInt8] {
        JSONText.object { text in
            text.array("corps", world.corps) { text, corp in
                text.corp(corp)
                text.array("apps", world.apps.filter { $0.corp == corp.id }) { text, app in
                    text.app(app)
                    text.array("accounts", world.accounts.filter { $0.app == app.alias }) {
                        $0.account($1)
                    }
                }
            }
            text.object("quotas") { $0.quotas(world.quotas) }
            let ceilings = world.concurrency.sorted { $0.key.rawValue < $1.key.rawValue }
            text.array("concurrency", ceilings) { text, ceiling in
                text.member("endpoint", ceiling.key.rawValue)
                text.member("calls", ceiling.value)
            }
        }
    }
}

extension JSONText {
    fileprivate mutating func corp(_ corp: SimulatorSettings.Corp) {
        member("corp_id", corp.id.rawValue)
        if let members = corp.members {
            array("members", members) { text, member in
                text.member("userid", member.id.rawValue)
                text.member("activated", member.isActivated)
            }
        }
        if let departments = corp.departments {
            array("departments", departments) { text, department in
                text.member("id", department.id)
                text.array("members", department.members.map(\.rawValue))
            }
        }
        object("upgrade") { text in
            text.array("members", corp.upgrade.members.map(\.rawValue))
            text.array("departments", corp.upgrade.departments)
            text.array("groups", corp.upgrade.groupChats)
            text.member("exclusive", corp.upgrade.isExclusive)
        }
        member("verified", corp.isVerified)
        member("rarely_used", corp.isRarelyUsed)
        member("channels", corp.hasChannels)
        member("developer", corp.bindsDeveloper)
        member("api_off", corp.isAPIOff)
        member("most_accounts", corp.mostAccounts)
        member("most_servicers", corp.mostServicers)
        member("most_departments", corp.mostDepartments)
    }

    fileprivate mutating func app(_ app: SimulatorSettings.App) {
        member("alias", app.alias.rawValue)
        member("secret", app.secret)
        member("agent_id", app.agentID)
        if let addresses = app.trustedAddresses { array("trusted_ips", addresses.sorted()) }
    }

    fileprivate mutating func account(_ account: SimulatorSettings.Account) {
        member("open_kfid", account.id.rawValue)
        member("name", account.name)
        member("routing", account.routing.rawValue)
        // Those of departments come by themselves.
        array("servicers", account.servicers.filter { $0.department == nil }) { text, servicer in
            text.member("userid", servicer.id.rawValue)
            text.member("status", "\(servicer.status)")
            if let capacity = servicer.capacity { text.member("capacity", capacity) }
        }
        array("departments", account.departments)
    }

    fileprivate mutating func quotas(_ quotas: SimulatorSettings.Quotas) {
        let limits: [(StaticString, Int?)] = [
            ("per_minute", quotas.perMinute), ("per_hour", quotas.perHour),
            ("per_address_minute", quotas.perAddressMinute),
            ("per_address_hour", quotas.perAddressHour),
        ]
        for (name, limit) in limits { if let limit { member(name, limit) } }
        let seconds = (quotas.tokenlessPullEvery ?? .zero).components.seconds
        member("pull_without_token_seconds", Int(seconds))
    }
}
