import Boundary
import ChatModel
import Foundation
import Operations
import PlatformSimulator
import RuleFiles
import SQLiteStore
import Testing

/// Publishing into a real store in a folder of its own.
@Suite struct PublishingTests {
    private static let good = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        rules:
          - { rule: 退款, when: { says: 退款 }, reply: 七天内可以退。, examples: [怎么退款] }
          - { rule: 没听懂, when: { no_match: true }, reply: 没听懂。 }

        """
    private static let better = good.replacing("七天", with: "八天")
    private static let wrong = good.replacing("reply: 七天内可以退。", with: "reply: { menu: 没有 }")
    private static let hijacked = good.replacing("[怎么退款]", with: "[怎么退货]")

    private static func source(_ text: String, path: String = "rules/shop.kf.yml") -> RuleSource {
        RuleSource(path: path, text: text)
    }

    /// A hash that tells inputs apart and needs no library: the bytes, shuffled together.
    private static func hash(_ bytes: [UInt8]) -> String {
        let sum = bytes.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        return "-_" + String(sum, radix: 36) + "0000000000"
    }

    private static let environment = Environment(
        now: { Timestamp(milliseconds: 1_700_000_000_000) }, random: { 0 }, sleep: { _ in },
        shortHash: hash)

    private func withStore(
        _ body: (SQLiteStore, Publishing) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "operations-tests-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteStore(path: folder.appending(path: "a.db").path)
        try await body(store, Publishing(store: store, environment: Self.environment))
        try store.close()
    }

    // MARK: Outcomes

    @Test func aGoodVersionIsActiveAtOnce() async throws {
        try await withStore { store, publishing in
            let outcome = try await publishing.publish(
                [Self.source(Self.good)], author: "mia", note: "first")
            guard case .published(let id, let loaded) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(!loaded.hasErrors)
            let active = try #require(try await store.activeVersion())
            #expect(active.id == id)
            #expect(active.definition == loaded.definition)
            #expect(active.sources == ["rules/shop.kf.yml": Self.good])
            #expect((active.author, active.note) == ("mia", "first"))
            #expect(active.publishedAt == Self.environment.now())
        }
    }

    @Test func theSameContentAgainChangesNothing() async throws {
        try await withStore { store, publishing in
            _ = try await publishing.publish([Self.source(Self.good)], author: "mia", note: "first")
            let before = try await store.versions()
            let outcome = try await publishing.publish(
                [Self.source(Self.good)], author: "leo", note: "again")
            guard case .unchanged(let id, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(before.map(\.id) == [id])
            #expect(try await store.versions() == before)
        }
    }

    /// A file that can't be loaded, and one whose own example another rule gets.
    @Test(arguments: [wrong, hijacked, "", "kf: 1\n"])
    func wrongRulesKeepTheActiveVersion(_ text: String) async throws {
        try await withStore { store, publishing in
            _ = try await publishing.publish([Self.source(Self.good)], author: "mia", note: "")
            let before = try await store.versions()
            let outcome = try await publishing.publish(
                [Self.source(text)], author: "mia", note: "")
            guard case .refused(let loaded) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(loaded.hasErrors)
            #expect(!loaded.report().isEmpty)
            #expect(try await store.versions() == before)
            #expect(try await store.activeVersion()?.sources.values.first == Self.good)
        }
    }

    @Test func oneWrongFileRefusesAll() async throws {
        try await withStore { store, publishing in
            let other = Self.good.replacing("小店", with: "大店").replacing("shop", with: "mall")
            let outcome = try await publishing.publish(
                [Self.source(other, path: "rules/mall.kf.yml"), Self.source(Self.wrong)],
                author: "mia", note: "")
            guard case .refused = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(try await store.versions().isEmpty)
            #expect(try await store.activeVersionID() == nil)
        }
    }

    @Test func goingBackByPublishingAgainOnlyActivates() async throws {
        try await withStore { store, publishing in
            for text in [Self.good, Self.better, Self.good] {
                let outcome = try await publishing.publish(
                    [Self.source(text)], author: "mia", note: "")
                guard case .published = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
            }
            #expect(try await store.versions().count == 2)
            #expect(try await store.activeVersion()?.sources.values.first == Self.good)
        }
    }

    // MARK: Plans

    @Test func aPlanChangesNothing() async throws {
        try await withStore { store, publishing in
            let first = try await publishing.plan([Self.source(Self.good)])
            #expect((first.active, first.diff == nil, first.traffic == nil) == (nil, true, true))
            #expect(try await store.versions().isEmpty)
            let outcome = try await publishing.publish(
                [Self.source(Self.good)], author: "mia", note: "")
            guard case .published(first.version, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            let second = try await publishing.plan([Self.source(Self.better)])
            #expect(second.active == first.version)
            #expect(second.version != first.version)
            #expect(second.diff?.changes.map(\.name) == ["退款"])
            #expect(second.traffic == nil)
            #expect(try await store.activeVersionID() == first.version)
            #expect(try await store.versions().count == 1)
            let same = try await publishing.plan([Self.source(Self.good)])
            #expect(same.version == same.active)
            #expect(same.diff?.isEmpty == true)
        }
    }

    @Test func aPlanOfWrongRulesSaysWhatIsWrong() async throws {
        try await withStore { store, publishing in
            _ = try await publishing.publish([Self.source(Self.good)], author: "mia", note: "")
            let plan = try await publishing.plan(
                [Self.source(Self.wrong)], trafficSince: Timestamp(seconds: 0))
            #expect(plan.loaded.hasErrors)
            #expect(plan.diff == nil)
            #expect(plan.traffic == nil)
        }
    }

    @Test func aPlanLooksAtTrafficSinceATime() async throws {
        let talk = try await Talk(Self.good)
        try await talk.says("怎么退款")
        try await talk.passes(.seconds(3600))
        let since = talk.platform.now
        try await talk.says("退款吗")
        try await talk.says("天气")
        let publishing = Publishing(store: talk.store, environment: Self.environment)
        let aliases = [Talk.account: AccountAlias("shop")]
        let deaf = Self.source(
            Self.good.replacing("says: 退款", with: "says: 怎么退款"), path: Talk.path)
        let all = try await publishing.plan(
            [deaf], trafficSince: Timestamp(seconds: 0), aliases: aliases)
        #expect(all.traffic?.messages == 3)
        #expect(all.traffic?.missesGainedCount == 1)
        let late = try await publishing.plan([deaf], trafficSince: since, aliases: aliases)
        #expect(late.traffic?.messages == 2)
        #expect(PublishingGate().refusals(of: late).map(\.concern) == [.misses])
        // Nobody knows whose rules these are about.
        let unnamed = try await publishing.plan([deaf], trafficSince: since)
        #expect((unnamed.traffic?.messages, unnamed.traffic?.leftOut) == (0, 2))
    }

    // MARK: Trials

    @Test func aShareTriesTheVersionBesideTheActiveOne() async throws {
        try await withStore { store, publishing in
            _ = try await publishing.publish([Self.source(Self.good)], author: "mia", note: "")
            let active = try await store.activeVersionID()
            let outcome = try await publishing.publish(
                [Self.source(Self.better)], share: 0.1, author: "leo", note: "try")
            guard case .tried(let id, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            let activation = try await store.activation()
            #expect((activation.active, activation.canary?.version) == (active, id))
            let canary = try #require(activation.canary)
            #expect((canary.share, canary.author, canary.note) == (0.1, "leo", "try"))
            #expect(try await store.version(id)?.sources.values.first == Self.better)
        }
    }

    @Test func aWholeShareEndsTheTrial() async throws {
        try await withStore { store, publishing in
            _ = try await publishing.publish([Self.source(Self.good)], author: "mia", note: "")
            _ = try await publishing.publish(
                [Self.source(Self.better)], share: 0.5, author: "mia", note: "")
            let outcome = try await publishing.publish(
                [Self.source(Self.better)], share: 1, author: "mia", note: "")
            guard case .published(let id, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            let activation = try await store.activation()
            #expect((activation.active, activation.canary == nil) == (id, true))
        }
    }

    @Test func theFirstVersionServesEverybody() async throws {
        try await withStore { store, publishing in
            let outcome = try await publishing.publish(
                [Self.source(Self.good)], share: 0.1, author: "mia", note: "")
            guard case .published(let id, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            let activation = try await store.activation()
            #expect((activation.active, activation.canary == nil) == (id, true))
        }
    }

    @Test func theActiveVersionIsNotTriedOnItself() async throws {
        try await withStore { store, publishing in
            _ = try await publishing.publish([Self.source(Self.good)], author: "mia", note: "")
            let outcome = try await publishing.publish(
                [Self.source(Self.good)], share: 0.5, author: "mia", note: "")
            guard case .unchanged = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(try await store.activation().canary == nil)
        }
    }

    @Test(arguments: [-0.1, .nan]) func aShareThatIsNoneIsRefused(_ share: Double) async throws {
        try await withStore { store, publishing in
            _ = try await publishing.publish([Self.source(Self.good)], author: "mia", note: "")
            let before = try await store.versions()
            await #expect(throws: StoreError(.constraint, reason: "")) {
                _ = try await publishing.publish(
                    [Self.source(Self.better)], share: share, author: "mia", note: "")
            }
            #expect(try await store.versions() == before)
            #expect(try await store.activation().canary == nil)
        }
    }

    // MARK: The id

    private func id(_ files: (path: String, text: String)...) -> RuleSetVersion {
        Publishing.version(
            of: files.map { Self.source($0.text, path: $0.path) }, hash: Self.hash)
    }

    @Test func theIDDoesNotDependOnTheOrder() {
        #expect(
            id(("r/a.kf.yml", "1"), ("r/b.kf.yml", "2"))
                == id(("r/b.kf.yml", "2"), ("r/a.kf.yml", "1")))
    }

    @Test func theIDDoesNotDependOnWhereTheFolderIs() {
        let here = id(("rules/a.kf.yml", "1"), ("rules/shop/b.kf.yml", "2"))
        for folder in ["./rules/", "/srv/bot/rules/", "rules//", ""] {
            #expect(id((folder + "a.kf.yml", "1"), (folder + "shop/b.kf.yml", "2")) == here)
        }
        #expect(id(("rules/a.kf.yml", "1")) == id(("a.kf.yml", "1")))
    }

    @Test func theIDDependsOnEveryNameAndEveryByte() {
        let ids = [
            id(("r/a.kf.yml", "1"), ("r/b.kf.yml", "2")),
            id(("r/a.kf.yml", "2"), ("r/b.kf.yml", "1")),
            id(("r/a.kf.yml", "1"), ("r/c.kf.yml", "2")),
            id(("r/a.kf.yml", "1"), ("r/s/b.kf.yml", "2")),
            id(("r/a.kf.yml", "1"), ("r/b.kf.yml", "2 ")),
            id(("r/a.kf.yml", "1")),
            // Nothing moves unseen between a name and a text, or between two files.
            id(("r/a.kf.yml", "11"), ("r/b.kf.yml", "2")),
            id(("r/a.kf.yml1", "1"), ("r/b.kf.yml", "2")),
            id(("r/a.kf.yml", ""), ("r/b.kf.yml", "12")),
        ]
        #expect(Set(ids).count == ids.count)
    }

    @Test func theIDNeverLooksLikeAnOption() {
        let id = id(("a.kf.yml", "1")).rawValue
        #expect(id.count == 12)
        #expect(id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }
}

extension Publishing {
    /// Checks files, then publishes them, as the command line does.
    func publish(
        _ sources: [RuleSource], share: Double = 1, author: String, note: String
    ) async throws -> Outcome {
        try await publish(Self.check(sources), share: share, author: author, note: note)
    }

    /// Checks files, then plans their publication.
    func plan(
        _ sources: [RuleSource], trafficSince since: Timestamp? = nil,
        aliases: [OpenKfID: AccountAlias] = [:]
    ) async throws -> Plan {
        try await plan(Self.check(sources), trafficSince: since, aliases: aliases)
    }
}
