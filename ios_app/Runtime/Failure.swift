import Core
import Foundation

/// A runtime or a file that cannot be had, or what cannot be done, in words for a person.
public struct RuntimeFailure: Error, Equatable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// What went wrong with a model, a picture or a measurement, in words for a person.
public func failureText(_ error: any Error) -> String {
    switch error {
    case let failure as RuntimeFailure: failure.description
    case let manifest as BadManifest: manifest.description
    case let logits as BadLogits: logits.description
    default: (error as NSError).localizedDescription
    }
}
