import Core
import Foundation
import Support
import Testing

private let file = Json.golden("golden_agreement.json")

struct GoldenAgreementTests {
    @Test(arguments: file["cases"].list)
    func everyGoldenCaseIsJudgedTheSame(_ golden: Json) {
        let said = golden["golden"]
        let expected = GoldenCase(
            picture: "p", top5: said["top5"].list.map(\.int),
            logits: said["logits"].list.map(\.number))
        let logits = golden["logits"].list.map { Float($0.number) }
        let found = agreement(logits, expected, tolerance: said["tolerance"].number)
        #expect(found.passed == golden["passed"].isTrue)
        #expect(found.topAgrees == golden["top_agrees"].isTrue)
    }

    @Test func nothingToCompareWithHasFailed() {
        let nothing = GoldenCase(picture: "p", top5: [], logits: [])
        #expect(!agreement([1, 2], nothing, tolerance: 1).passed)
    }
}
