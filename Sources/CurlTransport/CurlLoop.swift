import Boundary
import CCurl
import CCurlShim
import Synchronization

/// The thread's side of the client: one libcurl multi handle, driven by ``run()``.
///
/// Callers append to a locked queue and wake the thread only when it sleeps; everything else is
/// local to the thread.
///
/// `@safe` since no pointer leaves it. `@unchecked Sendable` holds because `multi` is used by the thread of `run` alone, except for
/// `curl_multi_wakeup`, which libcurl allows from any thread, and because it is freed in `deinit`,
/// when neither thread nor caller is left.
@safe final class CurlLoop: @unchecked Sendable {
    private struct State {
        var waiting: [CurlTransfer] = []
        var cancelled: [UInt64] = []
        var pending = 0
        var isAsleep = false
        var isShutDown = false

        /// Whether the thread sleeps and so has to be woken, which only one caller does.
        mutating func wakeUp() -> Bool {
            defer { isAsleep = false }
            return isAsleep
        }
    }

    private let state = Mutex(State())
    private let multi: UnsafeMutableRawPointer
    private let options: CurlTransport.Options

    init(options: CurlTransport.Options) {
        self.options = options
        guard CurlEasy.isLibraryReady, let multi = unsafe curl_multi_init() else {
            // Happens at start only, when memory is out: there is nothing to fall back to.
            preconditionFailure("libcurl could not be set up")
        }
        unsafe self.multi = multi
        unsafe shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.connections)
    }

    deinit { unsafe curl_multi_cleanup(multi) }

    // MARK: - Any thread

    func start(_ transfer: CurlTransfer) {
        let (refusal, wakes) = state.withLock { state -> (TransportError?, Bool) in
            guard !state.isShutDown else { return (.shutDown, false) }
            guard state.pending < options.mostPending else { return (.crowded, false) }
            state.pending += 1
            state.waiting.append(transfer)
            return (nil, state.wakeUp())
        }
        if let refusal { transfer.finish(.failure(refusal)) }
        if wakes { wakeThread() }
    }

    func cancel(_ id: UInt64) {
        let (waiting, wakes) = state.withLock {
            state -> (CurlTransfer?, Bool) in
            if let index = state.waiting.firstIndex(where: { $0.id == id }) {
                state.pending -= 1
                return (state.waiting.remove(at: index), false)
            }
            guard !state.isShutDown else { return (nil, false) }
            state.cancelled.append(id)
            return (nil, state.wakeUp())
        }
        waiting?.finish(.failure(.cancelled(sent: false)))
        if wakes { wakeThread() }
    }

    func shutDown() {
        let wakes = state.withLock { state in
            state.isShutDown = true
            return state.wakeUp()
        }
        if wakes { wakeThread() }
    }

    private func wakeThread() {
        // libcurl documents this one call as safe from any thread; a wake-up sent before the thread
        // polls is kept for that poll.
        unsafe curl_multi_wakeup(multi)
    }

    // MARK: - The one thread

    /// Drives all transfers until ``shutDown()``; the body of the client's thread.
    func run() {
        var pool = CurlPool(options: options)
        var running: Int32 = 0
        while takeOrders(into: &pool) {
            unsafe curl_multi_perform(multi, &running)
            finishTransfers(of: &pool)
            startTransfers(of: &pool)
            if fallAsleep() {
                // Wakes for sockets, for libcurl's own timers, and for `wakeThread`; the deadlines
                // of what waits its turn are ours to watch, to a twentieth of a second.
                unsafe curl_multi_poll(multi, nil, 0, pool.backlog.isEmpty ? 60_000 : 50, nil)
                state.withLock { $0.isAsleep = false }
            }
        }
        for easy in pool.active.values { retire(easy, .failure(.shutDown)) }
        for transfer in pool.backlog { end(transfer, .failure(.shutDown)) }
    }

    /// Takes over what came in and drops what was cancelled; `false` when it is time to end.
    private func takeOrders(into pool: inout CurlPool) -> Bool {
        let (waiting, cancelled, isShutDown) = state.withLock { state in
            let orders = (state.waiting, state.cancelled, state.isShutDown)
            state.waiting.removeAll(keepingCapacity: true)
            state.cancelled.removeAll(keepingCapacity: true)
            return orders
        }
        pool.backlog += waiting
        if isShutDown { return false }
        for id in cancelled {
            if let easy = pool.active.removeValue(forKey: id) {
                retire(easy, .failure(.cancelled(sent: easy.isSent)))
                pool.giveBack(easy)
            } else if let index = pool.backlog.firstIndex(where: { $0.id == id }) {
                end(pool.backlog.remove(at: index), .failure(.cancelled(sent: false)))
            }  // else it ended before the cancellation came
        }
        startTransfers(of: &pool)
        return true
    }

    /// Starts what waits, first come first served, as far as connections allow.
    private func startTransfers(of pool: inout CurlPool) {
        guard !pool.backlog.isEmpty else { return }
        let now = ContinuousClock.now
        let turn = pool.backlog.prefix(options.connections - pool.active.count)
        pool.backlog.removeFirst(turn.count)
        for transfer in turn {
            guard transfer.deadline > now else {
                end(transfer, .failure(.lateTurn))
                continue
            }
            guard let easy = pool.takeIdle(),
                easy.prepare(transfer, now: now, connectTimeout: options.connectTimeout),
                unsafe curl_multi_add_handle(multi, easy.handle) == CURLM_OK
            else {
                end(transfer, .failure(.unusable))
                continue
            }
            pool.active[transfer.id] = easy
        }
        for transfer in pool.backlog where transfer.deadline <= now {
            end(transfer, .failure(.lateTurn))
        }
        pool.backlog.removeAll { $0.deadline <= now }
    }

    private func finishTransfers(of pool: inout CurlPool) {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            // The message dies with the handle's removal: read it first.
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let handle = unsafe message.pointee.easy_handle,
                let easy = unsafe CurlEasy.owner(of: handle)
            else { continue }
            let code = unsafe shim_message_result(message)
            if let id = easy.transfer?.id { pool.active[id] = nil }
            retire(easy, easy.result(code))
            pool.giveBack(easy)
        }
    }

    private func retire(_ easy: CurlEasy, _ result: Result<HTTPResponse, TransportError>) {
        unsafe curl_multi_remove_handle(multi, easy.handle)
        if let transfer = easy.release() { end(transfer, result) }
    }

    private func end(_ transfer: CurlTransfer, _ result: Result<HTTPResponse, TransportError>) {
        state.withLock { $0.pending -= 1 }
        transfer.finish(result)
    }

    private func fallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep =
                state.waiting.isEmpty && state.cancelled.isEmpty && !state.isShutDown
            return state.isAsleep
        }
    }
}

