#if os(Linux)
    import Core
    import CoreML
    import Foundation
    import Runtime
    import Support
    import Testing

    // What only a Core ML that is played can show: faults, and where operations go.

    private let package = fashion.appending(path: "irrvit_fashion.mlpackage")

    private func open(
        _ accelerator: Accelerator = .all, in folder: URL = compiledFolder,
        sha256: String = "fashion"
    ) throws -> CoreMLRuntime {
        try CompiledModels(folder: folder).open(package, sha256: sha256, accelerator: accelerator)
    }

    @Suite(.serialized) struct CompiledModelsTests {
        @Test func aPackageIsCompiledOnce() throws {
            let folder = newFolder()
            let before = PlayedCoreML.shared.compilations
            for _ in 0..<3 { _ = try open(in: folder) }
            #expect(PlayedCoreML.shared.compilations == before + 1)
        }

        @Test func anotherHashIsAnotherModel() throws {
            let folder = newFolder()
            let before = PlayedCoreML.shared.compilations
            for sha256 in ["a", "b", "a"] { _ = try open(in: folder, sha256: sha256) }
            #expect(PlayedCoreML.shared.compilations == before + 2)
        }

        @Test func aCompiledModelThatIsDamagedIsCompiledAgain() throws {
            let folder = newFolder()
            _ = try open(in: folder)
            let kept = try FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: nil)
            try FileManager.default.removeItem(at: kept[0].appending(path: "Data"))
            _ = try open(in: folder)
        }

        @Test func aPackageThatThisSystemCannotCompileIsSaid() {
            PlayedCoreML.shared.cannotCompile = true
            defer { PlayedCoreML.shared.cannotCompile = false }
            let said = complaint { try open(in: newFolder()) }
            #expect(said.contains("this system could not compile irrvit_fashion.mlpackage"))
            #expect(said.contains("update iOS"))
        }
    }

    @Suite(.serialized) struct ComputePlanTests {
        @Test func aNetworkOnTheNeuralEngineHasOnePartition() throws {
            let runtime = try open(.npu)
            #expect(runtime.placement.accelerator == "npu")
            #expect(runtime.placement.nodesTotal == 104)
            #expect(runtime.placement.nodesDelegated == 104)
            #expect(runtime.placement.partitions == 1)
            #expect(runtime.placement.nodesOn == ["npu": 104])
            #expect(runtime.plan?.summary == "Neural Engine 104 operations, 1 partition")
        }

        @Test func aNetworkThatFellBackSaysSo() throws {
            PlayedCoreML.shared.units = [.cpuOnly]
            defer { PlayedCoreML.shared.units = [.cpuAndNeuralEngine] }
            let placed = try open(.npu).placement
            #expect(placed.accelerator == "cpu")
            #expect(placed.nodesDelegated == 0)
            #expect(placed.nodesOn == ["cpu": 104])
        }

        @Test func everyChangeOfUnitBeginsAPartition() throws {
            PlayedCoreML.shared.units = [.cpuAndNeuralEngine, .cpuAndNeuralEngine, .cpuOnly]
            defer { PlayedCoreML.shared.units = [.cpuAndNeuralEngine] }
            let plan = try #require(try open(.npu).plan)
            #expect((plan.nodes[.cpu] ?? 0) + (plan.nodes[.npu] ?? 0) == 104)
            #expect((68...71).contains(plan.partitions), "\(plan.partitions)")
        }

        @Test func onlyTheCpuIsOnlyTheCpu() throws {
            let placed = try open(.cpu).placement
            #expect(placed.accelerator == "cpu" && placed.nodesOn == ["cpu": 104])
            #expect(placed.nodesDelegated == 104, "nothing is left: the CPU was asked for")
        }

        @Test func stepsHaveTheNamesOfTheirValues() throws {
            let steps = try #require(try open(.all).plan).steps
            #expect(steps.last?.name == "logits")
            #expect(steps.allSatisfy { $0.kind.hasPrefix("ios16.") && $0.cost == 0.01 })
        }
    }

    @Suite(.serialized) struct ClassifierTests {
        private let manifest = try! Artifact(folder: fashion).manifest

        private func check(_ manifest: Manifest) throws -> GoldenAgreement {
            let classifier = try FileClassifier(manifest, open(), asked: .all)
            return try selfCheck(manifest, classifier, pictures: lookAtGolden)
        }

        @Test func aPhoneThatComputesRightlyPassesItsSelfCheck() throws {
            let found = try check(manifest)
            #expect(found.passed && found.cases == 6)
            #expect(checkText(found).hasPrefix("self-check passed: 6 of 6 pictures as PyTorch"))
        }

        @Test func aPhoneThatComputesWronglySaysSo() throws {
            PlayedCoreML.shared.error = 100
            defer { PlayedCoreML.shared.error = 0 }
            let found = try check(manifest)
            #expect(!found.passed && found.failures.count == 6)
            #expect(checkText(found).hasPrefix("SELF-CHECK FAILED, this device computes wrongly"))
        }

        @Test func aCheckThatComparedNothingHasFailed() throws {
            var empty = manifest
            empty.golden = []
            #expect(try !check(empty).passed)
        }

        @Test func aNetworkWithoutClassesIsRefused() {
            var nameless = manifest
            nameless.labels = []
            let said = complaint { try FileClassifier(nameless, open(), asked: .all) }
            #expect(said.contains("irrvit_fashion names no classes"), "\(said)")
        }

        @Test func aNetworkWithOtherOutputsThanClassesIsRefused() {
            var other = manifest
            other.labels.append("an eleventh")
            let said = complaint { try check(other) }
            #expect(said.contains("gives out 10 values for 11 classes"), "\(said)")
        }

        @Test func aNetworkWithoutLogitsIsRefused() {
            PlayedCoreML.shared.outputName = "boxes"
            defer { PlayedCoreML.shared.outputName = nil }
            let said = complaint { try check(manifest) }
            #expect(said == "the model gives out boxes, expected logits: it is no classifier")
        }

        @Test func aManifestOfAnotherSizeIsRefused() {
            var other = manifest
            other.input = InputSpec(
                height: 1 << 40, width: 28, resize: 28, interpolation: .bilinear)
            let said = complaint { try FileClassifier(other, open(), asked: .all) }
            #expect(said.contains("does not take pictures of 28 x 1099511627776"), "\(said)")
        }

        @Test func aModelThatFailsWhileItRunsIsAMessage() {
            PlayedCoreML.shared.isBroken = true
            defer { PlayedCoreML.shared.isBroken = false }
            do {
                _ = try check(manifest)
                Issue.record("nothing was wrong")
            } catch {
                #expect(failureText(error) == "E5RT: the Neural Engine timed out")
            }
        }
    }
#endif
