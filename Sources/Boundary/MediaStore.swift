package import ChatModel

/// Files by their content: those that rules send, and those that customers sent.
package protocol MediaStore: Sendable {
    /// Where the content called `hash` lies; `nil` when it is not kept.
    func stored(_ hash: String) async throws(StoreError) -> StoredFile?

    /// Keeps `bytes` under `hash`; nothing happens when they are kept already.
    ///
    /// - Parameter hash: As ``Environment/shortHash`` makes it of the bytes.
    func keep(_ bytes: [UInt8], as hash: String) async throws(StoreError)

    /// What the platform called this content when it was last uploaded for `corp`.
    func upload(
        of hash: String, as kind: MediaKind, for corp: CorpID
    ) async throws(StoreError) -> UploadedMedia?

    /// Notes what the platform calls this content; `nil` when it has forgotten it.
    func note(
        _ media: UploadedMedia?, of hash: String, as kind: MediaKind, for corp: CorpID
    ) async throws(StoreError)

    /// Customers' media that were not fetched yet, the oldest first: those whose time to be tried
    /// again has come by `now`, and those nobody tried among messages in places after `row`.
    ///
    /// - Parameters:
    ///   - accounts: Whose.
    ///   - row: `nil` for all that were sent at or after `since`.
    ///   - since: Older ones the platform has forgotten.
    ///   - now: The time.
    ///   - limit: How many at most.
    /// - Returns: Them, and the place to go on from when all of them were noted: `nil` when there
    ///   are more.
    func mediaToFetch(
        of accounts: [OpenKfID], after row: Int?, since: Timestamp, now: Timestamp, limit: Int
    ) async throws(StoreError) -> (media: [InboundMedia], next: Int?)

    /// Notes what came of fetching.
    func note(
        _ outcome: InboundMedia.Outcome, of media: InboundMedia
    ) async throws(StoreError)

    /// What was fetched of a customer's message; `nil` when nothing was.
    func fetchedMedia(of msgID: MsgID) async throws(StoreError) -> FetchedMedia?

    /// Forgets what was fetched before `time`, and deletes files that nothing refers to.
    ///
    /// - Returns: How many files were deleted.
    func pruneMedia(fetchedBefore time: Timestamp) async throws(StoreError) -> Int
}

/// A file that is kept.
package struct StoredFile: Hashable, Sendable {
    /// Where it is on this machine.
    package var path: String
    /// Its size in bytes.
    package var count: Int
    /// Its first bytes, 16 at most.
    package var head: [UInt8]

    /// A file.
    package init(path: String, count: Int, head: [UInt8]) {
        self.path = path
        self.count = count
        self.head = head
    }
}

/// A customer's message whose file the platform forgets after 3 days.
package struct InboundMedia: Hashable, Sendable {
    /// The message's place in the inbox.
    package var row: Int
    /// The account it came to.
    package var account: OpenKfID
    /// The file's name on the platform.
    package var media: MediaID
    /// How often fetching has failed.
    package var failures: Int

    /// A message's file.
    package init(row: Int, account: OpenKfID, media: MediaID, failures: Int) {
        self.row = row
        self.account = account
        self.media = media
        self.failures = failures
    }

    /// What came of fetching it.
    package enum Outcome: Hashable, Sendable {
        case fetched(FetchedMedia)
        /// Not yet: to be tried again from then on, with why it failed.
        case failed(nextTry: Timestamp, why: String)
        /// Never: with why.
        case lost(why: String)
    }
}

/// A customer's file that is kept.
package struct FetchedMedia: Hashable, Sendable {
    /// Under what its content is kept.
    package var hash: String
    /// The name the platform gave it; `nil` where it gave none.
    package var filename: String?
    /// Its media type.
    package var contentType: String
    /// Its size in bytes.
    package var count: Int
    /// When it was fetched.
    package var at: Timestamp

    /// A file.
    package init(
        hash: String, filename: String?, contentType: String, count: Int, at: Timestamp
    ) {
        self.hash = hash
        self.filename = filename
        self.contentType = contentType
        self.count = count
        self.at = at
    }
}
