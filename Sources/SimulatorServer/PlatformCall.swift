import ChatModel
import Foundation
import PlatformSimulator

/// A request on one of the platform's paths, as it came.
struct PlatformRequest: Sendable {
    let endpoint: Endpoint
    /// The value of a query parameter, URL-decoded.
    let query: @Sendable (String) -> String?
    let contentType: String?
    let body: [UInt8]

    init(
        _ endpoint: Endpoint, query: @escaping @Sendable (String) -> String?,
        contentType: String? = nil, body: [UInt8]
    ) {
        self.endpoint = endpoint
        self.query = query
        self.contentType = contentType
        self.body = body
    }

    /// The body as JSON of the documented kind.
    func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }

    /// The body as JSON; `nil` where there is none at all.
    func decodedIfPresent<Value: Decodable>(_ type: Value.Type) throws -> Value? {
        body.isEmpty ? nil : try decoded(type)
    }
}

/// A request that was read and is ready to be carried out.
enum PlatformCall: Sendable {
    typealias Work =
        @Sendable (inout PlatformSimulator, AppAlias) -> Result<PlatformAnswer, SimulatedRefusal>

    case getToken(corp: CorpID?, secret: String?)
    /// Any other call: what is to be done for the app whose access token came with it.
    case work(Work)
    /// What could not be read, with the number it is refused with.
    case unreadable(Int, String)

    /// Reads a request.
    init(_ request: PlatformRequest) {
        do {
            self = try Self.read(request)
        } catch let unreadable as WireMessage.Unreadable {
            self = .unreadable(unreadable.errcode, unreadable.what)
        } catch DecodingError.keyNotFound(let key, _) {
            self = .unreadable(40058, "\(key.stringValue) is missing")
        } catch DecodingError.typeMismatch(_, let context) {
            self = .unreadable(40058, Self.wrongType(context))
        } catch DecodingError.valueNotFound(_, let context) {
            self = .unreadable(40058, Self.wrongType(context))
        } catch {
            self = .unreadable(40058, Self.malformed)
        }
    }

    /// How the book names a body that is no JSON.
    static let malformed = "wrong json format"

    private static func wrongType(_ context: DecodingError.Context) -> String {
        let name = context.codingPath.last { $0.intValue == nil }?.stringValue
        return "\(name ?? "body") has the wrong type"
    }

    private static func read(_ request: PlatformRequest) throws -> PlatformCall {
        switch request.endpoint {
        case .getToken:
            .getToken(
                corp: request.query("corpid").map { CorpID($0) },
                secret: request.query("corpsecret"))
        case .syncMessages: try sync(request)
        case .sendMessage: try send(request)
        case .sendOnEvent: try sendOnEvent(request)
        case .getState: try getState(request)
        case .transferState: try transferState(request)
        case .listServicers: try listServicers(request)
        case .addServicers: try changeServicers(request, isAddition: true)
        case .deleteServicers: try changeServicers(request, isAddition: false)
        case .listAccounts: try listAccounts(request)
        case .addAccount: try addAccount(request)
        case .deleteAccount: try deleteAccount(request)
        case .updateAccount: try updateAccount(request)
        case .addContactWay: try addContactWay(request)
        case .getCustomers: try getCustomers(request)
        case .getUpgradeConfig: getUpgradeConfig()
        case .upgradeService: try upgradeService(request)
        case .cancelUpgrade: try cancelUpgrade(request)
        case .getQualification: getQualification()
        case .getCorpStatistic: try getCorpStatistic(request)
        case .getServicerStatistic: try getServicerStatistic(request)
        case .addGroup: try addGroup(request)
        case .deleteGroup: try deleteGroup(request)
        case .renameGroup: try renameGroup(request)
        case .listGroups: try listGroups(request)
        case .addIntent: try addIntent(request)
        case .deleteIntent: try deleteIntent(request)
        case .changeIntent: try changeIntent(request)
        case .listIntents: try listIntents(request)
        case .uploadMedia: try uploadMedia(request)
        case .getMedia: getMedia(request)
        case .callbackAddresses, .domainAddresses: addresses(request.endpoint)
        }
    }

    /// A call whose answer is JSON: the envelope, and what `write` adds to it.
    static func call<Value: Sendable>(
        _ work:
            @escaping @Sendable (inout PlatformSimulator, AppAlias) -> Result<
                Value, SimulatedRefusal
            >,
        answering write: @escaping @Sendable (inout JSONText, Value) -> Void = { _, _ in }
    ) -> PlatformCall {
        .work { simulator, app in
            work(&simulator, app).map { value in .object { write(&$0, value) } }
        }
    }

    /// Optional texts: clients that send `""` mean none.
    static func filled(_ text: String?) -> String? { text == "" ? nil : text }

    /// Carries the call out for the app whose access token came with it.
    func perform(
        _ endpoint: Endpoint, token: String?, on simulator: inout PlatformSimulator
    ) -> Result<PlatformAnswer, SimulatedRefusal> {
        switch self {
        case .getToken(let corp, let secret):
            return simulator.getToken(corp: corp, secret: secret).map { grant in
                .object { text in
                    text.member("access_token", grant.token)
                    text.member("expires_in", grant.expiresIn)
                }
            }
        case .unreadable(let errcode, let what) where endpoint == .getToken:
            return .failure(simulator.unreadable(endpoint, errcode: errcode, what))
        case .work, .unreadable: break
        }
        let app: AppAlias
        switch simulator.authenticate(token, for: endpoint) {
        case .success(let alias): app = alias
        case .failure(let refusal): return .failure(refusal)
        }
        switch self {
        case .work(let work): return work(&simulator, app)
        case .unreadable(let errcode, let what):
            return .failure(simulator.unreadable(endpoint, by: app, errcode: errcode, what))
        case .getToken:
            return .failure(simulator.unreadable(endpoint, by: app, errcode: 40058, "path"))
        }
    }
}

/// What the platform says when it does as asked.
enum PlatformAnswer: Sendable {
    /// JSON: the envelope, and what is written beside it.
    case object(@Sendable (inout JSONText) -> Void)
    /// A file as it is.
    case file(MediaFile)

    /// The whole answer, envelope and all.
    static func json(_ write: (inout JSONText) -> Void) -> [UInt8] {
        JSONText.object { text in
            text.member("errcode", 0)
            text.member("errmsg", "ok")
            write(&text)
        }
    }
}

/// A whole number, also where a client sent it as a text of digits, as languages without types do.
struct WireNumber: Decodable {
    let value: Int

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let value = Int(text) else {
                throw DecodingError.typeMismatch(
                    Int.self,
                    .init(codingPath: decoder.codingPath, debugDescription: "no digits"))
            }
            self.value = value
        } else if let value = try? container.decode(Int.self) {
            self.value = value
        } else {
            throw DecodingError.typeMismatch(
                Int.self, .init(codingPath: decoder.codingPath, debugDescription: "no number"))
        }
    }
}
