import Core
import CryptoKit
import Foundation

// The golden cases of all languages, `tests/golden`, and what lies in this folder.

package let iosApp = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
package let fashion = iosApp.appending(path: "BuiltIn/models/2_irrvit_fashion")
package let goldenPictures = iosApp.appending(path: "BuiltIn/golden")

/// One object of a JSON file, or a value of it.
package struct Json: @unchecked Sendable, CustomStringConvertible {
    package let value: Any

    package init(_ value: Any) { self.value = value }

    package static func golden(_ name: String) -> Json {
        let file = iosApp.deletingLastPathComponent().appending(path: "tests/golden/\(name)")
        return Json(try! JSONSerialization.jsonObject(with: Data(contentsOf: file)))
    }

    package subscript(key: String) -> Json { Json((value as! [String: Any])[key]!) }
    package func has(_ key: String) -> Bool { (value as! [String: Any])[key] != nil }
    package var list: [Json] { (value as! [Any]).map(Json.init) }
    package var text: String { value as! String }
    package var int: Int { (value as! NSNumber).intValue }
    package var number: Double { (value as? NSNumber)?.doubleValue ?? .nan }
    package var isTrue: Bool { value as! Bool }
    package var data: Data { try! JSONSerialization.data(withJSONObject: value) }
    package var description: String {
        (value as? [String: Any])?["name"] as? String ?? String("\(value)".prefix(60))
    }
}

package func inputSpec(_ json: Json) -> InputSpec {
    InputSpec(
        height: json["height"].int, width: json["width"].int, resize: json["resize"].int,
        interpolation: Interpolation(rawValue: json["interpolation"].text)!)
}

/// The bytes that every language makes of a seed.
package func noise(_ count: Int, _ seed: Int) -> [UInt8] {
    var state = UInt32(seed)
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
}

package func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: Data(bytes)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The three colours of pixels of four bytes, red first.
package func rgb(_ pixels: UnsafeBufferPointer<UInt8>, _ order: ChannelOrder) -> [UInt8] {
    let places = order == .rgba ? [0, 1, 2] : [2, 1, 0]
    return stride(from: 0, to: pixels.count, by: 4).flatMap { at in places.map { pixels[at + $0] } }
}

/// What a fault says; "nothing was wrong" if there is none.
package func complaint(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "nothing was wrong"
    } catch {
        return "\(error)"
    }
}
