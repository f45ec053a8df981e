import ChatModel
import PlatformSimulator
import Testing

@Suite struct StaffingTests {
    static func staff(_ corp: inout SimulatorSettings.Corp) {
        corp.members =
            ["anna", "bo", "dan", "eve"].map { .init(id: $0) } + [
                .init(id: "fay", isActivated: false)
            ]
        corp.departments = [
            .init(id: 7, members: ["dan", "fay", "anna"]), .init(id: 8, members: ["dan", "eve"]),
        ]
    }

    static func words(_ results: [StaffingResult]) -> [String] {
        results.map { "\($0.errcode) \($0.errmsg)" }
    }

    @Test("kf/servicer/add: done, there already, and nobody of that name, each for itself")
    func eachForItself() throws {
        var world = makeWorld { $0.know(Self.staff) }
        let long = ServicerID(String(repeating: "a", count: 65))
        let results = try world.addServicers(
            ["dan", "anna", "dan", "nobody", "", long], departments: [7, 7, 9], to: shop, by: app
        ).get()
        #expect(
            Self.words(results) == [
                "0 success", "0 ignored", "0 ignored", "60111 userid not found",
                "40003 invalid userid", "40003 invalid userid", "0 success", "0 ignored",
                "60003 department not found",
            ])
        #expect(results.first?.subject == .user("dan"))
        #expect(results.last?.subject == .department(9))
        let list = try world.servicers(of: shop, by: app).get()
        #expect(list.servicers.map(\.id) == ["anna", "bo", "cleo", "dan"])
        #expect(list.departments == [7])
    }

    @Test("kf/servicer/del: done, never there, and nobody of that name, each for itself")
    func removals() throws {
        var world = makeWorld { $0.know(Self.staff) }
        _ = try world.addServicers([], departments: [7], to: shop, by: app).get()
        let results = try world.deleteServicers(
            ["anna", "dan", "nobody", ""], departments: [7, 8, 9], from: shop, by: app
        ).get()
        #expect(
            Self.words(results) == [
                "0 success", "0 ignored", "60111 userid not found", "40003 invalid userid",
                "0 success", "0 ignored", "60003 department not found",
            ])
        let list = try world.servicers(of: shop, by: app).get()
        #expect(list.servicers.map(\.id) == ["bo", "cleo"] && list.departments.isEmpty)
    }

    @Test("kf/servicer/add: a department's members serve, without being listed by name")
    func departmentsServe() throws {
        var world = makeWorld { $0.know(Self.staff) }
        try world.says("在吗")
        #expect(world.trans(3, "dan").errcode == 95014)
        _ = try world.addServicers([], departments: [7, 8], to: shop, by: app).get()
        #expect(world.trans(3, "fay").errcode == 95014)
        #expect(world.trans(3, "dan").errcode == 0)
        // Dan is in the other department too; removed with both.
        _ = try world.deleteServicers([], departments: [7], from: shop, by: app).get()
        try world.changesStatus("dan", on: shop, to: .stopped)
        _ = try world.deleteServicers([], departments: [8], from: shop, by: app).get()
        #expect(throws: IllegalAct.unknownServicer("dan")) {
            try world.changesStatus("dan", on: shop, to: .receiving)
        }
    }

    @Test("kf/servicer/del: who is in a department too serves on through it")
    func servingOnThroughADepartment() throws {
        var world = makeWorld { $0.know(Self.staff) }
        _ = try world.addServicers(["dan"], departments: [7], to: shop, by: app).get()
        _ = try world.deleteServicers(["dan"], departments: [], from: shop, by: app).get()
        try world.says("在吗")
        #expect(try !world.servicers(of: shop, by: app).get().servicers.map(\.id).contains("dan"))
        #expect(world.trans(3, "dan").errcode == 0)
    }

    @Test("kf/servicer/add: departments of the settings serve from the start")
    func departmentsOfTheSettings() throws {
        var world = makeWorld {
            $0.know(Self.staff)
            $0.accounts[0].departments = [7]
        }
        try world.says("在吗")
        #expect(world.trans(3, "dan").errcode == 0)
        #expect(try world.servicers(of: shop, by: app).get().departments == [7])
    }

    @Test("kf/servicer/add: 100 users a call, 101 are 40031; 20 departments, 21 are 40058")
    func additionsHaveLimits() throws {
        var world = makeWorld()
        func users(_ count: Int) -> [ServicerID] { (0..<count).map { ServicerID("u\($0)") } }
        func add(_ users: [ServicerID], _ departments: [Int]) -> Int {
            world.addServicers(users, departments: departments, to: shop, by: app).errcode
        }
        #expect(add(users(100), []) == 0)
        #expect(add(users(101), []) == 40031)
        #expect(add([], Array(1...20)) == 0)
        #expect(add([], Array(1...21)) == 40058)
        #expect(add([], []) == 40058)
    }

    @Test("kf/servicer/del: 100 users and 100 departments a call, more are 40031 and 40058")
    func removalsHaveLimits() throws {
        var world = makeWorld()
        func users(_ count: Int) -> [ServicerID] { (0..<count).map { ServicerID("u\($0)") } }
        func remove(_ users: [ServicerID], _ departments: [Int]) -> Int {
            world.deleteServicers(users, departments: departments, from: shop, by: app).errcode
        }
        #expect(remove(users(100), Array(1...100)) == 0)
        #expect(remove(users(101), []) == 40031)
        #expect(remove([], Array(1...101)) == 40058)
        #expect(remove([], []) == 40058)
    }

    @Test("kf/servicer/add: an account's 2000 servicers and 20 departments, each more is 40058")
    func accountsHaveLimits() throws {
        var world = makeWorld { $0.accounts[0].servicers = [] }
        for hundred in 0..<20 {
            let users = (0..<100).map { ServicerID("u\(hundred * 100 + $0)") }
            let results = try world.addServicers(users, departments: [], to: shop, by: app).get()
            #expect(results.allSatisfy { $0.errcode == 0 })
        }
        let late = try world.addServicers(["late", "u1"], departments: [], to: shop, by: app).get()
        #expect(late.map(\.errcode) == [PlatformRules.tooManyServicers, 0])
        _ = try world.addServicers([], departments: Array(1...20), to: shop, by: app).get()
        let more = try world.addServicers([], departments: [21], to: shop, by: app).get()
        #expect(more.map(\.errcode) == [PlatformRules.tooManyServicers])
    }

    @Test("kf/service_state/trans: a servicer removed since can't be assigned, 95014")
    func removedServicers() throws {
        var world = makeWorld()
        try world.says("在吗")
        _ = try world.deleteServicers(["anna"], departments: [], from: shop, by: app).get()
        #expect(world.trans(3, "anna").errcode == 95014)
        #expect(world.trans(3, "bo").errcode == 0)
    }

    @Test("kf/service_state/trans: the API switch off is 95017, for sending too")
    func theSwitchIsOff() throws {
        var world = makeWorld { $0.know { $0.isAPIOff = true } }
        try world.says("在吗")
        #expect(world.trans(1).errcode == 95017)
        #expect(world.sendText("您好").errcode == 95017)
    }
}
