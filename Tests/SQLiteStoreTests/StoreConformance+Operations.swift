import Boundary
import ChatModel
import Foundation
import Routing
import RuleEngine
import SessionMachine
import Testing

extension StoreConformance {
    // MARK: Who runs what

    static let rollouts: [Self] = [
        Self("an empty store has no canary, notice, audit or past") { store async throws in
            #expect(try await store.activation() == Activation())
            #expect(try await store.pinnedVersions() == [])
            #expect(try await store.wireIDs() == [])
            #expect(try await store.notices(inForceAt: nil) == [])
            #expect(try await store.audit(limit: 10) == [])
            #expect(try await store.decision(of: "m1") == nil)
            #expect(
                try await store.traffic(since: Timestamp(milliseconds: .min), limit: 10) == [])
            #expect(try await store.conversationLog(Sample.id("a")) == [])
            #expect(try await store.conversations(of: "a") == [])
            #expect(try await store.conversation(numbered: 1) == nil)
            #expect(try await store.number(of: Sample.id("a")) == nil)
            #expect(try await store.surveyAnswers(since: Sample.now) == [])
            try await store.clearCanary(by: "lin", note: "", at: Sample.now)
            #expect(try await store.audit(limit: 10) == [])
        },
        Self("a canary serves a share beside the active version, until it is cleared") {
            store async throws in
            try await store.publish(Sample.published("v1"), activate: true)
            try await store.publish(Sample.published("v2"), activate: false)
            try await store.setCanary(Sample.canary("v2"))
            #expect(
                try await store.activation()
                    == Activation(active: "v1", canary: Sample.canary("v2")))
            try await store.setCanary(Sample.canary("v2", 1))
            #expect(try await store.activation().canary == Sample.canary("v2", 1))
            #expect(try await store.activeVersionID() == "v1")
            try await store.clearCanary(by: "lin", note: "太差", at: Sample.now)
            #expect(try await store.activation() == Activation(active: "v1"))
        },
        Self("what is made active is for everybody: the canary is over") { store async throws in
            try await store.publish(Sample.published("v1"), activate: true)
            try await store.publish(Sample.published("v2"), activate: false)
            try await store.setCanary(Sample.canary("v2"))
            try await store.activate("v2", by: "lin", note: "", at: Sample.now)
            #expect(try await store.activation() == Activation(active: "v2"))
        },
        Self("a canary needs a stored version and a share in 0…1") { store async throws in
            await #expect(throws: StoreError(.notFound, reason: "")) {
                try await store.setCanary(Sample.canary("v9"))
            }
            try await store.publish(Sample.published("v1"), activate: false)
            for share in [-0.01, 1.01, Double.infinity, .nan] {
                await #expect(throws: StoreError(.constraint, reason: "")) {
                    try await store.setCanary(Sample.canary("v1", share))
                }
            }
            #expect(try await store.activation() == Activation())
            #expect(try await store.audit(limit: 9).map(\.act) == [.publish])
        },
        Self("versions that conversations refer to are pinned, each once, while they do") {
            store async throws in
            var effects = Effects()
            effects.conversations = try ["a", "b"].map { try Sample.richConversation($0) }
            var canary = Conversation(id: Sample.id("c"))
            canary.memory.version = "v-flow"
            var plain = Conversation(id: Sample.id("d"))
            plain.memory.sessions = 7
            effects.conversations += [canary, plain]
            try await store.commit(effects)
            #expect(
                try await store.pinnedVersions()
                    == ["v-overdue", "v-flow", "v-survey", "v-canary"])
            effects.conversations = ["a", "b"].map { Conversation(id: Sample.id($0)) }
            try await store.commit(effects)
            #expect(try await store.pinnedVersions() == ["v-flow"])
        },
        Self("ids of menu items stay known when a version no longer has them") {
            store async throws in
            func menu(_ key: String, _ id: WireID, _ former: [WireID] = []) -> RuleSetDefinition {
                let item = MenuDefinition.Item(
                    key: key, item: .click(id: id, label: "x"), formerIDs: former)
                return RuleSetDefinition(bundles: [
                    BundleDefinition(
                        name: "b", accounts: [],
                        menus: [MenuDefinition(name: "m", head: nil, items: [item], tail: nil)],
                        rules: [])
                ])
            }
            func known(_ key: String, _ id: WireID) -> PublishedWireID {
                PublishedWireID(bundle: "b", menu: "m", key: key, id: id)
            }
            try await store.publish(Sample.published("v1", menu("old", "1")), activate: true)
            try await store.publish(
                Sample.published("v2", menu("new", "2", ["1"])), activate: false)
            try await store.publish(Sample.published("v3", menu("new", "2")), activate: true)
            #expect(
                try await store.wireIDs()
                    == [known("new", "1"), known("new", "2"), known("old", "1")])
        },
        Self("a survey's answers are items with ids too") { store async throws in
            try await store.publish(Sample.published("v1", Sample.richDefinition), activate: false)
            let ids = try await store.wireIDs()
            #expect(ids == PublishedWireID.all(in: Sample.richDefinition))
            #expect(
                ids.contains(PublishedWireID(bundle: "售后", menu: "满意度", key: "5", id: "s/5")))
        },
        Self("a notice is told until its time is over, or it is removed") { store async throws in
            let later = Sample.now + .seconds(60)
            var second = Sample.notice("第二", until: later + .seconds(1))
            second.bundle = nil
            second.account = nil
            second.words = []
            try await store.addNotice(Sample.notice("暴雨", until: later))
            try await store.addNotice(second)
            let both = [Sample.notice("暴雨", until: later), second]
            #expect(try await store.notices(inForceAt: Sample.now) == both)
            #expect(try await store.notices(inForceAt: later) == [second])
            #expect(try await store.notices(inForceAt: nil) == both)
            try await store.removeNotice("第二", by: "lin", note: "", at: Sample.now)
            #expect(try await store.notices(inForceAt: later) == [])
            await #expect(throws: StoreError(.notFound, reason: "")) {
                try await store.removeNotice("第二", by: "lin", note: "", at: Sample.now)
            }
        },
        Self("a notice of the same name replaces the one there was") { store async throws in
            try await store.addNotice(Sample.notice("暴雨"))
            var longer = Sample.notice("暴雨", until: Sample.now + .seconds(9999))
            longer.text = "还在下。"
            longer.words = ["快递"]
            try await store.addNotice(longer)
            #expect(try await store.notices(inForceAt: nil) == [longer])
        },
    ]

    // MARK: Audit

    static let audits: [Self] = [
        Self("the audit tells who did what, newest first, as far back as asked") {
            store async throws in
            try await store.publish(
                Sample.published("v1", note: "第一版"), activate: true)
            try await store.publish(Sample.published("v2", note: "第二版"), activate: false)
            try await store.setCanary(Sample.canary("v2", 0.125))
            try await store.clearCanary(by: "lin", note: "太差", at: Sample.now)
            try await store.activate("v2", by: "wang", note: "好了", at: Sample.now)
            try await store.activate("v1", by: "wang", note: "不好", at: Sample.now)
            try await store.addNotice(Sample.notice("暴雨"))
            try await store.removeNotice("暴雨", by: "zhao", note: "晴了", at: Sample.now)
            func line(_ entry: AuditEntry) -> String {
                "\(entry.number) \(entry.act.rawValue) \(entry.subject) \(entry.author) \(entry.note)"
            }
            let audit = try await store.audit(limit: 100)
            #expect(
                audit.map(line) == [
                    "9 notice_removed 暴雨 zhao 晴了",
                    "8 notice 暴雨 lin 华东暴雨，快递会晚到。",
                    "7 rollback v1 wang 不好", "6 activate v2 wang 好了",
                    "5 canary_cleared v2 lin 太差", "4 canary v2 12.5% wang 试一试",
                    "3 publish v2 lin 第二版", "2 activate v1 lin 第一版", "1 publish v1 lin 第一版",
                ])
            #expect(audit[5].at == Sample.now + .seconds(5))
            #expect(try await store.audit(limit: 2) == Array(audit.prefix(2)))
            #expect(try await store.audit(limit: 0) == [])
        },
        Self("publishing what is stored, or failing, leaves no false entry") { store async throws in
            try await store.publish(Sample.published("v1"), activate: false)
            try await store.publish(Sample.published("v1"), activate: false)
            await #expect(throws: StoreError(.notFound, reason: "")) {
                try await store.activate("v9", by: "lin", note: "", at: Sample.now)
            }
            #expect(try await store.audit(limit: 9).map(\.act) == [.publish])
        },
        Self("shares read as percentages") { store async throws in
            try await store.publish(Sample.published("v"), activate: false)
            for share in [0, 1, 0.1, 0.125, 0.0005, 0.1005, 1.0 / 3] {
                try await store.setCanary(Sample.canary("v", share))
            }
            #expect(
                try await store.audit(limit: 7).reversed().map(\.subject) == [
                    "v 0%", "v 100%", "v 10%", "v 12.5%", "v 0.05%", "v 10.05%", "v 33.33%",
                ])
        },
    ]

    // MARK: Servicers and surveys

    static let servicers: [Self] = [
        Self("who serves an account is shown with its work, and nobody else's") {
            store async throws in
            var effects = Effects()
            let elsewhere = RosterRow(account: "wkOTHER", servicer: "lin", load: 9)
            effects.roster = Sample.roster.reversed() + [elsewhere]
            try await store.commit(effects)
            let work = Sample.page([Sample.text("m", from: "a")])
            #expect(
                try await store.snapshot(for: work).rosters == [Sample.account: Sample.roster])
            let timer = Routing.Timer(
                kind: .pickUpOverdue, conversation: Sample.id("x", account: "wkOTHER"),
                due: Sample.now)
            #expect(
                try await store.snapshot(for: .timers([timer])).rosters
                    == ["wkOTHER": [elsewhere]])
            #expect(try await store.snapshot(for: .roster("wkNOBODY", [])).rosters.isEmpty)
        },
        Self("a servicer's row is replaced by the next, others stay") { store async throws in
            var effects = Effects()
            effects.roster = Sample.roster
            try await store.commit(effects)
            let changed = RosterRow(account: Sample.account, servicer: "lin", load: 4)
            effects.roster = [changed]
            try await store.commit(effects)
            let rosters = try await store.snapshot(for: .roster(Sample.account, [])).rosters
            #expect(rosters[Sample.account] == [changed] + Sample.roster.dropFirst())
        },
        Self("a whole list replaces an account's servicers, of that account only") {
            store async throws in
            let elsewhere = RosterRow(account: "wkOTHER", servicer: "lin")
            var effects = Effects()
            effects.roster = Sample.roster + [elsewhere]
            try await store.commit(effects)
            effects.roster = [Sample.roster[1]]
            effects.rosterReplaced = [Sample.account]
            try await store.commit(effects)
            let work = Work.timers(
                [Sample.account, "wkOTHER"].map { account in
                    Routing.Timer(
                        kind: .idle, conversation: Sample.id("x", account: account),
                        due: Sample.now)
                })
            let first = try await store.snapshot(for: work).rosters
            #expect(first == [Sample.account: [Sample.roster[1]], "wkOTHER": [elsewhere]])
            effects.roster = []
            try await store.commit(effects)
            let second = try await store.snapshot(for: work).rosters
            #expect(second == ["wkOTHER": [elsewhere]])
        },
        Self("of a customer's answers about one session the last counts") { store async throws in
            let first = Sample.surveyAnswer("a", "1", at: Sample.now)
            let second = Sample.surveyAnswer("a", "5", at: Sample.now + .seconds(2))
            var bare = Sample.surveyAnswer("b", "3", at: Sample.now + .seconds(1))
            bare.servicer = nil
            bare.rule = nil
            var earlier = first
            earlier.endedAt = Sample.now - .seconds(999)
            for answers in [[first, bare], [second, earlier]] {
                var effects = Effects()
                effects.surveys = answers
                try await store.commit(effects)
            }
            #expect(
                try await store.surveyAnswers(since: Sample.now) == [earlier, bare, second])
            #expect(
                try await store.surveyAnswers(since: Sample.now + .seconds(2)) == [second])
            #expect(try await store.surveyAnswers(since: Sample.now + .seconds(3)) == [])
        },
    ]
}
