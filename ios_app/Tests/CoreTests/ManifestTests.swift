import Core
import Foundation
import Support
import Testing

private let file = Json.golden("manifest.json")

struct ManifestTests {
    @Test func aValidManifestIsRead() throws {
        let manifest = try parseManifest(file["valid"].data)
        #expect(manifest.model == "efficientnet_lite0")
        #expect(manifest.macs == 385_187_552)
        #expect(manifest.maxRel == 1e-4)
        #expect(manifest.golden.map(\.top5) == [[2, 0, 1]])
    }

    @Test(arguments: file["right"].list)
    func aChangeThatLeavesItValidIsRead(_ golden: Json) throws {
        let path = golden["field"].text.split(separator: ".").map(String.init)
        let changed = replace(file["valid"].value, path, by: golden["value"].value)
        _ = try parseManifest(Json(changed).data)
    }

    @Test(arguments: file["invalid"].list + file["invalid_for_apps"].list)
    func whatIsWrongIsNamed(_ golden: Json) throws {
        let path = golden["field"].text.split(separator: ".").map(String.init)
        let changed = replace(file["valid"].value, path, by: golden["value"].value)
        let said = complaint { try parseManifest(Json(changed).data) }
        #expect(said.hasPrefix("manifest.json: \(golden["field"].text) is "), "\(said)")
        let isOther = golden["field"].text == "task"  // Exported anew it would be the same.
        let advice = isOther ? "takes classifiers only" : "; export the model again"
        #expect(said.hasSuffix(advice), "\(said)")
    }

    @Test(arguments: ["", "[]", "{\"schema_version\": 1", "null", "\u{0}\u{1}"])
    func whatIsNoManifestIsRefused(_ text: String) {
        #expect(throws: BadManifest.self) { try parseManifest(Data(text.utf8)) }
    }

    @Test(arguments: [-1, 0.5, 1e300])
    func aClassThatIsNoIndexIsRefused(_ index: Double) {
        let changed = replace(file["valid"].value, ["golden", "0", "top5"], by: [index])
        #expect(throws: BadManifest.self) { try parseManifest(Json(changed).data) }
    }
}

private func replace(_ value: Any, _ path: [String], by new: Any) -> Any {
    guard let key = path.first else { return new }
    let rest = Array(path.dropFirst())
    if var object = value as? [String: Any] {
        object[key] = replace(object[key] ?? NSNull(), rest, by: new)
        return object
    }
    guard var list = value as? [Any], let index = Int(key) else { return new }
    list[index] = replace(list[index], rest, by: new)
    return list
}
