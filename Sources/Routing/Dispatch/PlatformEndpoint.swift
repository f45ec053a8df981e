/// The platform's endpoints (wecom-kf reference §4): what its quotas are counted by.
package enum PlatformEndpoint: Int, CaseIterable, Hashable, Sendable {
    case addAccount, deleteAccount, updateAccount, listAccounts, addContactWay
    case addServicers, deleteServicers, listServicers
    case readSession, transfer
    case pull, send, sendOnEvent
    case customers
    case upgradeConfiguration, upgradeService, cancelUpgrade
    case corpQualification, corpStatistic, servicerStatistic
    case addGroup, deleteGroup, modifyGroup, listGroups
    case addIntent, deleteIntent, modifyIntent, listIntents
    case uploadMedia, getMedia

    /// How many there are.
    static let count = allCases.count

    /// Its path below `/cgi-bin/`: how configuration and metrics call it.
    package var path: String {
        switch self {
        case .addAccount: "kf/account/add"
        case .deleteAccount: "kf/account/del"
        case .updateAccount: "kf/account/update"
        case .listAccounts: "kf/account/list"
        case .addContactWay: "kf/add_contact_way"
        case .addServicers: "kf/servicer/add"
        case .deleteServicers: "kf/servicer/del"
        case .listServicers: "kf/servicer/list"
        case .readSession: "kf/service_state/get"
        case .transfer: "kf/service_state/trans"
        case .pull: "kf/sync_msg"
        case .send: "kf/send_msg"
        case .sendOnEvent: "kf/send_msg_on_event"
        case .customers: "kf/customer/batchget"
        case .upgradeConfiguration: "kf/customer/get_upgrade_service_config"
        case .upgradeService: "kf/customer/upgrade_service"
        case .cancelUpgrade: "kf/customer/cancel_upgrade_service"
        case .corpQualification: "kf/get_corp_qualification"
        case .corpStatistic: "kf/get_corp_statistic"
        case .servicerStatistic: "kf/get_servicer_statistic"
        case .addGroup: "kf/knowledge/add_group"
        case .deleteGroup: "kf/knowledge/del_group"
        case .modifyGroup: "kf/knowledge/mod_group"
        case .listGroups: "kf/knowledge/list_group"
        case .addIntent: "kf/knowledge/add_intent"
        case .deleteIntent: "kf/knowledge/del_intent"
        case .modifyIntent: "kf/knowledge/mod_intent"
        case .listIntents: "kf/knowledge/list_intent"
        case .uploadMedia: "media/upload"
        case .getMedia: "media/get"
        }
    }

    /// The endpoint with this path below `/cgi-bin/`; `nil` when there is none.
    package init?(path: some StringProtocol) {
        guard let endpoint = Self.allCases.first(where: { $0.path == path }) else { return nil }
        self = endpoint
    }
}
