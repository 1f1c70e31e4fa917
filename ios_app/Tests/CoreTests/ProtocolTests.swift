import Core
import Support
import Testing

private let file = Json.golden("protocol.json")

struct ProtocolTests {
    @Test(arguments: file["median"].list)
    func mediansAreThoseOfPython(_ golden: Json) {
        #expect(median(golden["values"].list.map(\.number)) == golden["expected"].number)
    }

    @Test(arguments: file["block"].list)
    func blocksAreAsLongAsPythons(_ golden: Json) {
        #expect(callsOfBlock(golden["call_ms"].number) == golden["calls"].int)
    }

    @Test(arguments: file["warmup"].list)
    func blocksOfTheWarmUpAreAsLongAsPythons(_ golden: Json) {
        #expect(callsOfWarmup(golden["call_ms"].number) == golden["calls"].int)
    }

    @Test(arguments: file["stationary"].list)
    func blocksAreStationaryWhenPythonSaysSo(_ golden: Json) {
        #expect(isStationary(blocks(golden)) == golden["expected"].isTrue)
    }

    @Test(arguments: file["enough"].list)
    func aRepeatHasEnoughWhenPythonSaysSo(_ golden: Json) {
        var config = RunConfig(accelerator: "cpu")
        config.iterations = golden["iterations"].int
        config.seconds = golden["seconds"].number
        let per = golden["calls_per_value"].int
        let timed = blocks(golden).map { Block($0, callsPerValue: per) }
        #expect(isEnough(timed, config) == golden["expected"].isTrue)
    }

    @Test(arguments: file["repeats"].list)
    func aRepeatGoesOnAsPythons(_ golden: Json) throws {
        var config = RunConfig(accelerator: "cpu")
        config.iterations = golden["config"]["iterations"].int
        config.seconds = golden["config"]["seconds"].number
        config.warmupS = golden["config"]["warmup_s"].number
        let device = PlayedTimer(golden)
        let found = try timeRepeat(device, config)
        #expect(device.asked == golden["asked"].list.map(\.int))
        #expect(found.firstMs == golden["first_ms"].number)
        #expect(found.warmup == golden["warmup"].int)
        #expect(found.blocks.map(\.latenciesMs.count) == golden["blocks"].list.map(\.int))
        let total = found.blocks.flatMap(\.latenciesMs).reduce(0, +)
        #expect(abs(total - golden["total_ms"].number) < 1e-6)
    }

    @Test func whoeverStopsARepeatHasItsFirstBlock() throws {
        let device = PlayedTimer(file["repeats"].list[0], isStopped: true)
        #expect(try timeRepeat(device, RunConfig(accelerator: "cpu")).blocks.count == 1)
    }

    private func blocks(_ golden: Json) -> [[Double]] {
        golden["blocks"].list.map { $0.list.map(\.number) }
    }
}

/// A device whose n-th call takes as long as the golden case says; no time passes between them.
private final class PlayedTimer: CallTimer {
    private let start, step, floor: Double
    private var calls = 0.0
    private(set) var asked: [Int] = []
    let isStopped: Bool

    init(_ golden: Json, isStopped: Bool = false) {
        (start, step) = (golden["start_ms"].number, golden["step_ms"].number)
        (floor, self.isStopped) = (golden["floor_ms"].number, isStopped)
    }

    func time(_ count: Int) -> Block {
        asked.append(count)
        return Block(
            (0..<count).map { _ in
                defer { calls += 1 }
                return max(floor, start - calls * step)
            })
    }

    func now() -> Double { 0 }
}
