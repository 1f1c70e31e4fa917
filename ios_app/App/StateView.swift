import Core
import Runtime
import SwiftUI

/// One state of the screen: a message, or what was seen.
struct StateView: View {
    let state: UiState
    let framesPerSecond: Int
    let act: @MainActor (Action) -> Void

    var body: some View {
        switch state {
        case .loading(let what):
            HStack {
                ProgressView()
                Text(what)
            }
            .accessibilityElement(children: .combine)
        case .paused(let why): Text(why).font(.headline)
        case .failed(let message, .none): Text(message).font(.headline)
        case .failed(let message, let action):
            Button {
                act(action)
            } label: {
                VStack(alignment: .leading) {
                    Text(message).font(.headline)
                    Text(action.rawValue).font(.callout)
                }
            }
        case .running(let seen): SeenView(seen: seen, framesPerSecond: framesPerSecond)
        }
    }
}

/// Classes and how likely they are, and what it took to find out.
struct SeenView: View {
    let seen: Seen
    let framesPerSecond: Int

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            ForEach(seen.prediction.guesses, id: \.index) { guess in
                ProgressView(value: min(1, max(0, guess.probability))) {
                    Text(label(guess)).lineLimit(1)
                } currentValueLabel: {
                    Text(percent(guess.probability)).monospacedDigit()
                }
            }
            Text(figures).font(.footnote).monospacedDigit()
            Text(seen.description).font(.caption).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
        .accessibilityAddTraits(.updatesFrequently)
    }

    /// ImageNet's labels are lists of synonyms.
    private func label(_ guess: Guess) -> String {
        let whole =
            seen.labels.indices.contains(guess.index)
            ? seen.labels[guess.index] : "class \(guess.index)"
        return String(whole.prefix { $0 != "," })
    }

    private var figures: String {
        let prediction = seen.prediction
        let rate = seen.source == .camera ? "\(framesPerSecond) frames a second" : "still"
        return "\(seen.source.rawValue) · preprocessing \(ms(prediction.preprocessMs)) · "
            + "inference \(ms(prediction.inferenceMs)) · \(rate)"
    }
}

/// In the corner, as in the other apps: does this phone compute what PyTorch computed?
struct CheckView: View {
    let check: Check

    var body: some View {
        if check.hasFailed {
            Text(check.text).font(.footnote).foregroundStyle(.red)
        } else {
            Text(check.text).font(.footnote).foregroundStyle(.secondary)
        }
    }
}

func ms(_ value: Double) -> String { String(format: "%.1f ms", value) }

func percent(_ share: Double) -> String {
    share < 0.005 ? "< 1 %" : String(format: "%.0f %%", 100 * share)
}
