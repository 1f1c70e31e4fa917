import Core
import Runtime

/// What the screen shows: one of these, whole.
enum UiState: Equatable, Sendable {
    case loading(String)
    case running(Seen)
    /// Why it rests.
    case paused(String)
    /// `Action` is what a tap on the message does about it.
    case failed(String, Action)

    var isRunning: Bool { if case .running = self { true } else { false } }
    var isPaused: Bool { if case .paused = self { true } else { false } }
}

/// What was seen in one picture.
struct Seen: Equatable, Sendable {
    let prediction: Prediction
    let labels: [String]
    /// Who computed it.
    let description: String
    let source: Source
}

/// Where pictures come from.
enum Source: String, Sendable { case camera = "Camera", picture = "Picture" }

enum Action: String, Sendable {
    case retry = "Tap to try again"
    case reload = "Tap to load it again"
    case openSettings = "Tap to open the settings of this app"
    case none = ""
}

/// What the golden cases say about this very phone.
enum Check: Equatable, Sendable {
    case pending
    case done(GoldenAgreement)
    case impossible(String)

    var text: String {
        switch self {
        case .pending: "Checking this phone"
        case .done(let found): checkText(found)
        case .impossible(let why): "Not checked: \(why)"
        }
    }

    var hasFailed: Bool {
        if case .done(let check) = self { !check.passed } else { false }
    }
}
