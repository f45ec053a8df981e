/// A link customers open a chat by, taken apart (wecom-kf reference §5, A5).
///
/// `https://work.weixin.qq.com/kf/kfc0ffee0000000001?enc_scene=ENCdemo01&scene_param=sku%3D9`
struct ContactLink: Hashable, Sendable {
    static let prefix = "https://work.weixin.qq.com/kf/"

    /// Names the account.
    let name: String
    /// What the platform sealed the scene into.
    let sealedScene: String
    /// The decoded parameter; `nil` when none was appended, and in links of the old form.
    let parameter: String?

    /// Takes a link apart; `nil` when it is none of the platform's.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let rest = text.dropFirst(Self.prefix.count)
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, parts.count == 2 else { return nil }
        var sealed: String?
        var parameter: String?
        var isOld = false
        for pair in parts[1].prefix(while: { $0 != "#" }).split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let value = Self.decoded(halves[1]) else { return nil }
            switch halves[0] {
            case "enc_scene": sealed = value
            case "encScene": (sealed, isOld) = (value, true)
            case "scene_param": parameter = value
            default: break
            }
        }
        guard let sealed else { return nil }
        self.name = String(name)
        self.sealedScene = sealed
        self.parameter = isOld ? nil : parameter
    }

    /// URL-decoded; `nil` when the text is no proper encoding.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%") {
                guard rest.count >= 2,
                    let digits = String(validating: rest.prefix(2), as: UTF8.self),
                    let value = UInt8(digits, radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
