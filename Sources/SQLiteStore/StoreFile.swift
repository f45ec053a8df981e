import Boundary
import Foundation
import GRDB
import Glibc

/// The way to an open store: the file must be there, ours, and of our time.
struct StoreFile {
    let path: String

    /// Opens or creates the file, and brings its tables up to date.
    ///
    /// Files are opened one after the other, as far as the system can lock their directory: GRDB's
    /// migrations expect no other process at theirs. While another process recovers the file,
    /// SQLite may answer "busy" without waiting; such answers are tried again for as long as a
    /// writer would wait.
    func open() throws(StoreError) -> DatabasePool {
        let giveUp = ContinuousClock.now + .seconds(SQLiteStore.busyTimeout)
        while true {
            do {
                return try aloneInDirectory {
                    try createFile()
                    try identify()
                    return try openPool()
                }
            } catch {
                let error = StoreError(error, during: "opening \(path)")
                guard error.isTransient, ContinuousClock.now < giveUp else { throw error }
                usleep(20_000)
            }
        }
    }

    /// Runs `body` while no other process, or thread, does so for a file of the same directory.
    ///
    /// - Throws: ``StoreError/Code/busy`` at once when another does; what `body` throws.
    private func aloneInDirectory<Result>(_ body: () throws -> Result) throws -> Result {
        // The path is copied for the call; no pointer outlives it.
        let descriptor = unsafe Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw cannotOpen(errno) }
        defer { Glibc.close(descriptor) }
        // A file system without such locks opens as well; only first openings may then collide.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw StoreError(.busy, reason: "another process is opening a store in \(directory)")
        }
        return try body()
    }

    private var directory: String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    /// Creates an empty file, unless there is one, for the owner alone.
    ///
    /// It will hold customers' words; SQLite gives the WAL the same permissions. A file that is
    /// there isn't opened: closing it again would drop the locks that SQLite holds on it for
    /// another store of this process.
    private func createFile() throws(StoreError) {
        // Paths are copied for each call; no pointer outlives it.
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            Glibc.close(descriptor)
        } else {
            guard errno == EEXIST else { throw cannotOpen(errno) }
            var isDirectory: ObjCBool = false
            if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
                isDirectory.boolValue
            {
                throw cannotOpen(EISDIR)
            }
            if unsafe Glibc.access(path, R_OK | W_OK) != 0 { throw cannotOpen(errno) }
        }
        // The WAL and its index need to be created beside it.
        if unsafe Glibc.access(directory, W_OK | X_OK) != 0 { throw cannotOpen(errno) }
    }

    private func cannotOpen(_ number: Int32) -> StoreError {
        let cause =
            switch number {
            case ENOENT:
                "the directory \(directory) does not exist; create it, or set another `store`"
            case EACCES, EPERM:
                "it or its directory may not be written; give this user the right to write"
            case EROFS: "the file system is read-only; set another `store`"
            case EISDIR: "it is a directory; name a file in it"
            case ENOTDIR: "\(directory) is not a directory; set another `store`"
            case ENOSPC, EDQUOT: "the disk is full; make room"
            default: unsafe String(cString: strerror(number))
            }
        return StoreError(.cannotOpen, reason: "cannot open the store \(path): \(cause)")
    }

    /// Refuses what is not ours before anything is changed in it; marks an empty file as ours.
    private func identify() throws {
        let queue: DatabaseQueue
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw foreign
        }
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            // Only a new file needs the write lock, which a running server may hold.
            if try !isOurs(db) {
                try db.inTransaction(.immediate) {
                    if try !isOurs(db) {
                        try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                    }
                    return .commit
                }
            }
            if try Schema.migrator.hasBeenSuperseded(db) {
                throw StoreError(
                    .tooNew,
                    reason: "the store \(path) was written by a newer version of switchboard; "
                        + "install that version, or restore a copy from before the upgrade")
            }
        }
    }

    /// Whether the file is marked as ours; throws unless it is, or is empty.
    private func isOurs(_ db: Database) throws -> Bool {
        let id = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        if id == Schema.applicationID { return true }
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
        guard id == 0, tables == 0 else { throw foreign }
        return false
    }

    private var foreign: StoreError {
        StoreError(
            .cannotOpen,
            reason: "\(path) is a file of another kind, not a store of switchboard; "
                + "set another `store`")
    }

    private func openPool() throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: Self.configuration)
        do {
            try Schema.migrator.migrate(pool)
        } catch {
            // Another process may have been quicker between our look and our step.
            guard try pool.read(Schema.migrator.hasCompletedMigrations) else { throw error }
        }
        try pool.writeWithoutTransaction { db in
            // GRDB sets NORMAL when it turns WAL on; a committed cursor must survive a power cut.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // A page of 1000 messages writes about 1 MB; checkpoint after sixteen, not after four.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            try db.execute(sql: "PRAGMA cache_size = -8000")
            try db.execute(sql: "PRAGMA journal_size_limit = \(64 << 20)")
        }
        return pool
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "SQLiteStore"
        configuration.busyMode = .timeout(SQLiteStore.busyTimeout)
        configuration.maximumReaderCount = 3
        return configuration
    }
}
