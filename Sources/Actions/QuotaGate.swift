package import Boundary
package import ChatModel
package import Routing
import Synchronization

/// The one ``QuotaLedger`` of the process, and the door every call of the platform goes through
/// that the outbox doesn't make: it waits there for its turn, the most urgent first.
///
/// The outbox asks the ledger by itself, since its ``DispatchMachine`` knows better whose turn it
/// is; who waits at the door goes before it.
package final class QuotaGate: Sendable {
    fileprivate struct Waiter {
        var deadline: Timestamp
        var number: Int
        var turn: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var ledger: QuotaLedger
        var waiting: [QuotaLedger.Line: [Waiter]] = [:]
        var counter = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    private let environment: Environment
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// A gate nothing has gone through.
    ///
    /// - Parameters:
    ///   - limits: How often the platform may be called.
    ///   - environment: The clock, and how to wait.
    package init(_ limits: QuotaLimits, environment: Environment) {
        state = Mutex(State(ledger: QuotaLedger(limits)))
        self.environment = environment
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Calling

    /// Makes a call when it is its turn.
    ///
    /// - Parameters:
    ///   - endpoint: Where it goes.
    ///   - corp: Whose quota it is counted for.
    ///   - deadline: Until when it should be made; of those that wait, the earliest goes first.
    ///   - isLimitKnown: Whether a 45009 speaks of the quota the ledger counts, and so is a pause
    ///     for everybody.
    ///   - requests: How many requests a successful call took, if nobody notes more of them in its
    ///     ``Boundary/CallRecord``.
    ///   - call: The call.
    /// - Throws: What `call` throws; a failure without a code when the gate was closed first.
    package func call<Value: Sendable>(
        _ endpoint: PlatformEndpoint, of corp: CorpID, by deadline: Timestamp,
        isLimitKnown: Bool = true, requests: (Value) -> Int = { _ in 1 },
        _ call: () async throws(PlatformFailure) -> Value
    ) async throws(PlatformFailure) -> Value {
        let line = withLedger { $0.line(endpoint, of: corp) }
        guard await turn(on: line, by: deadline) else { throw .closed }
        let admittedAt = environment.now()
        let record = CallRecord()
        let result: Result<Value, PlatformFailure> = await CallRecord.$current.withValue(record) {
            do throws(PlatformFailure) {
                return .success(try await call())
            } catch {
                return .failure(error)
            }
        }
        let (calls, madeAt) = (max(1, record.requests), record.lastMadeAt)
        let calledAt = madeAt ?? admittedAt
        switch result {
        case .success(let value):
            end(line, calledAt: calledAt, .answered, calls: max(calls, requests(value)))
        case .failure(let error):
            let answer = QuotaLedger.Answer(error)
            end(
                line, calledAt: calledAt,
                answer == .limited && !isLimitKnown ? .untold : answer, calls: calls)
        }
        return try result.get()
    }

    /// Waits for the turn of a call on `line`, which is then booked; `false` when the gate was
    /// closed.
    private func turn(on line: QuotaLedger.Line, by deadline: Timestamp) async -> Bool {
        let now = environment.now()
        let number = state.withLock { state in
            state.counter += 1
            return state.counter
        }
        return await withTaskCancellationHandler {
            await wait(on: line, by: deadline, as: number, at: now)
        } onCancel: {
            leave(line, number)
        }
    }

    /// Who waits with this number has gone away.
    private func leave(_ line: QuotaLedger.Line, _ number: Int) {
        let waiter: Waiter? = state.withLock { state in
            guard let place = state.waiting[line]?.firstIndex(where: { $0.number == number })
            else { return nil }
            return state.waiting[line]?.remove(at: place)
        }
        waiter?.turn.resume(returning: false)
    }

    private func wait(
        on line: QuotaLedger.Line, by deadline: Timestamp, as number: Int, at now: Timestamp
    ) async -> Bool {
        await withCheckedContinuation { turn in
            let isFirst: Bool? = state.withLock { state in
                // The handler may have run before there was anybody to send away.
                if state.isClosed || Task.isCancelled { return nil }
                if state.waiting[line]?.isEmpty ?? true,
                    state.ledger.opening(of: line, at: now) == .open
                {
                    state.ledger.begin(line, at: now)
                    return true
                }
                state.waiting[line, default: []].insert(
                    Waiter(deadline: deadline, number: number, turn: turn))
                return false
            }
            switch isFirst {
            case nil: turn.resume(returning: false)
            case true?: turn.resume(returning: true)
            case false?: signal.yield()
            }
        }
    }

    private func end(
        _ line: QuotaLedger.Line, calledAt: Timestamp, _ answer: QuotaLedger.Answer, calls: Int
    ) {
        let now = environment.now()
        withLedger { $0.end(line, calledAt: calledAt, answer, at: now, calls: calls) }
        // Who waited for this answer may have to wait for the clock now.
        if admit() != nil { signal.yield() }
    }

    /// Lets in everybody whose turn it is.
    ///
    /// - Returns: When somebody's turn comes by time alone; `nil` when nobody waits for that.
    private func admit() -> Timestamp? {
        let now = environment.now()
        var admitted: [Waiter] = []
        let next: Timestamp? = state.withLock { state in
            var next: Timestamp?
            for line in state.waiting.keys {
                opening: while let first = state.waiting[line]?.first {
                    switch state.ledger.opening(of: line, at: now) {
                    case .open:
                        state.ledger.begin(line, at: now)
                        state.waiting[line]?.removeFirst()
                        admitted.append(first)
                    case .opens(let time):
                        next = min(next ?? time, time)
                        break opening
                    case .afterAnswer: break opening
                    }
                }
                if state.waiting[line]?.isEmpty ?? true { state.waiting[line] = nil }
            }
            return next
        }
        for waiter in admitted { waiter.turn.resume(returning: true) }
        return next
    }

    /// Lets in who waits for a time to come, until ``close()``.
    package func run() async {
        var news = signals.makeAsyncIterator()
        while !isClosed, !Task.isCancelled {
            guard let next = admit() else {
                if await news.next() == nil { return }
                continue
            }
            // In slices, so that closing, a clock that jumps and more urgent calls are noticed.
            let left = next - environment.now()
            await environment.sleep(min(max(left, .milliseconds(1)), .milliseconds(200)))
        }
    }

    /// Sends away who waits, and who comes: nothing is called any more.
    package func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting.values.flatMap { $0 }
        }
        for waiter in waiting { waiter.turn.resume(returning: false) }
        signal.finish()
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    // MARK: The ledger

    /// Asks the ledger something, or books in it.
    package func withLedger<Value: Sendable>(
        _ body: (inout QuotaLedger) -> Value
    ) -> Value {
        let (value, isAwaited) = state.withLock { state in
            (body(&state.ledger), !state.waiting.isEmpty)
        }
        // What the outbox gives back may be what somebody at the door waits for.
        if isAwaited { signal.yield() }
        return value
    }

    /// How every line stands that was ever called, with who waits at the door.
    package func report() -> [QuotaStatus] {
        let now = environment.now()
        return state.withLock { state in
            var waiting: [QuotaLedger.Line: (all: Int, late: Int)] = [:]
            for (line, waiters) in state.waiting {
                waiting[line] = (waiters.count, waiters.count { $0.deadline < now })
            }
            return state.ledger.report(at: now).map { status in
                var status = status
                let line = state.ledger.line(status.endpoint, of: status.corp)
                (status.waiting, status.late) = waiting[line] ?? (0, 0)
                return status
            }
        }
    }
}

extension [QuotaGate.Waiter] {
    /// Keeps the earliest deadline first; those with the same in the order they came.
    fileprivate mutating func insert(_ waiter: QuotaGate.Waiter) {
        let place = lastIndex { $0.deadline <= waiter.deadline }
        insert(waiter, at: place.map { $0 + 1 } ?? 0)
    }
}

extension PlatformFailure {
    /// The gate was closed before it was the call's turn.
    fileprivate static var closed: PlatformFailure {
        var failure = PlatformFailure(
            code: nil, handling: .retry, meaning: "stopping: the call was not made")
        failure.wasSent = false
        return failure
    }
}
