@_exported import Foundation
@_exported import Observation
@_exported import UIKit

// What this app uses of SwiftUI's views. SwiftUI is Swift only, so no header tells its names: these
// are kept few, and a Mac has the last word.

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}
extension Never: View { public typealias Body = Never }
extension View where Body == Never {
    public var body: Never { fatalError("a leaf has no body") }
}

@MainActor @resultBuilder public enum ViewBuilder {
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildExpression<V: View>(_ view: V) -> V { view }
    public static func buildBlock<V: View>(_ view: V) -> V { view }
    public static func buildBlock<each V: View>(_ view: repeat each V) -> TupleView<repeat each V> {
        TupleView(repeat each view)
    }
    public static func buildIf<V: View>(_ view: V?) -> V? { view }
    public static func buildEither<A: View, B: View>(first: A) -> Either<A, B> { .a(first) }
    public static func buildEither<A: View, B: View>(second: B) -> Either<A, B> { .b(second) }
}

public struct EmptyView: View, Leaf {
    public typealias Body = Never
    public init() {}
    var screen: Screen { Screen() }
}
public struct TupleView<each V: View>: View, Leaf {
    public typealias Body = Never
    let views: (repeat each V)
    init(_ view: repeat each V) { views = (repeat each view) }
    var screen: Screen {
        var whole = Screen()
        for view in repeat each views { whole.add(SwiftUI.screen(view)) }
        return whole
    }
}
extension Optional: View where Wrapped: View { public typealias Body = Never }
extension Optional: Leaf where Wrapped: View {
    var screen: Screen { map { SwiftUI.screen($0) } ?? Screen() }
}
public enum Either<A: View, B: View>: View, Leaf {
    public typealias Body = Never
    case a(A)
    case b(B)
    var screen: Screen {
        switch self {
        case .a(let view): SwiftUI.screen(view)
        case .b(let view): SwiftUI.screen(view)
        }
    }
}

public struct Text: View, Leaf {
    public typealias Body = Never
    let text: String
    public init(_ text: some StringProtocol) { self.text = String(text) }
    var screen: Screen {
        var screen = Screen()
        screen.texts = [text]
        return screen
    }
}
public struct Label: View, Leaf {
    public typealias Body = Never
    let title: String
    public init(_ title: some StringProtocol, systemImage: String) { self.title = String(title) }
    var screen: Screen { SwiftUI.screen(Text(title)) }
}
public struct Image: View, Leaf {
    public typealias Body = Never
    let content: Data
    public init(uiImage: UIImage) { content = uiImage.content }
    public func resizable() -> Image { self }
    var screen: Screen {
        var screen = Screen()
        screen.pieces = ["Image"]
        return screen
    }
}
public struct Color: View, Leaf, Sendable {
    public typealias Body = Never
    nonisolated init() {}
    public nonisolated static let black = Color(), red = Color(), green = Color()
    var screen: Screen { Screen() }
}

