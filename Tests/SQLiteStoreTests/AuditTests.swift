import Boundary
import ChatModel
import GRDB
import SQLiteStore
import Testing

@Suite struct AuditTests {
    /// A store with a sealed audit of nine entries.
    private static func sealed() async throws -> StoreDirectory {
        let directory = try StoreDirectory()
        let store = try SQLiteStore(path: directory.path, hash: Sample.hash)
        for number in 1...3 {
            try await store.publish(Sample.published("v\(number)"), activate: true)
            try await store.addNotice(Sample.notice("n\(number)"))
        }
        try store.close()
        return directory
    }

    private static func broken(_ directory: StoreDirectory, limit: Int = 100) async throws -> Int64?
    {
        let store = try directory.open()
        let audit = try await store.audit(limit: limit)
        try store.close()
        return AuditEntry.firstBroken(in: audit, hash: Sample.hash)
    }

    @Test func anUntouchedAuditHolds() async throws {
        let directory = try await Self.sealed()
        for limit in [0, 1, 4, 9, 100] {
            #expect(try await Self.broken(directory, limit: limit) == nil)
        }
    }

    @Test(arguments: [
        ("UPDATE audit SET author = 'nobody' WHERE id = 4", 4),
        ("UPDATE audit SET act = 'canary' WHERE id = 1", 1),
        ("UPDATE audit SET subject = 'v9' WHERE id = 9", 9),
        ("UPDATE audit SET note = note || ' ' WHERE id = 5", 5),
        ("UPDATE audit SET at = at + 1 WHERE id = 2", 2),
        ("UPDATE audit SET seal = '' WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id = 4", 5),
        ("DELETE FROM audit WHERE id = 4; UPDATE audit SET id = id - 1 WHERE id > 4", 4),
        ("UPDATE audit SET author = note, note = author WHERE id = 7", 7),
    ])
    func whatWasChangedShows(_ change: String, _ entry: Int64) async throws {
        let directory = try await Self.sealed()
        let queue = try DatabaseQueue(path: directory.path)
        try await queue.write { try $0.execute(sql: change) }
        try queue.close()
        #expect(try await Self.broken(directory) == entry)
    }

    @Test func entriesFromBeforeThereWereSealsAreNoDamage() async throws {
        let directory = try StoreDirectory()
        let plain = try directory.open()
        try await plain.publish(Sample.published("v1"), activate: true)
        try plain.close()
        let store = try SQLiteStore(path: directory.path, hash: Sample.hash)
        try await store.addNotice(Sample.notice("n"))
        let audit = try await store.audit(limit: 9)
        #expect(audit.map(\.seal.isEmpty) == [false, true, true])
        #expect(AuditEntry.firstBroken(in: audit, hash: Sample.hash) == nil)
        try store.close()
        // Unsealed behind sealed: somebody wrote without the hash.
        let later = try directory.open()
        try await later.addNotice(Sample.notice("m"))
        #expect(
            AuditEntry.firstBroken(in: try await later.audit(limit: 9), hash: Sample.hash) == 4)
    }

    @Test func aNULInANoteIsSealedAsItIsKept() async throws {
        let directory = try StoreDirectory()
        let store = try SQLiteStore(path: directory.path, hash: Sample.hash)
        try await store.publish(Sample.published("v1", note: "a\0b"), activate: true)
        #expect(
            AuditEntry.firstBroken(in: try await store.audit(limit: 9), hash: Sample.hash) == nil)
    }
}
