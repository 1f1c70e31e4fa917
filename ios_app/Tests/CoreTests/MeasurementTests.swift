import Core
import Foundation
import Support
import Testing

private let file = Json.golden("measurement.json")

struct MeasurementTests {
    @Test(arguments: file["cases"].list)
    func theRecordIsWhatPythonReads(_ golden: Json) throws {
        let manifest = try parseManifest(file["manifest"].data)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let run = try decoder.decode(Run.self, from: golden["run"].data)
        let written = try JSONSerialization.jsonObject(with: measurement(manifest, run))
        #expect(written as? NSDictionary == golden["expected"].value as? NSDictionary)
    }
}
