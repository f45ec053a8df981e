import Boundary
import Foundation

/// HTTP that waits out what passes by itself, as the handling `retry` of the wecom-kf reference
/// §16 asks: three more tries, after 0.5, 1 and 2 seconds.
///
/// −1, 6000 and 45033 were not carried out, and without a connection nothing was, so that any call
/// may be made again. A call that was sent and not answered is repeated only where that does no
/// harm.
final class PatientTransport: HTTPTransport {
    private static let pauses: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2)]
    private static let passing: Set = [-1, 6000, 45033]

    private let transport: any HTTPTransport
    private let changesSomething: Bool
    private let trace: CallTrace

    /// - Parameters:
    ///   - changesSomething: Whether calls are for changes, which a repetition would do twice.
    ///   - trace: Told how each call ended.
    init(_ transport: any HTTPTransport, changesSomething: Bool, trace: CallTrace) {
        self.transport = transport
        self.changesSomething = changesSomething
        self.trace = trace
    }

    func response(to request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var pauses = Self.pauses[...]
        // A second upload only leaves a file behind that the platform forgets.
        let isOnce = changesSomething && request.file == nil
        while true {
            let end = await end(of: request)
            let ending = Ending(end)
            let mayRepeat =
                switch ending {
                case .answered(let code): code.map(Self.passing.contains) ?? false
                // Who finds nobody there at the first call is told so at once.
                case .notSent: trace.wasAnswered
                case .unanswered(let isPassing): isPassing && !isOnce
                }
            guard mayRepeat, let pause = pauses.popFirst(), await Self.rest(for: pause) else {
                trace.note(
                    request, wasAnswered: ending.isAnswer, mayBeDone: isOnce && ending.mayBeDone)
                return try end.get()
            }
        }
    }

    private func end(of request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        do throws(TransportError) {
            return .success(try await transport.response(to: request))
        } catch {
            return .failure(error)
        }
    }

    /// `false` when the wait was cancelled.
    private static func rest(for pause: Duration) async -> Bool {
        (try? await Task.sleep(for: pause)) != nil
    }

    /// How an exchange ended, as far as a repetition is concerned.
    private enum Ending {
        /// With an answer; the code where it is a short one that has a code.
        case answered(Int?)
        case notSent
        case unanswered(isPassing: Bool)

        init(_ end: Result<HTTPResponse, TransportError>) {
            switch end {
            case .failure(let error):
                self =
                    error.code == .unreachable
                    ? .notSent : .unanswered(isPassing: error.code == .interrupted)
            case .success(let response) where response.status >= 500:
                self = .unanswered(isPassing: true)
            case .success(let response): self = .answered(Self.code(in: response.body))
            }
        }

        var isAnswer: Bool { if case .answered = self { true } else { false } }

        /// Whether the platform may have done what was asked, though nothing says so.
        var mayBeDone: Bool {
            switch self {
            case .answered(let code): code == nil
            case .notSent: false
            case .unanswered: true
            }
        }

        private struct Envelope: Decodable { var errcode: Int }

        private static func code(in body: [UInt8]) -> Int? {
            guard body.first == UInt8(ascii: "{"), body.count < 1 << 20 else { return nil }
            return (try? JSONDecoder().decode(Envelope.self, from: Data(body)))?.errcode
        }
    }
}
