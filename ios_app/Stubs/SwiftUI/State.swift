import Foundation
import Observation

// What this app uses of SwiftUI's property wrappers.

@propertyWrapper @dynamicMemberLookup public struct Binding<Value> {
    let get: @MainActor () -> Value
    let set: @MainActor (Value) -> Void
    public init(get: @escaping @MainActor () -> Value, set: @escaping @MainActor (Value) -> Void) {
        (self.get, self.set) = (get, set)
    }
    @MainActor public var wrappedValue: Value {
        get { get() }
        nonmutating set { set(newValue) }
    }
    public var projectedValue: Binding<Value> { self }
    @MainActor public subscript<T>(dynamicMember path: WritableKeyPath<Value, T>) -> Binding<T> {
        Binding<T>(
            get: { self.get()[keyPath: path] },
            set: {
                var value = self.get()
                value[keyPath: path] = $0
                self.set(value)
            })
    }
}

@propertyWrapper public struct State<Value> {
    private final class Kept {
        var value: Value
        init(_ value: Value) { self.value = value }
    }
    private let kept: Kept
    public init(wrappedValue: Value) { kept = Kept(wrappedValue) }
    @MainActor public var wrappedValue: Value {
        get { kept.value }
        nonmutating set { kept.value = newValue }
    }
    @MainActor public var projectedValue: Binding<Value> {
        let kept = kept
        return Binding(get: { kept.value }, set: { kept.value = $0 })
    }
}

@propertyWrapper @dynamicMemberLookup
public struct Bindable<Object: AnyObject & Observable> {
    public let wrappedValue: Object
    public init(wrappedValue: Object) { self.wrappedValue = wrappedValue }
    public var projectedValue: Bindable<Object> { self }
    @MainActor
    public subscript<T>(
        dynamicMember path: ReferenceWritableKeyPath<Object, T>
    ) -> Binding<T> {
        let object = wrappedValue
        return Binding<T>(get: { object[keyPath: path] }, set: { object[keyPath: path] = $0 })
    }
}

@propertyWrapper @MainActor public struct Environment<Value> {
    let path: KeyPath<EnvironmentValues, Value>
    public init(_ path: KeyPath<EnvironmentValues, Value>) { self.path = path }
    public var wrappedValue: Value { EnvironmentValues()[keyPath: path] }
}
public struct EnvironmentValues {
    public var scenePhase: ScenePhase { .active }
    public var verticalSizeClass: UserInterfaceSizeClass? { PlayedScreen.shared.height }
    public var openURL: OpenURLAction { OpenURLAction() }
}
public enum ScenePhase: Comparable, Sendable { case background, inactive, active }
public enum UserInterfaceSizeClass: Sendable { case compact, regular }
public struct OpenURLAction: Sendable {
    @MainActor public func callAsFunction(_ url: URL) { PlayedScreen.shared.opened.append(url) }
}

/// The screen, as a test plays it.
package final class PlayedScreen: @unchecked Sendable {
    package static let shared = PlayedScreen()
    package var height = UserInterfaceSizeClass.regular
    package var opened: [URL] = []
    package func reset() { (height, opened) = (.regular, []) }
}
