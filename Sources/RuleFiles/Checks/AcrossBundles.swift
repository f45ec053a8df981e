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
                    .duplicateName, "a second bundle '\(name.text)'; the other is \(other.place)"))
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
                        "the account '\(account.text)' is served by '\(other.name.text)' already",
                        help: "an account has one bundle; put the rules together"))
            }
        }
    }

    private func checkWireIDs() {
        var first: [WireID: String] = [:]
        for bundle in bundles {
            for (menu, syntax) in zip(bundle.definition.menus, bundle.syntax.menus) {
                for (item, itemSyntax) in zip(menu.items, syntax.items) {
                    guard case .click(let id, _) = item.item else { continue }
                    let name = "\(menu.name).\(item.key) of '\(bundle.definition.name)'"
                    guard let other = first.updateValue(name, forKey: id), other != name else {
                        continue
                    }
                    log.report(
                        itemSyntax.key.diagnostic(
                            .wireIDCollision, "\(name) has the same wire id as \(other)",
                            help: "rename one of them"))
                }
            }
        }
    }
}
