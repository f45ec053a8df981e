import Foundation
import RuleFiles

/// One process the demo started; ended with it.
final class ChildProcess {
    private let process = Process()
    let name: Bilingual

    /// Starts this very program with `arguments`.
    ///
    /// - Parameters:
    ///   - name: What messages call it.
    ///   - arguments: Its command line, without the program.
    ///   - environment: Added to this process's own.
    ///   - log: The file its output goes to.
    init(
        _ name: Bilingual, _ arguments: [String], environment: [String: String] = [:], log: String
    ) throws {
        self.name = name
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        guard FileManager.default.createFile(atPath: log, contents: nil),
            let output = FileHandle(forWritingAtPath: log)
        else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "the log \(log) can't be written", zh: "日志 \(log) 写不了"))
        }
        process.standardOutput = output
        process.standardError = output
        do { try process.run() } catch {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "\(name.en) can't be started: \(error)", zh: "\(name.zh)启动不了：\(error)"))
        }
    }

    var isRunning: Bool { process.isRunning }

    /// Asks it to end, and sees to it that it does: a child inherits the signals its parent's
    /// thread has blocked, so asking may not be enough.
    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        for _ in 0..<100 where process.isRunning { usleep(100_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}

/// Ports nobody listens on at this moment.
enum FreePort {
    /// A port the system just gave and took back; somebody else may take it, which is then said.
    static func any() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "no socket can be opened", zh: "打不开网络套接字"))
        }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address lives on this stack for the calls' length; sockaddr is its C supertype.
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "no port on loopback is free", zh: "本机没有空闲的端口"))
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
