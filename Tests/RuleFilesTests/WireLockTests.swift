import ChatModel
import RuleEngine
import RuleFiles
import Testing

@Suite struct WireLockTests {
    private func load(_ items: String, _ lock: String? = nil) -> LoadedRules {
        var sources = [
            RuleSource(
                path: "rules/t.kf.yml",
                text: bundle(
                    """
                    menus: { 主菜单: { items: \(items) } }
                    rules: [{ rule: 一, when: { no_match: true }, reply: { menu: 主菜单 } }]
                    """))
        ]
        if let lock { sources.append(RuleSource(path: "rules/" + WireLock.fileName, text: lock)) }
        return RuleFiles.load(sources)
    }

    private func ids(_ loaded: LoadedRules) throws -> [String: [WireID]] {
        let menu = try #require(loaded.definition?.bundles[0].menus[0])
        return Dictionary(
            uniqueKeysWithValues: menu.items.compactMap { item in
                guard case .click(let id, _) = item.item else { return nil }
                return (item.key, [id] + item.formerIDs)
            })
    }

    private func hash(_ key: String) -> WireID { WireIDs.id(bundle: "测试", menu: "主菜单", key: key) }

    @Test func lockIsSortedAndReadsBack() throws {
        let first = load("{ 订单: 查\"订单\"\\, 退款: \"退\\n款\\u200b\" }")
        #expect(first.report() == "")
        let lock = first.updatedWireLock
        #expect(
            lock.text == """
                # 菜单项的线上编号：由程序维护，和规则文件一起提交，不要手改。
                # Ids of menu items on the wire: kept by the program, committed with the rules.
                lock: 1
                bundles:
                  "测试":
                    "主菜单.订单": { id: \(hash("订单")), label: "查\\"订单\\"\\\\" }
                    "主菜单.退款": { id: \(hash("退款")), label: "退\\n款\\U0000200B" }

                """)
        let again = load("{ 订单: 查\"订单\"\\, 退款: \"退\\n款\\u200b\" }", lock.text)
        #expect(again.report() == "")
        #expect(again.wireLock == lock)
        #expect(again.updatedWireLock.text == lock.text)
        #expect(WireLock().text.contains("bundles: {}"))
    }

    @Test func aRenamedItemKeepsItsPast() throws {
        var lock = load("{ 订单: 查订单, 退款: 退款 }").updatedWireLock.text
        // The same label under a new key is the same item.
        var loaded = load("{ 查单: 查订单, 退款: 退款 }", lock)
        #expect(loaded.report() == "")
        #expect(try ids(loaded) == ["查单": [hash("查单"), hash("订单")], "退款": [hash("退款")]])
        lock = loaded.updatedWireLock.text
        // A second time, now by its own word.
        loaded = load("{ 物流: { click: 物流, renamed_from: 查单 }, 退款: 退款 }", lock)
        #expect(
            try ids(loaded)["物流"] == [hash("物流"), hash("查单"), hash("订单")])
        lock = loaded.updatedWireLock.text
        // The word may stay there.
        loaded = load("{ 物流: { click: 物流, renamed_from: 查单 }, 退款: 退款 }", lock)
        #expect(loaded.updatedWireLock.text == lock)
        // Who takes an old name gets an id of its own, and keeps it.
        loaded = load("{ 物流: 物流, 订单: 我的订单, 退款: 退款 }", lock)
        #expect(loaded.report() == "")
        let fresh = try #require(try ids(loaded)["订单"]?.first)
        #expect(fresh != hash("订单"))
        #expect(try ids(loaded)["物流"]?.contains(hash("订单")) == true)
        let clicked = loaded.updatedWireLock.text
        #expect(try ids(load("{ 订单: 我的订单, 物流: 物流 }", clicked))["订单"] == [fresh])
    }

    @Test func anItemThatComesBackIsItself() throws {
        let lock = load("{ 订单: 查订单, 退款: 退款 }").updatedWireLock.text
        let without = load("{ 退款: 退款 }", lock).updatedWireLock.text
        #expect(without.contains("gone: true"))
        let back = load("{ 订单: 订单, 退款: 退款 }", without)
        #expect(try ids(back)["订单"] == [hash("订单")])
        #expect(!back.updatedWireLock.text.contains("gone"))
    }

    @Test func twoWithOneLabelAreNotGuessed() throws {
        let lock = load("{ 甲: 同样, 乙: 同样 }").updatedWireLock.text
        #expect(try ids(load("{ 丙: 同样 }", lock)) == ["丙": [hash("丙")]])
    }

    @Test func aRenameNeedsNoLock() throws {
        let loaded = load("{ 查单: { click: 查订单, renamed_from: 订单 } }")
        #expect(try ids(loaded) == ["查单": [hash("查单"), hash("订单")]])
    }

    @Test func otherBundlesStayInTheLock() {
        let lock = "lock: 1\nbundles:\n  别的:\n    菜单.项: { id: sb0, label: 项 }\n"
        let updated = load("{ 甲: 甲 }", lock).updatedWireLock
        #expect(updated.bundles["别的"]?["菜单.项"]?.id == "sb0")
        #expect(updated.bundles["测试"]?.count == 1)
    }

    @Test func idsOfEverythingDiffer() {
        let ids: [WireID] = [
            WireIDs.id(bundle: "a", menu: "b", key: "c"),
            WireIDs.option(bundle: "a", slot: "b", value: "c"),
            WireIDs.candidate(bundle: "a", rule: "b/c"), WireIDs.noneOfThese(bundle: "a/b/c"),
        ]
        #expect(Set(ids).count == 4)
        #expect(ids.allSatisfy { $0.rawValue.utf8.count == 18 })
    }
}
