import Foundation
import Glibc
import RuleFiles

/// The right to serve from a database: one process at a time, others may read and publish.
///
/// Held by the system for as long as the process lives, so that a killed one leaves nothing to
/// clear away. The lock stands beside the database in a file of its own, since closing a second
/// descriptor of the database itself would drop SQLite's own locks.
final class ServerLock {
    private let descriptor: Int32

    /// Takes the lock of the database at `store`; the file beside it then says who has it.
    ///
    /// - Parameters:
    ///   - store: The database's path; its folder must exist.
    ///   - who: What to tell another process: where this one listens, since when.
    /// - Throws: ``CommandFailure`` naming the process that has it.
    init(store: String, who: String) throws {
        let path = Self.path(of: store)
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "the file \(path) can't be written: ", zh: "文件 \(path) 写不了：")
                    + Bilingual(Self.reason(errno)),
                cure: Bilingual(
                    en: "give this user the right to write there, or name another 'store'",
                    zh: "给当前用户写的权限，或者改写配置里的 store"))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            guard number == EWOULDBLOCK else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(en: "the file \(path) can't be locked: ", zh: "文件 \(path) 锁不了：")
                        + Bilingual(Self.reason(number)),
                    cure: Bilingual(
                        en: "keep the database on a local disk", zh: "把数据库放在本机的磁盘上"))
            }
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "another process serves from the database \(store) already: ",
                    zh: "已经有一个机器人在用数据库 \(store)：") + holder,
                cure: Bilingual(
                    en: "stop that one first, or name another database with --store",
                    zh: "先停掉它，或用 --store 写另一个数据库"))
        }
        let text = Array("process \(getpid()) on \(Self.machine), \(who)\n".utf8)
        ftruncate(descriptor, 0)
        // Should it not be written, the lock holds all the same.
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit { close(descriptor) }

    /// Who serves from the database at `store` now, as they said; `nil` when nobody does.
    ///
    /// Nothing tells a lock from its absence but trying: for that moment, some microseconds, a
    /// server that starts would find it taken.
    static func currentHolder(store: String) -> Bilingual? {
        // The path is copied for the call.
        let descriptor = unsafe open(path(of: store), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        return holder(descriptor)
    }

    /// Beside the file itself, whatever links led to it.
    private static func path(of store: String) -> String {
        URL(fileURLWithPath: store).resolvingSymlinksInPath().path + ".lock"
    }

    private static func holder(_ descriptor: Int32) -> Bilingual {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
        }
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let line = text.prefix { !$0.isNewline }
        return line.isEmpty
            ? Bilingual(en: "it has not said which it is", zh: "它没有说明自己是谁")
            : Bilingual(String(line))
    }

    /// This machine's name, as the kernel has it: asking further would ask the network.
    private static var machine: String {
        var bytes = [CChar](repeating: 0, count: 256)
        // The call writes no further than the buffer's end; a name it cuts off ends there.
        guard unsafe gethostname(&bytes, bytes.count) == 0 else { return "this machine" }
        return String(
            decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func reason(_ number: Int32) -> String {
        // The C library's message lives until the next call; it is copied at once.
        unsafe String(cString: strerror(number))
    }
}
