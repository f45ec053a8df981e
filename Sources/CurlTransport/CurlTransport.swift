package import Boundary
import Foundation
import Synchronization

/// The HTTP client: libcurl, all transfers of one client on one thread of its own.
///
/// HTTP/1.1 over kept-alive connections, TLS verified, no redirects, no other protocols. A request
/// leaves at most once: libcurl's silent second attempt over a fresh connection is stopped, since
/// the first may have been carried out.
package final class CurlTransport: HTTPTransport {
    /// What bounds a client, and whom it trusts.
    package struct Options: Sendable {
        /// Requests under way at once, and connections kept open; further requests wait their turn.
        package var connections = 256
        /// Requests waiting or under way; one more fails as unreachable, unsent.
        package var mostPending = 10_000
        /// The longest that resolving and connecting may take, within a request's own time-out.
        package var connectTimeout = Duration.seconds(5)
        /// Whether `http_proxy`, `https_proxy` and `no_proxy` of the environment apply.
        package var usesProxyOfEnvironment = true
        /// A file of PEM certificates to trust instead of the system's; for tests and private hosts.
        package var certificateAuthorities: String?

        /// The defaults: 256 connections, 10 000 requests, 5 s to connect.
        package init() {}
    }

    private let loop: CurlLoop
    private let nextID = Atomic<UInt64>(0)

    /// Starts a client and its thread, which live until ``shutDown()`` or the last reference ends.
    package init(options: Options = Options()) {
        let loop = CurlLoop(options: options)
        self.loop = loop
        let thread = Thread { loop.run() }
        thread.name = "curl"
        thread.start()
    }

    deinit { loop.shutDown() }

    /// Performs `request`.
    ///
    /// Cancelling the awaiting task takes the transfer back: it fails as unreachable when nothing
    /// was sent yet, as interrupted otherwise.
    package func response(
        to request: HTTPRequest
    ) async throws(TransportError) -> HTTPResponse {
        // The loop's thread might be quicker than the cancellation that follows.
        if Task.isCancelled { throw .cancelledBeforeSending }
        let id = nextID.add(1, ordering: .relaxed).newValue
        let loop = loop
        let result: Result<HTTPResponse, TransportError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let deadline = ContinuousClock.now.advanced(by: request.timeout)
                loop.start(
                    CurlTransfer(
                        id: id, request: request, deadline: deadline, continuation: continuation))
                // The handler may have run before there was a transfer to cancel.
                if Task.isCancelled { loop.cancel(id) }
            }
        } onCancel: {
            loop.cancel(id)
        }
        return try result.get()
    }

    /// Fetches `url` with GET.
    package func get(
        _ url: String, timeout: Duration = .seconds(10)
    ) async throws(TransportError) -> HTTPResponse {
        try await response(to: HTTPRequest(method: .get, url: url, timeout: timeout))
    }

    /// Fails everything pending and everything that follows with `shutDown`, and ends the thread.
    ///
    /// Returns at once; what is pending fails a moment later.
    package func shutDown() { loop.shutDown() }
}

/// One request on its way, and who waits for it.
struct CurlTransfer: Sendable {
    let id: UInt64
    let request: HTTPRequest
    /// When the time-out strikes, waiting for a turn included.
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

    func finish(_ result: Result<HTTPResponse, TransportError>) {
        continuation.resume(returning: result)
    }
}
