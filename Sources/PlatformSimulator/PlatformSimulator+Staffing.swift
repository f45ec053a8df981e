package import ChatModel

/// What `servicer/list` answers.
package struct ServicersView: Hashable, Sendable {
    /// Members that serve by name.
    package let servicers: [SimulatorSettings.Servicer]
    /// Departments whose members serve.
    package let departments: [Int]
}

/// What became of one entry of `servicer/add` or `servicer/del`.
package struct StaffingResult: Hashable, Sendable {
    /// Whom or what it is about.
    package enum Subject: Hashable, Sendable {
        case user(ServicerID)
        case department(Int)
    }

    /// Whom or what it is about.
    package let subject: Subject
    /// 0 also where there was nothing to do.
    package let errcode: Int
    /// `success`, `ignored`, or the platform's wording for the number.
    package let errmsg: String
}

extension PlatformSimulator {
    /// `servicer/list`.
    package mutating func servicers(
        of id: OpenKfID, by app: AppAlias
    ) -> Result<ServicersView, SimulatedRefusal> {
        var entry = entry(.listServicers, .listServicers, by: app)
        entry.account = id
        if let refusal = admit(entry) { return .failure(refusal) }
        let place: Int
        do throws(Errcode) {
            place = try managed(id, by: app)
        } catch { return .failure(refuse(entry, error, .illegal)) }
        if let heardAt {
            accounts[place].servicersKnowledge.shown(
                accounts[place].servicersVersion, at: heardAt, noticeTime: settings.noticeTime)
        }
        accept(entry)
        let facts = accounts[place].facts
        return .success(
            ServicersView(
                servicers: facts.servicers.filter { $0.department == nil },
                departments: facts.departments))
    }

    /// `servicer/add`: 0…100 users and 0…20 departments, of which there must be one.
    package mutating func addServicers(
        _ users: [ServicerID], departments: [Int], to id: OpenKfID, by app: AppAlias
    ) -> Result<[StaffingResult], SimulatedRefusal> {
        changeStaff(
            .addServicers, users, departments, mostDepartments: 20, of: id, by: app,
            { $0.add($1, to: $2) }, { $0.add(department: $1, to: $2) })
    }

    /// `servicer/del`: 0…100 users and 0…100 departments, of which there must be one.
    ///
    /// A session that a removed servicer has stays as it is.
    package mutating func deleteServicers(
        _ users: [ServicerID], departments: [Int], from id: OpenKfID, by app: AppAlias
    ) -> Result<[StaffingResult], SimulatedRefusal> {
        changeStaff(
            .deleteServicers, users, departments, mostDepartments: 100, of: id, by: app,
            { $0.remove($1, from: $2) }, { $0.remove(department: $1, from: $2) })
    }

    private mutating func changeStaff(
        _ endpoint: Endpoint, _ users: [ServicerID], _ departments: [Int], mostDepartments: Int,
        of id: OpenKfID, by app: AppAlias, _ user: (inout Self, ServicerID, Int) -> Change,
        _ department: (inout Self, Int, Int) -> Change
    ) -> Result<[StaffingResult], SimulatedRefusal> {
        let summary = "\(users.count) users, \(departments.count) departments"
        return carryOut(endpoint, summary, account: id, by: app) { (world) throws(Errcode) in
            let place = try world.managed(id, by: app)
            if users.count > 100 {
                throw Errcode(40031, "userid_list: \(users.count) users, at most 100")
            }
            try PlatformRules.require(
                departments.count <= mostDepartments, orRefuse: 40058,
                "department_id_list: \(departments.count), at most \(mostDepartments)")
            try PlatformRules.require(
                !(users.isEmpty && departments.isEmpty), orRefuse: 40058,
                "userid_list and department_id_list: empty")
            let results =
                users.map { StaffingResult(.user($0), user(&world, $0, place)) }
                + departments.map {
                    StaffingResult(.department($0), department(&world, $0, place))
                }
            if results.contains(where: { $0.errmsg == "success" }) {
                world.accounts[place].servicersVersion += 1
            }
            let refused = results.filter { $0.errcode != 0 }.map { "\($0.name): \($0.errcode)" }
            if !refused.isEmpty { world.remark = refused.joined(separator: ", ") }
            return results
        }
    }

