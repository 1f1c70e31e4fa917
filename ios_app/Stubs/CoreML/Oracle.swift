import Foundation
import Glibc

/// A line of JSON each way with `tests/ios/oracle.py`, which answers for Core ML and for Apple's
/// picture decoder; IRRVIT_ORACLE is its port.
package final class Oracle {
    private let file: UnsafeMutablePointer<FILE>

    package init() throws {
        let port = ProcessInfo.processInfo.environment["IRRVIT_ORACLE"].flatMap(UInt16.init)
        guard let port else { throw failure("IRRVIT_ORACLE names no port") }
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0, let file = fdopen(connection, "r+") else {
            close(connection)
            throw failure("the oracle does not answer on port \(port)")
        }
        self.file = file
    }

    deinit { fclose(file) }

    package func ask(_ question: [String: Any]) throws -> [String: Any] {
        let line = try JSONSerialization.data(withJSONObject: question) + Data([10])
        _ = line.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        fflush(file)
        var answer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(answer) }
        let length = getline(&answer, &capacity, file)
        guard length > 0, let answer else { throw failure("the oracle is gone") }
        let parsed = try JSONSerialization.jsonObject(with: Data(bytes: answer, count: length))
        let object = parsed as? [String: Any] ?? [:]
        if let error = object["error"] as? String { throw failure(error) }
        return object
    }
}

package func failure(_ description: String, _ code: Int = 0) -> NSError {
    NSError(
        domain: "com.apple.CoreML", code: code, userInfo: [NSLocalizedDescriptionKey: description])
}
