import ChatModel

/// What the consoles of the world's corps change while it runs.
extension PlatformSimulator {
    /// The world as it now is, accounts added by calls included and deleted ones not.
    package var present: SimulatorSettings {
        var present = settings
        var seen: Set<CorpID> = []
        present.corps = settings.apps.compactMap { app in
            seen.insert(app.corp).inserted ? corps[app.corp]?.facts : nil
        }
        present.accounts = accounts.filter { !$0.isDeleted }.map(\.facts)
        return present
    }

    /// Makes the world what `wanted` says: ``present``, with changes.
    ///
    /// Corps, apps and accounts are changed or added; none is taken away, since what happened with
    /// it stays. An account keeps its app. Numbers that are not about corps, apps, accounts or
    /// limits stay as well.
    package mutating func change(to wanted: SimulatorSettings) {
        settings.quotas = wanted.quotas
        settings.concurrency = wanted.concurrency
        settings.corps = wanted.corps
        for facts in wanted.corps { corps[facts.id]?.facts = facts }
        for app in wanted.apps {
            if let place = appIndex[app.alias] {
                if settings.apps[place].trustedAddresses != app.trustedAddresses {
                    access.trust[app.alias] = nil
                }
                settings.apps[place] = app
            } else {
                appIndex[app.alias] = settings.apps.count
                settings.apps.append(app)
                found(app.corp)
            }
        }
        for facts in wanted.accounts {
            if let place = accountIndex[facts.id] {
                change(place, to: facts)
            } else {
                settings.accounts.append(facts)
                open(facts)
            }
        }
    }

    /// Makes a corp exist whose app is listed.
    mutating func found(_ id: CorpID) {
        guard corps[id] == nil else { return }
        let facts = settings.corps.first { $0.id == id }
        let group = "KB" + String(SplitMix64.mixed(idKey ^ UInt64(corps.count)), radix: 36)
        corps[id] = CorpRecord(
            facts: facts ?? SimulatorSettings.Corp(id: id),
            knowledge: KnowledgeBase(defaultGroup: group))
    }

    private mutating func change(_ place: Int, to facts: SimulatorSettings.Account) {
        let former = accounts[place].facts
        var changed = facts
        changed.app = former.app
        changed.servicers.removeAll { $0.department != nil }
        accounts[place].facts = changed
        // Who serves through a department goes and comes with it, and else serves on as before.
        for department in changed.departments { staff(place, from: department) }
        for row in accounts[place].facts.servicers.indices {
            let servicer = accounts[place].facts.servicers[row]
            let before = former.servicers.first { $0.id == servicer.id && $0.department != nil }
            guard servicer.department != nil, let before else { continue }
            accounts[place].facts.servicers[row].status = before.status
            accounts[place].facts.servicers[row].capacity = before.capacity
        }
        if accounts[place].facts.servicers != former.servicers {
            accounts[place].servicersVersion += 1
        }
    }
}
