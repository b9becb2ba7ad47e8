// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: language mode 6, warnings are errors.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

/// Targets that touch no raw memory also turn on strict memory safety.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
  name: "nabla",
  products: [
    .executable(name: "nabla", targets: ["nabla"]),
    .executable(name: "nabla-bench", targets: ["Benchmarks"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  ],
  targets: [
    // MARK: The command
    .executableTarget(
      name: "nabla",
      dependencies: [
        "Console", "ZeroMQTransport", "JupyterKernel", "JupyterProtocol", "History", "Notebook",
        "Interpreter", "Autodiff", "Display", "Syntax", "EngineInterface", "Files", "JSON",
        "CZlib", "CYAML",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),

    // MARK: Timing, with the peers beside it
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Interpreter", "Autodiff", "Console", "Files", "EngineInterface", "JSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // MARK: Hosts: who asks an engine
    .target(
      name: "Console", dependencies: ["CEdit", "History", "EngineInterface", "Syntax"],
      swiftSettings: strict),
    .target(name: "CEdit", linkerSettings: [.linkedLibrary("dl")]),
    .target(
      name: "ZeroMQTransport",
      dependencies: [
        "CZeroMQ", "CLinux", "JupyterKernel", "JupyterProtocol", "History", "EngineInterface",
        "Files", "JSON",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(
      name: "JupyterKernel",
      dependencies: [
        "JupyterProtocol", "History", "EngineInterface", "JSON", "Files", "CLinux",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(
      name: "JupyterProtocol",
      dependencies: ["EngineInterface", "JSON", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "History", dependencies: ["CSQLite", "Files"], swiftSettings: strict),
    .target(
      name: "Notebook", dependencies: ["EngineInterface", "JSON", "Files", "CYAML", "CZlib"],
      swiftSettings: strict),

    // MARK: The language
    .target(
      name: "Interpreter",
      dependencies: [
        "Syntax", "Autodiff", "Display", "DataFiles", "Widgets", "EngineInterface", "JSON",
      ],
      swiftSettings: strict),
    .target(
      name: "DataFiles", dependencies: ["Autodiff", "Files", "CZlib"], swiftSettings: strict),
    .target(
      name: "Display", dependencies: ["Autodiff", "Syntax", "EngineInterface", "JSON"],
      swiftSettings: safe),
    .target(
      name: "Widgets", dependencies: ["EngineInterface", "JSON"], swiftSettings: safe),
    .target(name: "EngineInterface", dependencies: ["JSON"], swiftSettings: safe),
    .target(name: "Files", swiftSettings: strict),
    .target(name: "JSON", swiftSettings: strict),
    .target(name: "Syntax", swiftSettings: safe),

    // MARK: The core
    .target(
      name: "Autodiff", dependencies: ["CKernels", "COpenBLAS", "Files"], swiftSettings: strict),
    .target(
      name: "CKernels",
      cSettings: [
        .unsafeFlags(["-O3", "-fno-math-errno"]),
        .unsafeFlags(["-fveclib=libmvec"], .when(platforms: [.linux])),
      ],
      linkerSettings: [.linkedLibrary("m"), .linkedLibrary("mvec", .when(platforms: [.linux]))]),
    .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CZeroMQ"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CSQLite"),
    .systemLibrary(name: "CYAML"),

    // MARK: Tests
    .target(
      name: "TestSupport",
      dependencies: [
        "EngineInterface", "History", "JupyterKernel", "JupyterProtocol", "JSON",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/TestSupport", swiftSettings: strict),
    .executableTarget(
      name: "echo-kernel",
      dependencies: [
        "TestSupport", "ZeroMQTransport", "JupyterKernel", "History",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/EchoKernel", swiftSettings: strict),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
    .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: strict),
    .testTarget(
      name: "DataFilesTests", dependencies: ["DataFiles", "Autodiff", "Files", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "SyntaxTests", dependencies: ["Syntax", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "AutodiffTests", dependencies: ["Autodiff", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "DisplayTests", dependencies: ["Display", "Autodiff", "TestSupport"],
      exclude: ["Snapshots"], swiftSettings: strict),
    .testTarget(
      name: "InterpreterTests",
      dependencies: ["Interpreter", "Autodiff", "Syntax", "TestSupport"],
      exclude: ["Scripts"], swiftSettings: strict),
    .testTarget(
      name: "WidgetsTests", dependencies: ["Widgets", "EngineInterface", "JSON", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "BenchmarksTests", dependencies: ["Benchmarks", "Autodiff"], swiftSettings: strict),
    .testTarget(
      name: "NotebookTests", dependencies: ["Notebook", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "HistoryTests", dependencies: ["History", "CSQLite", "Files"], swiftSettings: strict),
    .testTarget(
      name: "JupyterTests",
      dependencies: ["JupyterKernel", "JupyterProtocol", "ZeroMQTransport", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ConsoleTests", dependencies: ["Console", "EngineInterface"], swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["nabla", "Files", "TestSupport"],
      exclude: ["Peers"], swiftSettings: strict),
  ]
)

// Fuzzing needs a build of its own, with sanitizers: these are there for `make fuzz` alone.
if Context.environment["NABLA_FUZZ"] != nil {
  package.targets += [
    .executableTarget(
      name: "nabla-fuzz",
      dependencies: [
        "CFuzzer", "Interpreter", "Autodiff", "JupyterKernel", "JupyterProtocol",
        "EngineInterface", "Console", "Files", "JSON", "TestSupport",
      ],
      path: "Tests/Fuzz", exclude: ["CFuzzer"], swiftSettings: strict,
      linkerSettings: [.linkedLibrary("stdc++")]),
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
  ]
}
