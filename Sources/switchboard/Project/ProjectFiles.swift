import Boundary
import ChatModel
import RuleEngine
import RuleFiles

/// The files of a new project, as text by path.
struct ProjectFiles {
    private let template: ProjectTemplate
    /// The accounts the template's bundle serves.
    private let accounts: [AccountAlias]
    /// The outside systems its flows ask, each operation once.
    private let calls: [CompanyOperation]

    init(_ template: ProjectTemplate) {
        self.template = template
        let sources = template.files.filter { $0.name.hasSuffix(".kf.yml") }
            .map { RuleSource(path: $0.name, text: $0.text) }
        let definition = RuleFiles.load(sources).definition
        accounts = definition?.bundles.flatMap(\.accounts) ?? []
        calls = definition?.companyCalls(notAmong: [CompanyOperation]()).map(\.operation) ?? []
    }

    /// Path and text of each file, in the order they are named to the user.
    var all: [(path: String, text: String)] {
        var files = template.files.map { (path: "rules/\($0.name)", text: $0.text) }
        files.append(("switchboard.yml", configuration))
        files.append(("README.md", guide))
        files.append((".gitignore", Self.ignored))
        files += EditorSchema.File.allCases.map { ($0.schemaPath, EditorSchema($0).text) }
        files.append((".vscode/settings.json", Self.editorSettings))
        files.append((".vscode/extensions.json", Self.editorExtensions))
        return files
    }

    // MARK: Configuration

    private var configuration: String {
        var lines = [
            "# Switchboard 的配置。这里不写秘密：{ env: 名字 } 从环境变量读，{ file: 路径 } 从文件读。",
            "corps:",
            "  - alias: main",
            "    corp_id: ww0000000000000000              # 企业 ID：管理后台 → 我的企业",
            "    apps:",
            "      - alias: kf                            # 回调地址：https://你的域名/callback/kf",
            "        secret: { env: KF_SECRET }           # 微信客服 → API 的 Secret",
            "        token: { env: KF_TOKEN }             # 回调配置里的 Token",
            "        aes_key: { env: KF_AES_KEY }         # 回调配置里的 EncodingAESKey",
            "        accounts:                            # 规则文件里的别名: 客服账号的 open_kfid",
        ]
        lines += accounts.map { "          \($0): wk0000000000000000000000" }
        lines += [
            "listen: 127.0.0.1:8080                       # 前面放一个带 HTTPS 的反向代理",
            "store: data/switchboard.db                   # 数据库",
            "rules: rules/                                # 规则文件夹；改了以后运行 switchboard publish",
            "first_start: skip                            # 第一次启动时不回复以前的消息",
        ]
        if !calls.isEmpty {
            lines += [
                "", "# 流程里 call 的外部系统。填好地址，去掉前面的 #；没填的按“没有回应”处理。", "# calls:",
            ]
            var service: String?
            for (index, call) in calls.enumerated() {
                if call.service != service { lines.append("#   \(call.service):") }
                service = call.service
                lines.append(
                    "#     \(call.name): { url: \"https://example.com/api/\(index + 1)\", "
                        + "secret: { env: API_KEY } }")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: For people

    private var guide: String {
        """
        # 客服机器人

        这个文件夹里是一套能直接用的客服规则（模板：\(template.name)）。规则写在 `rules/` 里，用记事本就能改。

        ```console
        switchboard check                   # 哪里写错了、会抢答、发不出去，连行号和改法一起告诉你
        switchboard test                    # 问一遍所有例句，播一遍所有对话测试
        switchboard chat --rules rules/     # 在终端里扮成客户聊一聊，:help 看命令
        switchboard explain "怎么退款"       # 为什么是这条规则回答，别的为什么不是
        ```

        | | |
        |---|---|
        \(template.files.map { "| `rules/\($0.name)` | \(Self.purpose(of: $0.name)) |" }.joined(separator: "\n"))
        | `switchboard.yml` | 服务器的配置；秘密放在环境变量里 |
        | `schema/`、`.vscode/` | 让编辑器认识规则文件：自动补全、悬停说明、当场报错（VS Code 装 YAML 扩展） |

        ## 怎么改

        1. 打开规则文件，照着旁边的规则改话术、关键词和例句；每条规则都写几句客户真会说的话（`examples`）。
        2. 运行 `switchboard check` 和 `switchboard test`，都通过了再上线。
        3. 运行 `switchboard publish --note "改了什么"`，一秒内生效；后悔了就 `switchboard rollback`。

        ## 上线

        1. 在 `switchboard.yml` 里填企业 ID 和客服账号，把三个秘密放进环境变量。
        2. 运行 `mkdir -p data && switchboard serve --config switchboard.yml`，在管理后台把回调地址指过来。

        """
    }

    private static func purpose(of file: String) -> String {
        if file.hasSuffix(".test.yml") { return "对话测试：客户做什么，应该发生什么" }
        return file.contains("问题") ? "常见问题，由主文件引入" : "规则：回答什么、什么时候转人工"
    }

    private static let ignored = """
        # 数据库里有客户的话，不进版本库。
        /data/

        """

    // MARK: For editors

    private static var editorSettings: String {
        let lines = EditorSchema.File.allCases.map {
            "    \"./\($0.schemaPath)\": \"*\($0.suffix)\""
        }
        return """
            {
              "yaml.schemas": {
            \(lines.joined(separator: ",\n"))
              },
              "[yaml]": { "editor.tabSize": 2, "editor.insertSpaces": true },
              "files.encoding": "utf8"
            }

            """
    }

    private static let editorExtensions = """
        {
          "recommendations": ["redhat.vscode-yaml"]
        }

        """
}

extension EditorSchema.File {
    /// Where a project keeps the schema.
    fileprivate var schemaPath: String { "schema/\(rawValue).schema.json" }
}