    /// What one entry of a list came to.
    fileprivate enum Change {
        case done, ignored
        case refused(Int)
    }

    // MARK: One user

    private mutating func add(_ user: ServicerID, to place: Int) -> Change {
        guard (1...64).contains(user.rawValue.utf8.count) else { return .refused(40003) }
        guard let member = corpFacts(of: place).member(user) else { return .refused(60111) }
        if let row = row(of: user, place) {
            if accounts[place].facts.servicers[row].department == nil { return .ignored }
            accounts[place].facts.servicers[row].department = nil
            return .done
        }
        let servers = accounts[place].facts.servicers.count { $0.department == nil }
        guard servers < corpFacts(of: place).mostServicers else {
            return .refused(PlatformRules.tooManyServicers)
        }
        accounts[place].facts.servicers.append(
            SimulatorSettings.Servicer(id: user, isActivated: member.isActivated))
        return .done
    }

    private mutating func remove(_ user: ServicerID, from place: Int) -> Change {
        guard (1...64).contains(user.rawValue.utf8.count) else { return .refused(40003) }
        guard let row = row(of: user, place),
            accounts[place].facts.servicers[row].department == nil
        else { return corpFacts(of: place).member(user) == nil ? .refused(60111) : .ignored }
        let department = accounts[place].facts.departments.first { department in
            corpFacts(of: place).department(department)?.members.contains(user) ?? false
        }
        if let department {
            accounts[place].facts.servicers[row].department = department
        } else {
            accounts[place].facts.servicers.remove(at: row)
        }
        return .done
    }

    // MARK: One department

    private mutating func add(department: Int, to place: Int) -> Change {
        guard corpFacts(of: place).department(department) != nil else { return .refused(60003) }
        if accounts[place].facts.departments.contains(department) { return .ignored }
        guard accounts[place].facts.departments.count < corpFacts(of: place).mostDepartments
        else { return .refused(PlatformRules.tooManyServicers) }
        accounts[place].facts.departments.append(department)
        staff(place, from: department)
        return .done
    }

    private mutating func remove(department: Int, from place: Int) -> Change {
        guard accounts[place].facts.departments.contains(department) else {
            return corpFacts(of: place).department(department) == nil ? .refused(60003) : .ignored
        }
        accounts[place].facts.departments.removeAll { $0 == department }
        accounts[place].facts.servicers.removeAll { $0.department == department }
        // Who is in another of the account's departments too serves on.
        for other in accounts[place].facts.departments { staff(place, from: other) }
        return .done
    }

    /// Makes a department's members serve who do not yet.
    mutating func staff(_ place: Int, from department: Int) {
        let corp = corpFacts(of: place)
        for user in corp.department(department)?.members ?? [] where row(of: user, place) == nil {
            guard let member = corp.member(user) else { continue }
            accounts[place].facts.servicers.append(
                SimulatorSettings.Servicer(
                    id: user, isActivated: member.isActivated, department: department))
        }
    }

    private func row(of user: ServicerID, _ place: Int) -> Int? {
        accounts[place].facts.servicers.firstIndex { $0.id == user }
    }
}

extension StaffingResult {
    /// Whom it is about, for the book.
    fileprivate var name: String {
        switch subject {
        case .user(let user): user.rawValue
        case .department(let department): "department \(department)"
        }
    }

    fileprivate init(_ subject: Subject, _ change: PlatformSimulator.Change) {
        self.subject = subject
        switch change {
        case .done: (errcode, errmsg) = (0, "success")
        case .ignored: (errcode, errmsg) = (0, "ignored")
        case .refused(let number):
            (errcode, errmsg) = (number, PlatformRules.message(for: number))
        }
    }
}
