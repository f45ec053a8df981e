import Boundary
import CCurl
import CCurlShim
import Glibc

/// One reusable libcurl easy handle, with the transfer it works on.
///
/// Used by its loop's thread only. Owns its handle, which is freed with it; the loop takes the
/// handle out of the multi handle before the last reference ends. `@safe` since both pointers are
/// made in `init`, freed in `deinit` and used by libcurl's own calls only.
@safe final class CurlEasy {
    /// Whether libcurl's one-time set-up succeeded.
    static let isLibraryReady: Bool = {
        // A peer that hangs up must be an error of that transfer, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()

    let handle: UnsafeMutableRawPointer
    private(set) var transfer: CurlTransfer?
    private let postHeaders: UnsafeMutablePointer<curl_slist>?
    /// The present request's, where it has headers of its own; libcurl doesn't copy them.
    private var ownHeaders: UnsafeMutablePointer<curl_slist>?
    /// The present request's form, where it sends a file.
    private var form: OpaquePointer?
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var sizeLimit = 0

    init?(options: CurlTransport.Options) {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = handle
        unsafe postHeaders = Self.headers(of: .post)
        setUp(options)
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(postHeaders)
        unsafe curl_slist_free_all(ownHeaders)
        unsafe curl_mime_free(form)
    }

    /// What every request of this method has, in a list the caller frees.
    ///
    /// - Parameter namesType: Whether the body's type is named elsewhere.
    private static func headers(
        of method: HTTPRequest.Method, namesType: Bool = false
    ) -> UnsafeMutablePointer<curl_slist>? {
        guard method == .post else { return nil }
        // An empty `Expect:` keeps large bodies from waiting a second for a "100 Continue".
        let expect = unsafe curl_slist_append(nil, "Expect:")
        if namesType { return unsafe expect }
        return unsafe curl_slist_append(expect, "Content-Type: application/json")
    }

    /// The headers of `request`; `false` where one of its own can't be sent.
    private func prepareHeaders(_ request: HTTPRequest) -> Bool {
        if request.headers.isEmpty, request.file == nil {
            let usual = unsafe request.method == .post ? postHeaders : nil
            return unsafe shim_set_pointer(handle, CURLOPT_HTTPHEADER, usual) == CURLE_OK
        }
        guard request.headers.allSatisfy(\.isSendable) else { return false }
        // libcurl names a form's type and its boundary itself.
        let namesType =
            request.file != nil
            || request.headers.contains { $0.name.lowercased() == "content-type" }
        unsafe ownHeaders = Self.headers(of: request.method, namesType: namesType)
        for header in request.headers {
            // To libcurl, "Name:" means none of this name, and "Name;" one without a value.
            let line = header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
            guard let longer = unsafe curl_slist_append(ownHeaders, line) else { return false }
            unsafe ownHeaders = longer
        }
        return unsafe shim_set_pointer(handle, CURLOPT_HTTPHEADER, ownHeaders) == CURLE_OK
    }

    /// The object whose handle this is, if one of ours.
    static func owner(of handle: UnsafeMutableRawPointer) -> CurlEasy? {
        var context: UnsafeMutableRawPointer?
        unsafe shim_get_pointer(handle, CURLINFO_PRIVATE, &context)
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
    }

    /// Whether any byte of the request has left; afterwards it may have been carried out.
    var isSent: Bool {
        var bytes = 0
        unsafe shim_get_long(handle, CURLINFO_REQUEST_SIZE, &bytes)
        return bytes > 0
    }

    /// Sets the handle up for one transfer; `false` when libcurl refuses a setting.
    func prepare(
        _ transfer: CurlTransfer, now: ContinuousClock.Instant, connectTimeout: Duration
    ) -> Bool {
        let request = transfer.request
        let timeout = Self.milliseconds(transfer.deadline - now)
        let connect = min(timeout, Self.milliseconds(connectTimeout))
        var isSet =
            unsafe shim_set_text(handle, CURLOPT_URL, request.url) == CURLE_OK
            && shim_set_long(handle, CURLOPT_TIMEOUT_MS, timeout) == CURLE_OK
            && shim_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, connect) == CURLE_OK
        switch request.method {
        case .get:
            unsafe isSet = isSet && shim_set_long(handle, CURLOPT_HTTPGET, 1) == CURLE_OK
        case .post where request.file != nil:
            isSet = isSet && request.file.map(prepareForm) ?? false
        case .post:
            // Safe: libcurl copies the body within the call.
            unsafe isSet =
                isSet && shim_set_post(handle, request.body, request.body.count) == CURLE_OK
        }
        // Safe: the lists live until the next transfer, or as long as `self`.
        isSet = isSet && prepareHeaders(request)
        sizeLimit = request.largestResponse
        self.transfer = transfer
        return isSet
    }

