import ArgumentParser
import RuleFiles
import WeComKF

/// `switchboard kf`: the platform's own calls, by hand.
struct KfCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kf",
        abstract: "Make the platform's own calls by hand.",
        discussion: """
            As the app of switchboard.yml; without one, on the simulator that 'serve' and \
            'simulate' start on their usual port. Beside a running server, too: what is done here \
            is told to it as events, as far as the platform tells them.

            What changes something takes --dry-run, which prints the calls and makes none; what \
            can't be undone asks first. Tables for people, --format json for scripts.

            Exit status: 0 done, 1 some of it failed, wasn't found or was left out, 2 usage, 3 a \
            file, 4 the platform or the network, 5 refused here.

            EXAMPLES
              switchboard kf accounts
              switchboard kf links add --scene web --qr
              switchboard kf servicers add zhangsan lisi --dry-run
              switchboard kf stats --days 30 --csv november.csv
              switchboard kf knowledge export rules/kb.kf.yml
            """,
        subcommands: [
            KfAccountsCommand.self, KfLinksCommand.self, KfServicersCommand.self,
            KfStateCommand.self, KfCustomersCommand.self, KfUpgradeCommand.self,
            KfStatsCommand.self, KfKnowledgeCommand.self, KfMediaCommand.self,
            KfMessagesCommand.self, KfQualificationCommand.self,
        ])
}

/// `switchboard kf qualification`.
struct KfQualificationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qualification",
        abstract: "Show whether a Channels (视频号) account is bound.",
        discussion: """
            EXAMPLES
              switchboard kf qualification
            """)

    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform { platform in
            let isBound = try await platform.reads.isChannelsAccountBound()
            switch platform.format {
            case .json: try Terminal.json(["channelsBound": isBound])
            case .text:
                let message =
                    switch isBound {
                    case true?: Bilingual(en: "a Channels account is bound", zh: "已经绑定视频号")
                    case false?: Bilingual(en: "no Channels account is bound", zh: "没有绑定视频号")
                    case nil: Bilingual(en: "the platform doesn't say", zh: "平台没有说")
                    }
                Terminal.say(message, in: platform.language)
            }
        }
    }
}
