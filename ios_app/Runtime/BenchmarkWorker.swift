import Core
import Foundation

/// What is measured: it holds one file in one runtime and does what it is told.
///
///     {"do": "hello"}      {"do": "state"}      {"do": "clean"}
///     {"do": "have", "path": "a/b", "sha256": "..."}
///     {"do": "put", "path": "a/b", "sha256": "...", "bytes": 12, "offset": 0} and 12 bytes
///     {"do": "load", "runtime": "coreml", "path": "a", "threads": 1, "accelerator": "npu"}
///     {"do": "set", "base64": "..."}            {"do": "time", "calls": 50}
///     {"do": "logits"}     {"do": "memory"}     {"do": "plan"}
///
/// One line of JSON in, one out: the commands and answers of `benchmark/worker/process.py`, and what
/// adb does elsewhere. Pixels are float32, little-endian. Paths are below the folder of `files`.
public final class BenchmarkWorker {
    private static let mostCalls = 1_000_000
    private let files: PushedFiles
    private let facts: any Facts
    private let open: OpenRuntime
    private var runtime: CoreMLRuntime?
    private var peakBytes = 0

    public init(files: PushedFiles, facts: any Facts, open: @escaping OpenRuntime) {
        (self.files, self.facts, self.open) = (files, facts, open)
    }

    /// Answer every line until there are no more, or until what follows cannot be told apart.
    public func serve(_ stream: Stream) {
        do {
            while let line = try stream.readLine() {
                let command = try? JSONSerialization.jsonObject(with: line) as? [String: Any]
                // Errors go to whoever asked: this process has nobody else to tell.
                let (said, isLost) = answer(command ?? [:], stream)
                guard stream.write(said), !isLost else { return }
            }
        } catch {
            _ = stream.write(["error": failureText(error)])
        }
    }

    private func answer(
        _ command: [String: Any], _ stream: Stream
    ) -> (said: [String: Any], isLost: Bool) {
        do {
            return (try perform(Command(command), stream), false)
        } catch {
            // Bytes of a file that was not taken would be read as commands.
            return (["error": failureText(error)], command["do"] as? String == "put")
        }
    }

    private func perform(_ command: Command, _ stream: Stream) throws -> [String: Any] {
        switch try command.text("do") {
        case "hello": try facts.hello()
        case "state": try facts.stateNow()
        case "clean": try clean()
        case "have":
            try files.have(command.text("path"), sha256: command.optional("sha256"))
        case "put": try put(command, stream)
        case "load": try load(command)
        case "set": try set(command)
        case "time": try time(command.whole("calls", upTo: Self.mostCalls))
        case "logits": ["logits": try loaded().logits().map(Double.init)]
        case "memory": memory()
        case "plan": try plan()
        case let name: throw RuntimeFailure("there is no command \"\(name.prefix(40))\"")
        }
    }

    private func clean() throws -> [String: Any] {
        runtime = nil
        try files.clean()
        return [:]
    }

    private func put(_ command: Command, _ stream: Stream) throws -> [String: Any] {
        let bytes = try command.whole("bytes", upTo: PushedFiles.mostBytes)
        try files.put(
            command.text("path"), sha256: command.text("sha256"), bytes: bytes,
            offset: command.has("offset") ? command.whole("offset", upTo: bytes) : 0,
            from: stream)
        return ["bytes": bytes]
    }

    private func load(_ command: Command) throws -> [String: Any] {
        let name = try command.text("runtime")
        guard name == "coreml" else {
            throw RuntimeFailure("\(name) is not part of this app: coreml is")
        }
        let asked = command.optional("accelerator") ?? Accelerator.cpu.rawValue
        guard let accelerator = Accelerator(rawValue: asked) else {
            throw RuntimeFailure(
                "there is no accelerator \"\(asked)\": expected cpu, gpu, npu or all")
        }
        runtime = nil
        let package = try files.url(command.text("path"))
        let sha256 = try contentHash(of: package)
        let idle = memoryBytes()
        let opened = try open(package, sha256, accelerator)
        runtime = opened
        peakBytes = memoryBytes()
        var placement = try jsonObject(opened.placement) as? [String: Any] ?? [:]
        let ran = placement.removeValue(forKey: "accelerator")
        return [
            "load_ms": opened.loadMs, "version": opened.version, "accelerator": ran ?? asked,
            "placement": placement, "idle_memory_bytes": idle,
        ]
    }

    private func set(_ command: Command) throws -> [String: Any] {
        guard let bytes = Data(base64Encoded: try command.text("base64")), bytes.count % 4 == 0
        else { throw RuntimeFailure("\"base64\" holds no float32 numbers") }
        let values = bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
            }
        }
        try loaded().set(values)
        return [:]
    }

    private func time(_ calls: Int) throws -> [String: Any] {
        let runtime = try loaded()
        let (cpu, start) = (cpuNs(), nowNs())
        let times = try timeCalls(runtime, calls)
        let (wall, own) = (nowNs() - start, cpuNs() - cpu)
        return ["ns": times, "cpu_ns": own, "wall_ns": wall]
    }

    /// The most that was seen since the file was loaded.
    private func memory() -> [String: Any] {
        peakBytes = max(peakBytes, memoryBytes())
        return ["bytes": peakBytes]
    }

    private func plan() throws -> [String: Any] {
        guard let plan = try loaded().plan else {
            throw RuntimeFailure(
                "this system does not tell where operations run: iOS 17.4 and later do")
        }
        let steps = plan.steps.map { step -> [String: Any] in
            [
                "name": step.name, "kind": step.kind, "unit": step.unit.rawValue,
                "cost": step.cost as Any? ?? NSNull(),
            ]
        }
        return ["operations": steps]
    }

    private func loaded() throws -> CoreMLRuntime {
        guard let runtime else { throw RuntimeFailure("no file is loaded: \"load\" comes first") }
        return runtime
    }
}

/// What a device says about itself.
public protocol Facts: Sendable {
    var device: DeviceInfo { get }
    var state: DeviceState { get }
}

extension Facts {
    fileprivate func hello() throws -> [String: Any] {
        var said = try jsonObject(device) as? [String: Any] ?? [:]
        said["protocol"] = 1
        said["runtimes"] = ["coreml"]
        said["accelerators"] = Accelerator.allCases.map(\.rawValue)
        return said
    }

    fileprivate func stateNow() throws -> [String: Any] {
        try jsonObject(state) as? [String: Any] ?? [:]
    }
}

/// The fields of a line, held against what is expected of them.
private struct Command {
    private let fields: [String: Any]

    init(_ fields: [String: Any]) { self.fields = fields }

    func has(_ key: String) -> Bool { fields[key] != nil }

    func optional(_ key: String) -> String? { fields[key] as? String }

    func text(_ key: String) throws -> String {
        guard let text = fields[key] as? String else {
            throw RuntimeFailure("a command is an object with a text \"\(key)\"")
        }
        return text
    }

    func whole(_ key: String, upTo most: Int) throws -> Int {
        guard let number = fields[key] as? NSNumber, let whole = Int(exactly: number.doubleValue),
            0...most ~= whole
        else { throw RuntimeFailure("\"\(key)\" is no whole number from 0 to \(most)") }
        return whole
    }
}
