/// What cards say (wecom-kf reference §8.4): every field the reference lists.
///
/// Kept in stores as JSON: whatever is added must be optional.
extension MessageBody {
    /// A card that opens a page.
    package struct Link: Hashable, Sendable, Codable {
        /// May be empty, as the other texts of cards that aren't optional.
        package var title: String
        /// What stands under it.
        package var description: String?
        /// What it opens.
        package var url: String
        /// Where its picture is.
        package var pictureURL: String?

        /// A card that opens `url`.
        package init(
            title: String, description: String? = nil, url: String, pictureURL: String? = nil
        ) {
            self.title = title
            self.description = description
            self.url = url
            self.pictureURL = pictureURL
        }
    }

    /// A card that opens a mini program.
    package struct Miniprogram: Hashable, Sendable, Codable {
        /// The mini program.
        package var appID: String
        /// What stands on the card.
        package var title: String
        /// The page it opens.
        package var pagePath: String
        /// The picture, to be had as any file is.
        package var thumbnail: MediaID?

        /// A card that opens `pagePath` in `appID`.
        package init(appID: String, title: String, pagePath: String, thumbnail: MediaID? = nil) {
            self.appID = appID
            self.title = title
            self.pagePath = pagePath
            self.thumbnail = thumbnail
        }
    }

    /// A product of a Channels shop (视频号小店).
    package struct ShopProduct: Hashable, Sendable, Codable {
        /// `product_id`.
        package var id: String
        /// Its name.
        package var title: String
        /// Where its picture is.
        package var pictureURL: String?
        /// In fen, hundredths of a yuan; a string on the wire, or a number.
        package var priceFen: Int?
        /// The shop's name.
        package var shop: String?
        /// Where the shop's picture is.
        package var shopPictureURL: String?

        /// The product `id`.
        package init(
            id: String, title: String, pictureURL: String? = nil, priceFen: Int? = nil,
            shop: String? = nil, shopPictureURL: String? = nil
        ) {
            self.id = id
            self.title = title
            self.pictureURL = pictureURL
            self.priceFen = priceFen
            self.shop = shop
            self.shopPictureURL = shopPictureURL
        }
    }

    /// An order in a Channels shop.
    package struct ShopOrder: Hashable, Sendable, Codable {
        /// `order_id`.
        package var id: String
        /// The products' titles.
        package var title: String
        /// In the platform's words, such as `¥19.90`.
        package var price: String?
        /// In the platform's words.
        package var state: String?
        /// Where its picture is.
        package var pictureURL: String?
        /// The shop's name.
        package var shop: String?

        /// The order `id`.
        package init(
            id: String, title: String, price: String? = nil, state: String? = nil,
            pictureURL: String? = nil, shop: String? = nil
        ) {
            self.id = id
            self.title = title
            self.price = price
            self.state = state
            self.pictureURL = pictureURL
            self.shop = shop
        }
    }

    /// A chat's history, handed on as one message.
    package struct MergedMessages: Hashable, Sendable, Codable {
        /// What stands over it.
        package var title: String
        /// In the platform's order.
        package var items: [Item]

        /// A history.
        package init(title: String, items: [Item] = []) {
            self.title = title
            self.items = items
        }

        /// One message of the history.
        package struct Item: Hashable, Sendable, Codable {
            /// Whole seconds; `nil` where the platform doesn't say.
            package var sentAt: Timestamp?
            /// The name of who wrote it; no id.
            package var sender: String?
            /// What it says.
            package var body: MessageBody

            /// A message.
            package init(sentAt: Timestamp? = nil, sender: String? = nil, body: MessageBody) {
                self.sentAt = sentAt
                self.sender = sender
                self.body = body
            }
        }
    }

    /// Something of Channels (视频号).
    package struct Channels: Hashable, Sendable, Codable {
        /// What it shows.
        package enum Kind: Int, Hashable, Sendable, Codable {
            case post = 1
            case live = 2
            case profile = 3
        }

        /// `nil` for a kind this version doesn't know.
        package var kind: Kind?
        /// Whose it is.
        package var nickname: String
        /// Of posts only.
        package var title: String

        /// A card of `nickname`.
        package init(kind: Kind? = nil, nickname: String, title: String) {
            self.kind = kind
            self.nickname = nickname
            self.title = title
        }
    }
}
