import ChatModel
import PlatformSimulator

/// Profiles, recommendations, qualification and statistics (wecom-kf reference §11, §12).
extension PlatformCall {
    static func getCustomers(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable {
            let external_userid_list: [String]
            let need_enter_session_context: WireNumber?
        }
        let body = try request.decoded(Body.self)
        let customers = body.external_userid_list.map { ExternalUserID($0) }
        let withEntrance = body.need_enter_session_context?.value == 1
        return call { simulator, app in
            simulator.customers(customers, withEntrance: withEntrance, by: app)
        } answering: { text, view in
            text.array("customer_list", view.profiles) { text, profile in
                text.member("external_userid", profile.id.rawValue)
                text.member("nickname", profile.facts.nickname)
                text.member("avatar", profile.facts.avatar)
                text.member("gender", profile.facts.gender)
                text.optional("unionid", profile.unionID)
                if let entrance = profile.entrance {
                    text.object("enter_session_context") { $0.entrance(entrance, withCode: false) }
                }
            }
            text.array("invalid_external_userid", view.unknown.map(\.rawValue))
        }
    }

    // MARK: Recommendations

    static func getUpgradeConfig() -> PlatformCall {
        call { simulator, app in
            simulator.upgradeServiceConfig(by: app)
        } answering: { text, config in
            text.object("member_range") { text in
                text.array("userid_list", config.members.map(\.rawValue))
                text.array("department_id_list", config.departments)
            }
            text.object("groupchat_range") { $0.array("chat_id_list", config.groupChats) }
        }
    }

    static func upgradeService(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable {
            struct Member: Decodable {
                let userid: String
                let wording: String?
            }
            struct GroupChat: Decodable {
                let chat_id: String
                let wording: String?
            }
            let type: WireNumber
            let member: Member?
            let groupchat: GroupChat?
        }
        let conversation = try request.decoded(Parties.self).conversation
        let body = try request.decoded(Body.self)
        let recommendation: Recommendation
        switch (body.type.value, body.member, body.groupchat) {
        case (1, let member?, _): recommendation = .member(ServicerID(member.userid))
        case (2, _, let chat?): recommendation = .groupChat(chat.chat_id)
        default: return .unreadable(40058, "type, member or groupchat")
        }
        return call { simulator, app in
            simulator.upgradeService(conversation, to: recommendation, by: app)
        }
    }

    static func cancelUpgrade(_ request: PlatformRequest) throws -> PlatformCall {
        let conversation = try request.decoded(Parties.self).conversation
        return call { simulator, app in
            simulator.cancelUpgradeService(conversation, by: app)
        }
    }

    // MARK: The corp

    static func getQualification() -> PlatformCall {
        call { simulator, app in
            simulator.corpQualification(by: app)
        } answering: { text, hasChannels in
            text.member("wechat_channels_binding", hasChannels)
        }
    }

    static func addresses(_ endpoint: Endpoint) -> PlatformCall {
        call { simulator, app in
            simulator.addresses(endpoint, by: app)
        } answering: { text, addresses in
            text.array("ip_list", addresses)
        }
    }

    // MARK: Statistics

    private struct Period: Decodable {
        let open_kfid: String
        let servicer_userid: String?
        let start_time, end_time: WireNumber
    }

    static func getCorpStatistic(_ request: PlatformRequest) throws -> PlatformCall {
        let period = try request.decoded(Period.self)
        let (start, end) = (Int64(period.start_time.value), Int64(period.end_time.value))
        return call { simulator, app in
            simulator.corpStatistic(
                of: OpenKfID(period.open_kfid), from: start, to: end, by: app)
        } answering: { text, days in
            text.days(days) { text, figures in
                text.member("session_cnt", figures.sessions)
                text.member("customer_cnt", figures.customers)
                text.member("customer_msg_cnt", figures.messages)
                text.member("upgrade_service_customer_cnt", figures.upgradedCustomers)
                text.member("ai_session_reply_cnt", figures.assistantSessions)
                text.optional("ai_transfer_rate", figures.transferRate)
                text.member("msg_rejected_customer_cnt", figures.rejectedCustomers)
            }
        }
    }

    static func getServicerStatistic(_ request: PlatformRequest) throws -> PlatformCall {
        let period = try request.decoded(Period.self)
        let (start, end) = (Int64(period.start_time.value), Int64(period.end_time.value))
        let servicer = filled(period.servicer_userid).map { ServicerID($0) }
        return call { simulator, app in
            simulator.servicerStatistic(
                of: OpenKfID(period.open_kfid), servicer: servicer, from: start, to: end, by: app)
        } answering: { text, days in
            text.days(days) { text, figures in
                text.member("session_cnt", figures.sessions)
                text.member("customer_cnt", figures.customers)
                text.member("customer_msg_cnt", figures.messages)
                text.optional("reply_rate", figures.replyRate)
                text.optional("first_reply_average_sec", figures.firstReplySeconds)
                text.member("satisfaction_investgate_cnt", 0)
                text.member("upgrade_service_customer_cnt", figures.upgradedCustomers)
                text.member("upgrade_service_member_invite_cnt", figures.memberInvites)
                text.member("upgrade_service_member_customer_cnt", figures.memberCustomers)
                text.member("upgrade_service_groupchat_invite_cnt", figures.groupInvites)
                text.member("upgrade_service_groupchat_customer_cnt", figures.groupCustomers)
                text.member("msg_rejected_customer_cnt", figures.rejectedCustomers)
            }
        }
    }
}

extension JSONText {
    /// `statistic_list`; a day without data has no `statistic`.
    fileprivate mutating func days<Figures>(
        _ days: [DayStatistic<Figures>], _ write: (inout JSONText, Figures) -> Void
    ) {
        array("statistic_list", days) { text, day in
            text.member("stat_time", Int(day.day.seconds))
            if let figures = day.figures {
                text.object("statistic") { write(&$0, figures) }
            }
        }
    }
}
