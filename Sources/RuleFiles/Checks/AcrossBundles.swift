import ChatModel
import RuleEngine

/// What must be unique over all files of a rule set.
struct AcrossBundles {
    let bundles: [LoadedBundle]
    let log: DiagnosticLog

    func check() {
        checkNames()
        checkAccounts()
        checkWireIDs()
    }

    private func checkNames() {
        var first: [String: Words] = [:]
        for bundle in bundles {
            let name = bundle.syntax.name
            guard let other = first.updateValue(name, forKey: name.text) else { continue }
            log.report(
                name.diagnostic(
                    .duplicateName,
                    Bilingual(
                        en: "a second bundle '\(name.text)'; the other is \(other.place)",
                        zh: "第二个规则包「\(name.text)」，另一个在 \(other.place)")))
        }
    }

    private func checkAccounts() {
        var first: [String: BundleSyntax] = [:]
        for bundle in bundles {
            for account in bundle.syntax.accounts {
                guard let other = first.updateValue(bundle.syntax, forKey: account.text) else {
                    continue
                }
                log.report(
                    account.diagnostic(
                        .accountServedTwice,
                        Bilingual(
                            en: "the account '\(account.text)' is served by '\(other.name.text)' "
                                + "already",
                            zh: "账号「\(account.text)」已经由「\(other.name.text)」负责"),
                        help: Bilingual(
                            en: "an account has one bundle; put the rules together",
                            zh: "一个账号只归一个规则包；把规则写到一起")))
            }
        }
    }

    /// An item's id, and the ids it had before, mean one item.
    private func checkWireIDs() {
        var first: [WireID: String] = [:]
        for bundle in bundles {
            let name = bundle.definition.name
            for menu in bundle.syntax.menus + bundle.syntax.surveys.map(\.menu) {
                for item in menu.items {
                    let key = "\(menu.name.text).\(item.key.text)"
                    guard let wire = bundle.wireIDs[key] else { continue }
                    for id in [wire.id] + wire.formerIDs {
                        let owner = "\(key) of '\(name)'"
                        guard let other = first.updateValue(owner, forKey: id), other != owner
                        else { continue }
                        log.report(
                            item.key.diagnostic(
                                .wireIDCollision,
                                Bilingual(
                                    en: "\(owner) has the same wire id as \(other)",
                                    zh: "\(owner) 和 \(other) 的编号相同"),
                                help: Bilingual(en: "rename one of them", zh: "改掉其中一个的名字")))
                    }
                }
            }
        }
    }
}
