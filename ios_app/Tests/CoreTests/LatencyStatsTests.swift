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
}
