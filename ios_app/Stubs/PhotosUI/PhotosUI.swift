@_exported import Foundation
import SwiftUI

// What this app uses of PhotosUI: the system's own picker, which runs in another process, so that
// the app needs no permission for the library. It is Swift only: no header tells its names.

public struct PhotosPickerItem: Hashable, Sendable {
    let content: Data?
    package init(content: Data?) { self.content = content }
    public func loadTransferable(type: Data.Type) async throws -> Data? { content }
}
public struct PHPickerFilter: Sendable {
    public static let images = PHPickerFilter()
}
public struct PhotosPicker: View {
    let title: String
    let selection: Binding<PhotosPickerItem?>
    public init(
        _ title: some StringProtocol, selection: Binding<PhotosPickerItem?>,
        matching filter: PHPickerFilter?
    ) {
        (self.title, self.selection) = (String(title), selection)
    }
    public var body: some View {
        let selection = selection
        return Text(title).with { screen in
            screen.pick = { picked in selection.wrappedValue = picked as? PhotosPickerItem }
        }
    }
}
