import Boundary
import ChatModel
import Testing
import WeComKF

/// Calls that are made in several parts: how they are cut, and what is left when a part fails.
@Suite struct BatchTests {
    private static let today = ChinaDay(of: TestClock().now)

    @Test func servicersAreNamedInBatchesOfTheLargestSize() async throws {
        let transport = ScriptedTransport { request in
            let names = request.text.matches(of: /"u\d+"/).map {
                #"{"userid":\#($0.output),"errcode":0,"errmsg":"success"}"#
            }
            return .success(#"{"errcode":0,"result_list":[\#(names.joined(separator: ","))]}"#)
        }
        let members = (1...250).map { ServicerID("u\($0)") }
        let changes = try await client(transport).addServicers(
            to: shop, members: members, departments: Array(1...21))
        #expect(changes.map(\.subject) == members.map { .member($0) })
        let calls = transport.calls.map(\.text)
        #expect(calls.count == 3)
        #expect(calls.map { $0.matches(of: /"u\d+"/).count } == [100, 100, 50])
        #expect(calls[0].contains("20]") && calls[1].contains("[21]"))
        #expect(!calls[2].contains("department_id_list"))
    }

    private static let busy = #"{"errcode":45009,"errmsg":"api freq out of limit"}"#

    /// The second call fails: what the first said stands, and everybody else has failed with it.
    @Test(arguments: [true, false]) func aLaterBatchThatFailsLosesNothing(isAddition: Bool) async {
        let transport = ScriptedTransport { request in
            .success(
                request.text.contains(#""u101""#)
                    ? Self.busy
                    : #"{"errcode":0,"result_list":[{"userid":"u1","errcode":0,"errmsg":"success"},"#
                        + #"{"userid":"u2","errcode":60111,"errmsg":"userid not found"}]}"#)
        }
        let client = client(transport)
        let members = (1...250).map { ServicerID("u\($0)") }
        let changes: [ServicerChange]
        do throws(PlatformFailure) {
            changes =
                isAddition
                ? try await client.addServicers(to: shop, members: members, departments: [1])
                : try await client.removeServicers(from: shop, members: members, departments: [1])
        } catch {
            Issue.record("\(error)")
            return
        }
        #expect(transport.calls.count == 2)
        #expect(changes[0] == ServicerChange(subject: .member("u1"), result: .done))
        let failures = changes.dropFirst().map { change in
            if case .failed(let failure) = change.result { failure.code } else { -1 }
        }
        #expect(failures == [60111] + Array(repeating: 45009, count: 150))
        #expect(changes.dropFirst(2).map(\.subject) == members.dropFirst(100).map { .member($0) })
    }

    @Test func departmentsBehindAFailedBatchHaveFailedWithIt() async throws {
        let transport = ScriptedTransport { request in
            .success(
                request.text.contains("[21]") ? Self.busy : #"{"errcode":0,"result_list":[]}"#)
        }
        let changes = try await client(transport).addServicers(
            to: shop, members: [], departments: Array(1...21))
        #expect(changes.map(\.subject) == [.department(21)])
    }

    @Test func theFirstBatchThatFailsIsThrown() async {
        let transport = ScriptedTransport(Self.busy)
        let client = client(transport)
        let members = (1...101).map { ServicerID("u\($0)") }
        let ids = members.map { ExternalUserID($0.rawValue) }
        let today = Self.today
        let failures = [
            await failure { () throws(PlatformFailure) in
                _ = try await client.addServicers(to: shop, members: members)
            },
            await failure { () throws(PlatformFailure) in _ = try await client.customers(ids) },
            await failure { () throws(PlatformFailure) in
                _ = try await client.accountStatistics(of: shop, days: (today + -40)...(today + -1))
            },
        ]
        #expect(failures.map { $0?.code } == [45009, 45009, 45009])
        #expect(transport.calls.count == 3)
    }

    @Test func customersBehindAFailedBatchAreTheShortfall() async throws {
        let transport = ScriptedTransport { request in
            .success(
                request.text.contains(#""wm101""#)
                    ? Self.busy
                    : #"{"errcode":0,"customer_list":[{"external_userid":"wm1","nickname":"Lin"}]}"#
            )
        }
        let ids = (1...250).map { ExternalUserID("wm\($0)") }
        let batch = try await client(transport).customers(ids)
        #expect(batch.profiles.map(\.id) == ["wm1"])
        #expect(batch.shortfall?.missed == Array(ids.dropFirst(100)))
        #expect(batch.shortfall?.failure.code == 45009)
    }

    @Test func daysBehindAFailedCallAreTheShortfall() async throws {
        let today = Self.today
        let second = (today + -9).start.seconds
        let transport = ScriptedTransport { request in
            .success(
                request.text.contains(#""start_time":\#(second)"#)
                    ? Self.busy
                    : #"{"errcode":0,"statistic_list":[{"stat_time":\#((today + -40).start.seconds)}]}"#
            )
        }
        let report = try await client(transport).accountStatistics(
            of: shop, days: (today + -40)...(today + -1))
        #expect(report.lines.map(\.day) == [today + -40])
        #expect(report.shortfall?.missed == (today + -9)...(today + -1))
        #expect(report.shortfall?.failure.code == 45009)
    }

    @Test func statisticsAreAskedForBy31DaysAndNotBefore6() async throws {
        let clock = TestClock()
        let transport = ScriptedTransport(#"{"errcode":0,"statistic_list":[]}"#)
        let client = client(transport, clock: clock)
        let today = Self.today
        _ = try await client.accountStatistics(of: shop, days: (today + -31)...(today + -1))
        #expect(transport.calls.count == 1)
        _ = try await client.accountStatistics(of: shop, days: (today + -32)...(today + -1))
        #expect(transport.calls.count == 3)
        // 2023-11-15 05:59:59 in China.
        clock.advance(by: today.start + .seconds(6 * 3600 - 1) - clock.now)
        let early = await failure { () throws(PlatformFailure) in
            _ = try await client.accountStatistics(of: shop, days: (today + -1)...(today + -1))
        }
        #expect(early?.code == 40058 && early?.meaning.contains("06:00") == true)
        _ = try await client.accountStatistics(of: shop, days: (today + -2)...(today + -2))
        clock.advance(by: .seconds(1))
        _ = try await client.accountStatistics(of: shop, days: (today + -1)...(today + -1))
    }
}
