package import ChatModel

/// The ids menu items have on the wire.
package enum WireIDs {
    /// The id of a menu item: `sb` and 16 hexadecimal digits of FNV-1a 64 over
    /// `bundle/menu/key`.
    ///
    /// It depends on the three names and on nothing else, so that a menu on a customer's screen
    /// is understood after any edit that keeps them. 18 bytes; the platform takes 64 at least
    /// (wecom-kf reference §9.4).
    package static func id(bundle: BundleName, menu: MenuName, key: String) -> WireID {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(bundle)/\(menu)/\(key)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return WireID("sb" + String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
