import Core
import Foundation
import Support
import Testing

private let file = Json.golden("latency_stats.json")

struct LatencyStatsTests {
    @Test(arguments: file["cases"].list)
    func everyGoldenSeriesHasTheSameFigures(_ golden: Json) {
        let found = summarize(golden["repeats"].list.map { $0.list.map(\.number) })
        let expected = golden["expected"]
        let figures = [
            "min_ms": found.minMs, "p50_ms": found.p50Ms, "p90_ms": found.p90Ms,
            "p99_ms": found.p99Ms, "mean_ms": found.meanMs, "stdev_ms": found.stdevMs,
        ]
        #expect(found.n == expected["n"].int)
        for (name, value) in figures {
            #expect(abs(value - expected[name].number) < 1e-9, "\(name)")
        }
        for (name, value) in ["low_ms": found.lowMs, "high_ms": found.highMs] {
            let bounds = expected[name].list.map(\.number)
            #expect(bounds[0] - 1e-9 <= value && value <= bounds[1] + 1e-9, "\(name)")
        }
    }

    @Test(arguments: file["cases"].list)
    func drawsAreThoseOfEveryApp(_ golden: Json) {
        let repeats = golden["repeats"].list.map { $0.list.map(\.number) }
        let found = summarize(repeats)
        let expected = golden["apps"]
        #expect(stretch(repeats.flatMap { $0 }) == expected["stretch"].int)
        #expect(abs(found.lowMs - expected["low_ms"].number) < 1e-9)
        #expect(abs(found.highMs - expected["high_ms"].number) < 1e-9)
    }

    @Test(arguments: [
        ([[1, 1], [1, 1]], false, "too few blocks"),
        ([[1, 1], [1.02, 1.02], [1.03, 1.03]], true, "alike within 3 %"),
        ([[1, 1], [1.02, 1.02], [1.04, 1.04]], false, "further apart"),
        ([[3], [2], [1.5], [1.2], [1.1], [1.2]], true, "no quicker any more"),
        ([[3], [2], [1.5], [1.4], [1.3], [1.2]], false, "still getting quicker"),
    ] as [([[Double]], Bool, String)])
    func callsAreWarmOnceBlocksAreAlike(_ blocks: [[Double]], _ isWarm: Bool, _ why: String) {
        #expect(isStationary(blocks) == isWarm, "\(why)")
    }
}
