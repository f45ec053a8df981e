import Foundation
import Testing

extension KfTests {
    /// The platform's knowledge base, by hand and by rule files.
    @Suite struct Knowledge {
        /// Two groups, one of them empty, and all that may come with an answer.
        private func fill(_ stage: KfStage) async throws {
            for command in [
                "add-group 售后", "add-group 空的",
                "add --question 怎么退款 --similar 钱怎么退 --similar '退款：多久' --answer 七天内 "
                    + "--image box.png --link 'https://e.example/p=政策，全文' --link-desc 说明 "
                    + "--link-picture https://e.example/p.png",
                "add --group 售后 --question 换货 --answer \"$(printf '第一行\\n第二行 $(x)')\"",
                "add --group 售后 --question 保修 --answer '#: 一年' --video clip.mp4",
            ] { _ = try await stage.prints("knowledge \(command)") }
        }

        private func writeVideo(_ stage: KfStage) throws {
            try Data([0, 0, 0, 24] + Array("ftypisom".utf8) + [UInt8](repeating: 0, count: 32))
                .write(
                    to: URL(filePath: "\(stage.folder)/clip.mp4"))
        }

        @Test func groupsAndQuestionsAreKeptByHand() async throws {
            try await KfStage.with { stage in
                try writeVideo(stage)
                try await fill(stage)
                struct Group: Decodable, Equatable {
                    var name: String
                    var `default`: Bool
                    var questions: Int
                }
                let groups = try await stage.json("knowledge groups", as: [Group].self)
                #expect(
                    groups == [
                        Group(name: "默认分组", default: true, questions: 1),
                        Group(name: "售后", default: false, questions: 2),
                        Group(name: "空的", default: false, questions: 0),
                    ])
                let table = try await stage.prints("knowledge list --group 售后")
                #expect(table.hasPrefix("group  question  similar  attachments  answer"))
                #expect(table.contains("\n售后   换货            0            0  第一行⏎第二行 $(x)"))

                // New words would lose the picture, which nobody can read back.
                let losing = try await stage.kf("knowledge change 怎么退款 --answer 十五天")
                #expect(losing.status == 5 && losing.error.contains("--without-attachments"))
                _ = try await stage.prints("knowledge change 怎么退款 --answer 十五天 --image box.png")
                _ = try await stage.prints("knowledge change 换货 --question 怎么换货 --similar 想换")
                struct Question: Decodable {
                    struct Attached: Decodable { var type: String }
                    var question: String
                    var similar: [String]
                    var answer: String
                    var attachments: [Attached]
                }
                let questions = try await stage.json("knowledge list", as: [Question].self)
                #expect(questions.map(\.question) == ["怎么退款", "怎么换货", "保修"])
                #expect(questions[0].answer == "十五天")
                #expect(questions[0].attachments.map(\.type) == ["image"])
                #expect(questions[1].similar == ["想换"])

                let unasked = try await stage.kf("knowledge remove 保修")
                #expect(unasked.status == 5)
                _ = try await stage.prints("knowledge remove 保修 --yes")
                _ = try await stage.prints("knowledge rename-group 空的 备用")
                _ = try await stage.prints("knowledge remove-group 售后 --yes")
                #expect(
                    try await stage.json("knowledge groups", as: [Group].self).map(\.name)
                        == ["默认分组", "备用"])
                let usual = try await stage.kf("knowledge remove-group 默认分组 --yes")
                #expect(usual.status == 5 && usual.error.contains("is the default group"))
                // What the platform would only call a bad parameter has its reason here.
                for (refused, why) in [
                    ("add-group 备用", "there is a group '备用' already"),
                    ("rename-group 备用 默认分组", "there is a group '默认分组' already"),
                    ("rename-group 默认分组 别的", "is the default group"),
                    (
                        "add --group 备用 --question 怎么退款 --answer 好",
                        "there already, in the group '默认分组'"
                    ),
                ] {
                    let run = try await stage.kf("knowledge \(refused)")
                    #expect(run.status == 5 && run.error.contains(why), "\(refused): \(run.error)")
                }
                _ = try await stage.prints("knowledge add --question 开票 --answer 好")
                let taken = try await stage.kf("knowledge change 开票 --question 怎么退款")
                #expect(taken.status == 5 && taken.error.contains("there already"))
                let nobody = try await stage.kf("knowledge remove 没有 --yes")
                #expect(nobody.status == 1)
            }
        }

        @Test func outAndIntoAnEmptyOneAndOutAgainIsTheSameFile() async throws {
            var exported = ""
            try await KfStage.with { stage in
                try writeVideo(stage)
                try await fill(stage)
                _ = try await stage.prints("knowledge export kb.kf.yml")
                exported = try stage.text(of: "kb.kf.yml")
            }
            #expect(
                exported.hasSuffix(
                    #"""
                    faq:
                      #: group: 默认分组
                      #: image: box.png
                      #: link: { title: '政策，全文', desc: 说明, url: https://e.example/p, picurl: https://e.example/p.png }
                      - ask: 怎么退款
                        like:
                          - 钱怎么退
                          - 退款：多久
                        reply: 七天内
                      #: group: 售后
                      - ask: 换货
                        reply: |-
                          第一行
                          第二行 $$(x)
                      #: video: clip.mp4
                      - ask: 保修
                        reply: '#: 一年'
                      #: group: 空的

                    """#))
            try await KfStage.with { stage in
                try writeVideo(stage)
                try stage.write(exported, to: "kb.kf.yml")
                try stage.write(
                    "kf: 1\nbundle: b\naccounts: [shop]\nrules:\n  - rule: a\n    when: { says: a }\n    reply: b\n",
                    to: "none.kf.yml")
                let none = try await stage.kf("knowledge import none.kf.yml")
                #expect(none.status == 1 && none.error.contains("there is no question in none"))
                let plan = try await stage.kf("knowledge import kb.kf.yml --dry-run")
                #expect(plan.status == 0)
                #expect(
                    plan.output == """
                        change     group     question
                        add-group  售后
                        add-group  空的
                        add        默认分组  怎么退款
                        add        售后      换货
                        add        售后      保修

                        """)
                #expect(
                    try await stage.prints("knowledge groups").split(separator: "\n").count == 2)
                _ = try await stage.prints("knowledge import kb.kf.yml")
                _ = try await stage.prints("knowledge export again.kf.yml")
                #expect(try stage.text(of: "again.kf.yml") == exported)
                // A second import has nothing to do.
                let again = try await stage.kf("knowledge import kb.kf.yml")
                #expect(again.output.isEmpty && again.error.contains("3 unchanged"))
                // A file of somebody's own is not written over.
                try stage.write("faq: []\n", to: "own.kf.yml")
                #expect(try await stage.kf("knowledge export own.kf.yml").status == 3)
                #expect(try await stage.kf("knowledge export again.kf.yml").status == 0)
                #expect(try await stage.prints("knowledge export -") == exported)
                // Nor is one that was exported and then edited.
                try stage.write(exported + "  # 我的备注\n", to: "again.kf.yml")
                let edited = try await stage.kf("knowledge export again.kf.yml")
                #expect(edited.status == 3 && edited.error.contains("was edited since"))
                _ = try await stage.prints("knowledge export again.kf.yml --force")
                #expect(try stage.text(of: "again.kf.yml") == exported)
            }
        }

        @Test func onlyWhatDiffersIsChangedAndNothingRemovedUnasked() async throws {
            try await KfStage.with { stage in
                try writeVideo(stage)
                try await fill(stage)
                try stage.write(
                    """
                    faq:
                      #: group: 售后
                      - ask: 换货
                        like: [想换]
                        reply: 三天内
                      - ask: 发票
                        reply: 在订单里
                    """, to: "new.kf.yml")
                let kept = try await stage.kf("knowledge import new.kf.yml")
                #expect(kept.status == 0)
                #expect(
                    kept.output == """
                        change  group  question
                        change  售后   换货
                        add     售后   发票

                        """)
                #expect(kept.error.contains("1 only on the platform"))
                #expect(try await stage.prints("knowledge list").contains("保修"))
                let unasked = try await stage.kf("knowledge import new.kf.yml --prune")
                #expect(unasked.status == 5)
                _ = try await stage.prints("knowledge import new.kf.yml --prune --yes")
                let list = try await stage.prints("knowledge list")
                // Groups the file doesn't name stay as they are.
                #expect(!list.contains("保修") && list.contains("怎么退款"))
                #expect(list.contains("三天内") && list.contains("在订单里"))
            }
        }

        @Test func filesThatAreNotHereAreToldAndNothingIsLost() async throws {
            try await KfStage.with { stage in
                try stage.write(
                    """
                    faq:
                      #: image: lost.png
                      #: image: ../secret
                      - ask: 有图
                        reply: 见图
                      #: image: box.png
                      - ask: 也有图
                        reply: 见图
                    """, to: "kb.kf.yml")
                let first = try await stage.kf("knowledge import kb.kf.yml")
                #expect(first.status == 1)
                #expect(
                    first.error.contains("no such file beside the rule file: ../secret, lost.png"))
                let text = try stage.text(of: "kb.kf.yml").replacing("见图", with: "看图")
                try FileManager.default.removeItem(atPath: "\(stage.folder)/box.png")
                try stage.write(text, to: "kb.kf.yml")
                let second = try await stage.kf("knowledge import kb.kf.yml")
                #expect(second.status == 1)
                #expect(second.error.contains("'也有图': its answer would lose box.png"))
                #expect(second.output.contains("change  默认分组  有图"))
                let list = try await stage.prints("knowledge list")
                #expect(list.contains("有图") && list.contains("  看图  ") && list.contains("  见图  "))
                // Pruning is about questions: no answer loses a picture by it either.
                let pruned = try await stage.kf("knowledge import kb.kf.yml --prune --yes")
                #expect(pruned.status == 1)
                #expect(pruned.error.contains("'也有图': its answer would lose box.png"))
                struct Question: Decodable {
                    struct Attached: Decodable { var type: String }
                    var question: String
                    var attachments: [Attached]
                }
                let kept = try await stage.json("knowledge list", as: [Question].self)
                #expect(kept.first { $0.question == "也有图" }?.attachments.map(\.type) == ["image"])
            }
        }

        @Test func whatHasConditionsIsLeftOutAndNamed() async throws {
            try await KfStage.with { stage in
                try stage.write(
                    """
                    faq:
                      - ask: 怎么退款
                        if: { misses: 2 }
                        reply: 七天内
                      - ask: 换货
                        reply: 三天内
                    """, to: "some.kf.yml")
                let run = try await stage.kf("knowledge import some.kf.yml")
                #expect(run.status == 1)
                #expect(run.error.contains("some.kf.yml:2:5: left out '怎么退款': it has 'if'"))
                let list = try await stage.prints("knowledge list")
                #expect(list.contains("换货") && !list.contains("怎么退款"))
            }
        }

        @Test func aPassingFaultStopsNoImport() async throws {
            try await KfStage.with { stage in
                try stage.write(
                    "faq:\n" + (1...4).map { "  - ask: 问\($0)\n    reply: 答\n" }.joined(),
                    to: "kb.kf.yml")
                try await stage.simulator.fail("knowledge/add_intent", with: -1, count: 2)
                // The call after those is carried out, and its answer lost: it is not made again.
                try await stage.simulator.lose("knowledge/add_intent", count: 1)
                let run = try await stage.kf("knowledge import kb.kf.yml")
                #expect(run.status == 0, "\(run.error)")
                #expect(run.error.contains("4 changes made"))
                struct Question: Decodable { var question: String }
                #expect(
                    try await stage.json("knowledge list", as: [Question].self).map(\.question)
                        == ["问1", "问2", "问3", "问4"])
            }
        }

        @Test func aQuestionIsMovedOnlyWhereRemovingIsAllowed() async throws {
            try await KfStage.with { stage in
                _ = try await stage.prints("knowledge add --question 换货 --answer 好")
                try stage.write("faq:\n  - ask: 换货\n    reply: 好\n", to: "kb.kf.yml")
                let stays = try await stage.kf("knowledge import kb.kf.yml --group 售后")
                #expect(stays.status == 1)
                #expect(stays.error.contains("it is in the group '默认分组'"))
                let moved = try await stage.kf(
                    "knowledge import kb.kf.yml --group 售后 --prune --yes")
                #expect(moved.status == 0)
                let list = try await stage.prints("knowledge list")
                #expect(list.split(separator: "\n").count == 2 && list.contains("售后"))
            }
        }

        @Test func mistakesAreToldBeforeAnyCall() async throws {
            try await Binary.withFolder { folder in
                try "faq:\n  - ask: 一\n    reply: 好\n  - ask: 一\n    reply: ''\n".write(
                    toFile: "\(folder)/kb.kf.yml", atomically: true, encoding: .utf8)
                let run = try await Run.shell(
                    "switchboard kf knowledge import kb.kf.yml --config nowhere.yml", in: folder)
                #expect(run.status == 1)
                #expect(
                    run.error.contains("kb.kf.yml:4:5: error KF123 the question stands in line 2"))
                #expect(run.error.contains("kb.kf.yml:4:5: error KF123 the answer is empty"))
            }
        }
    }
}
