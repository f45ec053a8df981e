import Boundary
import ChatModel
import Testing
import WeComKF

/// `account/list` has no total and no "has more", and two methods.
@Suite struct AccountListTests {
    private static func page(_ ids: Range<Int>) -> String {
        let rows = ids.map {
            #"{"open_kfid":"wk\#($0)","name":"Desk \#($0)","manage_privilege":\#($0 % 2 == 0)}"#
        }
        return #"{"errcode":0,"account_list":[\#(rows.joined(separator: ","))]}"#
    }

    @Test func pullsUntilAPageIsShort() async throws {
        let transport = ScriptedTransport { request in
            .success(Self.page(request.text.contains(#""offset":0,"#) ? 0..<100 : 100..<130))
        }
        let accounts = try await client(transport).api.accounts()
        #expect(accounts.map(\.id) == (0..<130).map { OpenKfID("wk\($0)") })
        #expect(accounts[1] == ListedAccount(id: "wk1", name: "Desk 1", isManaged: false))
        #expect(
            transport.calls.map(\.text) == [
                #"{"offset":0,"limit":100}"#, #"{"offset":100,"limit":100}"#,
            ])
        #expect(transport.calls.allSatisfy { $0.method == .post })
    }

    @Test(arguments: [40058, 43001]) func fallsBackToGet(code: Int) async throws {
        let transport = ScriptedTransport { request in
            .success(
                request.method == .post
                    ? #"{"errcode":\#(code),"errmsg":"no"}"# : Self.page(0..<3))
        }
        #expect(try await client(transport).api.accounts().count == 3)
        let last = try #require(transport.calls.last)
        #expect(last.method == .get && last.body.isEmpty)
        #expect(
            last.url == "https://qyapi.weixin.qq.com/cgi-bin/kf/account/list"
                + "?access_token=TOKEN-1&offset=0&limit=100")
    }

    @Test func aPlatformThatIgnoresTheOffsetEndsTheList() async throws {
        let transport = ScriptedTransport(Self.page(0..<100))
        #expect(try await client(transport).api.accounts().count == 100)
        #expect(transport.calls.count == 2)
    }

    @Test func otherFailuresPass() async {
        let transport = ScriptedTransport(#"{"errcode":48002,"errmsg":"no"}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(transport).api.accounts()
        }
        #expect(failure?.code == 48002 && failure?.handling == .stop)
        #expect(transport.calls.count == 1)
    }

    @Test func rightsMayBeUnsaid() async throws {
        let transport = ScriptedTransport(
            #"{"errcode":0,"account_list":[{"open_kfid":"wk1","name":"A"},{"name":"no id"},7]}"#)
        #expect(
            try await client(transport).api.accounts()
                == [ListedAccount(id: "wk1", name: "A", isManaged: nil)])
    }
}
