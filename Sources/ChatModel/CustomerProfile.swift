/// What `customer/batchget` tells of a customer (wecom-kf reference §11), as far as texts use it.
package struct CustomerProfile: Hashable, Sendable, Codable {
    /// The WeChat nickname; `nil` where the platform shows none.
    package var nickname: String?
    /// As the customer's WeChat says.
    package var gender: Gender
    /// The scene of the last entrance within 48 hours of being asked.
    package var scene: String?
    /// That entrance's parameter.
    package var sceneParameter: String?
    /// The Channels (视频号) scene 1…5 of that entrance, when it was from there.
    package var channelsScene: Int?
    /// The name of that Channels account, or of its shop.
    package var channelsName: String?

    /// A profile.
    package init(
        nickname: String?, gender: Gender = .unknown, scene: String? = nil,
        sceneParameter: String? = nil, channelsScene: Int? = nil, channelsName: String? = nil
    ) {
        self.nickname = nickname
        self.gender = gender
        self.scene = scene
        self.sceneParameter = sceneParameter
        self.channelsScene = channelsScene
        self.channelsName = channelsName
    }

    /// `gender`, by the platform's own numbers.
    package enum Gender: Int, Hashable, Sendable, Codable {
        case unknown = 0
        case male = 1
        case female = 2
    }
}
