import Core
import Foundation
import Runtime
import Support
import Testing

private struct TestFacts: Facts {
    let device = DeviceInfo(
        name: "iPhone 15", soc: "A16", os: "iOS 18.5", ramBytes: 6, cores: 6, emulated: false,
        idHash: "0123")
    let state = DeviceState(
        atUtc: "2026-01-01T00:00:00Z", batteryPercent: 80, thermalStatus: "fair", isLowPower: true)
}

/// A server with a folder of its own.
private func serve() throws -> (server: BenchmarkServer, root: URL) {
    let root = newFolder()
    let compiled = CompiledModels(folder: compiledFolder)
    let server = try BenchmarkServer(port: 0) { stream in
        let files = PushedFiles(root: root.appending(path: "pushed"))
        let worker = BenchmarkWorker(files: files, facts: TestFacts()) {
            try compiled.open($0, sha256: $1, accelerator: $2)
        }
        worker.serve(stream)
    }
    return (server, root)
}

private let content = noise(100_000, 9)

private func put(
    _ talk: Talk, _ path: String, _ bytes: [UInt8] = content, hash: String? = nil,
    offset: Int = 0
) -> [String: Any]? {
    let fields: [String: Any] = [
        "path": path, "bytes": bytes.count, "offset": offset, "sha256": hash ?? sha256(bytes),
    ]
    return talk.ask("put", fields, then: Array(bytes.dropFirst(offset)))
}

private func pushFashion(_ talk: Talk) throws -> [String: Any]? {
    let package = fashion.appending(path: "irrvit_fashion.mlpackage")
    let names = FileManager.default.enumerator(atPath: package.path)!.compactMap { $0 as? String }
    for name in names {
        guard let bytes = try? Data(contentsOf: package.appending(path: name)) else { continue }
        _ = put(talk, "a.mlpackage/\(name)", [UInt8](bytes))
    }
    return talk.ask("have", ["path": "a.mlpackage"])
}

@Suite(.serialized) struct BenchmarkWorkerTests {
    private let server: BenchmarkServer
    private let root: URL
    private let talk: Talk

    init() throws {
        (server, root) = try serve()
        talk = try #require(Talk(port: server.port))
    }

    @Test func itSaysWhatPhoneItIs() throws {
        let said = try #require(talk.ask("hello"))
        #expect(said["kind"] as? String == "iphone" && said["name"] as? String == "iPhone 15")
        #expect(said["protocol"] as? Int == 1)
        #expect(said["runtimes"] as? [String] == ["coreml"])
        server.stop()
    }

    @Test func itSaysHowThePhoneIs() throws {
        let said = try #require(talk.ask("state"))
        #expect(said["thermal_status"] as? String == "fair")
        #expect(said["is_low_power"] as? Bool == true)
        #expect(said["battery_percent"] as? Double == 80)
        #expect(said["temperature_c"] is NSNull)
        server.stop()
    }

    @Test func aPushedNetworkIsLoadedTimedAndAnswers() throws {
        let artifact = try Artifact(folder: fashion)
        let have = try pushFashion(talk)
        #expect(have?["sha256"] as? String == artifact.manifest.sha256)
        let load: [String: Any] = [
            "runtime": "coreml", "path": "a.mlpackage", "threads": 1, "accelerator": "cpu",
        ]
        let loaded = try #require(talk.ask("load", load))
        #expect(loaded["accelerator"] as? String == "cpu", "\(loaded)")
        #expect((loaded["placement"] as? [String: Any])?["accelerator"] == nil)
        #expect(loaded["load_ms"] is NSNumber && loaded["idle_memory_bytes"] is NSNumber)
        let golden = artifact.manifest.golden[0]
        var pixels: [Float] = []
        try lookAtGolden(golden.picture) { frame in
            let preprocessor = Preprocessor(artifact.manifest.input)
            pixels = preprocessor.preprocess(frame) { rgb($0, .rgba).map(Float.init) }
        }
        let base64 = pixels.withUnsafeBytes { Data($0) }.base64EncodedString()
        #expect(talk.ask("set", ["base64": base64])?.isEmpty == true)
        let logits = try #require(talk.ask("logits")?["logits"] as? [Double])
        #expect(agreement(logits.map(Float.init), golden, tolerance: 0.1).passed)
        let timed = try #require(talk.ask("time", ["calls": 3]))
        #expect((timed["ns"] as? [Int])?.count == 3 && timed["cpu_ns"] is NSNumber)
        #expect((talk.ask("memory")?["bytes"] as? Int ?? 0) > 1_000_000)
        let plan = try #require(talk.ask("plan")?["operations"] as? [[String: Any]])
        #expect(!plan.isEmpty && plan.allSatisfy { $0["unit"] as? String == "cpu" })
        server.stop()
    }

    @Test func whatWasSentIsThereAndCanBeCleanedAway() {
        #expect(put(talk, "a/b.bin")?["bytes"] as? Int == content.count)
        #expect(talk.ask("have", ["path": "a/b.bin"])?["sha256"] as? String == sha256(content))
        #expect(talk.ask("clean")?.isEmpty == true)
        #expect(talk.ask("have", ["path": "a/b.bin"])?["sha256"] is NSNull)
        server.stop()
    }

