import Core
import Foundation
import Runtime
import Support
import Testing

private final class Counting: BenchmarkProgress, @unchecked Sendable {
    private(set) var stages: [String] = []
    private let last: Int
    init(stopsAfter last: Int = .max) { self.last = last }
    func notify(_ stage: String) { stages.append(stage) }
    var isStopped: Bool { stages.count >= last }
}

private func run(
    _ accelerator: Accelerator, repeats: Int = 2, _ progress: Counting = Counting()
) throws -> Measured {
    let compiled = CompiledModels(folder: compiledFolder)
    let artifact = try Artifact(folder: fashion)
    var task = BenchmarkTask(artifact: artifact, accelerator: accelerator) {
        try compiled.open($0, sha256: $1, accelerator: $2)
    }
    (task.config.iterations, task.config.seconds) = (3, 0.01)
    (task.config.repeats, task.config.warmupS) = (repeats, 0)
    let pictures = try goldenPixels(artifact.manifest, lookAtGolden)
    return try measure(task, pictures: pictures, progress: progress)
}

@Suite(.serialized) struct BenchmarkTests {
    @Test func aRunHasEveryRepeatAndEveryAnswer() throws {
        let progress = Counting()
        let found = try run(.cpu, progress)
        #expect(found.repeats.count == 2)
        #expect(found.repeats.allSatisfy { $0.warmup >= 5 && $0.firstMs > 0 && $0.loadMs > 0 })
        #expect(found.repeats.allSatisfy { $0.blocksMs.flatMap { $0 }.count >= 3 })
        #expect(found.repeats.allSatisfy { ($0.ownCpuMs ?? 0) > 0 })
        #expect(found.golden.passed && found.golden.cases == 6)
        #expect(found.equalsCpu == nil && !found.interrupted)
        #expect(progress.stages == ["repeat 1 of 2", "repeat 2 of 2", "comparing with the CPU"])
    }

    @Test func anotherUnitIsComparedWithTheCpu() throws {
        #expect(try run(.npu, repeats: 1).equalsCpu != nil)
    }

    @Test func aRunThatIsStoppedKeepsWhatItHas() throws {
        let found = try run(.cpu, Counting(stopsAfter: 1))
        #expect(found.interrupted && found.repeats.count == 1)
    }

    @Test func aRunThatIsStoppedBeforeItBeganSaysSo() {
        let said = complaint { try run(.cpu, Counting(stopsAfter: 0)) }
        #expect(said == "stopped before anything was measured")
    }
}
