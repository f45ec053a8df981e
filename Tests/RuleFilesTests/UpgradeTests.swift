import ChatModel
import RuleEngine
import RuleFiles
import Testing

/// `upgrade:` of a rule.
@Suite struct UpgradeTests {
    private func loaded(_ upgrade: String) -> LoadedRules {
        let text = """
            kf: 1
            bundle: 小店
            accounts: [shop]
            rules:
              - rule: 会员
                when: { says: 会员 }
                \(upgrade)

            """
        return RuleFiles.load([RuleSource(path: "a.kf.yml", text: text)])
    }

    @Test(arguments: [
        ("upgrade: { member: anna }", ServiceUpgrade.member("anna", wording: nil)),
        (
            "upgrade: { group: wrDEMO1, wording: 进群有优惠 }",
            .group("wrDEMO1", wording: "进群有优惠")
        ),
        ("推荐: { 专员: anna, 推荐语: 您的顾问 }", .member("anna", wording: "您的顾问")),
    ])
    func aRuleRecommends(_ text: String, upgrade: ServiceUpgrade) throws {
        let loaded = loaded(text)
        #expect(loaded.diagnostics.isEmpty, "\(loaded.report())")
        #expect(loaded.definition?.bundles.first?.rules.first?.upgrade == upgrade)
    }

    @Test(arguments: [
        "upgrade: { member: anna, group: wr1 }", "upgrade: { wording: 您好 }", "upgrade: anna",
        "upgrade: { membre: anna }",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(loaded(text).hasErrors)
    }
}
