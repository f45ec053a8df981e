import Boundary
import ChatModel
import Foundation
import Operations
import Routing
import RuleFiles
import SQLiteStore
import WeComKF

/// What doctor learns from the platform: only calls that change nothing there.
struct PlatformVisit {
    private let doctor: Doctor
    private let store: StoreVisit.Record

    /// Pages of a thousand rows that are counted where no server runs.
    private static let mostPages = 3

    init(_ doctor: Doctor, store: StoreVisit.Record) {
        self.doctor = doctor
        self.store = store
    }

    func findings() async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        var hosts: [String: Bool] = [:]
        var clients = PlatformClients(
            secrets: doctor.secrets, transport: doctor.transport, environment: doctor.environment)
        for (corp, app) in doctor.apps {
            let isReached: Bool
            if let known = hosts[corp.api] {
                isReached = known
            } else {
                let (found, answers) = await host(corp.api)
                findings += found
                (hosts[corp.api], isReached) = (answers, answers)
            }
            let name = Doctor.name(corp, app)
            guard isReached else {
                findings.append(
                    .skipped(.token, name, Bilingual(en: "no connection", zh: "连不上")))
                continue
            }
            // A secret that can't be had was told of among the settings.
            guard let api = try? clients.client(of: app, in: corp).api else { continue }
            findings += await self.app(name, app, api)
        }
        return findings
    }

    // MARK: The host

    /// Whether the host answers, and by how much its clock differs.
    private func host(_ base: String) async -> (findings: [DoctorFinding], answers: Bool) {
        let before = Environment.live.now()
        do throws(TransportError) {
            let response = try await doctor.transport.response(
                to: HTTPRequest(method: .get, url: base + "/", wantedHeaders: ["Date"]))
            let after = Environment.live.now()
            let reached = DoctorFinding.well(
                .reachable, base,
                Bilingual(
                    en: "answers within \((after - before).wholeMilliseconds) ms",
                    zh: "\((after - before).wholeMilliseconds) 毫秒内应答"))
            guard let date = response.headers["Date"].flatMap(Self.date) else {
                let skipped = DoctorFinding.skipped(
                    .clock, base, Bilingual(en: "the answer has no Date", zh: "应答里没有 Date"))
                return ([reached, skipped], true)
            }
            let ahead = Self.ahead(from: before, to: after, theirs: date)
            return ([reached, .clock(base, ahead: ahead)], true)
        } catch {
            let failure = PlatformFailure(code: nil, handling: .retry, meaning: error.reason)
            return ([.failure(failure, of: base, calling: "GET /")], false)
        }
    }

    /// By how much our clock is ahead at least: the answer was made at some moment between ours,
    /// and their header leaves a second open.
    private static func ahead(
        from before: Timestamp, to after: Timestamp, theirs: Timestamp
    ) -> Duration {
        let (least, most) = (before - (theirs + .seconds(1)), after - theirs)
        if least > .zero { return least }
        return most < .zero ? most : .zero
    }

    /// RFC 9110's date.
    private static func date(_ text: String) -> Timestamp? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return formatter.date(from: text).map {
            Timestamp(seconds: Int64($0.timeIntervalSince1970))
        }
    }

    // MARK: An app

    private func app(
        _ name: String, _ app: Configuration.App, _ api: PlatformAPI
    ) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        do throws(PlatformFailure) {
            try await api.authenticate()
            findings.append(
                .well(.token, name, Bilingual(en: "the platform gives a token", zh: "拿得到 token")))
        } catch {
            guard case .service(let url, _) = app.credential else {
                return [.failure(error, of: name, calling: "gettoken")]
            }
            // The platform was not asked: its address must not be blamed.
            let host = URLComponents(string: url).flatMap(CallTrace.host) ?? app.alias.rawValue
            return [.tokenService(error, of: name, at: host)]
        }
        do throws(PlatformFailure) {
            let elsewhere = doctor.configuration.apps.flatMap(\.app.accounts.values)
            findings += DoctorFinding.accounts(
                of: name, configured: app.accounts, elsewhere: Set(elsewhere),
                listed: try await api.accounts())
        } catch {
            let finding = DoctorFinding.failure(error, of: name, calling: "kf/account/list")
            // A token that is refused isn't well; what would follow fails for the same reason.
            if finding.id == .token { return [finding] }
            findings.append(finding)
            if finding.id == .trustedIP || finding.id == .reachable { return findings }
        }
        for (alias, id) in app.accounts.sorted(by: { $0.key < $1.key }) {
            findings += await servicers(name, alias, id, api)
            if let positions = store.positions {
                findings.append(await cursor(alias, positions[id], api))
            }
        }
        return findings
    }

    private func servicers(
        _ app: String, _ alias: AccountAlias, _ id: OpenKfID, _ api: PlatformAPI
    ) async -> [DoctorFinding] {
        let people = store.definition.map { HandoverPeople($0, account: alias) }
        do throws(PlatformFailure) {
            return DoctorFinding.servicers(
                of: alias, listed: try await api.servicers(id),
                handsOver: people?.handsOver ?? false, named: people?.named ?? [])
        } catch {
            return [.failure(error, of: "\(app) \(alias)", calling: "kf/servicer/list")]
        }
    }

    // MARK: The cursor

    private func cursor(
        _ alias: AccountAlias, _ position: StoreInspection.Account?, _ api: PlatformAPI
    ) async -> DoctorFinding {
        let isServing = store.holder != nil
        var waiting: Result<DoctorFinding.Waiting, PlatformFailure>?
        // A server pulls by itself, and pulls without a callback's token are limited strictly.
        if !isServing, let position, let cursor = position.cursor {
            waiting = await rows(of: position.id, after: cursor, api)
        }
        return .cursor(
            of: alias,
            sinceNews: position?.committedAt.map { doctor.environment.now() - $0 },
            isServing: isServing, waiting: waiting)
    }

    /// Counts what a server would find, without moving the cursor.
    private func rows(
        of account: OpenKfID, after cursor: SyncCursor, _ api: PlatformAPI
    ) async -> Result<DoctorFinding.Waiting, PlatformFailure> {
        var waiting = DoctorFinding.Waiting(count: 0, isMore: true)
        var cursor = cursor
        for _ in 0..<Self.mostPages where waiting.isMore {
            let request = PullRequest(account: account, cursor: cursor, token: nil)
            do throws(PlatformFailure) {
                let page = try await api.pull(request)
                waiting.count += page.rows.count
                waiting.isMore = page.hasMore
                cursor = page.next
            } catch {
                // What was seen before the refusal waits for certain.
                return waiting.count > 0 ? .success(waiting) : .failure(error)
            }
        }
        return .success(waiting)
    }
}
