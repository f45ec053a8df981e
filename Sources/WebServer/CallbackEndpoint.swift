import CallbackCrypto
import ChatModel

/// What the query of a callback says, decoded.
struct CallbackQuery {
    var signature: String
    var timestamp: String
    var nonce: String
    var echo: String?
}

/// What one app does with the requests to its path; no network, clock or log in reach.
struct CallbackEndpoint: Sendable {
    /// What a genuine callback brought.
    enum Receipt: Hashable {
        /// News, told for the first time.
        case news(CallbackNotice)
        /// The very same request again.
        case grants(CallbackGrants)
        case duplicate
        /// Something that asks nothing of us, by name.
        case other(name: String)
    }

    /// How far the request's time may lie from ours (wecom-kf reference §3.4).
    static let replayWindow = Duration.seconds(600)

    let app: CallbackApp
    private let seen = SeenCallbacks()

    init(app: CallbackApp) { self.app = app }

    /// Answers a URL verification: the exact bytes to echo.
    func verification(
        _ query: CallbackQuery, at now: Timestamp
    ) throws(CallbackRefusal) -> [UInt8] {
        // Some senders leave `+` unescaped, and form decoding made it a space; base64 has none.
        guard let echo = query.echo?.replacing(" ", with: "+") else {
            throw .parameter(name: "echostr")
        }
        let message = try open(query, encrypted: echo)
        _ = try timestamp(of: query, at: now)
        return message
    }

    /// Reads an event and remembers it.
    func receipt(
        _ query: CallbackQuery, body: [UInt8], at now: Timestamp
    ) throws(CallbackRefusal) -> Receipt {
        let envelope: CallbackEnvelope
        do throws(CallbackXMLError) {
            envelope = try CallbackEnvelope(parsing: body)
        } catch {
            throw .envelope(error)
        }
        let message = try open(query, encrypted: envelope.encrypted)
        let sentAt = try timestamp(of: query, at: now)
        let event: CallbackEvent
        do throws(CallbackXMLError) {
            event = try CallbackEvent(parsing: message)
        } catch {
            throw .event(error)
        }
        guard seen.insert(query.signature, until: sentAt + Self.replayWindow, now: now) else {
            return .duplicate
        }
        switch event.kind {
        case .news(let account, let token):
            return .news(
                CallbackNotice(account: account, token: token, createdAt: event.createdAt))
        case .authorizationChanged(let granted, let withdrawn):
            return .grants(CallbackGrants(granted: granted, withdrawn: withdrawn))
        case .other(let name):
            return .other(name: name)
        }
    }

    private func open(
        _ query: CallbackQuery, encrypted: String
    ) throws(CallbackRefusal) -> [UInt8] {
        do throws(CallbackError) {
            return try app.key.open(
                signature: query.signature, timestamp: query.timestamp, nonce: query.nonce,
                encrypted: encrypted)
        } catch {
            throw .crypto(error)
        }
    }

    /// The time the sender signed; checked last, so that a wrong clock is told from a wrong key.
    private func timestamp(
        of query: CallbackQuery, at now: Timestamp
    ) throws(CallbackRefusal) -> Timestamp {
        guard query.timestamp.utf8.count <= 12, let seconds = Int64(query.timestamp) else {
            throw .parameter(name: "timestamp")
        }
        let sentAt = Timestamp(seconds: seconds)
        let window = Self.replayWindow
        guard sentAt - window <= now, now <= sentAt + window else {
            throw .timestamp(secondsOff: now.seconds - seconds)
        }
        return sentAt
    }
}