/// What one loop holds: transfers under way, transfers that wait, and idle handles to use again.
struct CurlPool {
    /// Transfers under way.
    var active: [UInt64: CurlEasy] = [:]
    /// Transfers that wait their turn, oldest first.
    var backlog: [CurlTransfer] = []
    private var idle: [CurlEasy] = []
    private let options: CurlTransport.Options

    init(options: CurlTransport.Options) { self.options = options }

    mutating func takeIdle() -> CurlEasy? { idle.popLast() ?? CurlEasy(options: options) }

    /// Keeps as many as can be at work at once; the rest of a burst is freed.
    mutating func giveBack(_ easy: CurlEasy) {
        if idle.count < options.connections { idle.append(easy) }
    }
}

extension TransportError {
    fileprivate static let shutDown = Self(.shutDown, reason: "the client was shut down")
    fileprivate static let crowded = Self(
        .unreachable, reason: "too many requests are waiting already")
    fileprivate static let lateTurn = Self(
        .unreachable, reason: "timed out before it could be sent: all connections are busy")
    fileprivate static let unusable = Self(.unreachable, reason: "libcurl could not be set up")

    fileprivate static func cancelled(sent: Bool) -> Self {
        sent
            ? Self(.interrupted, reason: "cancelled while under way")
            : cancelledBeforeSending
    }

    static let cancelledBeforeSending = Self(
        .unreachable, reason: "cancelled before it was sent")
}
