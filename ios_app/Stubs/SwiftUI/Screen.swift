import Foundation

// `screen` evaluates a view to what a person would see, hear and do: for tests.

/// What a view comes to.
@MainActor package struct Screen {
    package struct Button {
        package let label: String
        package var isEnabled = true
        let action: @MainActor () -> Void
    }
    package struct Picker {
        package let label: String
        package let options: [String]
        package let chosen: Int?
        package var isEnabled = true
        let choose: @MainActor (Int) -> Void
    }

    package internal(set) var texts: [String] = []
    package internal(set) var buttons: [Button] = []
    package internal(set) var pickers: [Picker] = []
    /// What VoiceOver says of the things that have a label or a value of their own.
    package internal(set) var spoken: [String] = []
    package internal(set) var links: [String: @MainActor () -> Screen] = [:]
    package internal(set) var shared: [URL] = []
    package internal(set) var pieces: Set<String> = []
    package var pick: (@MainActor (any Sendable) -> Void)?
    var tags: [AnyHashable] = []
    var appearing: [@MainActor () -> Void] = []
    var disappearing: [@MainActor () -> Void] = []
    var tasks: [@MainActor () async -> Void] = []
    var changes: [@MainActor (Any) -> Void] = []

    nonisolated init() {}

    package func button(_ label: String) -> Button? { buttons.first { $0.label.contains(label) } }
    package func picker(_ label: String) -> Picker? { pickers.first { $0.label == label } }
    package func has(_ text: String) -> Bool { texts.contains { $0.contains(text) } }

    /// Press it, if it is there and may be pressed.
    @discardableResult package func tap(_ label: String) -> Bool {
        guard let button = button(label), button.isEnabled else { return false }
        button.action()
        return true
    }
    package func choose(_ option: String, of label: String) {
        guard let picker = picker(label), picker.isEnabled,
            let index = picker.options.firstIndex(where: { $0.contains(option) })
        else { return }
        picker.choose(index)
    }
    package func appear() async {
        appearing.forEach { $0() }
        for task in tasks { await task() }
    }
    package func disappear() { disappearing.forEach { $0() } }
    /// Tell whoever watches a value of this kind.
    package func change(to value: Any) { changes.forEach { $0(value) } }

    mutating func add(_ other: Screen) {
        texts += other.texts
        buttons += other.buttons
        pickers += other.pickers
        spoken += other.spoken
        links.merge(other.links) { $1 }
        shared += other.shared
        pieces.formUnion(other.pieces)
        pick = pick ?? other.pick
        tags += other.tags
        appearing += other.appearing
        disappearing += other.disappearing
        tasks += other.tasks
        changes += other.changes
    }
}

@MainActor protocol Leaf { var screen: Screen { get } }

@MainActor package func screen(_ view: some View) -> Screen {
    if let leaf = view as? any Leaf { return leaf.screen }
    if let view = view as? any UIViewRepresentable { return made(view) }
    return screen(view.body)
}

@MainActor private func made<V: UIViewRepresentable>(_ view: V) -> Screen {
    let made = view.makeUIView(context: UIViewRepresentableContext())
    view.updateUIView(made, context: UIViewRepresentableContext())
    var screen = Screen()
    screen.pieces = [String(describing: type(of: made))]
    return screen
}

/// A view that is another with something changed.
public struct Modified: View, Leaf {
    public typealias Body = Never
    let make: @MainActor () -> Screen
    var screen: Screen { make() }
}

extension View {
    package func with(_ change: @escaping @MainActor (inout Screen) -> Void) -> Modified {
        Modified {
            var changed = screen(self)
            change(&changed)
            return changed
        }
    }
}
