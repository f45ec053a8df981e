import COpenSSL

/// AES-256 in CBC mode without the library's padding: callbacks pad to 32 bytes, AES to 16.
enum AES256CBC {
    static let blockSize = 16
    static let keySize = 32

    enum Direction: Int32 {
        case decrypt = 0
        case encrypt = 1
    }

    /// Runs the cipher over whole blocks.
    ///
    /// - Parameters:
    ///   - bytes: A multiple of 16 bytes.
    ///   - key: 32 bytes.
    ///   - iv: At least 16 bytes; the first 16 count.
    /// - Returns: As many bytes as came in, or `nil` when OpenSSL refuses.
    static func apply(
        _ direction: Direction, to bytes: [UInt8], key: [UInt8], iv: [UInt8]
    ) -> [UInt8]? {
        guard bytes.count.isMultiple(of: blockSize), bytes.count <= Int(Int32.max) - blockSize,
            key.count == keySize, iv.count >= blockSize
        else { return nil }
        // One context per call: it is freed here and never shared between threads.
        guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
        defer { unsafe EVP_CIPHER_CTX_free(context) }

        // OpenSSL may write one block beyond what it was given.
        var output = [UInt8](repeating: 0, count: bytes.count + blockSize)
        var written: Int32 = 0
        // Safe: the sizes of key and iv were checked above, and `output` is a block longer than
        // the most the update may write; no pointer outlives its call.
        let done =
            unsafe EVP_CipherInit_ex(
                context, EVP_aes_256_cbc(), nil, key, iv, direction.rawValue) == 1
            && EVP_CIPHER_CTX_set_padding(context, 0) == 1
            && EVP_CipherUpdate(context, &output, &written, bytes, Int32(bytes.count)) == 1
        guard done, Int(written) == bytes.count else {
            // The queue is per thread: what stays in it would be blamed on the next call.
            ERR_clear_error()
            return nil
        }
        output.removeLast(blockSize)
        return output
    }
}
