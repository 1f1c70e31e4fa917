import Foundation

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Nanoseconds of a clock that never jumps.
func nowNs() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

func msSince(_ start: UInt64) -> Double { Double(nowNs() - start) / 1e6 }

/// CPU time of all threads of this process; what a GPU or the Neural Engine does is not in it.
func cpuNs() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Memory that the system charges this process with now: one process holds file after file, so its
/// lifetime's largest says nothing about one of them.
func memoryBytes() -> Int {
    #if canImport(Darwin)
        var info = task_vm_info_data_t()
        let size = MemoryLayout<task_vm_info_data_t>.size / MemoryLayout<natural_t>.size
        var count = mach_msg_type_number_t(size)
        let status = withUnsafeMutablePointer(to: &info) {
            $0.withMemoryRebound(to: integer_t.self, capacity: size) {
                task_info(mach_task_self_, task_flavor_t(TASK_VM_INFO), $0, &count)
            }
        }
        return status == KERN_SUCCESS ? Int(info.phys_footprint) : 0
    #else
        let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let resident = pages?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return resident * Int(sysconf(Int32(_SC_PAGESIZE)))
    #endif
}

/// "2026-01-01T00:00:00Z"
public func nowUtc() -> String { Date.now.ISO8601Format() }
