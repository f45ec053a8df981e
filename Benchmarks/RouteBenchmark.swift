import Boundary
import ChatModel
import Foundation
import Glibc
import Routing
import RuleEngine
import SQLiteStore

/// How many messages a second become durable decisions, from a pulled page's rows on.
///
/// The whole core with 10 000 rules, and the store's one transaction a page. The aim is 20 000 a
/// second on one core.
///
/// The peer in the same run is the same page with one rule, so that the ratio is what rules cost.
func measureRouteAndCommit() async throws {
    let few = try await routed(rules: 1)
    let many = try await routed(rules: 10_000)
    print(
        String(
            format: "route+commit    %7.0f messages/s  %5.1f µs CPU  (10 000 rules)",
            1_000_000 / many.wall, many.cpu))
    print(
        String(
            format: "route+commit: 10 000 rules / 1 rule: %.2f wall, %.2f CPU",
            many.wall / few.wall, many.cpu / few.cpu))
    print(
        String(
            format: "step: a row of a page of 16 000 / of 1000: %.2f",
            try stepCost(rows: 16_000) / stepCost(rows: 1000)))
}

/// What one row of the pure step costs in a page of this size: a first pull may be one large page.
private func stepCost(rows: Int) throws -> Double {
    let account: OpenKfID = "wkDEMO0000000000000001"
    let router = Router(
        rules: try RuleSet(RouteBench.definition(rules: 100)), aliases: [account: "shop"])
    let (page, now) = RouteBench.page(0, account: account, size: rows)
    let start = ContinuousClock.now
    for _ in 0..<(32_000 / rows) {
        _ = router.step(.page(page), on: Snapshot(), now: now)
    }
    return (ContinuousClock.now - start) / .microseconds(1)
}

private func routed(rules count: Int) async throws -> (wall: Double, cpu: Double) {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let account: OpenKfID = "wkDEMO0000000000000001"
    let router = Router(
        rules: try RuleSet(RouteBench.definition(rules: count)), aliases: [account: "shop"])
    let store = try SQLiteStore(path: folder.appending(path: "store.db").path)
    let pages = (0..<20).map { RouteBench.page($0, account: account) }
    let cpu = Glibc.clock()
    let start = ContinuousClock.now
    for (page, now) in pages {
        _ = try await store.commit(.page(page), version: "bench", now: now) { snapshot in
            router.step(.page(page), on: snapshot, now: now)
        }
    }
    let messages = Double(pages.count * RouteBench.pageSize)
    let wall = (ContinuousClock.now - start) / .microseconds(1)
    let used = Double(Glibc.clock() - cpu) * 1_000_000 / Double(CLOCKS_PER_SEC)
    try store.close()
    return (wall / messages, used / messages)
}

/// Rules and pages for ``measureRouteAndCommit()``.
private enum RouteBench {
    static let pageSize = 1000

    static func definition(rules count: Int) -> RuleSetDefinition {
        let place = SourcePlace(file: "bench.kf.yml", line: 1, column: 1)
        var rules = (0..<count).map { index in
            RuleDefinition(
                name: RuleName("规则\(index)"), place: place,
                triggers: [.says(index == 0 ? "退款" : "词\(index)号")],
                reply: [.text("您好，退款会在三个工作日内原路退回，请留意短信通知。")])
        }
        rules.append(
            RuleDefinition(
                name: "没听懂", place: place, triggers: [.noMatch], reply: [.text("没听懂")]))
        return RuleSetDefinition(bundles: [
            BundleDefinition(name: "bench", accounts: ["shop"], menus: [], rules: rules)
        ])
    }

    static func page(
        _ number: Int, account: OpenKfID, size: Int = pageSize
    ) -> (Work.Page, Timestamp) {
        let now = Timestamp(seconds: 1_763_700_000 + Int64(number))
        let rows = (0..<size).map { index in
            let message = number * size + index
            let user = ExternalUserID("wmBENCH\(message * 7919 % 10_007)")
            let text = "你好，我昨天买的东西想退款，订单号是\(message)，词\(message % 9000)号多久能到账？"
            return Inbound(
                msgID: MsgID("from_msgid_\(message &* 2_654_435_761)_\(message)"),
                account: account, sentAt: now,
                content: .fromCustomer(user, .text(text, menuItem: nil)),
                raw: """
                    {"msgid":"m\(message)","open_kfid":"\(account)","external_userid":"\(user)",\
                    "send_time":\(now.seconds),"origin":3,"msgtype":"text","text":{"content":"\(text)"}}
                    """)
        }
        return (
            Work.Page(account: account, rows: rows, next: SyncCursor("c\(number)"), token: nil), now
        )
    }
}
