import Foundation
import Testing

/// Files both ways through the server as a process: those beside the rules, and a customer's.
@Suite(.serialized) struct MediaServeTests {
    private static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        rules:
          - rule: 尺码
            when: { says: 尺码 }
            reply: [{ image: pictures/尺码.png }, { file: manual.txt }]
            examples: [看看尺码表]
          - rule: 称呼
            when: { says: 你好 }
            reply: $(客户.昵称 | 默认 亲)，您好。
            examples: [你好呀]
          - rule: 专属
            when: { says: 会员 }
            reply: 已请专属顾问联系您。
            upgrade: { member: anna, wording: 专属顾问 }
            examples: [我是会员]
          - rule: 没听懂
            when: { no_match: true }
            reply: 请再说一次。

        """
    private static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        + [0, 0, 0, 0] + Array("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82]

    private func write(in folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder)/shop/pictures", withIntermediateDirectories: true)
        try Self.rules.write(
            toFile: "\(folder)/shop/a.kf.yml", atomically: true, encoding: .utf8)
        try Data(Self.png).write(to: URL(fileURLWithPath: "\(folder)/shop/pictures/尺码.png"))
        try Data("how to use it".utf8).write(to: URL(fileURLWithPath: "\(folder)/shop/manual.txt"))
    }

    private static let arguments = [
        "serve", "--rules", "shop", "--simulator-port", "0", "--listen", "127.0.0.1:0",
    ]

    @Test func aFileBesideTheRulesIsSentHoweverOften() async throws {
        try await Binary.withFolder { folder in
            try write(in: folder)
            let check = try await Run.shell("switchboard check shop", in: folder)
            #expect(check.status == 0, "\(check.output)")
            // The examples are played with the files, too, and so the rules can be published.
            let test = try await Run.shell("switchboard test shop", in: folder)
            #expect(test.status == 0, "\(test.output)")
            let publish = try await Run.shell(
                "mkdir other; switchboard publish shop --store other/a.db", in: folder)
            #expect(publish.status == 0, "\(publish.output) \(publish.error)")
            try await Server.running(Self.arguments, in: folder) { server in
                _ = try await server.webAddress
                let simulator = Simulator(base: try await server.simulatorAddress)
                for customer in ["wmLin", "wmHua"] {
                    try await simulator.write(customer, "尺码")
                    try await eventually("a picture and a file are shown to \(customer)") {
                        let shown = try await simulator.answers(to: customer)
                        return shown.count == 2 ? true : nil
                    }
                }
                // Two messages of two files cost two uploads, and nothing was refused.
                let book = try await Web.get("\(simulator.base)/simulator/book?limit=1000").text
                #expect(book.ranges(of: "\"media/upload\"").count == 2, "\(book)")
                #expect(!book.contains("40007"))
            }
            // What was published is sent whatever becomes of the folder, after a restart as well.
            try FileManager.default.removeItem(atPath: "\(folder)/shop/pictures/尺码.png")
            try await Server.running(Self.arguments, in: folder) { server in
                _ = try await server.webAddress
                let simulator = Simulator(base: try await server.simulatorAddress)
                try await simulator.write("wmMing", "尺码")
                try await eventually("the picture is shown again") {
                    try await simulator.answers(to: "wmMing").count == 2 ? true : nil
                }
            }
            let gone = try await Run.shell("switchboard check shop", in: folder)
            #expect(gone.status == 1 && gone.output.contains("KF414"), "\(gone.output)")
        }
    }

    @Test func whatACustomerSendsIsKeptAndWhoItIsIsAsked() async throws {
        try await Binary.withFolder { folder in
            try write(in: folder)
            try await Server.running(Self.arguments, in: folder) { server in
                _ = try await server.webAddress
                let simulator = Simulator(base: try await server.simulatorAddress)
                try await simulator.act("customers/wmLin/enter", ["nickname": "林小姐"])
                let upload = try await Web.post(
                    "\(simulator.base)/simulator/media?type=image&name=broken.png",
                    data: Data(Self.png))
                #expect(upload.status == 200, "\(upload.text)")
                let media = try JSONDecoder().decode(
                    [String: String].self, from: Data(upload.text.utf8))
                try await simulator.act(
                    "customers/wmLin/messages",
                    ["type": "image", "media_id": media["media_id"] ?? ""])
                let kept = try await eventually("the picture is kept beside the database") {
                    let files = FileManager.default.enumerator(
                        atPath: "\(folder)/data/switchboard.db.media")
                    return files?.compactMap { $0 as? String }.map {
                        "\(folder)/data/switchboard.db.media/\($0)"
                    }
                    .first { FileManager.default.contents(atPath: $0) == Data(Self.png) }
                }
                let rights = try FileManager.default.attributesOfItem(atPath: kept)
                #expect(rights[.posixPermissions] as? Int == 0o600)

                // Asked for once the customer has written; texts say it from then on.
                try await eventually("the customer is called by name") {
                    try await simulator.write("wmLin", "你好")
                    try await Task.sleep(for: .milliseconds(300))
                    return try await simulator.answers(to: "wmLin")
                        .contains { $0.contains("林小姐，您好。") } ? true : nil
                }
            }
        }
    }

    @Test func aRecommendationReachesThePlatform() async throws {
        try await Binary.withFolder { folder in
            try write(in: folder)
            try await Server.running(Self.arguments, in: folder) { server in
                _ = try await server.webAddress
                let simulator = Simulator(base: try await server.simulatorAddress)
                try await simulator.write("wmLin", "我是会员")
                try await simulator.shows("已请专属顾问联系您。", to: "wmLin")
                // Nobody is configured as a specialist there: the platform says so, and that is
                // all that comes of it.
                try await eventually("the call stands in the book") {
                    let book = try await Web.get("\(simulator.base)/simulator/book?limit=1000")
                    return book.text.contains("customer/upgrade_service")
                        && book.text.contains("95021") ? true : nil
                }
                try await simulator.write("wmLin", "你好")
                try await simulator.shows("您好。", to: "wmLin")
            }
        }
    }
}
