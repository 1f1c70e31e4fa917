// swift-tools-version: 6.0
import PackageDescription

// Linux has none of Apple's frameworks: there, modules of our own with their names stand in for what
// the app uses of them, and the whole app is built and tested. On a Mac the app itself is built by
// IRRViT.xcodeproj, which takes Core and Runtime from here.
#if os(Linux)
    // libswiftObservation.so of Swift 6.0 lacks a symbol that nothing calls.
    let observation: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "--allow-shlib-undefined"])]
    func stub(
        _ name: String, _ dependencies: [Target.Dependency] = [], _ linker: [LinkerSetting] = []
    ) -> Target {
        .target(
            name: name, dependencies: dependencies, path: "Stubs/\(name)", linkerSettings: linker)
    }
    let stubs = [
        stub("CoreVideo"), stub("CryptoKit"),
        stub("CoreML", ["CoreVideo"]), stub("AVFoundation", ["CoreVideo"]),
        stub("ImageIO", ["CoreML"]), stub("UIKit", ["AVFoundation", "ImageIO"]),
        stub("SwiftUI", ["UIKit"], observation), stub("PhotosUI", ["SwiftUI"]),
    ]
    let onlyOnLinux: [Target] = [
        .target(
            name: "App", dependencies: ["Core", "Runtime", "SwiftUI", "PhotosUI"], path: "App",
            exclude: ["Info.plist", "PrivacyInfo.xcprivacy"]),
        .testTarget(
            name: "AppTests", dependencies: ["App", "Core", "Runtime", "Support"],
            path: "Tests/AppTests"),
    ]
#else
    let stubs: [Target] = []
    let onlyOnLinux: [Target] = []
#endif
let frameworks = ["CoreML", "CoreVideo", "CryptoKit"]
let usedByRuntime: [Target.Dependency] = stubs.map(\.name).filter(frameworks.contains).map {
    .byName(name: $0)
}

let package = Package(
    name: "IRRViT",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "Core", targets: ["Core"]), .library(name: "Runtime", targets: ["Runtime"]),
    ],
    targets: [
        .target(name: "Core", path: "Core"),
        .target(name: "Runtime", dependencies: ["Core"] + usedByRuntime, path: "Runtime"),
        .executableTarget(name: "worker", dependencies: ["Core", "Runtime"], path: "Worker"),
        .executableTarget(name: "bench", dependencies: ["Core"], path: "Bench"),
        .target(name: "Support", dependencies: ["Core"] + usedByRuntime, path: "Tests/Support"),
        .testTarget(name: "CoreTests", dependencies: ["Core", "Support"], path: "Tests/CoreTests"),
        .testTarget(
            name: "RuntimeTests", dependencies: ["Core", "Runtime", "Support"],
            path: "Tests/RuntimeTests"),
    ] + onlyOnLinux + stubs
)
