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
        let found = isEnough(
            blocks(golden), callsPerValue: golden["calls_per_value"].int,
            iterations: golden["iterations"].int, seconds: golden["seconds"].number)
        #expect(found == golden["expected"].isTrue)
    }

    private func blocks(_ golden: Json) -> [[Double]] {
        golden["blocks"].list.map { $0.list.map(\.number) }
    }

    @Test(arguments: [
        (0.01, 1000), (0.1, 1000), (0.2, 500), (1, 100), (40, 2), (70, 1), (250, 1),
    ])
    func aBlockLastsAboutATenthOfASecond(_ callMs: Double, _ calls: Int) {
        #expect(callsOfBlock(callMs) == calls)
    }

    @Test(arguments: [(0.01, 500), (1, 50), (9, 5), (300, 5)])
    func aBlockOfTheWarmUpIsHalfAsLongAndNeverBelowFive(_ firstMs: Double, _ calls: Int) {
        #expect(callsOfWarmup(firstMs) == calls)
    }

    @Test(arguments: [
        ([[200, 200]], 1, 3, 0.4, false), ([[200, 200], [200]], 1, 3, 0.4, true),
        ([[200, 200], [200]], 1, 3, 0.61, false), ([[200]], 3, 3, 0.6, true),
    ] as [([[Double]], Int, Int, Double, Bool)])
    func aRepeatNeedsBothCallsAndSeconds(
        _ blocks: [[Double]], _ per: Int, _ iterations: Int, _ seconds: Double, _ expected: Bool
    ) {
        let found = isEnough(
            blocks, callsPerValue: per, iterations: iterations, seconds: seconds)
        #expect(found == expected)
    }
}