/// Of stacks, lists and the like only what is in them.
public struct Box<Content: View>: View, Leaf {
    public typealias Body = Never
    let content: Content
    var screen: Screen { SwiftUI.screen(content) }
}
public enum HorizontalAlignment: Sendable { case leading, center, trailing }
public enum VerticalAlignment: Sendable { case top, center, bottom }
public enum Alignment: Sendable { case center, top, bottom, leading, trailing, topLeading }
@MainActor public func VStack<Content: View>(
    alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil,
    @ViewBuilder content: () -> Content
) -> Box<Content> { Box(content: content()) }
@MainActor public func HStack<Content: View>(
    alignment: VerticalAlignment = .center, spacing: CGFloat? = nil,
    @ViewBuilder content: () -> Content
) -> Box<Content> { Box(content: content()) }
@MainActor public func ZStack<Content: View>(
    alignment: Alignment = .center, @ViewBuilder content: () -> Content
) -> Box<Content> { Box(content: content()) }
@MainActor public func ScrollView<Content: View>(
    @ViewBuilder content: () -> Content
) -> Box<Content> { Box(content: content()) }
@MainActor public func NavigationStack<Content: View>(
    @ViewBuilder root: () -> Content
) -> Box<Content> { Box(content: root()) }
@MainActor public func Form<Content: View>(
    @ViewBuilder content: () -> Content
) -> Box<Content> { Box(content: content()) }
@MainActor public func Section<Content: View>(
    @ViewBuilder content: () -> Content
) -> Box<Content> { Box(content: content()) }
/// The first that fits: here always the first.
@MainActor public func ViewThatFits<First: View, Second: View>(
    in axes: Axis.Set = [.horizontal, .vertical],
    @ViewBuilder content: () -> TupleView<First, Second>
) -> Box<First> { Box(content: content().views.0) }
public enum Axis {
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let horizontal = Set(rawValue: 1), vertical = Set(rawValue: 2)
    }
}
public struct Spacer: View, Leaf {
    public typealias Body = Never
    public init(minLength: CGFloat? = nil) {}
    var screen: Screen { Screen() }
}
public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: View, Leaf {
    public typealias Body = Never
    let data: Data
    let content: (Data.Element) -> Content
    public init(
        _ data: Data, id: KeyPath<Data.Element, ID>,
        @ViewBuilder content: @escaping (Data.Element) -> Content
    ) {
        (self.data, self.content) = (data, content)
    }
    var screen: Screen {
        var whole = Screen()
        for element in data { whole.add(SwiftUI.screen(content(element))) }
        return whole
    }
}

public struct Button<Label: View>: View, Leaf {
    public typealias Body = Never
    let label: Label
    let action: @MainActor () -> Void
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {
        (self.action, self.label) = (action, label())
    }
    var screen: Screen {
        var screen = Screen()
        let text = SwiftUI.screen(label).texts.joined(separator: " ")
        screen.buttons = [Screen.Button(label: text, action: action)]
        return screen
    }
}
extension Button where Label == Text {
    public init(_ title: some StringProtocol, action: @escaping @MainActor () -> Void) {
        self.init(action: action) { Text(title) }
    }
}
public struct Picker<Value: Hashable, Content: View>: View, Leaf {
    public typealias Body = Never
    let title: String
    let selection: Binding<Value>
    let content: Content
    public init(
        _ title: some StringProtocol, selection: Binding<Value>,
        @ViewBuilder content: () -> Content
    ) {
        (self.title, self.selection, self.content) = (String(title), selection, content())
    }
    var screen: Screen {
        let options = SwiftUI.screen(content)
        let (tags, selection) = (options.tags, selection)
        var screen = Screen()
        let chosen = tags.firstIndex(of: AnyHashable(selection.wrappedValue))
        screen.pickers = [
            Screen.Picker(label: title, options: options.texts, chosen: chosen) { index in
                if let value = tags[index].base as? Value { selection.wrappedValue = value }
            }
        ]
        return screen
    }
}
public struct ProgressView<Label: View, Now: View>: View, Leaf {
    public typealias Body = Never
    let label: Label
    let now: Now
    let value: Double?
    public init(
        value: Double?, total: Double = 1, @ViewBuilder label: () -> Label,
        @ViewBuilder currentValueLabel: () -> Now
    ) {
        precondition(value.map { 0 <= $0 && $0 <= total } ?? true, "a share beyond the whole")
        (self.value, self.label, self.now) = (value, label(), currentValueLabel())
    }
    var screen: Screen {
        var screen = SwiftUI.screen(label)
        screen.add(SwiftUI.screen(now))
        screen.spoken = [screen.texts.joined(separator: ", ")]
        return screen
    }
}
extension ProgressView where Label == EmptyView, Now == EmptyView {
    public init() { (value, label, now) = (nil, EmptyView(), EmptyView()) }
}
public struct LabeledContent: View, Leaf {
    public typealias Body = Never
    let title, value: String
    public init(_ title: some StringProtocol, value: some StringProtocol) {
        (self.title, self.value) = (String(title), String(value))
    }
    var screen: Screen { SwiftUI.screen(Text("\(title): \(value)")) }
}
