package import Foundation
package import RuleFiles

/// A language server for rule files: messages of the Language Server Protocol 3.17 in, messages
/// out, without waiting, clock or disk.
///
/// Whoever runs it feeds ``handle(_:)`` and, when nothing came for a while, ``settle()``; findings
/// are published only then, so that typing stays quick. All it knows of the disk comes through a
/// ``Workspace``; open documents win over it.
package struct LanguageServer {
    /// Work that waits for a pause in typing.
    package enum Pending: Hashable, Sendable {
        /// Rules are to be read again: soon.
        case load
        /// Rules that were read are to be checked, which may take a second: when all is quiet.
        case check
    }

    /// Where the conversation with the editor stands.
    enum Stage {
        case new, running, stopped
    }

    let workspace: Workspace
    let version: String
    /// The language of messages: as told at the start, else the editor's.
    var language: MessageLanguage
    private let hasFixedLanguage: Bool

    var stage = Stage.new
    var encoding = PositionEncoding.utf16
    private var canWatch = false
    /// Absolute folders, without a slash at their ends.
    var roots: [String] = [] {
        didSet { findingsAddress = roots.first.flatMap(workspace.findingsAddress) }
    }
    /// Where each kind of finding is explained; `nil` for nowhere.
    private(set) var findingsAddress: String?
    /// Open documents by path.
    var documents: [String: OpenDocument] = [:]
    /// The rules of each folder that has an open document.
    var groups: [String: RuleGroup] = [:]
    /// Paths that findings were published for.
    var published: Set<String> = []

    /// The status to end with, once `exit` came: 0 after `shutdown`, else 1.
    package private(set) var exitStatus: Int?

    /// More open documents than this are not kept.
    private static let mostDocuments = 2000

    /// A server that has not been spoken to.
    ///
    /// - Parameters:
    ///   - language: The language to speak; `nil` for the editor's.
    ///   - version: The program's, for the editor's log.
    package init(workspace: Workspace, language: MessageLanguage? = nil, version: String) {
        self.workspace = workspace
        self.version = version
        self.language = language ?? .en
        hasFixedLanguage = language != nil
    }

    /// What should be done in the next pause; `nil` for nothing.
    package var pending: Pending? {
        if groups.values.contains(where: { $0.loaded == nil }) { return .load }
        return groups.values.contains { !$0.isChecked } ? .check : nil
    }

    /// Takes one message as it came over the wire.
    package mutating func handle(_ data: Data) -> [JSONValue] {
        guard let message = JSONValue(data) else {
            return [ResponseError.unreadable("the message is no JSON").response(to: .null)]
        }
        return handle(message)
    }

    /// The answer to a message that was too long to be read.
    package static func refusal(ofBytes count: Int) -> JSONValue {
        ResponseError.unreadable(
            "the message has \(count) bytes; at most \(MessageFraming.longestMessage) are read"
        ).response(to: .null)
    }

    /// Takes one message; returns what goes back: a response to a request, and notifications.
    package mutating func handle(_ message: JSONValue) -> [JSONValue] {
        guard case .object = message else {
            return [
                ResponseError.invalidRequest("a message is an object").response(to: .null)
            ]
        }
        guard let method = message["method"]?.string else {
            // A response to something we asked; we ask nothing.
            if message["result"] != nil || message["error"] != nil { return [] }
            return [
                ResponseError.invalidRequest("a message needs a 'method'")
                    .response(to: Self.id(of: message) ?? .null)
            ]
        }
        guard message["id"] != nil else { return notified(method, message["params"]) }
        guard let id = Self.id(of: message) else {
            return [
                ResponseError.invalidRequest("an 'id' is a number or a text").response(to: .null)
            ]
        }
        do throws(ResponseError) {
            var more: [JSONValue] = []
            let result = try answer(method, message["params"] ?? .null, &more)
            return [["jsonrpc": "2.0", "id": id, "result": result]] + more
        } catch {
            return [error.response(to: id)]
        }
    }

    private static func id(of message: JSONValue) -> JSONValue? {
        switch message["id"] {
        case .int, .string: message["id"]
        default: nil
        }
    }

    static func notification(_ method: String, _ params: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "method": .string(method), "params": params]
    }

    // MARK: Dispatch

    private mutating func answer(
        _ method: String, _ params: JSONValue, _ more: inout [JSONValue]
    ) throws(ResponseError) -> JSONValue {
        if method == "initialize" { return try initialize(params) }
        switch stage {
        case .new: throw .notInitialized
        case .stopped: throw .invalidRequest("the server was shut down")
        case .running: break
        }
        if let uri = params["textDocument"]?["uri"]?.string,
            isForeign(DocumentPath.path(of: uri)), documents[DocumentPath.path(of: uri)] != nil
        {
            return .null
        }
        switch method {
        case "shutdown":
            stage = .stopped
            return .null
        case "textDocument/hover": return try hover(params)
        case "textDocument/completion": return try completion(params)
        case "textDocument/definition": return try definition(params)
        case "textDocument/references": return try references(params)
        case "textDocument/prepareRename": return try prepareRename(params)
        case "textDocument/rename": return try rename(params, &more)
        case "textDocument/documentSymbol": return try documentSymbols(params)
        case "textDocument/foldingRange": return try foldingRanges(params)
        case "textDocument/formatting": return try formatting(params)
        case "textDocument/codeAction": return try codeActions(params)
        default: throw .methodNotFound(method)
        }
    }

    private mutating func notified(_ method: String, _ params: JSONValue?) -> [JSONValue] {
        if method == "exit" {
            exitStatus = stage == .stopped ? 0 : 1
            return []
        }
        guard stage == .running, let params else { return [] }
        switch method {
        case "initialized": return watching
        case "textDocument/didOpen": open(params["textDocument"])
        case "textDocument/didChange": change(params)
        case "textDocument/didSave": saved(params)
        case "textDocument/didClose": return close(params)
        case "workspace/didChangeWatchedFiles": diskChanged()
        case "workspace/didChangeWorkspaceFolders": foldersChanged(params["event"])
        default: break
        }
        return []
    }

    // MARK: The beginning

    private mutating func initialize(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        guard stage == .new else { throw .invalidRequest("'initialize' comes once") }
        stage = .running
        if !hasFixedLanguage, let locale = params["locale"]?.string {
            language = locale.lowercased().hasPrefix("zh") ? .zh : .en
        }
        let offered = params["capabilities"]?["general"]?["positionEncodings"]?.array ?? []
        let watched = params["capabilities"]?["workspace"]?["didChangeWatchedFiles"]
        canWatch = watched?["dynamicRegistration"]?.bool ?? false
        // The first is the editor's favourite.
        encoding =
            offered.lazy.compactMap { $0.string.flatMap(PositionEncoding.init) }.first ?? .utf16
        if let folders = params["workspaceFolders"]?.array {
            roots = folders.compactMap(Self.folder)
        } else if let root = params["rootUri"]?.string {
            roots = [DocumentPath.trimmed(DocumentPath.path(of: root))]
        } else if let root = params["rootPath"]?.string {
            roots = [DocumentPath.trimmed(root)]
        }
        return [
            "capabilities": capabilities,
            "serverInfo": ["name": "switchboard", "version": .string(version)],
        ]
    }

    /// The request to be told of changes on disk, to editors that take it.
    private var watching: [JSONValue] {
        guard canWatch else { return [] }
        let watchers: [JSONValue] = ["**/*.kf.yml", "**/*.test.yml", "**/rules/**/*.{yml,csv}"].map
        {
            ["globPattern": $0]
        }
        return [
            [
                "jsonrpc": "2.0", "id": "watch", "method": "client/registerCapability",
                "params": [
                    "registrations": [
                        [
                            "id": "watch", "method": "workspace/didChangeWatchedFiles",
                            "registerOptions": ["watchers": .array(watchers)],
                        ]
                    ]
                ],
            ]
        ]
    }

    private static func folder(_ value: JSONValue) -> String? {
        value["uri"]?.string.map { DocumentPath.trimmed(DocumentPath.path(of: $0)) }
    }

    private var capabilities: JSONValue {
        [
            "positionEncoding": .string(encoding.rawValue),
            "textDocumentSync": [
                "openClose": true, "change": 2, "save": ["includeText": false],
            ],
            "hoverProvider": true,
            "completionProvider": ["triggerCharacters": [" ", ".", "[", "{", "(", ",", "-"]],
            "definitionProvider": true,
            "referencesProvider": true,
            "renameProvider": ["prepareProvider": true],
            "documentSymbolProvider": true,
            "foldingRangeProvider": true,
            "documentFormattingProvider": true,
            "codeActionProvider": ["codeActionKinds": ["quickfix", "source.fixAll"]],
            "workspace": [
                "workspaceFolders": ["supported": true, "changeNotifications": true]
            ],
        ]
    }

    private mutating func foldersChanged(_ event: JSONValue?) {
        let removed = Set((event?["removed"]?.array ?? []).compactMap(Self.folder))
        roots.removeAll { removed.contains($0) }
        roots += (event?["added"]?.array ?? []).compactMap(Self.folder)
            .filter { !roots.contains($0) }
        regroup()
    }

    /// Whether one more document can be kept.
    var hasRoom: Bool { documents.count < Self.mostDocuments }

    /// `text` in the language spoken.
    func say(_ en: String, _ zh: String) -> String { language == .zh ? zh : en }
}
