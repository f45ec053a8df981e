import Boundary
package import ChatModel

extension WeComKFClient {
    /// `GET kf/customer/get_upgrade_service_config` (wecom-kf reference §11).
    package func upgradeRange() async throws(PlatformFailure) -> UpgradeRange {
        let answer = try await answer(.get, "kf/customer/get_upgrade_service_config")
        let members = answer["member_range"]
        // The page's table and its sample name the departments differently (§19 row 12).
        let departments =
            members["department_id_list"].elements + members["department_list"].elements
        return UpgradeRange(
            members: members["userid_list"].elements.compactMap(\.text).map { ServicerID($0) },
            departments: departments.compactMap(\.integer),
            groups: answer["groupchat_range"]["chat_id_list"].elements.compactMap(\.text).map {
                GroupChatID($0)
            })
    }

    /// `POST kf/customer/upgrade_service`: asks the servicer to recommend a specialist or a group.
    ///
    /// It shows a hint to the servicer and sends the customer nothing.
    package func upgrade(
        _ conversation: ConversationID, to upgrade: ServiceUpgrade
    ) async throws(PlatformFailure) {
        try FieldLimits.conversation(conversation)
        // Nobody the console could have configured.
        switch upgrade {
        case .member(let id, _) where id.rawValue.isEmpty:
            throw .notSent(95021, "member.userid is empty")
        case .group(let id, _) where id.rawValue.isEmpty:
            throw .notSent(95021, "groupchat.chat_id is empty")
        case .member, .group: break
        }
        let body = JSONWriter.object { json in
            json.member("open_kfid", conversation.account.rawValue)
            json.member("external_userid", conversation.customer.rawValue)
            switch upgrade {
            case .member(let id, let wording):
                json.member("type", 1)
                json.member("member") {
                    $0.member("userid", id.rawValue)
                    $0.optional("wording", wording)
                }
            case .group(let id, let wording):
                json.member("type", 2)
                json.member("groupchat") {
                    $0.member("chat_id", id.rawValue)
                    $0.optional("wording", wording)
                }
            }
        }
        _ = try await answer(.post, "kf/customer/upgrade_service", body: body)
    }

    /// `POST kf/customer/cancel_upgrade_service`: withdraws the recommendation.
    package func cancelUpgrade(of conversation: ConversationID) async throws(PlatformFailure) {
        try FieldLimits.conversation(conversation)
        let body = JSONWriter.object { json in
            json.member("open_kfid", conversation.account.rawValue)
            json.member("external_userid", conversation.customer.rawValue)
        }
        _ = try await answer(.post, "kf/customer/cancel_upgrade_service", body: body)
    }

    /// `GET kf/get_corp_qualification` (§11): whether a Channels (视频号) account is bound and
    /// confirmed; `nil` where the platform doesn't say.
    package func isChannelsAccountBound() async throws(PlatformFailure) -> Bool? {
        try await answer(.get, "kf/get_corp_qualification")["wechat_channels_binding"].flag
    }
}

/// Whom the console lets the app recommend (升级服务).
package struct UpgradeRange: Hashable, Sendable {
    /// The specialists.
    package var members: [ServicerID]
    /// Departments, all of whose members are specialists.
    package var departments: [Int]
    /// The customer groups.
    package var groups: [GroupChatID]

    /// A range.
    package init(members: [ServicerID], departments: [Int], groups: [GroupChatID]) {
        self.members = members
        self.departments = departments
        self.groups = groups
    }
}
