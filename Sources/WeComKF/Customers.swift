package import Boundary
package import ChatModel

extension WeComKFClient {
    /// `POST kf/customer/batchget` (wecom-kf reference §11) of 0…100 customers.
    ///
    /// No call is made for none. Customers who have not consulted within 48 hours count as
    /// unknown.
    package func customers(
        _ ids: [ExternalUserID]
    ) async throws(PlatformFailure) -> CustomerBatch {
        if ids.isEmpty { return CustomerBatch(profiles: [], unknown: []) }
        guard ids.count <= 100 else {
            throw .notSent(
                40058, "external_userid_list has \(ids.count) ids; the platform takes 100")
        }
        let body = JSONWriter.object { $0.member("external_userid_list", ids.map(\.rawValue)) }
        return try await call(.post, "kf/customer/batchget", body: body) {
            (reply) throws(JSONScanner.SyntaxError) in
            var batch = CustomerBatch(profiles: [], unknown: [])
            try reply.members { (json, key) throws(JSONScanner.SyntaxError) in
                if json.matches(key, "customer_list") {
                    try json.elements { (json) throws(JSONScanner.SyntaxError) in
                        if let profile = try CustomerBatch.Profile(reading: &json) {
                            batch.profiles.append(profile)
                        }
                    }
                } else if json.matches(key, "invalid_external_userid") {
                    try json.elements { (json) throws(JSONScanner.SyntaxError) in
                        if let id = try json.text() { batch.unknown.append(ExternalUserID(id)) }
                    }
                }
            }
            return batch
        }
    }
}

extension CustomerBatch.Profile {
    /// Reads one row; `nil` for one without an id.
    fileprivate init?(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
        var id: String?
        var nickname: String?
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "external_userid") {
                id = try json.text()
            } else if json.matches(key, "nickname") {
                nickname = try json.string()
            }
        }
        guard let id else { return nil }
        self.init(id: ExternalUserID(id), nickname: nickname ?? "")
    }
}
