package import ChatModel

/// The ids that what customers tap has on the wire.
///
/// Each is two letters and 16 hexadecimal digits of FNV-1a 64 over the names that make it, so that
/// a tap on something that still stands on a customer's screen is understood after any edit that
/// keeps them. 18 bytes; the platform takes 64 at least (wecom-kf reference §9.4).
package enum WireIDs {
    /// The id of an item of a menu or a survey: `sb` and the hash of `bundle/menu/key`.
    ///
    /// A ``WireLock`` may say otherwise, once an item was renamed.
    package static func id(bundle: BundleName, menu: MenuName, key: String) -> WireID {
        hash("sb", "\(bundle)/\(menu)/\(key)")
    }

    /// The id of an answer to a slot's question: `so` and the hash of `bundle/slot/value`.
    package static func option(bundle: BundleName, slot: SlotName, value: String) -> WireID {
        hash("so", "\(bundle)/\(slot)/\(value)")
    }

    /// The id of a rule that was offered as a candidate: `sc` and the hash of `bundle/rule`.
    package static func candidate(bundle: BundleName, rule: RuleName) -> WireID {
        hash("sc", "\(bundle)/\(rule)")
    }

    /// The id of the line below a bundle's candidates, `都不是`: `sn` and the hash of `bundle`.
    package static func noneOfThese(bundle: BundleName) -> WireID { hash("sn", "\(bundle)") }

    /// The `attempt`-th id for an item whose own is taken by another item's past, from 2.
    static func id(
        bundle: BundleName, menu: MenuName, key: String, attempt: Int
    ) -> WireID {
        hash("sb", "\(bundle)/\(menu)/\(key)#\(attempt)")
    }

    private static func hash(_ prefix: String, _ text: String) -> WireID {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return WireID(prefix + String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
