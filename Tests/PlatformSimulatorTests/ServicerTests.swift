import ChatModel
import PlatformSimulator
import Testing

@Suite struct ServicerTests {
    @Test func pickUpTransferEndAndReopen() throws {
        var world = makeWorld()
        try world.bring(to: .pool)
        try world.picksUp("anna", talk)
        try world.servicerWrites("anna", talk, .text("您好", menuItem: nil), msgID: "s1")
        try world.transfers("anna", talk, to: "bo")
        try world.ends("bo", talk)
        try world.reopens("anna", talk)
        try world.reopens("bo", talk)
        let codes = world.codes.map(\.code)
        #expect(world.codes.map(\.purpose) == [.queue, .assignment, .ending])
        let changes: [SessionChange] = [
            .pickedUp(by: "anna", code: codes[1]), .transferred(from: "anna", to: "bo"),
            .ended(by: "bo", code: codes[2]), .reopened(from: "bo", by: "anna"),
            .reopened(from: "anna", by: "bo"),
        ]
        var rows = try world.pullAll().map(\.content)
        #expect(rows.remove(at: 2) == .fromServicer("anna", to: lin, .text("您好", menuItem: nil)))
        #expect(rows.dropFirst() == ArraySlice(changes.map { .event(.sessionChanged(lin, $0)) }))
        #expect(world.conversation(talk)?.servicer == "bo")
    }

    @Test func impossibleActsAreErrorsAndChangeNothing() throws {
        var world = makeWorld()
        #expect(throws: IllegalAct.unknownConversation(talk)) { try world.picksUp("anna", talk) }
        try world.bring(to: .human)
        let before = world.timeline(of: talk)
        #expect(throws: IllegalAct.notInPool(.human)) { try world.picksUp("bo", talk) }
        #expect(throws: IllegalAct.notServing("anna")) { try world.ends("bo", talk) }
        #expect(throws: IllegalAct.notServing("anna")) {
            try world.servicerWrites("bo", talk, .text("我来", menuItem: nil))
        }
        #expect(throws: IllegalAct.alreadyServing("anna")) { try world.reopens("anna", talk) }
        #expect(throws: IllegalAct.alreadyServing("anna")) {
            try world.transfers("anna", talk, to: "anna")
        }
        #expect(throws: IllegalAct.unknownServicer("zoe")) {
            try world.transfers("anna", talk, to: "zoe")
        }
        #expect(throws: IllegalAct.unknownServicer("zoe")) {
            try world.changesStatus("zoe", on: shop, to: .stopped)
        }
        #expect(throws: IllegalAct.unknownMessage("m")) {
            try world.servicerRecalls("anna", talk, message: "m")
        }
        #expect(world.timeline(of: talk) == before)
    }

    @Test(arguments: [ServiceState.untreated, .assistant, .pool])
    func onlyEndedSessionsAreReopened(state: ServiceState) throws {
        var world = makeWorld()
        try world.bring(to: state)
        #expect(throws: IllegalAct.nothingToReopen) { try world.reopens("anna", talk) }
    }

    @Test func statusChangesAreReportedForTheAccount() throws {
        var world = makeWorld()
        try world.changesStatus("anna", on: shop, to: .stopped)
        let row = try #require(try world.pullAll().first)
        #expect(row.content == .event(.servicerStatusChanged("anna", .stopped)))
        #expect(row.customer == nil)
        let list = try world.servicers(of: shop, by: app).get().servicers
        #expect(list.map(\.status) == [.stopped, .receiving, .receiving])
    }

    @Test func aRejectedCustomerCannotWrite() throws {
        var world = makeWorld()
        try world.bring(to: .human)
        try world.switchesRejection("anna", talk, rejects: true)
        #expect(throws: IllegalAct.customerIsRejected) { try world.says("喂") }
        try world.switchesRejection("anna", talk, rejects: false)
        try world.says("喂")
        #expect(
            try world.pullAll().map(\.content).dropFirst() == [
                .event(.rejectSwitched(lin, "anna", rejects: true)),
                .event(.rejectSwitched(lin, "anna", rejects: false)),
                .fromCustomer(lin, .text("喂", menuItem: nil)),
            ])
    }

    @Test func recalls() throws {
        var world = makeWorld()
        let message = try world.says("发错了")
        try world.recalls(lin, shop, message: message)
        _ = try world.trans(3, "anna").get()
        try world.servicerWrites("anna", talk, .text("也错了", menuItem: nil), msgID: "s1")
        try world.servicerRecalls("anna", talk, message: "s1")
        let events = try world.pullAll().compactMap { row in
            if case .event(let event) = row.content { event } else { nil }
        }
        #expect(
            events == [
                .customerRecalled(lin, message: message),
                .servicerRecalled(lin, "anna", message: "s1"),
            ])
        #expect(throws: IllegalAct.unknownMessage("m")) {
            try world.recalls(lin, shop, message: "m")
        }
    }
}

@Suite struct RoutingTests {
    @Test func theAPIAllocates() throws {
        var world = makeWorld(routing: .api)
        try world.says("在吗")
        #expect(world.state == .untreated)
    }

    @Test func theConsolesAssistant() throws {
        var world = makeWorld(routing: .assistant)
        try world.says("在吗")
        #expect(world.state == .assistant)
    }

    @Test func peopleFirst() throws {
        var world = makeWorld(routing: .humanFirst)
        try world.changesStatus("anna", on: shop, to: .stopped)
        try world.says("在吗")
        #expect(world.conversation(talk)?.servicer == "bo")
        #expect(world.sendText("您好").refusal == SimulatedRefusal(errcode: 95018, verdict: .raced))
    }

    @Test func peopleFirstButNobodyReceives() throws {
        var world = makeWorld(routing: .humanFirst)
        for servicer: ServicerID in ["anna", "bo"] {
            try world.changesStatus(servicer, on: shop, to: .paused)
        }
        try world.says("在吗")
        #expect(world.state == .pool)
    }

    @Test func peopleFirstButAllAreBusy() throws {
        var world = makeWorld(routing: .humanFirst) { settings in
            settings.accounts[0].servicers = [
                SimulatorSettings.Servicer(id: "anna", capacity: 1),
                SimulatorSettings.Servicer(id: "bo", capacity: 1),
            ]
        }
        for customer: ExternalUserID in ["wm1", "wm2", "wm3"] {
            try world.writes(customer, shop, .text("在吗", menuItem: nil))
        }
        let views = world.conversationViews
        #expect(views.map(\.state) == [.human, .human, .pool])
        #expect(views.map(\.servicer) == ["anna", "bo", nil])
        // Room again once a session is over.
        try world.ends("bo", views[1].id)
        try world.writes("wm4", shop, .text("在吗", menuItem: nil))
        #expect(world.conversationViews[3].servicer == "bo")
    }
}
