import Core
import Foundation
import Runtime
import Support
import Testing

private final class Counting: BenchmarkWatcher, @unchecked Sendable {
    private(set) var stages: [String] = []
    private let last: Int
    init(stopsAfter last: Int = .max) { self.last = last }
    func notify(_ stage: String) { stages.append(stage) }
    var isStopped: Bool { stages.count >= last }
}

private func task(_ accelerator: Accelerator) throws -> BenchmarkTask {
    let compiled = CompiledModels(folder: compiledFolder)
    var task = BenchmarkTask(
        artifact: try Artifact(folder: fashion), accelerator: accelerator,
        device: DeviceInfo(
            name: "test", soc: "none", os: "none", ramBytes: 1, cores: 2, emulated: true,
            idHash: "0"),
        open: { try compiled.open($0, sha256: $1, accelerator: $2) },
        state: { DeviceState(atUtc: nowUtc(), thermalStatus: "none") })
    (task.config.iterations, task.config.seconds) = (3, 0.01)
    (task.config.repeats, task.config.warmupS) = (2, 0)
    return task
}

@Suite(.serialized) struct BenchmarkTests {
    @Test func aRunHasEveryRepeatAndEveryAnswer() throws {
        let watcher = Counting()
        let run = try runBenchmark(task(.cpu), pictures: lookAtGolden, watcher: watcher)
        #expect(run.repeats.count == 2)
        #expect(run.repeats.allSatisfy { $0.warmup >= 5 && $0.firstMs > 0 && $0.loadMs > 0 })
        #expect(run.repeats.allSatisfy { $0.blocksMs.flatMap { $0 }.count >= 3 })
        #expect(run.golden == Golden(cases: 6, failures: []))
        #expect(run.during?.count == 2)
        #expect(!run.interrupted)
        #expect(watcher.stages.contains("repeat 2 of 2"))
    }

    @Test func anotherUnitIsComparedWithTheCpu() throws {
        var task = try task(.npu)
        task.config.repeats = 1
        let run = try runBenchmark(task, pictures: lookAtGolden, watcher: Counting())
        #expect(run.golden.equalsCpu != nil)
    }

    @Test func aRunThatIsStoppedKeepsWhatItHas() throws {
        let run = try runBenchmark(
            task(.cpu), pictures: lookAtGolden, watcher: Counting(stopsAfter: 2))
        #expect(run.interrupted && run.repeats.count == 1)
    }

    @Test func aRunThatIsStoppedBeforeItBeganSaysSo() {
        let said = complaint {
            try runBenchmark(task(.cpu), pictures: lookAtGolden, watcher: Counting(stopsAfter: 1))
        }
        #expect(said == "stopped before anything was measured")
    }
}
