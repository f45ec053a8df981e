import Boundary
import ChatModel
import Foundation
import GRDB
import Routing
import SQLiteStore
import Testing

/// A directory of its own for each test, removed with it.
final class StoreDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var path: String { url.appending(path: "switchboard.db").path }

    func open() throws -> SQLiteStore { try SQLiteStore(path: path) }
}

@Suite struct SQLiteStoreConformanceTests {
    @Test(arguments: StoreConformance.all)
    func conforms(_ conformance: StoreConformance) async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        try await conformance.check(store)
        try store.close()
    }
}

@Suite struct SQLiteStoreTests {
    private static func filled(_ number: Int) throws -> Effects {
        let row = Sample.text("m\(number)", from: "u\(number)")
        var effects = Effects()
        effects.inbox = [Effects.InboxRecord(row: row, reason: .rule("退款"), score: 81)]
        effects.conversations = [try Sample.richConversation("u\(number)")]
        effects.outbox = [Sample.entry("m\(number)", "u\(number)")]
        effects.timersSet = [
            Routing.Timer(
                kind: .sessionExpires, conversation: Sample.id("u\(number)"), due: Sample.now)
        ]
        effects.position = Effects.Position(
            account: Sample.account, cursor: SyncCursor("c\(number)"), token: "t")
        return effects
    }

    @Test func everythingIsThereAfterReopening() async throws {
        let directory = try StoreDirectory()
        let first = try directory.open()
        try await first.commit(Self.filled(1))
        try await first.publish(Sample.published("v1", Sample.richDefinition), activate: true)
        try first.close()

        let second = try directory.open()
        #expect(try await second.conversation(Sample.id("u1"))?.memory.misses == 2)
        #expect(try await second.pendingOutbox() == [Sample.entry("m1", "u1")])
        #expect(try await second.position(of: Sample.account)?.cursor == "c1")
        #expect(try await second.nextTimer() == Sample.now)
        #expect(
            try await second.activeVersion() == Sample.published("v1", Sample.richDefinition))
    }

    /// What a killed process leaves behind: the file and a WAL nobody checkpointed.
    @Test func aCopyTakenInMidFlightHoldsWhatWasCommitted() async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        for number in 1...20 { try await store.commit(Self.filled(number)) }

        let crashed = try StoreDirectory()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: directory.path + suffix, toPath: crashed.path + suffix)
        }
        let wal = try FileManager.default.attributesOfItem(atPath: crashed.path + "-wal")
        #expect((wal[.size] as? Int ?? 0) > 4096)
        let survivor = try crashed.open()
        #expect(try await survivor.pendingOutbox().count == 20)
        #expect(try await survivor.position(of: Sample.account)?.cursor == "c20")
    }

    @Test func aTornTailOfTheWALLosesTheLastStepWhole() async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        for number in 1...5 { try await store.commit(Self.filled(number)) }
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.path + "-wal")).count
        try await store.commit(Self.filled(6))

        let crashed = try StoreDirectory()
        try FileManager.default.copyItem(atPath: directory.path, toPath: crashed.path)
        let wal = try Data(contentsOf: URL(fileURLWithPath: directory.path + "-wal"))
        try #require(wal.count > before)
        try wal.dropLast(100).write(to: URL(fileURLWithPath: crashed.path + "-wal"))
        let survivor = try crashed.open()
        #expect(try await survivor.position(of: Sample.account)?.cursor == "c5")
        #expect(try await survivor.pendingOutbox().count == 5)
        let page = Sample.page([Sample.text("m6", from: "u6")])
        #expect(try await survivor.snapshot(for: page).seen.isEmpty)
    }

    @Test func readersDoNotWaitForAStep() async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        try await store.commit(Self.filled(1))
        let effects = try Self.filled(2)
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        async let committed = store.commit(
            .timers([]), version: nil, now: Sample.now
        ) { _ in
            enter.finish()
            gate.wait()
            return effects
        }
        for await _ in entered {}
        // The write transaction is open, and stays so until these have come back.
        #expect(try await store.pendingOutbox().count == 1)
        #expect(try await store.position(of: Sample.account)?.cursor == "c1")
        gate.signal()
        _ = try await committed
        #expect(try await store.pendingOutbox().count == 2)
    }

    @Test func twoProcessesShareTheFile() async throws {
        let directory = try StoreDirectory()
        let server = try directory.open()
        let tool = try directory.open()
        try await tool.publish(Sample.published("v1"), activate: true)
        #expect(try await server.activeVersionID() == "v1")
        // Writers of both take turns; nothing is lost and nobody is told "busy".
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                let store = number.isMultiple(of: 2) ? server : tool
                let effects = try Self.filled(number)
                group.addTask { try await store.commit(effects) }
            }
            try await group.waitForAll()
        }
        #expect(try await server.pendingOutbox().count == 40)
        try tool.close()
        try await server.commit(Self.filled(99))
        #expect(try await server.pendingOutbox().count == 41)
    }

    @Test func manyMayCreateTheSameFileAtOnce() async throws {
        for _ in 0..<5 {
            let directory = try StoreDirectory()
            let path = directory.path
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        let store = try SQLiteStore(path: path)
                        try await store.commit(Self.filled(number))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await directory.open().pendingOutbox().count == 4)
        }
    }

    @Test func aCancelledStepWritesNothing() async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        let effects = try Self.filled(1)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try await store.commit(effects)
        }
        task.cancel()
        await #expect(throws: StoreError.self) { try await task.value }
        #expect(try await store.isEmpty())
        #expect(try await store.pendingOutbox() == [])
    }

    @Test func aCommittedStepIsOnTheDiskAndTheFileIsPrivate() async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        try await store.commit(Self.filled(1))
        try await store.settle([Sample.settlement(Sample.entry("m1", "u1"), .done)])
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: directory.path + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func aClosedStoreRefuses() async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        try await store.commit(Self.filled(1))
        try store.close()
        await #expect(throws: StoreError.self) { try await store.pendingOutbox() }
        await #expect(throws: StoreError.self) { try await store.commit(Effects()) }
        // The last to leave empties the WAL into the file.
        #expect(!FileManager.default.fileExists(atPath: directory.path + "-wal"))
    }

    @Test func errorsNeverQuoteWords() async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        var effects = try Self.filled(1)
        effects.outbox[0].action = .send(.text("我的密码是 hunter2"))
        try await store.commit(effects)
        let error = await #expect(throws: StoreError.self) { try await store.commit(effects) }
        let told = String(describing: error) + String(reflecting: error)
        for word in ["退款", "u1", "m1", "hunter2"] { #expect(!told.contains(word)) }
        #expect(error?.reason.contains("UNIQUE constraint failed: inbox") == true)
    }
}
