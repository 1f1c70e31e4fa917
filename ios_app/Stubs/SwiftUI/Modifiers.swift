import Foundation

// What this app uses of SwiftUI's modifiers. What only looks is left as it is.

extension View {
    public func tag<V: Hashable>(_ tag: V) -> some View { with { $0.tags = [AnyHashable(tag)] } }
    public func disabled(_ disabled: Bool) -> some View {
        with { screen in
            guard disabled else { return }
            for i in screen.buttons.indices { screen.buttons[i].isEnabled = false }
            for i in screen.pickers.indices { screen.pickers[i].isEnabled = false }
            screen.links = [:]
            screen.pick = nil
        }
    }
    public func onAppear(perform action: @escaping @MainActor () -> Void) -> some View {
        with { $0.appearing.append(action) }
    }
    public func onDisappear(perform action: @escaping @MainActor () -> Void) -> some View {
        with { $0.disappearing.append(action) }
    }
    public func task(_ action: @escaping @MainActor () async -> Void) -> some View {
        with { $0.tasks.append(action) }
    }
    public func onChange<V: Equatable>(
        of value: V, _ action: @escaping @MainActor (_ old: V, _ new: V) -> Void
    ) -> some View {
        with { screen in
            screen.changes.append { new in
                if let new = new as? V { action(value, new) }
            }
        }
    }
    public func accessibilityLabel(_ label: some StringProtocol) -> some View {
        let label = String(label)
        return with { $0.spoken = [label] }
    }
    public func accessibilityElement(children: AccessibilityChildBehavior) -> some View {
        with { $0.spoken = [$0.texts.joined(separator: ", ")] }
    }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { self }

    public func padding() -> some View { self }
    public func font(_ font: Font) -> some View { self }
    public func foregroundStyle(_ style: some ShapeStyle) -> some View { self }
    public func background(_ style: some ShapeStyle) -> some View { self }
    public func tint(_ color: Color) -> some View { self }
    public func frame(maxWidth: CGFloat?, alignment: Alignment = .center) -> some View { self }
    public func ignoresSafeArea() -> some View { self }
    public func multilineTextAlignment(_ alignment: TextAlignment) -> some View { self }
    public func monospacedDigit() -> some View { self }
    public func scaledToFit() -> some View { self }
    public func navigationTitle(_ title: some StringProtocol) -> some View { self }
    public func buttonStyle(_ style: ButtonStyle) -> some View { self }
    public func pickerStyle(_ style: PickerStyle) -> some View { self }
    public func lineLimit(_ lines: Int?) -> some View { self }
}

public enum TextAlignment: Sendable { case leading, center, trailing }
public enum AccessibilityChildBehavior: Sendable { case combine, contain, ignore }
public struct AccessibilityTraits: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let updatesFrequently = AccessibilityTraits(rawValue: 1)
}
public enum ButtonStyle: Sendable { case bordered, borderedProminent }
public enum PickerStyle: Sendable { case menu }
public struct Font: Sendable {
    public static let headline = Font(), body = Font(), callout = Font(), footnote = Font()
    public static let caption = Font(), title3 = Font()
}
public protocol ShapeStyle: Sendable {}
extension Color: ShapeStyle {}
public struct Material: ShapeStyle {}
extension ShapeStyle where Self == Material {
    public static var regularMaterial: Material { Material() }
}
extension ShapeStyle where Self == Color {
    public static var red: Color { Color.black }
    public static var secondary: Color { Color.black }
    public static var primary: Color { Color.black }
}
