import Foundation

/// Notifications that are listened to for as long as this lives: a token that is dropped would keep
/// its listener for ever.
final class Observers: @unchecked Sendable {
    private let lock = NSLock()
    private var tokens: [any NSObjectProtocol] = []

    func on(
        _ name: Notification.Name, of object: Any? = nil,
        _ body: @escaping @Sendable (Notification) -> Void
    ) {
        let center = NotificationCenter.default
        let token = center.addObserver(forName: name, object: object, queue: nil, using: body)
        lock.withLock { tokens.append(token) }
    }

    deinit { tokens.forEach(NotificationCenter.default.removeObserver) }
}
