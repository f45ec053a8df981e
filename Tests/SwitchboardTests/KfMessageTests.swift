import Foundation
import Testing

extension KfTests {
    /// Messages by hand, and the platform's figures of them.
    @Suite struct Messages {
        @Test func messagesAreSentAndTheLogIsRead() async throws {
            try await KfStage.with { stage in
                let sent = try await stage.json(
                    "messages send wmLin --text 您好 --msgid by-hand-1", as: [String: String].self)
                #expect(sent == ["msgid": "by-hand-1"])
                try await stage.simulator.shows("您好", to: "wmLin")
                let twice = try await stage.kf("messages send wmLin --text 您好 --msgid by-hand-1")
                #expect(twice.status == 4)
                _ = try await stage.prints(
                    "messages send wmLin --menu 请选择 --click track=查快递 --view https://e.example/=帮助")
                try await stage.simulator.shows("请选择", to: "wmLin")
                _ = try await stage.prints("messages send wmLin --image box.png")
                _ = try await stage.prints("messages send wmLin --location 31.2,121.4 --title 码头")

                struct Page: Decodable {
                    struct Row: Decodable {
                        struct Text: Decodable { var content: String }
                        var msgtype: String
                        var text: Text?
                    }
                    var next: String
                    var hasMore: Bool
                    var rows: [Row]
                }
                let page = try await stage.json("messages pull", as: Page.self)
                #expect(page.rows.map { $0.text?.content } == ["你好"])
                let table = try await stage.prints("messages pull")
                #expect(table.contains("  customer  wmLin     你好  from_msgid_"))
                #expect(table.contains("\n1 row, next \(page.next)\n"))
                let rest = try await stage.json(
                    "messages pull --cursor \(page.next) --limit 5", as: Page.self)
                #expect(rest.rows.isEmpty && !rest.hasMore)
                let silk = try await stage.json("messages pull --voice-format silk", as: Page.self)
                #expect(silk.rows.count == 1)
                #expect(try await stage.kf("messages pull --voice-format mp3").status == 2)
            }
        }

        @Test func filesAndCardsAreUploadedFirst() async throws {
            try await KfStage.with { stage in
                let link = try await stage.prints(
                    "messages send wmLin --link https://e.example/r --title 说明 --thumb box.png "
                        + "--msgid m1 --dry-run")
                #expect(
                    link == """
                        POST media/upload?type=image box.png (image/png, 70 B)
                        POST kf/send_msg {"touser":"wmLin","open_kfid":"wkDEMO0000000000000001",\
                        "msgid":"m1","msgtype":"link","link":{"title":"说明",\
                        "url":"https://e.example/r","thumb_media_id":"media_id of box.png"}}

                        """)
                let card = try await stage.prints(
                    "messages send wmLin --miniprogram wx00demo --page p.html --thumb box.png --dry-run"
                )
                #expect(
                    card.contains(#""msgtype":"miniprogram","miniprogram":{"appid":"wx00demo""#))
                for wrong in [
                    "", "--text a --menu b", "--menu a --view 帮助=https://e.example",
                    "--link https://e.example", "--text a --image b",
                ] {
                    #expect(try await stage.kf("messages send wmLin \(wrong)").status == 2)
                }
            }
        }

        @Test func aLostAnswerIsToldAndTheMessageIsNotSaidTwice() async throws {
            try await KfStage.with { stage in
                // A busy platform has done nothing: it is asked again.
                try await stage.simulator.fail("send_msg", with: -1, count: 1)
                try await stage.simulator.fail("send_msg", with: 6000, count: 1)
                _ = try await stage.prints("messages send wmLin --text 第一句")
                try await stage.simulator.shows("第一句", to: "wmLin")

                try await stage.simulator.lose("send_msg", count: 1)
                let lost = try await stage.kf("messages send wmLin --text 第二句")
                #expect(lost.status == 4)
                #expect(lost.error.contains("; it may have been carried out\n"))
                let id = try #require(lost.error.firstMatch(of: #/--msgid ([0-9a-z]+): /#)?.1)
                let again = try await stage.kf("messages send wmLin --text 第二句 --msgid \(id)")
                #expect(again.status == 4)
                #expect(again.error.contains("the platform has that one"))
                let answers = try await stage.simulator.answers(to: "wmLin")
                #expect(answers.count { $0.hasSuffix("第二句") } == 1)
            }
        }

