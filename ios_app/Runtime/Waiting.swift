import Foundation

/// Have an asynchronous call's result on a thread of our own.
///
/// Never from within a task: Swift's tasks share as many threads as there are cores, and one that
/// blocks is lost to the others.
func waitFor<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value
{
    let done = DispatchSemaphore(value: 0)
    let result = Locked<Result<Value, any Error>?>(nil)
    Task.detached(priority: .userInitiated) {
        do {
            let value = try await body()
            result.set(.success(value))
        } catch {
            result.set(.failure(error))
        }
        done.signal()
    }
    done.wait()
    guard let found = result.value else { throw RuntimeFailure("nothing came back") }
    return try found.get()
}

/// A thread of its own: calls that are timed have nothing else on it.
public func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.qualityOfService = .userInteractive
    thread.stackSize = 1 << 20
    thread.start()
}

/// A value that several threads see.
public final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Value

    public init(_ value: Value) { held = value }

    public var value: Value { lock.withLock { held } }

    public func set(_ value: Value) { lock.withLock { held = value } }

    public func change<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try lock.withLock { try body(&held) }
    }
}
