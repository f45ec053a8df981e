package import Boundary
package import ChatModel
package import RuleEngine
import RuleFiles

extension DoctorFinding {
    // MARK: Accounts

    /// Whether the platform knows the configured accounts and lets the app manage them.
    ///
    /// - Parameters:
    ///   - app: `corp/app`.
    ///   - configured: The app's accounts.
    ///   - elsewhere: Accounts that other apps of the configuration have.
    ///   - listed: What `account/list` answered the app.
    package static func accounts(
        of app: String, configured: [AccountAlias: OpenKfID], elsewhere: Set<OpenKfID>,
        listed: [ListedAccount]
    ) -> [DoctorFinding] {
        let byID = Dictionary(listed.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var findings = configured.sorted { $0.key < $1.key }.map { alias, id in
            account(alias, id, row: byID[id], app: app)
        }
        let known = Set(configured.values).union(elsewhere)
        let others = listed.filter { $0.isManaged == true && !known.contains($0.id) }
        if !others.isEmpty {
            let names = others.prefix(10).map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
            findings.append(
                .well(
                    .otherAccounts, app,
                    Bilingual(
                        en: "\(others.count) managed but not configured, so nobody answers there: "
                            + names,
                        zh: "有管理权但没配置的账号 \(others.count) 个，那里没有机器人：\(names)")))
        }
        return findings
    }

    private static func account(
        _ alias: AccountAlias, _ id: OpenKfID, row: ListedAccount?, app: String
    ) -> DoctorFinding {
        guard let row else {
            return .trouble(
                .error, .account, alias.rawValue,
                Bilingual(
                    en: "\(app): the platform does not list \(id)", zh: "\(app)：平台没有列出 \(id)"),
                cause: Bilingual(
                    en: "the account was deleted, is another corp's, or isn't visible to the app",
                    zh: "账号删掉了、是别的企业的，或者应用看不到它"),
                cure: Bilingual(
                    en: "compare the id under 'accounts'; in the console tick the account under "
                        + "微信客服 → 可调用接口的应用",
                    zh: "核对 accounts 里的 id；在后台「微信客服 → 可调用接口的应用」里勾上账号"))
        }
        guard row.isManaged ?? true else {
            return .trouble(
                .error, .account, alias.rawValue,
                Bilingual(
                    en: "\(app) may not manage “\(row.name)” (\(id))",
                    zh: "\(app) 没有「\(row.name)」（\(id)）的管理权"),
                cause: Bilingual(
                    en: "the account is not allotted to the app's interface: its calls are refused "
                        + "with 48007, and sessions go to people",
                    zh: "账号没有交给这个应用的 API：调用会被 48007 拒绝，会话归人工"),
                cure: Bilingual(
                    en: "微信客服 → 通过API管理微信客服账号: tick the account for this app",
                    zh: "在「微信客服 → 通过API管理微信客服账号」里给这个应用勾上账号"))
        }
        return .well(
            .account, alias.rawValue,
            Bilingual(
                en: "\(app) manages “\(row.name)” (\(id))", zh: "\(app) 管理「\(row.name)」（\(id)）"))
    }

    // MARK: Servicers

    /// Whether somebody is there to hand over to, and whether those whom the rules name are.
    ///
    /// - Parameters:
    ///   - account: Whose servicers they are.
    ///   - listed: What `servicer/list` answered.
    ///   - handsOver: Whether a rule for the account hands over at all.
    ///   - named: The people such rules name.
    package static func servicers(
        of account: AccountAlias, listed: [ListedServicer], handsOver: Bool,
        named: [ServicerID]
    ) -> [DoctorFinding] {
        var members: [ServicerID: ServicerStatus?] = [:]
        var departments: [Int] = []
        for row in listed {
            switch row {
            case .member(let id, let status): members[id] = .some(status)
            case .department(let id): departments.append(id)
            }
        }
        let receiving = members.values.count { $0 == .receiving }
        let numbers = departments.map(String.init).joined(separator: ", ")
        let noted =
            departments.isEmpty
            ? Bilingual("")
            : Bilingual(
                en: "; departments \(numbers), whose members aren't listed",
                zh: "；另有部门 \(numbers)，平台不列成员")
        let evidence =
            Bilingual(
                en: "\(receiving) of \(members.count) servicers receive",
                zh: "\(members.count) 位接待人员，\(receiving) 位在接待") + noted
        var findings: [DoctorFinding] = []
        if receiving == 0, handsOver, departments.isEmpty {
            findings.append(
                .trouble(
                    .warning, .onDuty, account.rawValue, evidence,
                    cause: Bilingual(
                        en: "rules hand over, but nobody has switched receiving on",
                        zh: "规则会转人工，但没有人打开接待"),
                    cure: Bilingual(
                        en: "have somebody receive (接待中) in the WeCom client, or give hand-offs "
                            + "'open' hours and a 'nobody' reply",
                        zh: "请同事在企业微信里打开「接待中」，或给转人工写 open 时段和 nobody 的回复")))
        } else {
            findings.append(.well(.onDuty, account.rawValue, evidence))
        }
        let strangers = named.filter { members[$0] == nil }
        let away = named.filter { id in
            guard let status = members[id], let status else { return false }
            return status != .receiving
        }
        if !strangers.isEmpty {
            let names = strangers.map(\.rawValue).joined(separator: ", ")
            findings.append(
                .trouble(
                    departments.isEmpty ? .error : .warning, .named, account.rawValue,
                    Bilingual(
                        en: "rules hand over to \(names), not listed as servicers of this account",
                        zh: "规则会转给 \(names)，但他们不在这个账号的接待人员里")
                        + (departments.isEmpty ? Bilingual("") : noted),
                    cause: Bilingual(
                        en: "the userid is misspelt, has left, or was never added (95014)",
                        zh: "userid 写错了、人已离职，或者没加进来（95014）"),
                    cure: Bilingual(
                        en: "add them to the account's 接待人员, or mend the names in the rules",
                        zh: "把他们加到账号的「接待人员」，或改规则里的名字")))
        } else if !named.isEmpty, away.count == named.count, receiving > 0 {
            let names = away.map(\.rawValue).joined(separator: ", ")
            findings.append(
                .trouble(
                    .warning, .named, account.rawValue,
                    Bilingual(
                        en: "everybody the rules name is away: \(names)", zh: "规则点名的人都没在接待：\(names)"
                    ),
                    cause: Bilingual(
                        en: "they have stopped or paused receiving; the pool takes the customers",
                        zh: "他们停止或暂停了接待，客户会进待接入池"),
                    cure: Bilingual(
                        en: "have one of them receive, or name those who do",
                        zh: "请其中一位打开接待，或在规则里写在岗的人")))
        } else if !named.isEmpty {
            findings.append(
                .well(
                    .named, account.rawValue,
                    Bilingual(
                        en: "the \(named.count) people the rules name are servicers, "
                            + "\(away.count) away",
                        zh: "规则点名的 \(named.count) 人都是接待人员，\(away.count) 人没在接待")))
        }
        return findings
    }
}

/// To whom the rules for one account hand over.
package struct HandoverPeople: Hashable, Sendable {
    /// Whether a rule, a flow or a policy hands over at all.
    package private(set) var handsOver = false
    /// Everybody who is named, each once, in the order written.
    package private(set) var named: [ServicerID] = []

    /// Of every bundle that serves `account`.
    package init(_ definition: RuleSetDefinition, account: AccountAlias) {
        for bundle in definition.bundles where bundle.accounts.contains(account) {
            let handoffs =
                bundle.policies + bundle.rules.compactMap(\.handoff)
                + bundle.flows.flatMap { Self.handoffs(in: $0.steps) }
            for handoff in handoffs {
                add(handoff.to)
                for case .transfer(let other)? in [
                    handoff.closed, handoff.nobody, handoff.overdue,
                ] { add(other) }
            }
        }
    }

    private mutating func add(_ destination: HandoffDefinition.Destination) {
        handsOver = true
        switch destination {
        case .pool: break
        case .servicer(let one): if !named.contains(one) { named.append(one) }
        case .team(let team): for one in team where !named.contains(one) { named.append(one) }
        }
    }

    private static func handoffs(in steps: [FlowStep]) -> [HandoffDefinition] {
        steps.flatMap { step -> [HandoffDefinition] in
            switch step.action {
            case .handoff(let handoff): [handoff]
            case .ask(let question): handoffs(in: question.otherwise)
            case .call(let request): handoffs(in: request.failed)
            case .branch(_, let then, let otherwise): handoffs(in: then + otherwise)
            case .reply, .set, .tag, .start, .end: []
            }
        }
    }
}
