import ChatModel
import PlatformSimulator

/// Accounts, their links and who serves them (wecom-kf reference §5, §6).
extension PlatformCall {
    static func addAccount(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable { let name, media_id: String }
        let body = try request.decoded(Body.self)
        return call { simulator, app in
            simulator.addAccount(name: body.name, avatar: MediaID(body.media_id), by: app)
        } answering: { text, account in
            text.member("open_kfid", account.rawValue)
        }
    }

    static func deleteAccount(_ request: PlatformRequest) throws -> PlatformCall {
        let account = try request.decoded(Account.self).id
        return call { simulator, app in simulator.deleteAccount(account, by: app) }
    }

    static func updateAccount(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable {
            let open_kfid: String
            let name, media_id: String?
        }
        let body = try request.decoded(Body.self)
        return call { simulator, app in
            simulator.updateAccount(
                OpenKfID(body.open_kfid), name: filled(body.name),
                avatar: filled(body.media_id).map { MediaID($0) }, by: app)
        }
    }

    /// By POST with a body, or by GET with the same in the query.
    static func listAccounts(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable { let offset, limit: WireNumber? }
        let body = try request.decodedIfPresent(Body.self)
        let offset = body?.offset?.value ?? request.query("offset").flatMap { Int($0) } ?? 0
        let limit = body?.limit?.value ?? request.query("limit").flatMap { Int($0) } ?? 100
        return call { simulator, app in
            simulator.accountList(offset: offset, limit: limit, by: app)
        } answering: { text, accounts in
            text.array("account_list", accounts) { text, account in
                text.member("open_kfid", account.id.rawValue)
                text.member("name", account.name)
                text.member("avatar", account.avatar)
                text.member("manage_privilege", account.isManaged)
            }
        }
    }

    static func addContactWay(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable {
            let open_kfid: String
            let scene: String?
        }
        let body = try request.decoded(Body.self)
        return call { simulator, app in
            simulator.addContactWay(OpenKfID(body.open_kfid), scene: body.scene, by: app)
        } answering: { text, url in
            text.member("url", url)
        }
    }

    // MARK: Servicers

    static func changeServicers(
        _ request: PlatformRequest, isAddition: Bool
    ) throws -> PlatformCall {
        struct Body: Decodable {
            let open_kfid: String
            let userid_list: [String]?
            let department_id_list: [WireNumber]?
        }
        let body = try request.decoded(Body.self)
        let account = OpenKfID(body.open_kfid)
        let users = (body.userid_list ?? []).map { ServicerID($0) }
        let departments = (body.department_id_list ?? []).map(\.value)
        return call { simulator, app in
            isAddition
                ? simulator.addServicers(users, departments: departments, to: account, by: app)
                : simulator.deleteServicers(
                    users, departments: departments, from: account, by: app)
        } answering: { text, results in
            text.array("result_list", results) { text, result in
                switch result.subject {
                case .user(let user): text.member("userid", user.rawValue)
                case .department(let department): text.member("department_id", department)
                }
                text.member("errcode", result.errcode)
                text.member("errmsg", result.errmsg)
            }
        }
    }

    static func listServicers(_ request: PlatformRequest) throws -> PlatformCall {
        guard let account = request.query("open_kfid") else {
            return .unreadable(40058, "open_kfid is missing")
        }
        return call { simulator, app in
            simulator.servicers(of: OpenKfID(account), by: app)
        } answering: { text, view in
            let rows =
                view.servicers.map(ServicerRow.servicer)
                + view.departments.map(ServicerRow.department)
            text.array("servicer_list", rows) { text, row in
                switch row {
                case .servicer(let servicer):
                    text.member("userid", servicer.id.rawValue)
                    text.member("status", servicer.status == .receiving ? 0 : 1)
                    if servicer.status != .receiving {
                        text.member("stop_type", servicer.status == .paused ? 1 : 0)
                    }
                case .department(let department):
                    text.member("department_id", department)
                }
            }
        }
    }

    /// Members and departments share one list.
    private enum ServicerRow {
        case servicer(SimulatorSettings.Servicer)
        case department(Int)
    }

    /// The account a call is about.
    private struct Account: Decodable {
        let open_kfid: String
        var id: OpenKfID { OpenKfID(open_kfid) }
    }
}
