import Glibc

/// A process started with `posix_spawn`.
///
/// Foundation's `Process` crashes now and then where many are started at once (a memcpy in its
/// `run()`, Swift 6.3.1), and leaves a child with the signals blocked that its parent's thread
/// blocks.
package final class SpawnedProcess {
    private let child: pid_t
    private var ended: Int32?

    /// Starts `command`, its program first, as a whole path.
    ///
    /// - Parameters:
    ///   - command: What to run, with its arguments.
    ///   - environment: All of it; nothing is inherited.
    ///   - input: What it reads: `nil` for nothing.
    ///   - output: The file its output goes to, made anew.
    ///   - error: Where its errors go: the same file as `output`, or one of its own.
    package init(
        _ command: [String], environment: [String: String], input: Int32? = nil,
        output: String, error: String
    ) throws {
        // All of these live on this stack until the call has returned; it copies what it needs.
        var (actions, attributes) = unsafe (posix_spawn_file_actions_t(), posix_spawnattr_t())
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o600)
        if error == output {
            unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 2, error, writing, 0o600)
        }
        // Another test's pipe that stayed open here would never end there, nor would its own. A run
        // of every test has more than a thousand descriptors open; what isn't open is passed over.
        let end = Int32(min(16_384, max(1024, sysconf(Int32(_SC_OPEN_MAX)))))
        for descriptor in 3..<end {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // Dispatch's threads block signals, and a child inherits that: it would be deaf.
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let (words, values) = unsafe (
            Self.copies(command), Self.copies(environment.map { "\($0)=\($1)" })
        )
        defer {
            unsafe Self.release(words)
            unsafe Self.release(values)
        }
        var child = pid_t()
        let problem = unsafe posix_spawn(
            &child, command[0], &actions, &attributes, words, values)
        guard problem == 0 else { throw NotStarted(program: command[0], number: problem) }
        self.child = child
    }

    /// The texts as C has them, and what ends their list.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }

    private static func release(_ copies: [UnsafeMutablePointer<CChar>?]) {
        for index in unsafe copies.indices { unsafe free(copies[index]) }
    }

    /// The system's number for why it can't be.
    package struct NotStarted: Error {
        package let program: String
        package let number: Int32
    }

    /// How it ended, as a shell has it: 128 and the signal where one ended it; `nil` while it runs.
    package var status: Int32? { reap(WNOHANG) }

    /// Waits for its end, and blocks the thread meanwhile.
    package func wait() { _ = reap(0) }

    /// Sends it a signal, unless it has ended.
    package func signal(_ number: Int32) {
        if status == nil { kill(child, number) }
    }

    private func reap(_ options: Int32) -> Int32? {
        if let ended { return ended }
        var word: Int32 = 0
        // The word lives on this stack for the call's length.
        guard unsafe waitpid(child, &word, options) == child else { return nil }
        ended = word & 0x7F == 0 ? (word >> 8) & 0xFF : 128 + (word & 0x7F)
        return ended
    }
}
