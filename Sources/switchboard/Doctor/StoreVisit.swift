import Boundary
import ChatModel
import Foundation
import Operations
import Routing
import RuleEngine
import RuleFiles
import SQLiteStore

/// What doctor learns from the database and the files beside it, changing nothing there.
struct StoreVisit {
    let path: String
    /// Where the rule files are.
    let rules: String
    let accounts: [AccountAlias: OpenKfID]
    let environment: Environment

    /// What was learnt.
    struct Record {
        var findings: [DoctorFinding] = []
        /// Who serves from the database.
        var holder: Bilingual?
        /// The active version's rules.
        var definition: RuleSetDefinition?
        /// Where each account's next pull begins, and since when; `nil` without a database.
        var positions: [OpenKfID: StoreInspection.Account]?
    }

    /// How far back the last days go.
    private static let day: Duration = .seconds(86_400), lastDays: Duration = .seconds(3 * 86_400)

    func record() async -> Record {
        var record = Record()
        record.holder = ServerLock.currentHolder(store: path)
        guard FileManager.default.fileExists(atPath: path) else {
            record.findings.append(missing)
            return record
        }
        do throws(StoreError) {
            try await look(into: &record)
        } catch {
            record.findings.append(unreadable(error))
        }
        return record
    }

    private func look(into record: inout Record) async throws(StoreError) {
        let inspection = try StoreInspection(path: path)
        let applied = try await inspection.migrations()
        let known = StoreInspection.knownMigrations
        record.findings.append(.schema(path, applied: applied, known: known))
        let faults = try await inspection.faults()
        record.findings.append(.integrity(faults, of: path))
        record.findings += disk
        // Tables of another time can't be asked, and aren't brought up to date here.
        guard applied == known, faults.isEmpty else { return }
        let store = try SQLiteStore(path: path)
        let active = try await store.activeVersion()
        try store.close(emptiesLog: false)
        record.definition = active?.definition
        record.findings += versions(active)
        let positions = try await inspection.accounts()
        record.positions = Dictionary(
            positions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        try await history(inspection, isServing: record.holder != nil, into: &record.findings)
    }

    private func history(
        _ inspection: StoreInspection, isServing: Bool, into findings: inout [DoctorFinding]
    ) async throws(StoreError) {
        let now = environment.now()
        let backlog = try await inspection.backlog()
        findings.append(
            .backlog(
                pending: backlog.count, oldest: backlog.oldest.map { now - $0 },
                isServing: isServing))
        let failures = try await inspection.failures(since: now - Self.day)
        findings.append(.failures(failures))
        let shortest = try await inspection.shortestDelay(since: now - Self.day)
        if let finding = DoctorFinding.messages(shortestDelay: shortest) {
            findings.append(finding)
        }
        let taken = try await inspection.taken(since: now - Self.lastDays)
        for (alias, id) in accounts.sorted(by: { $0.key < $1.key }) {
            let one = taken.first { $0.account == id }
            findings.append(
                .peopleFirst(of: alias, taken: one?.taken ?? 0, wrote: one?.wrote ?? 0))
        }
        for calls in try await inspection.calls(before: now) {
            findings.append(
                .quota(calls.endpoint, lastMinute: calls.lastMinute, lastHour: calls.lastHour))
        }
        let limited = failures.filter { $0.why.contains(" 45009") }.reduce(0) { $0 + $1.count }
        findings.append(.quotaRefused(count: limited))
    }

    private func versions(_ active: PublishedVersion?) -> [DoctorFinding] {
        let sources = try? RuleFolder.ruleSources(at: [rules])
        let files = sources.map { Publishing.version(of: $0, hash: environment.shortHash) }
        let findings = DoctorFinding.rules(active: active?.id, files: files, path: rules)
        guard let active else { return findings }
        let served = Set(active.definition.bundles.flatMap(\.accounts))
        return findings
            + accounts.keys.sorted().map { .served($0, isServed: served.contains($0)) }
    }

    // MARK: The files

    private var disk: [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if let mode = FileMode.of(path) {
            findings.append(.rights(.storeRights, path, mode: mode))
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let system = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        if let free = (system?[.systemFreeSize] as? NSNumber)?.int64Value {
            let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
            let size = (log?[.size] as? NSNumber)?.int64Value ?? 0
            findings += DoctorFinding.space(path, free: free, wal: size)
        }
        return findings
    }

    private var missing: DoctorFinding {
        .trouble(
            .warning, .store, path,
            Bilingual(en: "there is no database yet", zh: "还没有数据库"),
            cause: Bilingual(
                en: "'serve' has not run with this configuration, or 'store' names another file",
                zh: "还没有用这份配置跑过 serve，或者 store 写的是别的文件"),
            cure: Bilingual(
                en: "start 'switchboard serve', or mend 'store'",
                zh: "启动 switchboard serve，或改正 store"))
    }

    private func unreadable(_ error: StoreError) -> DoctorFinding {
        .trouble(
            .error, .store, path, Bilingual(error.reason),
            cause: Bilingual(
                en: "the file is damaged, of another kind, or may not be used by this user",
                zh: "文件损坏、不是这个程序的，或者当前用户没有权限"),
            cure: Bilingual(
                en: "run doctor as the user who serves; restore a backup where the file is damaged",
                zh: "用运行服务的用户跑 doctor；文件损坏就恢复备份"))
    }
}