    /// Makes the next transfer a POST of `file`; a file on this machine is read as it is sent.
    private func prepareForm(_ file: FormFile) -> Bool {
        // Safe: libcurl copies each text and the bytes within the calls, and owns the part.
        guard let form = unsafe curl_mime_init(handle) else { return false }
        unsafe self.form = form
        guard let part = unsafe curl_mime_addpart(form) else { return false }
        let content =
            switch file.content {
            case .bytes(let bytes):
                unsafe bytes.withUnsafeBytes {
                    unsafe curl_mime_data(
                        part, $0.assumingMemoryBound(to: CChar.self).baseAddress, $0.count)
                }
            case .path(let path): unsafe curl_mime_filedata(part, path)
            }
        // The list is the part's own from here on, freed with the form.
        let disposition = unsafe curl_slist_append(
            nil, "Content-Disposition: \(file.disposition)")
        return unsafe content == CURLE_OK
            && curl_mime_type(part, file.contentType) == CURLE_OK
            && curl_mime_headers(part, disposition, 1) == CURLE_OK
            && shim_set_pointer(handle, CURLOPT_MIMEPOST, UnsafeRawPointer(form)) == CURLE_OK
    }

    /// The headers of the response that its request wanted.
    private var wantedHeaders: [String: String] {
        var found: [String: String] = [:]
        for name in transfer?.request.wantedHeaders ?? [] {
            var header: UnsafeMutablePointer<curl_header>?
            // The value lives until the next transfer; it is copied at once.
            guard
                unsafe curl_easy_header(handle, name, 0, UInt32(CURLH_HEADER), -1, &header)
                    == CURLHE_OK, let value = unsafe header?.pointee.value
            else { continue }
            found[name] = unsafe String(cString: value)
        }
        return found
    }

    /// What came of the transfer that ended with `code`.
    func result(_ code: CURLcode) -> Result<HTTPResponse, TransportError> {
        if code == CURLE_OK {
            var status = 0
            unsafe shim_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
            return .success(
                HTTPResponse(status: status, headers: wantedHeaders, body: body))
        }
        if isTooLarge {
            return .failure(
                TransportError(.tooLarge, reason: "the response exceeds \(sizeLimit) bytes"))
        }
        // libcurl's constant texts, not its error buffer: that one quotes hosts and addresses.
        // Where we forbade a second attempt, what ended the first one is what happened.
        let text =
            code == CURLE_ABORTED_BY_CALLBACK
            ? "the connection was closed" : unsafe String(cString: curl_easy_strerror(code))
        let reason = "\(text) (curl \(code.rawValue))"
        return .failure(TransportError(isSent ? .interrupted : .unreachable, reason: reason))
    }

    /// Hands the transfer back and forgets the response, ready for the next one.
    func release() -> CurlTransfer? {
        defer { transfer = nil }
        body = []
        isTooLarge = false
        if let headers = unsafe ownHeaders {
            unsafe shim_set_pointer(handle, CURLOPT_HTTPHEADER, nil)
            unsafe curl_slist_free_all(headers)
            unsafe ownHeaders = nil
        }
        if let form = unsafe form {
            unsafe shim_set_pointer(handle, CURLOPT_MIMEPOST, nil)
            unsafe curl_mime_free(form)
            unsafe self.form = nil
        }
        return transfer
    }

    private func setUp(_ options: CurlTransport.Options) {
        // Safe: libcurl hands the pointer back in callbacks and in `owner(of:)` only, all of which
        // happen while the loop holds `self` and its handle.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_set_pointer(handle, CURLOPT_PRIVATE, context)
        unsafe shim_set_write(
            handle,
            { bytes, size, count, context in
                guard let context = unsafe context else { return 0 }
                let easy = unsafe Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
                return unsafe easy.take(
                    UnsafeRawBufferPointer(start: bytes, count: size * count))
            }, context)
        // Called before each attempt to send. libcurl repeats a request by itself when a kept-alive
        // connection dies before any answer; a POST that left must not leave again.
        unsafe shim_set_prerequest(
            handle,
            { context, _, _, _, _ in
                guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
                let easy = unsafe Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
                return easy.isSent ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK
            }, context)

        // Threads: without this libcurl would use signals for time-outs.
        unsafe shim_set_long(handle, CURLOPT_NOSIGNAL, 1)
        unsafe shim_set_long(handle, CURLOPT_TCP_NODELAY, 1)
        // Debian's libcurl 7.88 loses about one request in a hundred over HTTP/2.
        unsafe shim_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        unsafe shim_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe shim_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        unsafe shim_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        unsafe shim_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        unsafe shim_set_text(handle, CURLOPT_ACCEPT_ENCODING, "")
        unsafe shim_set_text(handle, CURLOPT_USERAGENT, "switchboard")
        if let authorities = options.certificateAuthorities {
            unsafe shim_set_text(handle, CURLOPT_CAINFO, authorities)
        }
        if !options.usesProxyOfEnvironment {
            unsafe shim_set_text(handle, CURLOPT_PROXY, "")
        }
    }

    /// Appends a piece of the response; taking less than offered ends the transfer.
    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= sizeLimit - body.count else {
            isTooLarge = true
            return 0
        }
        unsafe body.append(contentsOf: bytes)
        return bytes.count
    }

    /// At least 1, since 0 means "for ever" to libcurl; at most about 24 days.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
