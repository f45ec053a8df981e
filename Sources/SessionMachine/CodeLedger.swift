package import ChatModel

/// The occasions on which the platform hands out a code for one message (§10.2).
package enum CodeScene: String, Hashable, Sendable, Codable, CaseIterable {
    /// The customer entered: 20 s, text or menu, in any state.
    case welcome
    /// Put into the pool: 48 h, text, while waiting.
    case queued
    /// Picked up or assigned: 48 h, text, while served.
    case assigned
    /// Ended: 20 s, text or menu, while ended.
    case ended

    /// How long the platform honours the code, from the event that issued it.
    package var lifetime: Duration {
        switch self {
        case .welcome, .ended: .seconds(20)
        case .queued, .assigned: .seconds(48 * 3600)
        }
    }

    /// How much of the lifetime we leave unused, for the call's way and the platform's whole
    /// seconds: a code older than about 18 s is not worth trying.
    package static let margin: Duration = .seconds(2)

    /// The state the session must still be in; `nil` when any will do.
    package var requiredState: Int? {
        switch self {
        case .welcome: nil
        case .queued: 2
        case .assigned: 3
        case .ended: 4
        }
    }

    /// Whether a menu may be sent as well as a text.
    package var allowsMenu: Bool {
        switch self {
        case .welcome, .ended: true
        case .queued, .assigned: false
        }
    }
}

/// The unspent codes of one conversation.
///
/// A code enters when the platform issues it and leaves when it is spent, expires, or a newer code
/// of the same scene replaces it; so the ledger never holds more than one a scene.
package struct CodeLedger: Hashable, Sendable, Codable {
    /// One unspent code.
    package struct Entry: Hashable, Sendable, Codable {
        /// The code itself.
        package var code: EventCode
        /// What it may be used for.
        package var scene: CodeScene
        /// When the platform created it, by the event's own time.
        package var issuedAt: Timestamp

        /// The last moment at which trying is worth while.
        package var usableUntil: Timestamp {
            issuedAt + scene.lifetime - CodeScene.margin
        }
    }

    /// The unspent codes, oldest first.
    package private(set) var entries: [Entry] = []
    /// The codes spent last, so that an event seen twice can't make one good again.
    ///
    /// Bounded by the number of scenes: an older one has expired or is of an earlier session.
    private var used: [EventCode] = []

    /// An empty ledger.
    package init() {}

    /// The unspent code of `scene`.
    package func entry(for scene: CodeScene) -> Entry? { entries.first { $0.scene == scene } }

    /// The entry of `code`, unless it is spent or was never issued.
    package func entry(of code: EventCode) -> Entry? { entries.first { $0.code == code } }

    /// Whether `code` was spent lately.
    package func isUsed(_ code: EventCode) -> Bool { used.contains(code) }

    /// Records a code the platform issued at `time`, unless it was spent already or a newer one of
    /// its scene is known.
    package mutating func issued(_ code: EventCode, for scene: CodeScene, at time: Timestamp) {
        if isUsed(code) || entries.contains(where: { $0.scene == scene && $0.issuedAt > time }) {
            return
        }
        entries.removeAll { $0.scene == scene }
        entries.append(Entry(code: code, scene: scene, issuedAt: time))
    }

    /// Records that `code` was handed to a call: it must not be used again.
    package mutating func spent(_ code: EventCode) {
        entries.removeAll { $0.code == code }
        if isUsed(code) { return }
        used.append(code)
        if used.count > CodeScene.allCases.count { used.removeFirst() }
    }

    /// Forgets the 48-hour codes of a session that is over; a new session has its own.
    package mutating func sessionBegan() {
        entries.removeAll { $0.scene == .queued || $0.scene == .assigned }
    }

    /// Forgets codes whose time is over at `time`.
    package mutating func dropExpired(at time: Timestamp) {
        entries.removeAll { $0.usableUntil < time }
    }
}
