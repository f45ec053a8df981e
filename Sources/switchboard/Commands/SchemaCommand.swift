import ArgumentParser
import RuleFiles

/// `switchboard schema`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of rule files, for editors.",
        discussion: """
            Editors with a YAML language server complete keys by it, explain them, and mark what \
            doesn't belong. 'init' writes both schemas and tells VS Code about them; elsewhere, \
            begin a file with

              # yaml-language-server: $schema=../schema/rules.schema.json

            EXAMPLES
              switchboard schema > schema/rules.schema.json
              switchboard schema --tests > schema/tests.schema.json
            """)

    @Flag(help: "The schema of *.test.yml files.")
    var tests = false

    func run() { Terminal.report(EditorSchema(tests ? .tests : .rules).text) }
}
