import ChatModel
import RuleEngine
import RuleFiles
import Testing

/// Files that rules send: found beside the rules, told by their listings.
@Suite struct MediaTests {
    private static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        rules:
          - rule: 尺码
            when: { says: 尺码 }
            reply:
              - { image: pictures/尺码.png }
              - { link: { title: 指南, url: "https://e.example", thumb: ../cover.jpg } }
              - { voice: MEDIA_ID }
          - 规则: 文件
            当: { 说: 手册 }
            回复: { 文件: manual.pdf }

        """

    private static func listing(
        _ format: MediaFormat?, count: Int = 1000, milliseconds: Int? = nil
    ) -> MediaListing {
        MediaListing(hash: "h\(count)", count: count, format: format, milliseconds: milliseconds)
    }

    @Test func pathsAreSeenFromTheRuleFile() {
        let source = RuleSource(path: "rules/shop/a.kf.yml", text: Self.rules)
        #expect(
            RuleFiles.mediaPaths(in: source) == [
                "rules/cover.jpg", "rules/shop/manual.pdf", "rules/shop/pictures/尺码.png",
            ])
        #expect(RuleFiles.mediaPaths(in: RuleSource(path: "a", text: "image: [")) == [])
    }

    @Test func aListingIsReadAsItWasWritten() {
        for listing in [
            Self.listing(.png), Self.listing(nil, count: 7),
            Self.listing(.amr, milliseconds: 59_980),
        ] {
            let source = listing.source(at: "a/b.png")
            #expect(MediaListing(source) == listing && source.isMediaListing)
        }
        #expect(!RuleSource(path: "a.kf.yml", text: Self.rules).isMediaListing)
    }

    @Test func rulesCarryTheFilesByTheirContent() throws {
        let loaded = RuleFiles.load([
            RuleSource(path: "r/a.kf.yml", text: Self.rules),
            Self.listing(.png, count: 11).source(at: "r/pictures/尺码.png"),
            Self.listing(.jpeg, count: 12).source(at: "cover.jpg"),
            Self.listing(nil, count: 13).source(at: "r/manual.pdf"),
        ])
        #expect(loaded.diagnostics.map(\.id) == [.mediaIDExpires])
        let rules = try #require(loaded.definition?.bundles.first?.rules)
        let sent = rules.flatMap(\.reply).flatMap { (part) -> [MediaID] in
            if case .body(let body) = part { return body.media.map(\.id) }
            return []
        }
        #expect(
            sent == [
                MediaID(LibraryFile(hash: "h11", name: "尺码.png")),
                MediaID(LibraryFile(hash: "h12", name: "cover.jpg")), "MEDIA_ID",
                MediaID(LibraryFile(hash: "h13", name: "manual.pdf")),
            ])
    }

    private func found(_ reply: String, _ listing: MediaListing?) -> [DiagnosticID] {
        let text = """
            kf: 1
            bundle: 小店
            accounts: [shop]
            rules:
              - rule: 发
                when: { says: 尺码 }
                reply: \(reply)

            """
        var sources = [RuleSource(path: "a.kf.yml", text: text)]
        if let listing { sources.append(listing.source(at: "f.png")) }
        return RuleFiles.load(sources).diagnostics.map(\.id)
    }

    /// Each limit of the platform: the last value it takes, and the first it doesn't.
    @Test func limitsOnBothSides() {
        #expect(found("{ image: f.png }", nil) == [.mediaNotFound])
        #expect(found("{ image: /f.png }", nil) == [.mediaNotFound])
        #expect(found("{ image: f.png }", Self.listing(.png, count: 6)) == [])
        #expect(found("{ image: f.png }", Self.listing(.png, count: 5)) == [.mediaTooLarge])
        #expect(found("{ image: f.png }", Self.listing(.jpeg, count: 2 << 20)) == [])
        #expect(
            found("{ image: f.png }", Self.listing(.jpeg, count: (2 << 20) + 1))
                == [.mediaMayNotShow])
        #expect(
            found("{ image: f.png }", Self.listing(.jpeg, count: (10 << 20) + 1))
                == [.mediaTooLarge])
        #expect(found("{ image: f.png }", Self.listing(.mp4)) == [.mediaFormat])
        #expect(found("{ video: f.png }", Self.listing(.mp4, count: 10 << 20)) == [])
        #expect(
            found("{ video: f.png }", Self.listing(.mp4, count: (10 << 20) + 1))
                == [.mediaTooLarge])
        #expect(found("{ voice: f.png }", Self.listing(.amr, milliseconds: 60_000)) == [])
        #expect(
            found("{ voice: f.png }", Self.listing(.amr, milliseconds: 60_020)) == [.mediaTooLarge])
        #expect(found("{ file: f.png }", Self.listing(nil, count: 20 << 20)) == [])
        #expect(
            found("{ file: f.png }", Self.listing(nil, count: (20 << 20) + 1)) == [.mediaTooLarge])
    }
}
