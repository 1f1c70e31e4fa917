import AVFoundation
import Core
import PhotosUI
import Runtime
import SwiftUI

/// The live camera, and what a network sees in it.
struct MainView: View {
    @Bindable var model: MainModel
    let benchmark: BenchmarkModel
    @State private var picked: PhotosPickerItem?
    @Environment(\.scenePhase) private var phase
    @Environment(\.verticalSizeClass) private var height

    var body: some View {
        NavigationStack {
            ZStack {
                background
                if height == .compact {
                    HStack {
                        Spacer()
                        panel.frame(maxWidth: 400)
                    }
                } else {
                    VStack {
                        Spacer()
                        panel
                    }
                }
            }
        }
        .task { await model.reload() }
        .onAppear { UIApplication.shared.isIdleTimerDisabled = true }
        .onChange(of: phase) { _, now in
            Task { await model.on(now) }
        }
        .onChange(of: picked) { _, item in
            guard let item else { return }
            picked = nil  // The same one may be picked again.
            Task { await model.look(at: item) }
        }
    }

    @ViewBuilder private var background: some View {
        if let picture = model.picture {
            Image(uiImage: picture).resizable().scaledToFit()
                .accessibilityLabel("The picture you picked")
        } else {
            CameraPreview(source: model.source).ignoresSafeArea()
                .accessibilityLabel("What the camera sees")
        }
    }

    /// It scrolls where the screen or the letters leave too little room.
    private var panel: some View {
        ViewThatFits(in: .vertical) {
            content
            ScrollView { content }
        }
        .background(.regularMaterial)
    }

    private var content: some View {
        VStack(alignment: .leading, spacing: 8) {
            StateView(state: model.state, framesPerSecond: model.framesPerSecond) { action in
                Task { await model.act(action, openSettings: openSettings) }
            }
            CheckView(check: model.check)
            pickers
            buttons
        }
        .padding()
    }

    @ViewBuilder private var pickers: some View {
        Picker("Model", selection: $model.chosen) {
            ForEach(model.choices.indices, id: \.self) { index in
                Text(model.choices[index].name).tag(index)
            }
        }
        Picker("Run on", selection: $model.accelerator) {
            ForEach(Accelerator.allCases, id: \.self) { accelerator in
                Text(accelerator.choice).tag(accelerator)
            }
        }
    }

    private var buttons: some View {
        ViewThatFits {
            HStack { controls }
            VStack(alignment: .leading) { controls }
        }
        .buttonStyle(.bordered)
    }

    @ViewBuilder private var controls: some View {
        Button(toggleTitle) { Task { await model.toggle() } }
            .disabled(!model.state.isRunning && !model.state.isPaused)
        Button("Turn camera") { Task { await model.turnCamera() } }
        PhotosPicker("Picture", selection: $picked, matching: .images)
        NavigationLink("Benchmark") {
            BenchmarkView(model: benchmark)
                .onAppear { model.giveWay() }
                .onDisappear { Task { await model.takeBack() } }
        }
    }

    private var toggleTitle: String {
        if model.picture != nil { return "Back to camera" }
        return model.state.isPaused ? "Go on" : "Pause"
    }

    @Environment(\.openURL) private var openURL
    private func openSettings() {
        if let settings = URL(string: UIApplication.openSettingsURLString) { openURL(settings) }
    }
}

extension Accelerator {
    /// What a person picks.
    var choice: String {
        switch self {
        case .cpu: "CPU only"
        case .gpu: "CPU and GPU"
        case .npu: "CPU and Neural Engine"
        case .all: "All units"
        }
    }
}

/// The camera's own picture.
struct CameraPreview: UIViewRepresentable {
    let source: FrameSource

    final class PreviewView: UIView {
        override class var layerClass: AnyClass { AVCaptureVideoPreviewLayer.self }
    }

    func makeUIView(context: Context) -> PreviewView {
        let view = PreviewView()
        if let layer = view.layer as? AVCaptureVideoPreviewLayer { source.show(in: layer) }
        return view
    }

    func updateUIView(_ uiView: PreviewView, context: Context) {}
}
