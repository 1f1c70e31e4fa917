import Foundation
import Runtime
import Support
import Testing

struct ArtifactTests {
    @Test func thePackageThatIsCommittedIsTheOneOfItsManifest() throws {
        let artifact = try Artifact(folder: fashion)
        #expect(try artifact.package().lastPathComponent == "irrvit_fashion.mlpackage")
        #expect(artifact.name == "irrvit_fashion fp16")
    }

    @Test func aDamagedWeightIsFoundBeforeAnythingIsCompiled() throws {
        let folder = copyOfFashion()
        let weights = folder.appending(
            path: "irrvit_fashion.mlpackage/Data/com.apple.CoreML/weights/weight.bin")
        var content = try Data(contentsOf: weights)
        content[content.count / 2] ^= 1
        try content.write(to: weights)
        let said = try complaint(Artifact(folder: folder).package)
        #expect(said.contains("irrvit_fashion.mlpackage is damaged"), "\(said)")
    }

    @Test func aFileBesideThoseOfThePackageIsFound() throws {
        let folder = copyOfFashion()
        try Data().write(to: folder.appending(path: "irrvit_fashion.mlpackage/extra"))
        #expect(try complaint(Artifact(folder: folder).package).contains("is damaged"))
    }

    @Test func aMissingPackageIsSaid() throws {
        let folder = copyOfFashion()
        try FileManager.default.removeItem(at: folder.appending(path: "irrvit_fashion.mlpackage"))
        let said = try complaint(Artifact(folder: folder).package)
        #expect(said == "irrvit_fashion.mlpackage is missing, its manifest is there; copy it again")
    }

    @Test func aFolderWithoutAManifestIsSaid() {
        let said = complaint { try Artifact(folder: newFolder()) }
        #expect(said.contains("has no manifest.json that can be read"))
    }

    @Test func aFileForAnotherKindOfPhoneIsSaid() {
        let folder = copyOfFashion { $0["target"] = "tflite" }
        let said = complaint { try Artifact(folder: folder) }
        #expect(said.contains("is for tflite, and iPhones run Core ML"), "\(said)")
    }
}
