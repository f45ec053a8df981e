import ChatModel
import RuleEngine

/// What the clock of a test will show when it is played, so that waits lead to the moments when
/// things happened.
struct PlayingClock: Sendable {
    private var now: Timestamp
    private var lastAct: Timestamp?
    /// What the next look at the outcome takes.
    private var owed: Duration = .zero

    /// Acts of a test come this long after each other at the earliest.
    private static let pace: Duration = .seconds(1)
    /// Longer waits are taken in several steps.
    private static let longestWait: Int64 = 30 * 86_400

    init(startsAt time: Timestamp = Timestamp(seconds: 0)) {
        now = Timestamp(seconds: time.seconds)
    }

    /// What to wait before something at `time`, as tests write spans of time.
    mutating func waits(until time: Timestamp) -> [String] {
        var seconds = (time - now).wholeMilliseconds / 1000
        guard seconds > 0 else { return [] }
        now = now + .seconds(seconds)
        var waits: [String] = []
        while seconds > 0 {
            waits.append(Self.text(min(seconds, Self.longestWait)))
            seconds -= Self.longestWait
        }
        return waits
    }

    /// Somebody does something.
    mutating func act() {
        if let lastAct { now = max(now, lastAct + Self.pace) }
        lastAct = now
    }

    /// What was just done needs this long until its outcome is there.
    mutating func spend(_ time: Duration) { owed += time }

    /// The outcome is waited for.
    mutating func settle() {
        now = now + owed
        owed = .zero
    }

    /// `90s` is `1m30s`.
    private static func text(_ seconds: Int64) -> String {
        var rest = seconds
        var text = ""
        for (unit, size) in [("d", Int64(86_400)), ("h", 3600), ("m", 60), ("s", 1)] {
            if rest >= size { text += "\(rest / size)\(unit)" }
            rest %= size
        }
        return text
    }
}

/// Moments as rule files and tests write them.
enum ShanghaiClock {
    /// `2026-03-02 10:00`, or with seconds where there are some.
    static func text(_ time: Timestamp) -> String {
        let moment = CivilZone.shanghai.moment(at: time)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(moment.day) \(two(moment.second / 3600)):\(two(moment.second / 60 % 60))"
        return moment.second % 60 == 0 ? minutes : minutes + ":\(two(moment.second % 60))"
    }
}