        @Test func aLargePictureIsWarnedOf() async throws {
            try await KfStage.with { stage in
                let small = try await stage.kf("messages send wmLin --image box.png")
                #expect(small.status == 0 && small.error.isEmpty)
                var picture = try Data(contentsOf: URL(filePath: "\(stage.folder)/box.png"))
                picture.append(Data(repeating: 0, count: 2 << 20))
                try picture.write(to: URL(filePath: "\(stage.folder)/big.png"))
                for command in ["messages send wmLin --image", "media upload"] {
                    let run = try await stage.kf("\(command) big.png")
                    #expect(run.status == 0)
                    #expect(
                        run.error
                            == "warning: big.png has 2.1 MB; customers receive images of at most "
                            + "2 MB\n")
                }
            }
        }

        @Test func aCodeCarriesOneMessage() async throws {
            try await KfStage.with { stage in
                struct Moved: Decodable { var code: String }
                let moved = try await stage.json("state move wmLin --to pool", as: Moved.self)
                _ = try await stage.prints("messages send-on-event --code \(moved.code) --text 请稍等")
                try await stage.simulator.shows("请稍等", to: "wmLin")
                let again = try await stage.kf(
                    "messages send-on-event --code \(moved.code) --text 再说")
                #expect(again.status == 4)
            }
        }

        @Test func figuresAreATableAChartAndASheet() async throws {
            try await KfStage.with { stage in
                struct Clock: Decodable { var now_milliseconds: Int64 }
                let before = try await Web.get("\(stage.simulator.base)/simulator/clock")
                let now = try JSONDecoder().decode(Clock.self, from: Data(before.text.utf8))
                // The day the customer wrote on, by the clock in China, where the platform counts.
                let day = Date(
                    timeIntervalSince1970: Double(now.now_milliseconds) / 1000 + 8 * 3600
                )
                .formatted(.iso8601.year().month().day())
                _ = try await stage.prints("messages send wmLin --text 您好")
                // Two days on, that day is over and counted whatever the hour.
                _ = try await Web.post(
                    "\(stage.simulator.base)/simulator/clock",
                    data: Data(#"{"advance_seconds": 172800}"#.utf8))
                let text = try await stage.prints("stats --from \(day) --to \(day) --csv s.csv")
                #expect(
                    text == """
                        day         sessions  customers  messages  by bot
                        \(day)         1          1         1       1

                        sessions
                        \(day)  \(String(repeating: "█", count: 50)) 1

                        """)
                #expect(
                    try stage.text(of: "s.csv") == "\u{FEFF}day,session_cnt,customer_cnt,"
                        + "customer_msg_cnt,upgrade_service_customer_cnt,ai_session_reply_cnt,"
                        + "ai_transfer_rate,ai_knowledge_hit_rate,msg_rejected_customer_cnt\r\n"
                        + "\(day),1,1,1,0,1,0,,0\r\n")
                struct Day: Decodable {
                    var day: String
                    var figures: [String: Double]?
                }
                // A day without figures is none with nobody in it.
                let chart = try await stage.prints("stats --to \(day) --days 2")
                let charted = chart.split(separator: "\n").suffix(2)
                #expect(charted.first?.hasSuffix("  -") == true)
                #expect(charted.last?.hasSuffix("█ 1") == true)
                let week = try await stage.json("stats --to \(day)", as: [Day].self)
                #expect(week.count == 7)
                #expect(week.last?.figures?["session_cnt"] == 1)
                #expect(week.first?.figures == nil)
                let servicers = try await stage.json(
                    "stats --servicers --days 1 --to \(day)", as: [Day].self)
                #expect(servicers.map(\.day) == [day])
                for wrong in ["--from 2026-13-01", "--days 0", "--servicer a --servicers"] {
                    #expect(try await stage.kf("stats \(wrong)").status == 2)
                }
                let old = try await stage.kf("stats --from 2020-01-01 --to 2020-01-02")
                #expect(old.status == 2 && old.error.contains("days ago"))
            }
        }
    }
}
