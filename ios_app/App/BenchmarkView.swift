import Runtime
import SwiftUI

/// Choose a model, measure it, look at the figures, keep the record.
struct BenchmarkView: View {
    @Bindable var model: BenchmarkModel
    @Environment(\.scenePhase) private var phase

    var body: some View {
        Form {
            Section {
                Text("The protocol of irrvit-bench, on this phone. Keep this page in front.")
                Picker("Model", selection: $model.chosen) {
                    ForEach(model.choices.indices, id: \.self) { index in
                        Text(model.choices[index].name).tag(index)
                    }
                }
                .disabled(model.isMeasuring)
                Picker("Run on", selection: $model.accelerator) {
                    ForEach(Accelerator.allCases, id: \.self) { accelerator in
                        Text(accelerator.choice).tag(accelerator)
                    }
                }
                .disabled(model.isMeasuring)
                Button("Measure") { Task { await model.start() } }
                    .disabled(model.isMeasuring)
                Button("Stop") { model.stop() }.disabled(!model.isMeasuring)
            }
            Section {
                if !model.warning.isEmpty { Text(model.warning).foregroundStyle(.red) }
                if !model.status.isEmpty { Text(model.status) }
                ForEach(model.lines, id: \.name) { figure in
                    LabeledContent(figure.name, value: figure.value)
                }
                if let record = model.record { ShareLink("Share the measurement", item: record) }
            }
            Section {
                Text(model.entry).font(.footnote).foregroundStyle(.secondary)
            }
        }
        .navigationTitle("Benchmark")
        .onAppear { model.appear() }
        .onDisappear { model.disappear() }
        .onChange(of: phase) { _, now in model.on(now) }
    }
}
