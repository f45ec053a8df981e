import Boundary
import Foundation
import GRDB
import Routing
import SQLiteStore
import Testing

@Suite struct OpeningTests {
    private func refusal(of path: String) -> StoreError? {
        #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
    }

    @Test func aMissingDirectoryIsNamed() throws {
        let directory = try StoreDirectory()
        let path = directory.url.appending(path: "absent/switchboard.db").path
        let error = refusal(of: path)
        #expect(error?.code == .cannotOpen)
        let missing = directory.url.appending(path: "absent").path
        #expect(
            error?.reason == "cannot open the store \(path): the directory \(missing) does not "
                + "exist; create it, or set another `store`")
    }

    @Test func aFileInPlaceOfTheDirectory() throws {
        let directory = try StoreDirectory()
        try Data().write(to: directory.url.appending(path: "file"))
        let error = refusal(of: directory.url.appending(path: "file/switchboard.db").path)
        #expect(error?.code == .cannotOpen)
        #expect(error?.reason.contains("is not a directory") == true)
    }

    @Test func aDirectoryInPlaceOfTheFile() throws {
        let directory = try StoreDirectory()
        let error = refusal(of: directory.url.path)
        #expect(error?.code == .cannotOpen)
        #expect(error?.reason.contains("it is a directory") == true)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everything"))
    func aReadOnlyFileOrDirectory() throws {
        let directory = try StoreDirectory()
        try directory.open().close()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o400], ofItemAtPath: directory.path)
        #expect(refusal(of: directory.path)?.code == .cannotOpen)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: directory.path)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o500], ofItemAtPath: directory.url.path)
        let error = refusal(of: directory.path)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: directory.url.path)
        #expect(error?.code == .cannotOpen)
        #expect(error?.reason.contains("may not be written") == true)
    }

    /// A place nobody may write to, not even root.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
    func anUnwritableDirectory() {
        let error = refusal(of: "/proc/switchboard.db")
        #expect(error?.code == .cannotOpen)
        #expect(error?.reason.contains("/proc/switchboard.db") == true)
    }

    @Test func aFileThatIsNoDatabaseIsLeftAlone() throws {
        let directory = try StoreDirectory()
        let text = Data(String(repeating: "not a database\n", count: 100).utf8)
        try text.write(to: URL(fileURLWithPath: directory.path))
        let error = refusal(of: directory.path)
        #expect(error?.code == .cannotOpen)
        #expect(error?.reason.contains("not a store of switchboard") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path)) == text)
    }

    @Test func anotherProgramsDatabaseIsLeftAlone() throws {
        let directory = try StoreDirectory()
        let queue = try DatabaseQueue(path: directory.path)
        try queue.write { try $0.execute(sql: "CREATE TABLE notes (text)") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.path))
        #expect(refusal(of: directory.path)?.code == .cannotOpen)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path)) == before)
    }

    @Test func aNewerVersionsFileIsLeftAlone() throws {
        let directory = try StoreDirectory()
        try directory.open().close()
        let queue = try DatabaseQueue(path: directory.path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v999')") }
        try queue.close()
        let error = refusal(of: directory.path)
        #expect(error?.code == .tooNew)
        #expect(error?.reason.contains("newer version of switchboard") == true)
    }

    /// A command line must start while a server is busy writing.
    @Test func openingDoesNotWaitForAWriter() async throws {
        let directory = try StoreDirectory()
        let server = try directory.open()
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        async let committed = server.commit(.timers([]), version: nil, now: Sample.now) { _ in
            enter.finish()
            gate.wait()
            return Effects()
        }
        for await _ in entered {}
        let opened = Result { try directory.open() }
        gate.signal()
        _ = try await committed
        #expect(try await opened.get().isEmpty())
    }
}
