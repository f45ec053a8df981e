package import Boundary
package import ChatModel

extension WeComKFClient {
    /// The most members one call may name (wecom-kf reference §6).
    static let mostMembers = 100
    /// The most departments one call may name: 100 in one edition of the page, 20 in a later one.
    static let mostDepartments = 20

    /// `POST kf/servicer/add` (wecom-kf reference §6).
    ///
    /// However many are named; calls of at most 100 members and 20 departments are made one after
    /// another.
    ///
    /// - Returns: What became of each, call by call in the order they were named. When a call after
    ///   the first fails, those it named and those behind them have failed with it; what the
    ///   calls before it said stands.
    /// - Throws: Where the first call fails: then it is all that was tried.
    package func addServicers(
        to account: OpenKfID, members: [ServicerID], departments: [Int] = []
    ) async throws(PlatformFailure) -> [ServicerChange] {
        try await change("kf/servicer/add", account, members, departments)
    }

    /// `POST kf/servicer/del`; otherwise as ``addServicers(to:members:departments:)``.
    package func removeServicers(
        from account: OpenKfID, members: [ServicerID], departments: [Int] = []
    ) async throws(PlatformFailure) -> [ServicerChange] {
        try await change("kf/servicer/del", account, members, departments)
    }

    private func change(
        _ path: String, _ account: OpenKfID, _ members: [ServicerID], _ departments: [Int]
    ) async throws(PlatformFailure) -> [ServicerChange] {
        try FieldLimits.account(account)
        if members.isEmpty, departments.isEmpty {
            throw .notSent(40058, "userid_list and department_id_list are both empty")
        }
        if members.contains("") { throw .notSent(40003, "userid_list holds an empty userid") }
        if let bad = departments.first(where: { $0 <= 0 }) {
            throw .notSent(60003, "department_id_list holds \(bad); ids count from 1")
        }
        var changes: [ServicerChange] = []
        var (members, departments) = (members[...], departments[...])
        while !members.isEmpty || !departments.isEmpty {
            let (some, groups) = (
                members.prefix(Self.mostMembers), departments.prefix(Self.mostDepartments)
            )
            let body = JSONWriter.object { json in
                json.member("open_kfid", account.rawValue)
                if !some.isEmpty { json.member("userid_list", some.map(\.rawValue)) }
                if !groups.isEmpty { json.member("department_id_list", Array(groups)) }
            }
            let answer: WireValue
            do throws(PlatformFailure) {
                answer = try await self.answer(.post, path, body: body)
            } catch  where members.startIndex > 0 || departments.startIndex > 0 {
                // Some are done already: who asked must hear of them as well.
                changes += members.map { ServicerChange(.member($0), failed: error) }
                changes += departments.map { ServicerChange(.department($0), failed: error) }
                break
            }
            members = members.dropFirst(Self.mostMembers)
            departments = departments.dropFirst(Self.mostDepartments)
            changes += answer["result_list"].elements.compactMap(ServicerChange.init)
        }
        return changes
    }

    /// `GET kf/servicer/list` (wecom-kf reference §6): members and departments, in its order.
    package func servicers(
        of account: OpenKfID
    ) async throws(PlatformFailure) -> [ListedServicer] {
        try FieldLimits.account(account)
        let answer = try await answer(
            .get, "kf/servicer/list", query: "&open_kfid=\(account.rawValue.percentEncoded)")
        return answer["servicer_list"].elements.compactMap(ListedServicer.init)
    }
}

/// What became of one member or department of `servicer/add` or `servicer/del`.
package struct ServicerChange: Hashable, Sendable {
    /// Whom it is about.
    package enum Subject: Hashable, Sendable {
        case member(ServicerID)
        case department(Int)
    }

    /// How it ended.
    package enum Result: Hashable, Sendable {
        case done
        /// Was there already, or was not there.
        case unchanged
        /// Refused by the platform, or the call that named it, or one before it, failed as a whole.
        case failed(PlatformFailure)
    }

    /// Whom it is about.
    package let subject: Subject
    /// How it ended.
    package let result: Result

    /// A line of the answer.
    package init(subject: Subject, result: Result) {
        self.subject = subject
        self.result = result
    }

    /// One whose call failed, or was not made.
    fileprivate init(_ subject: Subject, failed failure: PlatformFailure) {
        self.init(subject: subject, result: .failed(failure))
    }

    /// Reads one row; `nil` for one that names nobody.
    fileprivate init?(_ row: WireValue) {
        if let member = row["userid"].text {
            subject = .member(ServicerID(member))
        } else if let department = row["department_id"].integer {
            subject = .department(department)
        } else {
            return nil
        }
        let (code, message) = (row["errcode"].integer ?? 0, row["errmsg"].text ?? "")
        if code != 0 {
            result = .failed(PlatformFailure(code: code, errmsg: message))
        } else {
            result = message == "ignored" ? .unchanged : .done
        }
    }
}

extension ListedServicer {
    /// Reads one row; `nil` for one that names neither a member nor a department.
    fileprivate init?(_ row: WireValue) {
        if let member = row["userid"].text {
            // Here 0 is receiving and 1 stopped; the event counts from 1.
            let status: ServicerStatus? =
                switch row["status"].integer {
                case 0: .receiving
                case 1: row["stop_type"].integer == 1 ? .paused : .stopped
                default: nil
                }
            self = .member(ServicerID(member), status)
        } else if let department = row["department_id"].integer {
            self = .department(department)
        } else {
            return nil
        }
    }
}
