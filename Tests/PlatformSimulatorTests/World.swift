import ChatModel
import PlatformSimulator
import Testing

let shop: OpenKfID = "wkDEMO0000000000000001"
let app: AppAlias = "kf"
let lin: ExternalUserID = "wmDEMO00000000000000aa"
let talk = ConversationID(account: shop, customer: lin)
/// 2026-03-02 10:00 in Shanghai.
let ten = Timestamp(seconds: 1_772_416_800)
let fortyEightHours: Duration = .seconds(172_800)

/// One corp, one app, one account with Anna, Bo, and Cleo who has not activated WeCom.
func makeSettings(routing: SimulatorSettings.Routing = .api) -> SimulatorSettings {
    SimulatorSettings(
        apps: [SimulatorSettings.App(alias: app, corp: "ww0000demo00000001", secret: "s3cret")],
        accounts: [
            SimulatorSettings.Account(
                id: shop, name: "旗舰店", app: app, routing: routing,
                servicers: [
                    SimulatorSettings.Servicer(id: "anna"), SimulatorSettings.Servicer(id: "bo"),
                    SimulatorSettings.Servicer(id: "cleo", isActivated: false),
                ])
        ])
}

func makeWorld(
    routing: SimulatorSettings.Routing = .api,
    _ adjust: (inout SimulatorSettings) -> Void = { _ in }
) -> PlatformSimulator {
    var settings = makeSettings(routing: routing)
    adjust(&settings)
    return PlatformSimulator(settings: settings, startingAt: ten, seed: 7)
}

extension PlatformSimulator {
    mutating func wait(_ duration: Duration) { advance(to: now + duration) }

    @discardableResult
    mutating func says(_ words: String, msgID: MsgID? = nil) throws -> MsgID {
        try writes(lin, shop, .text(words, menuItem: nil), msgID: msgID)
    }

    mutating func sendText(_ words: String, _ msgID: MsgID? = nil) -> Result<
        MsgID, SimulatedRefusal
    > {
        send(to: talk, msgID: msgID, .text(words), by: app)
    }

    mutating func trans(
        _ target: Int, _ servicer: ServicerID? = nil
    ) -> Result<EventCode?, SimulatedRefusal> {
        transfer(talk, to: target, servicer: servicer, by: app)
    }

    /// Pulls everything from the beginning.
    mutating func pullAll() throws -> [Inbound] {
        var rows: [Inbound] = []
        var cursor: SyncCursor?
        let token = try makeToken()
        while true {
            let page = try sync(shop, cursor: cursor, token: token, limit: nil, by: app).get()
            rows += page.rows
            cursor = page.next
            if !page.hasMore { return rows }
        }
    }

    /// A fresh sync token, as a callback brings it.
    mutating func makeToken() throws -> SyncToken {
        try pushEmptyCallback(shop)
        return try #require(takeDueCallbacks().last).token
    }

    /// A session in the given state, by the API's own commands; 3 is Anna's.
    mutating func bring(to state: ServiceState) throws {
        try says("在吗")
        switch state {
        case .untreated: break
        case .human: _ = try trans(3, "anna").get()
        case .assistant, .pool, .ended: _ = try trans(state.rawValue).get()
        }
    }

    var state: ServiceState? { conversation(talk)?.state }
}

extension Result where Failure == SimulatedRefusal {
    /// The refusal's number and verdict; `nil` for a success.
    var refusal: SimulatedRefusal? { if case .failure(let refusal) = self { refusal } else { nil } }
    var errcode: Int { refusal?.errcode ?? 0 }
}

extension SimulatorSettings {
    /// Says something about the one corp.
    mutating func know(_ adjust: (inout Corp) -> Void) {
        var corp = Corp(id: apps[0].corp)
        adjust(&corp)
        corps = [corp]
    }
}

extension PlatformSimulator {
    /// Uploads a file, as an app does.
    mutating func uploaded(_ file: MediaFile, by caller: AppAlias = app) throws -> MediaID {
        try upload(type: file.type.rawValue, name: file.name, bytes: file.bytes, by: caller).get()
            .id
    }

    /// Uploads a picture.
    mutating func picture() throws -> MediaID { try uploaded(.sample(.image)) }

    /// What the event tells when Lin enters by this link; `nil` when there is none.
    mutating func entrance(by link: String) throws -> Entrance? {
        guard let id = try enters(lin, by: link) else { return nil }
        for row in try pullAll() where row.msgID == id {
            if case .event(.entered(_, let entrance)) = row.content { return entrance }
        }
        return nil
    }
}
