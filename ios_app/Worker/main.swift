import Core
import Foundation
import Runtime

// The app's benchmark worker on this machine: on a Mac by Apple's Core ML, on Linux by the stand-in
// for it. It listens on a port of this machine, says which, and gives every connection a worker.

let usage = """
    usage: worker [--port N] [--root FOLDER] [--name NAME]

    Runs the app's benchmark worker: listens on a TCP port of this machine (default 0: any), says
    "listening on N", and takes files into FOLDER (default: a temporary one).
    """

struct PlayedFacts: Facts {
    let name: String

    var device: DeviceInfo {
        let info = ProcessInfo.processInfo
        return DeviceInfo(
            name: name, soc: "played", os: info.operatingSystemVersionString,
            ramBytes: Int(info.physicalMemory), cores: info.activeProcessorCount, emulated: true,
            idHash: "0123456789abcdef")
    }
    var state: DeviceState {
        DeviceState(atUtc: nowUtc(), batteryPercent: 80, charging: false, thermalStatus: "none")
    }
    var more: [String: Any] { ["thermal_state": "nominal", "low_power": false] }
}

var options: [String: String] = [:]
var words = CommandLine.arguments.dropFirst()
while let name = words.popFirst() {
    guard ["--port", "--root", "--name"].contains(name), let value = words.popFirst() else {
        FileHandle.standardError.write(Data("\(usage)\n".utf8))
        exit(2)
    }
    options[name] = value
}
let temporary = FileManager.default.temporaryDirectory.appending(path: "irrvit-worker-\(getpid())")
let root = options["--root"].map { URL(fileURLWithPath: $0) } ?? temporary
let facts = PlayedFacts(name: options["--name"] ?? "played iPhone")
let compiled = CompiledModels(folder: root.appending(path: ".compiled"))
do {
    let port = UInt16(options["--port"] ?? "0") ?? 0
    let server = try BenchmarkServer(port: port) { stream in
        let files = PushedFiles(root: root.appending(path: "pushed"))
        let worker = BenchmarkWorker(files: files, facts: facts) { package, sha256, accelerator in
            try compiled.open(package, sha256: sha256, accelerator: accelerator)
        }
        worker.serve(stream)
    }
    FileHandle.standardOutput.write(Data("listening on \(server.port)\n".utf8))
    while true { sleep(1000) }
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(2)
}
