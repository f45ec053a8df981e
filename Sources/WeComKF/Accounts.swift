package import Boundary
package import ChatModel

extension WeComKFClient {
    /// The most rows a page of `account/list` may have.
    private static let pageSize = 100
    /// A corp may have 5000 accounts.
    private static let mostPages = 60

    /// `POST kf/account/add` (wecom-kf reference §5): a new account, managed by this app.
    ///
    /// - Parameters:
    ///   - name: 1…16 characters.
    ///   - avatar: An uploaded image.
    package func addAccount(
        name: String, avatar: MediaID
    ) async throws(PlatformFailure) -> OpenKfID {
        try FieldLimits.characters(of: name, "name", 1...16, code: 95006)
        try Self.check(avatar: avatar)
        let body = JSONWriter.object { json in
            json.member("name", name)
            json.member("media_id", avatar.rawValue)
        }
        guard let id = try await answer(.post, "kf/account/add", body: body)["open_kfid"].text
        else { throw .noAnswer("account/add without open_kfid") }
        return OpenKfID(id)
    }

    private static func check(avatar: MediaID) throws(PlatformFailure) {
        try FieldLimits.media(avatar, "media_id")
        try FieldLimits.bytes(of: avatar.rawValue, "media_id", 1...128)
    }

    /// `POST kf/account/del`; the last account can't be deleted (95005).
    package func deleteAccount(_ id: OpenKfID) async throws(PlatformFailure) {
        try FieldLimits.account(id)
        let body = JSONWriter.object { $0.member("open_kfid", id.rawValue) }
        _ = try await answer(.post, "kf/account/del", body: body)
    }

    /// `POST kf/account/update`: another name, another picture, or both.
    ///
    /// - Parameters:
    ///   - id: The account.
    ///   - name: 1…16 characters; `nil` leaves it.
    ///   - avatar: An uploaded image; `nil` leaves it.
    package func updateAccount(
        _ id: OpenKfID, name: String?, avatar: MediaID?
    ) async throws(PlatformFailure) {
        try FieldLimits.account(id)
        guard name != nil || avatar != nil else {
            throw .notSent(40058, "name and media_id are both missing: nothing would change")
        }
        if let name { try FieldLimits.characters(of: name, "name", 1...16, code: 95006) }
        if let avatar { try Self.check(avatar: avatar) }
        let body = JSONWriter.object { json in
            json.member("open_kfid", id.rawValue)
            json.optional("name", name)
            json.optional("media_id", avatar?.rawValue)
        }
        _ = try await answer(.post, "kf/account/update", body: body)
    }

    /// `kf/account/list`, all pages (wecom-kf reference §5).
    ///
    /// `POST` with the page in the body; where the platform wants the older `GET`, that, with
    /// the page in the query (§19 row 5). There is no "has more": a page with fewer rows than
    /// asked for, or with nothing new, is the last.
    package func accounts() async throws(PlatformFailure) -> [ListedAccount] {
        var method = HTTPRequest.Method.post
        var listed: [ListedAccount] = []
        var known: Set<OpenKfID> = []
        for index in 0..<Self.mostPages {
            let rows: [ListedAccount]
            do throws(PlatformFailure) {
                rows = try await page(method, offset: index * Self.pageSize)
            } catch  where index == 0 && (error.code == 40058 || error.code == 43001) {
                method = .get
                rows = try await page(method, offset: 0)
            }
            let new = rows.filter { known.insert($0.id).inserted }
            listed += new
            if rows.count < Self.pageSize || new.isEmpty { break }
        }
        return listed
    }

    private func page(
        _ method: HTTPRequest.Method, offset: Int
    ) async throws(PlatformFailure) -> [ListedAccount] {
        let isPost = method == .post
        let body = JSONWriter.object { json in
            json.member("offset", offset)
            json.member("limit", Self.pageSize)
        }
        let answer = try await answer(
            method, "kf/account/list",
            query: isPost ? "" : "&offset=\(offset)&limit=\(Self.pageSize)",
            body: isPost ? body : [])
        return answer["account_list"].elements.compactMap { row in
            row["open_kfid"].text.map {
                ListedAccount(
                    id: OpenKfID($0), name: row["name"].text ?? "", avatar: row["avatar"].text,
                    isManaged: row["manage_privilege"].flag)
            }
        }
    }
}
