import ArgumentParser

/// `switchboard completion`.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print what a shell needs to complete commands.",
        discussion: """
            EXAMPLES
              switchboard completion bash > /etc/bash_completion.d/switchboard
              switchboard completion zsh > ~/.zsh/completions/_switchboard
              switchboard completion fish > ~/.config/fish/completions/switchboard.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    func run() {
        let wanted: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Terminal.report(Switchboard.completionScript(for: wanted))
    }
}
