package import Boundary
package import ChatModel

extension WeComKFClient {
    /// `GET kf/servicer/list` (wecom-kf reference §6): members and departments, in its order.
    package func servicers(
        of account: OpenKfID
    ) async throws(PlatformFailure) -> [ListedServicer] {
        try await call(
            .get, "kf/servicer/list", query: "&open_kfid=\(account.rawValue.percentEncoded)"
        ) { (reply) throws(JSONScanner.SyntaxError) in
            var rows: [ListedServicer] = []
            try reply.members { (json, key) throws(JSONScanner.SyntaxError) in
                guard json.matches(key, "servicer_list") else { return }
                try json.elements { (json) throws(JSONScanner.SyntaxError) in
                    if let row = try ListedServicer(reading: &json) { rows.append(row) }
                }
            }
            return rows
        }
    }
}

extension ListedServicer {
    /// Reads one row; `nil` for one that names neither a member nor a department.
    fileprivate init?(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
        var member: String?
        var department: Int?
        var status: Int?
        var stopType: Int?
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "userid") {
                member = try json.text()
            } else if json.matches(key, "department_id") {
                department = try json.integer()
            } else if json.matches(key, "status") {
                status = try json.integer()
            } else if json.matches(key, "stop_type") {
                stopType = try json.integer()
            }
        }
        if let member {
            // Here 0 is receiving and 1 stopped; the event counts from 1.
            let status: ServicerStatus? =
                switch status {
                case 0: .receiving
                case 1: stopType == 1 ? .paused : .stopped
                default: nil
                }
            self = .member(ServicerID(member), status)
        } else if let department {
            self = .department(department)
        } else {
            return nil
        }
    }
}
