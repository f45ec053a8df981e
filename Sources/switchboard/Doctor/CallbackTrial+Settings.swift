import CallbackCrypto
import ChatModel
import Foundation
import Operations

/// The callback settings of one configured app, ready to be tried.
struct CallbackSettings {
    /// `corp/app`.
    let name: String
    let alias: AppAlias
    /// The corp's alias.
    let corp: String
    let key: CallbackKey
}

/// A callback as it came in: its query, and the XML of a POST.
struct CallbackText {
    private let values: [String: String]
    /// The alias in the address, where the text shows one.
    let alias: AppAlias?
    private let body: String

    /// A recorded one.
    init(query: String, body: String) {
        values = Self.values(of: query)
        alias = nil
        self.body = body
    }

    /// One that an operator pasted: the query, an address or the request's line first, the XML of a
    /// POST after it.
    init(pasted text: String) {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true)
        // `GET /callback/kf?… HTTP/1.1`, or the quotes of a shell around an address.
        let words = (lines.first ?? "").split { $0.isWhitespace || $0 == "'" || $0 == "\"" }
        let address = words.first { $0.contains("msg_signature=") } ?? ""
        let parts = address.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        values = Self.values(of: String(parts.last ?? ""))
        alias =
            parts.count == 2
            ? parts[0].split(separator: "/").last.map { AppAlias(String($0)) } : nil
        let rest = lines.count > 1 ? String(lines[1]) : ""
        // Whatever headers stand between.
        body = rest.range(of: "<xml").map { String(rest[$0.lowerBound...]) } ?? ""
    }

    /// Tries every app's settings on it, each of the three apart.
    ///
    /// - Parameters:
    ///   - own: The app at whose address it came in.
    func trial(
        of own: CallbackSettings, among all: [CallbackSettings],
        corps: [(alias: String, id: CorpID)], source: String, receivedAt: Timestamp?
    ) -> CallbackTrial {
        var trial = CallbackTrial(app: own.name, corp: own.corp, source: source)
        trial.receivedAt = receivedAt
        guard let signature = values["msg_signature"], let timestamp = values["timestamp"],
            let nonce = values["nonce"], let encrypted, signature.utf8.count == 40,
            let cipher = Data(base64Encoded: encrypted), cipher.count >= 48,
            cipher.count.isMultiple(of: 16)
        else {
            trial.isWhole = false
            return trial
        }
        trial.sentAt = Int64(timestamp).map { Timestamp(seconds: $0) }
        for settings in all {
            let signed = settings.key.signature(
                timestamp: timestamp, nonce: nonce, encrypted: encrypted)
            // What an operator is told of anyway: no secret is compared with a stranger's here.
            if signed == signature { trial.tokens.append(settings.name) }
            do throws(CallbackError) {
                // With a signature of its own, so that the aes_key alone decides.
                _ = try settings.key.open(
                    signature: signed, timestamp: timestamp, nonce: nonce, encrypted: encrypted)
                trial.keys.append(settings.name)
                trial.receiver = settings.key.receiveID
            } catch .receiveIDMismatch(let found) {
                trial.keys.append(settings.name)
                trial.receiver = found
            } catch {
                // Not this key.
            }
        }
        trial.corps = corps.filter { $0.id.rawValue == trial.receiver }.map(\.alias)
        return trial
    }

    private var encrypted: String? {
        if let echo = values["echostr"], body.isEmpty {
            // Some senders leave `+` unescaped, and form decoding made it a space.
            return echo.replacing(" ", with: "+")
        }
        return (try? CallbackEnvelope(parsing: Array(body.utf8)))?.encrypted
    }

    private static func values(of query: String) -> [String: String] {
        var values: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { continue }
            let text = String(sides[1])
            values[String(sides[0])] = text.removingPercentEncoding ?? text
        }
        return values
    }
}
