import Core
import Foundation
import Runtime

// The app's benchmark worker on this machine: on a Mac by Apple's Core ML, on Linux by the stand-in
// for it. It listens on a port of this machine, says which, and gives every connection a worker.

let usage = """
    usage: worker [--port N] [--root FOLDER] [--facts FILE]

    Runs the app's benchmark worker: listens on a TCP port of this machine (default 0: any), says
    "listening on N", and takes files into FOLDER (default: a temporary one). What FILE says of the
    device (JSON: name, emulated, thermal_status, is_low_power) is read each time that it is asked.
    """

struct PlayedFacts: Facts {
    let file: String?

    var device: DeviceInfo {
        let (info, said) = (ProcessInfo.processInfo, said)
        return DeviceInfo(
            name: said["name"] as? String ?? "played iPhone", soc: "played",
            os: info.operatingSystemVersionString, ramBytes: Int(info.physicalMemory),
            cores: info.activeProcessorCount, emulated: said["emulated"] as? Bool ?? true,
            idHash: "0123456789abcdef")
    }
    var state: DeviceState {
        let said = said
        return DeviceState(
            atUtc: nowUtc(), batteryPercent: 80, charging: false,
            thermalStatus: said["thermal_status"] as? String ?? "none",
            isLowPower: said["is_low_power"] as? Bool ?? false)
    }
    private var said: [String: Any] {
        let content = file.flatMap { FileManager.default.contents(atPath: $0) } ?? Data()
        return (try? JSONSerialization.jsonObject(with: content)) as? [String: Any] ?? [:]
    }
}

var options: [String: String] = [:]
var words = CommandLine.arguments.dropFirst()
while let name = words.popFirst() {
    guard ["--port", "--root", "--facts"].contains(name), let value = words.popFirst() else {
        FileHandle.standardError.write(Data("\(usage)\n".utf8))
        exit(2)
    }
    options[name] = value
}
let temporary = FileManager.default.temporaryDirectory.appending(path: "irrvit-worker-\(getpid())")
let root = options["--root"].map { URL(fileURLWithPath: $0) } ?? temporary
let facts = PlayedFacts(file: options["--facts"])
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
