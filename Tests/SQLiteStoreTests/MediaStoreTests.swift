import Boundary
import ChatModel
import Foundation
import Routing
import SQLiteStore
import Testing

/// Files by their content, uploads, what customers sent, and who they are.
@Suite struct MediaStoreTests {
    private static let hash = "abcdefghijklmnopqrstuv"

    private func withStore(_ body: (SQLiteStore, StoreDirectory) async throws -> Void) async throws
    {
        let directory = try StoreDirectory()
        let store = try directory.open()
        try await body(store, directory)
        try store.close()
    }

    /// A customer's row with a file.
    private func image(_ msgID: MsgID, at time: Timestamp = Sample.now) -> Inbound {
        Inbound(
            msgID: msgID, account: Sample.account, sentAt: time,
            content: .fromCustomer("u1", .image(MediaID("MEDIA-\(msgID)"))))
    }

    private func commit(_ rows: [Inbound], to store: SQLiteStore) async throws {
        var effects = Effects()
        effects.inbox = rows.map {
            Effects.InboxRecord(row: $0, reason: .noRule, score: nil)
        }
        try await store.commit(effects)
    }

    @Test func aFileIsKeptOnceForItsOwnerAlone() async throws {
        try await withStore { store, _ in
            #expect(try await store.stored(Self.hash) == nil)
            let bytes = Array("hello, this is more than sixteen bytes".utf8)
            try await store.keep(bytes, as: Self.hash)
            try await store.keep(bytes, as: Self.hash)
            let file = try #require(try await store.stored(Self.hash))
            #expect(file.count == bytes.count && file.head == Array(bytes.prefix(16)))
            let written = try Data(contentsOf: URL(fileURLWithPath: file.path))
            #expect(written == Data(bytes))
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
        }
    }

    @Test(arguments: ["../../etc/passwd", "short", "", "abcdefghijklmnop/qrstuv"])
    func nothingButAHashBecomesAPath(_ hash: String) async throws {
        try await withStore { store, _ in
            await #expect(throws: StoreError.self) { try await store.keep([1], as: hash) }
            let stored = try await store.stored(hash)
            #expect(stored == nil)
        }
    }

    @Test func uploadsAreKnownByCorpContentAndKind() async throws {
        try await withStore { store, _ in
            let media = UploadedMedia(id: "M1", createdAt: Sample.now)
            try await store.note(media, of: Self.hash, as: .image, for: "ww1")
            #expect(try await store.upload(of: Self.hash, as: .image, for: "ww1") == media)
            #expect(try await store.upload(of: Self.hash, as: .file, for: "ww1") == nil)
            #expect(try await store.upload(of: Self.hash, as: .image, for: "ww2") == nil)
            let later = UploadedMedia(id: "M2", createdAt: Sample.now + .seconds(1))
            try await store.note(later, of: Self.hash, as: .image, for: "ww1")
            #expect(try await store.upload(of: Self.hash, as: .image, for: "ww1") == later)
            try await store.note(nil, of: Self.hash, as: .image, for: "ww1")
            #expect(try await store.upload(of: Self.hash, as: .image, for: "ww1") == nil)
        }
    }

    private func wanted(
        _ store: SQLiteStore, since: Timestamp = Sample.now - .seconds(3600),
        now: Timestamp = Sample.now
    ) async throws -> [InboundMedia] {
        try await store.mediaToFetch(
            of: [Sample.account], after: nil, since: since, now: now, limit: 10
        ).media
    }

