// swift-tools-version:6.2
import PackageDescription

// The rooms, bottom up: a target may only name targets above it in this list.
// `TidyTests` holds the same table as data and compares.

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "switchboard",
    products: [.executable(name: "switchboard", targets: ["switchboard"])],
    dependencies: [
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CQRCode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .target(name: "CCurlShim", dependencies: ["CCurl"]),
        .target(name: "CRE2Shim", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CEditShim", linkerSettings: [.linkedLibrary("edit")]),

        .target(name: "ChatModel"),
        .target(name: "SessionMachine", dependencies: ["ChatModel"]),
        .target(name: "RuleEngine", dependencies: ["ChatModel", "CRE2Shim"]),
        .target(
            name: "Routing", dependencies: ["ChatModel", "SessionMachine", "RuleEngine", heap]),
        .target(
            name: "RuleFiles",
            dependencies: ["ChatModel", "SessionMachine", "RuleEngine", "Routing", yams]),
        .target(
            name: "Boundary",
            dependencies: ["ChatModel", "SessionMachine", "RuleEngine", "Routing"]),
        .target(
            name: "LanguageServer", dependencies: ["ChatModel", "RuleEngine", "RuleFiles"]),
        .target(
            name: "Operations",
            dependencies: [
                "ChatModel", "SessionMachine", "RuleEngine", "Routing", "RuleFiles", "Boundary",
            ]),
        .target(name: "CallbackCrypto", dependencies: ["ChatModel", "COpenSSL"]),
        .target(
            name: "CurlTransport", dependencies: ["ChatModel", "Boundary", "CCurl", "CCurlShim"]),
        .target(name: "WeComKF", dependencies: ["ChatModel", "Routing", "Boundary"]),
        .target(
            name: "Actions", dependencies: ["ChatModel", "SessionMachine", "Routing", "Boundary"]),
        .target(
            name: "SQLiteStore",
            dependencies: [
                "ChatModel", "SessionMachine", "RuleEngine", "Routing", "Boundary", grdb,
            ]),
        .target(name: "PlatformSimulator", dependencies: ["ChatModel"]),
        .target(
            name: "SimulatorServer",
            dependencies: [
                "ChatModel", "PlatformSimulator", "Boundary", "CallbackCrypto", hummingbird,
                lifecycle,
                logging,
            ]),
        .target(
            name: "Engine",
            dependencies: [
                "ChatModel", "SessionMachine", "RuleEngine", "Routing", "Boundary", "Actions",
                lifecycle, logging,
            ]),
        .target(
            name: "WebServer",
            dependencies: [
                "ChatModel", "Boundary", "CallbackCrypto", "Operations", hummingbird, lifecycle,
                nioCore, nioHTTPTypes, logging,
            ]),
        .target(
            name: "Replay",
            dependencies: [
                "ChatModel", "SessionMachine", "RuleEngine", "Routing", "RuleFiles", "Boundary",
                "PlatformSimulator", yams,
            ]),
        .executableTarget(
            name: "switchboard",
            dependencies: [
                "ChatModel", "SessionMachine", "RuleEngine", "Routing", "RuleFiles", "Boundary",
                "Operations", "CallbackCrypto", "CurlTransport", "WeComKF", "Actions",
                "SQLiteStore", "PlatformSimulator", "SimulatorServer", "Engine", "WebServer",
                "Replay", "LanguageServer", "CEditShim", "CQRCode", "CPNG", argumentParser,
                lifecycle,
                unixSignals, logging,
            ], resources: [.embedInCode("Templates")]),

        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "ChatModel", "SessionMachine", "RuleEngine", "Routing", "RuleFiles", "Boundary",
                "CallbackCrypto", "CurlTransport", "WeComKF", "Actions", "SQLiteStore",
                "PlatformSimulator", "SimulatorServer", "Engine", "WebServer", "Replay",
                hummingbird,
                lifecycle, logging, grdbSQLite,
            ], path: "Benchmarks"),

        .testTarget(name: "ChatModelTests", dependencies: ["ChatModel"]),
        .testTarget(name: "SessionMachineTests", dependencies: ["ChatModel", "SessionMachine"]),
        .testTarget(name: "RuleEngineTests", dependencies: ["ChatModel", "RuleEngine"]),
        .testTarget(
            name: "RoutingTests",
            dependencies: ["ChatModel", "SessionMachine", "RuleEngine", "Routing"]),
        .testTarget(
            name: "RuleFilesTests",
            dependencies: ["ChatModel", "RuleEngine", "Routing", "RuleFiles"], exclude: ["Golden"]),
        .testTarget(
            name: "CallbackCryptoTests", dependencies: ["ChatModel", "CallbackCrypto"]),
        .testTarget(
            name: "CurlTransportTests",
            dependencies: ["ChatModel", "Routing", "Boundary", "CurlTransport", "Actions"]),
        .testTarget(
            name: "WeComKFTests",
            dependencies: ["ChatModel", "Routing", "Boundary", "CurlTransport", "WeComKF"],
            exclude: ["Golden"]),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "ChatModel", "SessionMachine", "RuleEngine", "Routing", "Boundary", "SQLiteStore",
                grdb,
            ]),
        .testTarget(
            name: "PlatformSimulatorTests",
            dependencies: ["ChatModel", "SessionMachine", "PlatformSimulator"]),
        .testTarget(
            name: "SimulatorServerTests",
            dependencies: [
                "ChatModel", "PlatformSimulator", "Boundary", "CallbackCrypto", "CurlTransport",
                "SimulatorServer", "WeComKF", logging, lifecycle,
            ]),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "ChatModel", "RuleEngine", "Routing", "Boundary", "Actions",
                "PlatformSimulator", "SQLiteStore", "Engine", lifecycle, logging,
            ]),
        .testTarget(
            name: "WebServerTests",
            dependencies: [
                "ChatModel", "Boundary", "CallbackCrypto", "CurlTransport", "WebServer",
                hummingbird,
                logging, lifecycle,
            ]),
        .testTarget(
            name: "ReplayTests",
            dependencies: [
                "ChatModel", "RuleEngine", "RuleFiles", "PlatformSimulator", "Replay",
            ],
            exclude: ["Golden"]),
        .testTarget(
            name: "ActionsTests",
            dependencies: ["ChatModel", "SessionMachine", "Routing", "Boundary", "Actions"]),
        .testTarget(
            name: "BoundaryTests", dependencies: ["ChatModel", "Routing", "Boundary"]),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "ChatModel", "RuleEngine", "Routing", "RuleFiles", "Boundary", "PlatformSimulator",
                "SQLiteStore", "Replay", "Operations",
            ]),
        .testTarget(
            name: "LanguageServerTests",
            dependencies: ["ChatModel", "RuleEngine", "RuleFiles", "LanguageServer"]),
        .testTarget(
            name: "CrashTests",
            dependencies: [
                "Boundary", "ChatModel", "CurlTransport", "switchboard", "Spawning", grdb,
            ]),
        .testTarget(
            name: "SwitchboardTests", dependencies: ["CallbackCrypto", "switchboard", "Spawning"],
            exclude: ["Golden"]),
        .testTarget(name: "TidyTests"),
        .target(name: "Spawning", path: "Tests/Spawning"),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// One loop, so that no target is quietly laxer than its neighbours.
let features = [
    "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
    "NonisolatedNonsendingByDefault",
]
let cTargets: Set = [
    "CCurl", "CCurlShim", "CEditShim", "COpenSSL", "CPNG", "CQRCode", "CRE2Shim",
]
for target in package.targets where !cTargets.contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + features.map { .enableUpcomingFeature($0) }
        + [.strictMemorySafety(), .treatAllWarnings(as: .error)]
}
