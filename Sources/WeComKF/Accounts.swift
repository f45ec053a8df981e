package import Boundary
package import ChatModel

extension WeComKFClient {
    /// The most rows a page of `account/list` may have.
    private static let pageSize = 100
    /// A corp may have 5000 accounts.
    private static let mostPages = 60

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
        return try await call(
            method, "kf/account/list",
            query: isPost ? "" : "&offset=\(offset)&limit=\(Self.pageSize)",
            body: isPost ? body : []
        ) { (reply) throws(JSONScanner.SyntaxError) in
            var rows: [ListedAccount] = []
            try reply.members { (json, key) throws(JSONScanner.SyntaxError) in
                guard json.matches(key, "account_list") else { return }
                try json.elements { (json) throws(JSONScanner.SyntaxError) in
                    if let row = try ListedAccount(reading: &json) { rows.append(row) }
                }
            }
            return rows
        }
    }
}

extension ListedAccount {
    /// Reads one row; `nil` for one without an id.
    fileprivate init?(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
        var id: String?
        var name: String?
        var isManaged: Bool?
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "open_kfid") {
                id = try json.text()
            } else if json.matches(key, "name") {
                name = try json.string()
            } else if json.matches(key, "manage_privilege") {
                isManaged = try json.integer().map { $0 != 0 }
            }
        }
        guard let id else { return nil }
        self.init(id: OpenKfID(id), name: name ?? "", isManaged: isManaged)
    }
}