    @Test func aTransferThatBrokeGoesOnWhereItEnded() throws {
        let hash = sha256(content)
        let fields: [String: Any] = ["path": "a", "bytes": content.count, "sha256": hash]
        do {  // Its connection breaks in the middle.
            let broken = try #require(Talk(port: server.port))
            let line = try JSONSerialization.data(
                withJSONObject: fields.merging(["do": "put"]) { $1 })
            broken.send(line + [10])
            broken.send(content.prefix(60_000))
        }
        var have: [String: Any] = [:]
        for _ in 0..<200 where have["bytes"] as? Int != 60_000 {
            Thread.sleep(forTimeInterval: 0.02)
            have = talk.ask("have", ["path": "a", "sha256": hash]) ?? [:]
        }
        #expect(have["bytes"] as? Int == 60_000 && have["sha256"] is NSNull)
        #expect(put(talk, "a", hash: hash, offset: 60_000)?["bytes"] as? Int == content.count)
        #expect(talk.ask("have", ["path": "a"])?["sha256"] as? String == hash)
        server.stop()
    }

    @Test func aFileThatArrivedOtherwiseIsNotKept() throws {
        let said = put(talk, "a", hash: sha256([1]))?["error"] as? String
        #expect(said == "what arrived as a is not what was sent: send it again")
        #expect(talk.line() == nil)  // What follows could not be told apart.
        let again = try #require(Talk(port: server.port))
        let have = again.ask("have", ["path": "a", "sha256": sha256([1])])
        #expect(have?["bytes"] as? Int == 0 && have?["sha256"] is NSNull)
        server.stop()
    }

    @Test(arguments: [
        "../secret", "a/../../secret", "/etc/passwd", "a//b", "", ".hidden", "a/.part", "a\0b",
        "a\nb", "..", "a\\..\\b", String(repeating: "x", count: 300),
        String(repeating: "a/", count: 30) + "a",
    ])
    func aPathOutsideTheFolderIsRefused(_ path: String) throws {
        try Data("secret".utf8).write(to: root.appending(path: "secret"))
        let whole = sha256([UInt8]("secret".utf8))
        #expect(talk.error("have", ["path": path])?.contains("is no path below") == true)
        #expect(talk.error("load", ["runtime": "coreml", "path": path]) != nil)
        #expect(talk.error("put", ["path": path, "bytes": 0, "sha256": whole]) != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path) == ["secret"])
        server.stop()
    }

    @Test(arguments: [
        "garbage", "[]", "null", "{}", "{\"do\": 7}", "{\"do\": \"explode\"}",
        "{\"do\": \"time\", \"calls\": -1}", "{\"do\": \"time\", \"calls\": 1e300}",
        "{\"do\": \"time\"}", "{\"do\": \"set\", \"base64\": \"abc\"}", "{\"do\": \"logits\"}",
        "{\"do\": \"load\", \"runtime\": \"litert\", \"path\": \"a\"}",
        "{\"do\": \"load\", \"runtime\": \"coreml\", \"path\": \"a\"}",
        "{\"do\": \"load\", \"runtime\": \"coreml\", \"path\": \"a\", \"accelerator\": \"tpu\"}",
        "\u{0}\u{1}\u{2}", "",
    ])
    func whatIsNoCommandIsAnErrorAndNoEnd(_ line: String) {
        talk.send(Array(line.utf8) + [10])
        #expect(talk.line()?["error"] is String)
        #expect(talk.ask("hello")?["kind"] as? String == "iphone")
        server.stop()
    }

    @Test(
        arguments: [
            ["path": "a", "bytes": 1 << 40, "sha256": sha256([])],
            ["path": "a", "bytes": -1, "sha256": sha256([])],
            ["path": "a", "bytes": 5, "sha256": "abc"],
            ["path": "a", "bytes": 5, "offset": 3, "sha256": sha256([])],
            ["path": "a", "bytes": 5, "offset": 9, "sha256": sha256([])],
        ] as [[String: any Sendable]])
    func aFileThatCannotBeTakenEndsTheConnectionAfterItsError(_ fields: [String: any Sendable]) {
        #expect(talk.error("put", fields) != nil)
        #expect(talk.line() == nil)
        server.stop()
    }

    @Test func anEndlessLineIsRefused() {
        talk.send([UInt8](repeating: 65, count: 33 << 20))
        let said = talk.line()?["error"] as? String
        #expect(said?.contains("a line is longer than") == true || said == nil)
        #expect(Talk(port: server.port)?.ask("hello") != nil)
        server.stop()
    }
}

@Suite(.serialized) struct BenchmarkServerTests {
    @Test func onlyThisDeviceCanConnect() throws {
        let (server, _) = try serve()
        #expect(Talk(port: server.port) != nil)
        #expect(Talk(port: server.port, address: 0x7f00_0002) == nil)
        server.stop()
    }

    @Test func oneTooManyIsToldSo() throws {
        let (server, _) = try serve()
        let talks = (0..<16).compactMap { _ in Talk(port: server.port) }
        for talk in talks { #expect(talk.ask("hello") != nil) }
        let another = try #require(Talk(port: server.port))
        withExtendedLifetime(talks) {
            #expect(another.line()?["error"] as? String == "16 connections are open already")
        }
        server.stop()
    }

    @Test func whenItEndsSoDoesEveryConnectionAndThePortIsFree() throws {
        let (server, _) = try serve()
        let talk = try #require(Talk(port: server.port))
        #expect(talk.ask("hello") != nil)
        server.stop()
        #expect(talk.line() == nil)
        var isFree = false
        for _ in 0..<100 where !isFree {
            Thread.sleep(forTimeInterval: 0.02)
            isFree = Talk(port: server.port) == nil
        }
        #expect(isFree)
        let again = try BenchmarkServer(port: server.port) { _ in }
        again.stop()
    }

    @Test func aPortThatIsTakenIsSaid() throws {
        let (server, _) = try serve()
        let said = complaint { try BenchmarkServer(port: server.port) { _ in } }
        #expect(said.hasPrefix("port \(server.port) cannot be listened on"), "\(said)")
        server.stop()
    }
}
