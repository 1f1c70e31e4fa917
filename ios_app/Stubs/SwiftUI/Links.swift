import Foundation

public struct NavigationLink<Destination: View>: View, Leaf {
    public typealias Body = Never
    let title: String
    let destination: Destination
    public init(_ title: some StringProtocol, @ViewBuilder destination: () -> Destination) {
        (self.title, self.destination) = (String(title), destination())
    }
    var screen: Screen {
        var screen = Screen()
        let destination = destination
        screen.links = [title: { SwiftUI.screen(destination) }]
        return screen
    }
}
public struct ShareLink: View, Leaf {
    public typealias Body = Never
    let title: String
    let item: URL
    public init(_ title: some StringProtocol, item: URL) {
        (self.title, self.item) = (String(title), item)
    }
    var screen: Screen {
        var screen = SwiftUI.screen(Text(title))
        screen.shared = [item]
        return screen
    }
}
