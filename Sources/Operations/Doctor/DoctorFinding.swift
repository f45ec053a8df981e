package import RuleFiles

/// What `doctor` says about one thing it looked at: how it stands, by what it was seen, and, where
/// it isn't well, why that may be and what mends it.
package struct DoctorFinding: Hashable, Sendable {
    /// What was looked at; the names are stable, since scripts and the handbook use them.
    package enum ID: String, Hashable, Sendable, CaseIterable {
        case secrets = "config.secrets"
        case secretFiles = "config.secret_files"
        case callbackKeys = "config.callback_keys"
        case clock = "clock.platform"
        case clockOfMessages = "clock.messages"
        case reachable = "platform.reachable"
        case token = "platform.token"
        case trustedIP = "platform.trusted_ip"
        case calls = "platform.calls"
        case recorded = "callback.recorded"
        case callbackToken = "callback.token"
        case callbackAESKey = "callback.aes_key"
        case callbackCorp = "callback.corp_id"
        case callbackClock = "callback.clock"
        case callbackChanged = "callback.changed"
        case account = "accounts.granted"
        case otherAccounts = "accounts.others"
        case onDuty = "servicers.on_duty"
        case named = "servicers.named"
        case peopleFirst = "routing.people_first"
        case store = "store.open"
        case schema = "store.schema"
        case integrity = "store.integrity"
        case space = "store.space"
        case wal = "store.wal"
        case storeRights = "store.rights"
        case cursor = "cursor.lag"
        case backlog = "outbox.backlog"
        case failures = "outbox.failures"
        case quota = "quota.calls"
        case quotaRefused = "quota.refused"
        case active = "rules.active"
        case unpublished = "rules.unpublished"
        case served = "rules.accounts"
        case server = "server.running"
        case ready = "server.ready"
    }

    /// How bad it is.
    package enum Severity: String, Hashable, Sendable {
        /// Works today, or hurts a few.
        case warning
        /// Customers aren't answered, or soon won't be.
        case error
    }

    /// How the thing stands.
    package enum Standing: Hashable, Sendable {
        case well
        /// Not looked at; the evidence says why.
        case skipped
        /// Nothing is troubled without a cure.
        case trouble(Severity, cause: Bilingual, cure: Bilingual)
    }

    /// What was looked at.
    package let id: ID
    /// Which one of them: `corp/app`, an account's alias, a file; empty where there is only one.
    package let subject: String
    /// What was seen.
    package let evidence: Bilingual
    /// How it stands.
    package let standing: Standing

    /// A thing that is well.
    package static func well(_ id: ID, _ subject: String = "", _ evidence: Bilingual) -> Self {
        Self(id: id, subject: subject, evidence: evidence, standing: .well)
    }

    /// A thing that wasn't looked at, because of `reason`.
    package static func skipped(_ id: ID, _ subject: String = "", _ reason: Bilingual) -> Self {
        Self(id: id, subject: subject, evidence: reason, standing: .skipped)
    }

    /// A thing that should be mended.
    package static func trouble(
        _ severity: Severity, _ id: ID, _ subject: String = "", _ evidence: Bilingual,
        cause: Bilingual, cure: Bilingual
    ) -> Self {
        Self(
            id: id, subject: subject, evidence: evidence,
            standing: .trouble(severity, cause: cause, cure: cure))
    }

    /// How bad it is; `nil` for what is well or wasn't looked at.
    package var severity: Severity? {
        if case .trouble(let severity, _, _) = standing { severity } else { nil }
    }
}

extension Duration {
    /// In words, rounded down to the largest unit that fits: `3 s`, `12 min`, `5 h`, `2 d`.
    var roughly: Bilingual {
        let seconds = abs(components.seconds)
        return switch seconds {
        case ..<120: Bilingual(en: "\(seconds) s", zh: "\(seconds) 秒")
        case ..<7200: Bilingual(en: "\(seconds / 60) min", zh: "\(seconds / 60) 分钟")
        case ..<172_800: Bilingual(en: "\(seconds / 3600) h", zh: "\(seconds / 3600) 小时")
        default: Bilingual(en: "\(seconds / 86_400) d", zh: "\(seconds / 86_400) 天")
        }
    }
}
