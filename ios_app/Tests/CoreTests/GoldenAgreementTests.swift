import Core
import Foundation
import Support
import Testing

private let file = Json.golden("golden_agreement.json")

struct GoldenAgreementTests {
    @Test(arguments: file["cases"].list)
    func everyGoldenCaseIsJudgedTheSame(_ golden: Json) {
        let found = judge(golden)
        #expect(found.passed == golden["passed"].isTrue)
        #expect(found.topAgrees == golden["top_agrees"].isTrue)
    }

    @Test(arguments: file["sets"].list)
    func everyGoldenSetIsSummedUpTheSame(_ golden: Json) {
        let names = golden["pictures"].list.map(\.text)
        let found = names.map { name in
            (name, judge(file["cases"].list.first { $0["name"].text == name }!))
        }
        let sum = goldenAgreement(found, tolerance: 1e-4)
        #expect(sum.cases == golden["cases"].int && sum.passed == golden["passed"].isTrue)
        let failed = sum.failures.map { String($0.prefix { $0 != ":" }) }
        #expect(failed == golden["failed"].list.map(\.text))
        #expect(found.count { $0.1.topAgrees } == golden["agreeing"].int)
    }

    @Test func nothingToCompareWithHasFailed() {
        let nothing = GoldenCase(picture: "p", top5: [], logits: [])
        #expect(!agreement([1, 2], nothing, tolerance: 1).passed)
    }
}

private func judge(_ golden: Json) -> Agreement {
    let said = golden["golden"]
    let expected = GoldenCase(
        picture: "p", top5: said["top5"].list.map(\.int), logits: said["logits"].list.map(\.number),
        scale: said.has("scale") ? said["scale"].number : nil)
    let logits = golden["logits"].list.map { Float($0.number) }
    return agreement(logits, expected, tolerance: said["tolerance"].number)
}
