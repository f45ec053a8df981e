/// A room of the house and what it may know; `docs/ARCHITECTURE.md` draws the same.
///
/// A room that may import another may also import what that one may, C libraries excepted. The
/// manifest and every `import` line are held against this table; a new arrow is a decision, and
/// this is where it is taken.
struct Room {
    let name: String
    /// Rooms and C targets of ours.
    let rooms: [String]
    /// Modules of the toolchain and of packages.
    let outside: Set<String>
    /// Whether time and chance are arguments here, and nothing waits.
    let isPure: Bool

    init(
        _ name: String, _ rooms: [String], outside: Set<String> = [], isPure: Bool = false
    ) {
        self.name = name
        self.rooms = rooms
        // Who may have the whole may have its smaller half.
        self.outside =
            outside.contains("Foundation") ? outside.union(["FoundationEssentials"]) : outside
        self.isPure = isPure
    }

    /// Targets that only hold a module map or a shim.
    static let cTargets = [
        "CCurl", "COpenSSL", "CQRCode", "CPNG", "CCurlShim", "CRE2Shim", "CEditShim",
    ]

    /// Targets that measure the rooms and live beside `Sources`.
    static let beside = ["Benchmarks", "Spawning"]

    static let all: [Room] = [
        Room("ChatModel", [], isPure: true),
        Room("SessionMachine", ["ChatModel"], isPure: true),
        Room("RuleEngine", ["ChatModel", "CRE2Shim"], outside: ["Foundation"], isPure: true),
        Room("Routing", ["SessionMachine", "RuleEngine"], outside: ["HeapModule"], isPure: true),
        Room("RuleFiles", ["Routing"], outside: ["Foundation", "Yams"], isPure: true),
        Room("Boundary", ["Routing"]),
        Room("LanguageServer", ["RuleFiles"], outside: ["Foundation"], isPure: true),
        Room("Operations", ["RuleFiles", "Boundary"], outside: ["Foundation"]),
        Room(
            "CallbackCrypto", ["ChatModel", "COpenSSL"],
            outside: ["Foundation", "FoundationEssentials", "FoundationXML", "Synchronization"]),
        Room(
            "CurlTransport", ["Boundary", "CCurl", "CCurlShim"],
            outside: ["Foundation", "Synchronization", "Dispatch", "Glibc"]),
        Room(
            "WeComKF", ["Boundary"],
            outside: ["Foundation", "FoundationEssentials", "Synchronization"]),
        Room("Actions", ["Routing", "Boundary"], outside: ["Foundation", "Synchronization"]),
        Room(
            "SQLiteStore", ["Boundary"],
            outside: ["GRDB", "GRDBSQLite", "Foundation", "Glibc", "Synchronization"]),
        Room("PlatformSimulator", ["ChatModel"], isPure: true),
        Room(
            "SimulatorServer", ["PlatformSimulator", "Boundary", "CallbackCrypto"],
            outside: [
                "Foundation", "Glibc", "HTTPTypes", "Hummingbird", "Logging", "NIOCore",
                "NIOHTTPTypes", "NIOPosix", "ServiceLifecycle", "Synchronization",
            ]),
        Room(
            "Engine", ["Routing", "Boundary", "Actions"],
            outside: [
                "DequeModule", "Foundation", "HeapModule", "Logging", "ServiceLifecycle",
                "Synchronization",
            ]),
        Room(
            "WebServer", ["Boundary", "CallbackCrypto", "Operations"],
            outside: [
                "Foundation", "HTTPTypes", "Hummingbird", "Logging", "NIOCore", "NIOHTTPTypes",
                "ServiceLifecycle", "Synchronization",
            ]),
        Room(
            "Replay", ["Routing", "RuleFiles", "Boundary", "PlatformSimulator"],
            outside: ["Foundation", "Yams"]),
        Room(
            "switchboard",
            [
                "ChatModel", "SessionMachine", "RuleEngine", "Routing", "RuleFiles", "Boundary",
                "Operations", "CallbackCrypto", "CurlTransport", "WeComKF", "Actions",
                "SQLiteStore", "PlatformSimulator", "SimulatorServer", "Engine", "WebServer",
                "Replay", "LanguageServer", "CEditShim", "CQRCode", "CPNG",
            ],
            outside: [
                "ArgumentParser", "Dispatch", "Foundation", "Glibc", "Hummingbird", "Logging",
                "ServiceLifecycle", "Synchronization", "UnixSignals",
            ]),
    ]

    static func named(_ name: String) -> Room? { all.first { $0.name == name } }

    /// Everything of ours this room may import.
    var reach: Set<String> {
        var reach = Set(rooms)
        for name in rooms {
            guard let room = Room.named(name) else { continue }
            reach.formUnion(room.reach.subtracting(Room.cTargets))
        }
        return reach
    }
}

/// What the manifest says, as far as text tells.
struct Manifest {
    struct Target {
        let name: String
        let isTest: Bool
        /// Targets of ours, by name.
        let rooms: [String]
        /// Products of packages, by the module one imports.
        let products: [String]
    }

    /// In the manifest's order.
    let targets: [Target]

    init(text: String) {
        // let yams = Target.Dependency.product(name: "Yams", package: "Yams")
        var products: [String: String] = [:]
        let naming = /let\s+(\w+)\s*=\s*Target\.Dependency\.product\(\s*name:\s*"(\w+)"/
        for match in text.matches(of: naming) {
            products[String(match.1)] = String(match.2)
        }
        var targets: [Target] = []
        let heading =
            /\.(target|testTarget|executableTarget|systemLibrary)\(\s*name:\s*"(\w+)"/
        for match in text.matches(of: heading) {
            let body = Self.untilClosed(text[match.range.upperBound...], open: "(", close: ")")
            var inside: Substring = ""
            if let list = body.firstRange(of: "dependencies:"),
                let bracket = body[list.upperBound...].firstIndex(of: "[")
            {
                inside = Self.untilClosed(
                    body[body.index(after: bracket)...], open: "[", close: "]")
            }
            var (rooms, used): ([String], [String]) = ([], [])
            for item in inside.matches(of: /\.product\(\s*name:\s*"(\w+)"[^)]*\)|"(\w+)"|(\w+)/) {
                if let product = item.1 {
                    used.append(String(product))
                } else if let room = item.2 {
                    rooms.append(String(room))
                } else if let name = item.3 {
                    used.append(products[String(name)] ?? String(name))
                }
            }
            targets.append(
                Target(
                    name: String(match.2), isTest: match.1 == "testTarget", rooms: rooms,
                    products: used))
        }
        self.targets = targets
    }

    /// What stands before the bracket that closes the one just opened.
    private static func untilClosed(
        _ text: Substring, open: Character, close: Character
    ) -> Substring {
        var depth = 1
        for index in text.indices {
            if text[index] == open { depth += 1 }
            if text[index] == close { depth -= 1 }
            if depth == 0 { return text[..<index] }
        }
        return text
    }
}
