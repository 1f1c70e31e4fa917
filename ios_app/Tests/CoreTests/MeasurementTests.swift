import Core
import Foundation
import Support
import Testing

struct MeasurementTests {
    @Test func theRecordIsWhatPythonReads() throws {
        let file = Json.golden("measurement.json")
        let manifest = try parseManifest(file["manifest"].data)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let run = try decoder.decode(Run.self, from: file["run"].data)
        let written = try JSONSerialization.jsonObject(with: measurement(manifest, run))
        #expect(written as? NSDictionary == file["expected"].value as? NSDictionary)
    }
}
