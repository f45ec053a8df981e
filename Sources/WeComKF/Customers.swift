package import Boundary
package import ChatModel

extension WeComKFClient {
    /// The most customers one call may ask for (wecom-kf reference §11).
    static let mostCustomers = 100

    /// `POST kf/customer/batchget` (wecom-kf reference §11), 100 customers a call.
    ///
    /// No call is made for none. Customers who have not consulted within 48 hours count as
    /// unknown.
    ///
    /// - Parameter withEntrance: Whether each one's last entrance within 48 hours is wanted, too.
    /// - Throws: Where the first call fails. When a later one does, the batch has what was told,
    ///   and names the others in its shortfall.
    package func customers(
        _ ids: [ExternalUserID], withEntrance: Bool = false
    ) async throws(PlatformFailure) -> CustomerBatch {
        // An empty id names nobody the platform could know.
        var batch = CustomerBatch(profiles: [], unknown: ids.filter(\.rawValue.isEmpty))
        var ids = ids.filter { !$0.rawValue.isEmpty }[...]
        while !ids.isEmpty {
            let some = ids.prefix(Self.mostCustomers)
            let body = JSONWriter.object { json in
                json.member("external_userid_list", some.map(\.rawValue))
                if withEntrance { json.member("need_enter_session_context", 1) }
            }
            let answer: WireValue
            do throws(PlatformFailure) {
                answer = try await self.answer(.post, "kf/customer/batchget", body: body)
            } catch  where ids.startIndex > 0 {
                batch.shortfall = Shortfall(of: Array(ids), after: error)
                break
            }
            ids = ids.dropFirst(Self.mostCustomers)
            batch.profiles += answer["customer_list"].elements.compactMap {
                CustomerBatch.Profile($0)
            }
            batch.unknown += answer["invalid_external_userid"].elements.compactMap(\.text).map {
                ExternalUserID($0)
            }
        }
        return batch
    }
}

extension CustomerBatch.Profile {
    /// Reads one row; `nil` for one without an id.
    fileprivate init?(_ row: WireValue) {
        guard let id = row["external_userid"].text else { return nil }
        self.init(
            id: ExternalUserID(id), nickname: row["nickname"].text ?? "",
            avatar: row["avatar"].text,
            gender: row["gender"].integer.flatMap(CustomerProfile.Gender.init) ?? .unknown,
            unionID: row["unionid"].text, entrance: Entrance(row["enter_session_context"]))
    }
}

extension Entrance {
    /// Reads `enter_session_context`; `nil` where there is none.
    fileprivate init?(_ context: WireValue) {
        guard case .object = context else { return nil }
        let channels = context["wechat_channels"]
        self.init(
            scene: context["scene"].text, sceneParameter: context["scene_param"].text,
            channelsScene: channels["scene"].integer,
            channelsName: channels["nickname"].text ?? channels["shop_nickname"].text)
    }
}
