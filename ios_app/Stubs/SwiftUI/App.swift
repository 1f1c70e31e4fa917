import UIKit

@MainActor @preconcurrency public protocol UIViewRepresentable: View where Body == Never {
    associatedtype UIViewType: UIView
    func makeUIView(context: Context) -> UIViewType
    func updateUIView(_ uiView: UIViewType, context: Context)
    typealias Context = UIViewRepresentableContext<Self>
}
public struct UIViewRepresentableContext<Representable> {}

@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @MainActor @preconcurrency var body: Body { get }
    init()
}
@MainActor public protocol Scene {}
public struct WindowGroup<Content: View>: Scene {
    package let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
}
