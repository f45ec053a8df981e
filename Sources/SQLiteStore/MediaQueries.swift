package import Boundary
package import ChatModel
import Foundation
import GRDB

extension SQLiteStore: MediaStore {
    package func stored(_ hash: String) async throws(StoreError) -> StoredFile? {
        let folder = folder
        return await offPool { folder.stored(hash) }
    }

    package func keep(_ bytes: [UInt8], as hash: String) async throws(StoreError) {
        let folder = folder
        try await offPool {
            Result { () throws(StoreError) in try folder.keep(bytes, as: hash) }
        }.get()
    }

    package func upload(
        of hash: String, as kind: MediaKind, for corp: CorpID
    ) async throws(StoreError) -> UploadedMedia? {
        try await read("looking for an upload") { db in
            let row = try Row.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT media_id, created_at FROM media_uploads
                        WHERE corp = ? AND hash = ? AND kind = ?
                        """), arguments: [corp.rawValue, hash, kind.rawValue])
            return row.map {
                UploadedMedia(id: MediaID($0[0]), createdAt: Timestamp(milliseconds: $0[1]))
            }
        }
    }

    package func note(
        _ media: UploadedMedia?, of hash: String, as kind: MediaKind, for corp: CorpID
    ) async throws(StoreError) {
        try await write("noting an upload") { db in
            guard let media else {
                return try db.execute(
                    sql: "DELETE FROM media_uploads WHERE corp = ? AND hash = ? AND kind = ?",
                    arguments: [corp.rawValue, hash, kind.rawValue])
            }
            try db.execute(
                sql: """
                    INSERT INTO media_uploads (corp, hash, kind, media_id, created_at)
                    VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (corp, hash, kind) DO UPDATE SET media_id = excluded.media_id,
                        created_at = excluded.created_at
                    """,
                arguments: [
                    corp.rawValue, hash, kind.rawValue, media.id.rawValue,
                    media.createdAt.milliseconds,
                ])
        }
    }

    package func mediaToFetch(
        of accounts: [OpenKfID], after row: Int?, since: Timestamp, now: Timestamp, limit: Int
    ) async throws(StoreError) -> (media: [InboundMedia], next: Int?) {
        // Which rows: the words of an index's condition each, so that it is used; the plus signs
        // keep an index from being used.
        let (untried, from) =
            row.map { ("inbox.id > ? AND +inbox.sent_at >= ?", [$0, Int(since.milliseconds)]) }
            ?? ("inbox.sent_at >= ?", [Int(since.milliseconds)])
        let columns = """
            SELECT inbox.id, accounts.account, inbox.detail ->> '$.media', coalesce(failures, 0),
                inbox.sent_at AS sent_at
            """
        let condition = """
            inbox.detail ->> '$.media' <> ''
                AND accounts.account IN (SELECT value FROM json_each(?))
            """
        let sql = """
            \(columns)
            FROM inbox JOIN accounts ON accounts.id = inbox.account
                LEFT JOIN inbound_media ON inbound_media.inbox = inbox.id
            WHERE inbox.who = 'customer'
                AND (inbox.kind = 'image' OR inbox.kind = 'voice'
                    OR inbox.kind = 'video' OR inbox.kind = 'file')
                AND \(untried) AND inbound_media.inbox IS NULL AND \(condition)
            UNION ALL
            \(columns)
            FROM inbound_media JOIN inbox ON inbox.id = inbound_media.inbox
                JOIN accounts ON accounts.id = inbox.account
            WHERE next_try_at <= ? AND +inbox.sent_at >= ? AND \(condition)
            ORDER BY sent_at LIMIT ?
            """
        return try await read("looking for media to fetch") { db in
            // Asked first: what comes in between is looked for again, and nothing is missed.
            let newest =
                try Int.fetchOne(
                    try db.cachedStatement(sql: "SELECT coalesce(max(id), 0) FROM inbox")) ?? 0
            let ours = try JSON.text(of: accounts.map(\.rawValue))
            var arguments = StatementArguments(from)
            arguments += [ours, now.milliseconds, since.milliseconds, ours, limit]
            let rows = try Row.fetchCursor(
                try db.cachedStatement(sql: sql), arguments: arguments)
            var wanted: [InboundMedia] = []
            while let row = try rows.next() {
                wanted.append(
                    InboundMedia(
                        row: row[0], account: OpenKfID(row[1]), media: MediaID(row[2]),
                        failures: row[3]))
            }
            return (wanted, wanted.count < limit ? newest : nil)
        }
    }

    package func note(
        _ outcome: InboundMedia.Outcome, of media: InboundMedia
    ) async throws(StoreError) {
        try await write("noting a customer's file") { db in
            var file: FetchedMedia?
            var nextTry: Timestamp?
            var problem: String?
            switch outcome {
            case .fetched(let fetched): file = fetched
            case .failed(let time, let why): (nextTry, problem) = (time, why)
            case .lost(let why): problem = why
            }
            try db.execute(
                sql: """
                    INSERT INTO inbound_media (inbox, hash, filename, content_type, count,
                        fetched_at, failures, next_try_at, problem)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (inbox) DO UPDATE SET hash = excluded.hash,
                        filename = excluded.filename, content_type = excluded.content_type,
                        count = excluded.count, fetched_at = excluded.fetched_at,
                        failures = excluded.failures, next_try_at = excluded.next_try_at,
                        problem = excluded.problem
                    """,
                arguments: [
                    media.row, file?.hash, file?.filename?.storable, file?.contentType.storable,
                    file?.count, file?.at.milliseconds,
                    file == nil ? media.failures + 1 : media.failures, nextTry?.milliseconds,
                    problem,
                ])
        }
    }

    package func fetchedMedia(of msgID: MsgID) async throws(StoreError) -> FetchedMedia? {
        try await read("looking for a customer's file") { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT hash, filename, content_type, count, fetched_at
                    FROM inbound_media JOIN inbox ON inbox.id = inbound_media.inbox
                    WHERE inbox.msgid = ? AND hash IS NOT NULL
                    """, arguments: [msgID.rawValue.storable])
            return row.map {
                FetchedMedia(
                    hash: $0[0], filename: $0[1], contentType: $0[2], count: $0[3],
                    at: Timestamp(milliseconds: $0[4]))
            }
        }
    }

    package func pruneMedia(fetchedBefore time: Timestamp) async throws(StoreError) -> Int {
        try await write("pruning media") { db in
            // The row stays: what was fetched once must not be fetched again.
            try db.execute(
                sql: """
                    UPDATE inbound_media SET hash = NULL, problem = 'pruned', next_try_at = NULL
                    WHERE fetched_at < ? AND hash IS NOT NULL
                    """, arguments: [time.milliseconds])
        }
        // Beside the writer, since it reads the sources of every version.
        let wanted = try await read("looking for media in use") { db in
            let fetched = try String.fetchSet(
                db, sql: "SELECT hash FROM inbound_media WHERE hash IS NOT NULL")
            // Files of rules are named in the sources of the version that sends them.
            let sent = try String.fetchAll(
                db,
                sql: "SELECT text FROM version_sources WHERE text LIKE 'switchboard media %'")
            return fetched.union(sent.compactMap(MediaHash.inListing))
        }
        let folder = folder
        return await offPool { folder.prune(keeping: wanted, now: Date()) }
    }

    private var folder: MediaFolder { MediaFolder(store: path) }

    /// Runs `work`, which waits for the disk, where it holds up no task.
    private func offPool<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { done in
            DispatchQueue.global().async { done.resume(returning: work()) }
        }
    }
}

/// The content a stored listing of a rule's file names.
enum MediaHash {
    /// The second word of the line that begins with `hash`; the listing itself is `RuleFiles`'s.
    static func inListing(_ text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix("hash ") }.map {
            String($0.dropFirst("hash ".count))
        }
    }
}
