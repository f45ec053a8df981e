import Foundation

/// The text of a sheet as spreadsheets save it.
enum SheetBytes {
    /// GB18030, which holds all of GBK: what Excel in Chinese saves as plain "CSV".
    ///
    /// Foundation has no name for it; the number is Core Foundation's 0x0632 with the bit that
    /// marks its encodings.
    private static let gb18030 = String.Encoding(rawValue: 0x8000_0632)

    /// The text, in UTF-8, in UTF-16 with a byte-order mark ("Unicode text"), else in GB18030;
    /// `nil` for bytes that are none of these.
    static func text(_ data: Data) -> String? {
        if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
            return String(data: data, encoding: .utf16)
        }
        return String(data: data, encoding: .utf8) ?? String(data: data, encoding: gb18030)
    }
}
