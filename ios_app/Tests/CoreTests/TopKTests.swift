import Core
import Foundation
import Support
import Testing

private let file = Json.golden("top_k.json")

struct TopKTests {
    @Test(arguments: file["cases"].list)
    func everyGoldenCaseNamesTheSameClasses(_ golden: Json) throws {
        let found = try topK(golden["logits"].list.map { Float($0.number) }, golden["k"].int)
        let expected = golden["expected"].list
        #expect(found.map(\.index) == expected.map { $0["index"].int })
        for (guess, wanted) in zip(found, expected) {
            #expect(abs(guess.probability - wanted["probability"].number) < 1e-12)
        }
    }

    @Test(arguments: [[], [1, .nan], [.infinity, 0], [0, -.infinity]] as [[Float]])
    func outputsThatAreNoLogitsAreRefused(_ logits: [Float]) {
        #expect(throws: BadLogits.self) { try topK(logits, 1) }
    }
}
