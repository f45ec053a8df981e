import ArgumentParser

/// `switchboard plan`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what publishing would do, and change nothing.",
        discussion: """
            The same as 'switchboard publish --plan', with the same options: checks and tests the \
            rules, compares them with the active version and, with --against, on recent traffic; \
            ends with the status publishing would end with.

            EXAMPLES
              switchboard plan
              switchboard plan rules/ --against 7d --config switchboard.yml
            """)

    @OptionGroup var publish: PublishCommand

    mutating func run() async throws {
        publish.plan = true
        try await publish.run()
    }
}
