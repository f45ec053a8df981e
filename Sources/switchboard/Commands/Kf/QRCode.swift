import CPNG
import CQRCode
import RuleFiles

/// A QR code (ISO/IEC 18004) of a text, with error correction M: 15 % may be dirty.
struct QRCode {
    /// The light margin around a code, in modules, without which readers don't find it.
    static let quietZone = 4

    /// Modules a side, the margin included.
    let side: Int
    private let dark: Set<Int>

    /// The code of a text.
    ///
    /// - Throws: ``CommandFailure`` for one of more than 2331 bytes, which fits no code.
    init(of text: String) throws {
        // The library stops at a zero byte, and has no code for an empty text.
        guard !text.isEmpty, !text.utf8.contains(0),
            let code = unsafe QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M)
        else {
            throw CommandFailure(
                .usage, Bilingual(en: "no QR code holds this text", zh: "这段文字放不进二维码"),
                cure: Bilingual(en: "shorten it to 2331 bytes", zh: "缩短到 2331 字节以内"))
        }
        defer { unsafe QRcode_free(code) }
        let width = Int(unsafe code.pointee.width)
        var dark: Set<Int> = []
        side = width + 2 * Self.quietZone
        for row in 0..<width {
            for column in 0..<width {
                // The lowest bit of a module's byte says dark; there are width × width of them.
                guard unsafe code.pointee.data[row * width + column] & 1 == 1 else { continue }
                dark.insert((row + Self.quietZone) * side + column + Self.quietZone)
            }
        }
        self.dark = dark
    }

    private func isDark(_ row: Int, _ column: Int) -> Bool { dark.contains(row * side + column) }

    /// The code on a terminal: two modules a character, one above the other.
    ///
    /// What is drawn are the light modules, since a terminal is dark; in colour black and white
    /// are said, and it can be read on a light one, too.
    func blocks(isColored: Bool) -> String {
        stride(from: 0, to: side, by: 2).map { row in
            let line = (0..<side).map { column -> Character in
                // Below the last row nothing is drawn.
                let isLightBelow = row + 1 < side && !isDark(row + 1, column)
                return switch (!isDark(row, column), isLightBelow) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }
            return (isColored ? "\u{1B}[38;5;231;48;5;16m" : "") + String(line)
                + (isColored ? "\u{1B}[0m" : "") + "\n"
        }.joined()
    }

    /// The code as a drawing of a pixel a module, which any size suits.
    var svg: String {
        let runs = (0..<side).flatMap { row -> [String] in
            var runs: [String] = []
            var column = 0
            while column < side {
                let length = (column..<side).prefix { isDark(row, $0) }.count
                if length > 0 { runs.append("M\(column) \(row)h\(length)v1h-\(length)z") }
                column += max(1, length)
            }
            return runs
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" \
            width="\(side * Self.scale)" height="\(side * Self.scale)" \
            shape-rendering="crispEdges">
            <path fill="#fff" d="M0 0h\(side)v\(side)H0z"/>
            <path d="\(runs.joined())"/>
            </svg>

            """
    }

    /// Pixels a module of a picture: a code of a link is about a thumb wide in print.
    private static let scale = 8

    /// The code as a picture in shades of grey.
    func png() throws -> [UInt8] {
        let width = side * Self.scale
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * width)
        for row in 0..<width {
            for column in 0..<width {
                pixels.append(isDark(row / Self.scale, column / Self.scale) ? 0 : 255)
            }
        }
        // The simplified interface of libpng 1.6, which returns errors where the full one jumps.
        var image = unsafe png_image()
        unsafe image.version = 1
        unsafe image.width = UInt32(width)
        unsafe image.height = UInt32(width)
        // PNG_FORMAT_GRAY
        unsafe image.format = 0
        defer { unsafe png_image_free(&image) }
        // A byte a pixel and some for the file's parts are more than a compressed one takes.
        var bytes = [UInt8](repeating: 0, count: pixels.count + 4096)
        var count = png_alloc_size_t(bytes.count)
        let isWritten = unsafe png_image_write_to_memory(
            &image, &bytes, &count, 0, pixels, Int32(width), nil)
        guard isWritten != 0, count <= bytes.count else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "the picture can't be made", zh: "图片没法生成"))
        }
        return Array(bytes.prefix(Int(count)))
    }
}