    @Test func customersFilesAreFetchedOnceTheOldestFirst() async throws {
        try await withStore { store, _ in
            try await commit(
                [
                    image("m2", at: Sample.now), image("m1", at: Sample.now - .seconds(60)),
                    image("m0", at: Sample.now - .seconds(7200)), Sample.text("m3", from: "u1"),
                ], to: store)
            let found = try await wanted(store)
            #expect(found.map(\.media) == ["MEDIA-m1", "MEDIA-m2"])
            #expect(try await wanted(store, since: Sample.now - .seconds(86_400)).count == 3)
            #expect(
                try await store.mediaToFetch(
                    of: ["wkOTHER"], after: nil, since: Sample.now - .seconds(60),
                    now: Sample.now, limit: 10
                ).media.isEmpty)
            let file = FetchedMedia(
                hash: Self.hash, filename: "a.png", contentType: "image/png", count: 3,
                at: Sample.now)
            try await store.note(.fetched(file), of: found[0])
            #expect(try await store.fetchedMedia(of: "m1") == file)
            #expect(try await store.fetchedMedia(of: "m2") == nil)
            #expect(try await wanted(store).map(\.media) == ["MEDIA-m2"])
        }
    }

    @Test func aFailureWaitsAndALossIsFinal() async throws {
        try await withStore { store, _ in
            try await commit([image("m1"), image("m2")], to: store)
            let found = try await wanted(store)
            try await store.note(
                .failed(nextTry: Sample.now + .seconds(5), why: "-1"), of: found[0])
            try await store.note(.lost(why: "40007"), of: found[1])
            #expect(try await wanted(store).isEmpty)
            let again = try await wanted(store, now: Sample.now + .seconds(5))
            #expect(again.map(\.media) == ["MEDIA-m1"] && again.map(\.failures) == [1])
        }
    }

    @Test func aLookGoesOnWhereTheLastOneEnded() async throws {
        try await withStore { store, _ in
            func look(
                after row: Int?, limit: Int = 10, at now: Timestamp = Sample.now
            ) async throws -> (media: [InboundMedia], next: Int?) {
                try await store.mediaToFetch(
                    of: [Sample.account], after: row, since: Sample.now - .seconds(3600),
                    now: now, limit: limit)
            }
            try await commit([image("m1"), image("m2"), Sample.text("m3", from: "u1")], to: store)
            #expect(try await look(after: nil, limit: 2).next == nil, "there may be more")
            let first = try await look(after: nil)
            #expect(first.media.map(\.media) == ["MEDIA-m1", "MEDIA-m2"] && first.next == 3)
            try await store.note(
                .failed(nextTry: Sample.now + .seconds(5), why: "-1"), of: first.media[0])
            try await store.note(.lost(why: "40007"), of: first.media[1])
            try await commit([image("m4"), image("m5", at: .init(seconds: 1))], to: store)
            let second = try await look(after: first.next)
            #expect(second.media.map(\.media) == ["MEDIA-m4"] && second.next == 5)
            #expect(try await look(after: second.next).media.isEmpty)
            let again = try await look(after: second.next, at: Sample.now + .seconds(5))
            #expect(again.media.map(\.media) == ["MEDIA-m1"] && again.media[0].failures == 1)
        }
    }

    @Test func oldFilesAreDeletedUnlessSomethingNamesThem() async throws {
        try await withStore { store, directory in
            try await commit([image("m1")], to: store)
            for hash in [Self.hash, "0000000000000000000000", "1111111111111111111111"] {
                try await store.keep([1, 2, 3], as: hash)
                let file = try #require(try await store.stored(hash))
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -7200)],
                    ofItemAtPath: file.path)
            }
            let found = try await wanted(store)
            try await store.note(
                .fetched(
                    FetchedMedia(
                        hash: Self.hash, filename: nil, contentType: "image/png", count: 3,
                        at: Sample.now)), of: found[0])
            var version = Sample.published("v1", Sample.richDefinition)
            version.sources["pictures/a.png"] =
                "switchboard media 1\nhash 1111111111111111111111\nbytes 3\n"
            try await store.publish(version, activate: true)

            #expect(try await store.pruneMedia(fetchedBefore: Sample.now) == 1)
            #expect(try await store.stored("0000000000000000000000") == nil)
            #expect(try await store.stored(Self.hash) != nil)
            #expect(try await store.pruneMedia(fetchedBefore: Sample.now + .seconds(1)) == 1)
            #expect(try await store.stored(Self.hash) == nil)
            #expect(try await store.stored("1111111111111111111111") != nil)
            // It was fetched once and is not wanted again.
            #expect(try await wanted(store).isEmpty)
        }
    }

    @Test func whatIsNotOursIsLeftAlone() async throws {
        try await withStore { store, directory in
            let folder = directory.url.appending(path: "switchboard.db.media")
            let others = ["products/a.png", "ab/notes.txt", "xy/abcdefghijklmnopqrstuv"]
            for name in others {
                let file = folder.appending(path: name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data("mine".utf8).write(to: file)
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -86_400)],
                    ofItemAtPath: file.path)
            }
            #expect(try await store.pruneMedia(fetchedBefore: Sample.now) == 0)
            for name in others {
                #expect(
                    FileManager.default.fileExists(atPath: folder.appending(path: name).path))
            }
        }
    }

    @Test func profilesComeWithTheConversation() async throws {
        try await withStore { store, _ in
            var effects = Effects()
            effects.inbox = [
                Effects.InboxRecord(
                    row: Sample.text("m1", from: "u1"), reason: .noRule, score: nil)
            ]
            effects.conversations = [Conversation(id: Sample.id("u1"))]
            try await store.commit(effects)
            let (customers, last) = try await store.customersWithoutProfile(
                of: [Sample.account], after: 0, fetchedSince: Sample.now, limit: 10)
            #expect(customers == [Sample.id("u1")])
            #expect(try await store.newestRow() == last)
            let profile = CustomerProfile(
                nickname: "林", gender: .female, scene: "site", sceneParameter: "sku=9",
                channelsScene: 2, channelsName: "演示视频号")
            try await store.keep([Sample.id("u1"): profile], at: Sample.now)
            #expect(try await store.conversation(Sample.id("u1"))?.profile == profile)
            #expect(
                try await store.customersWithoutProfile(
                    of: [Sample.account], after: 0, fetchedSince: Sample.now, limit: 10
                ).customers.isEmpty)
            let stale = try await store.customersWithoutProfile(
                of: [Sample.account], after: 0, fetchedSince: Sample.now + .seconds(1), limit: 10)
            #expect(stale.customers == [Sample.id("u1")])
            // A step in between leaves it alone.
            effects.inbox = []
            try await store.commit(effects)
            #expect(try await store.conversation(Sample.id("u1"))?.profile == profile)
        }
    }
}
