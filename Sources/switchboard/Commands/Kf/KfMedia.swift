import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleFiles
import WeComKF

/// `switchboard kf media`.
struct KfMediaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "media",
        abstract: "Upload and download files.",
        discussion: """
            The platform keeps an uploaded file for 3 days.

            EXAMPLES
              switchboard kf media upload guide.png
              switchboard kf media download MEDIA_ID --output photo.jpg
            """,
        subcommands: [KfMediaUpload.self, KfMediaDownload.self])
}

extension MediaKind: ExpressibleByArgument {}

/// `switchboard kf media upload`.
struct KfMediaUpload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Upload a file, and print its media_id.",
        discussion: """
            EXAMPLES
              switchboard kf media upload guide.png
              switchboard kf media upload guide.png --kind file
            """)

    @Argument(help: "The file.")
    var file: String

    @Option(help: "What it is sent as. Default: what its first bytes say.")
    var kind: MediaKind?

    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            let upload = try LocalFile.upload(file, as: kind)
            platform.warnOfSize(of: upload)
            let media = try await platform.changes.upload(upload)
            try platform.done(
                Bilingual(media.id.rawValue),
                json: Uploaded(
                    media: media.id.rawValue, kind: upload.kind.rawValue,
                    createdAt: media.createdAt.milliseconds))
        }
    }

    /// What scripts read.
    private struct Uploaded: Encodable {
        let media: String
        let kind: String
        /// Milliseconds since 1970; 3 days later the file is gone.
        let createdAt: Int64
    }
}

/// `switchboard kf media download`.
struct KfMediaDownload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download", abstract: "Download the file behind a media_id.",
        discussion: """
            EXAMPLES
              switchboard kf media download MEDIA_ID
              switchboard kf media download MEDIA_ID --output photo.jpg
            """)

    @Argument(help: "The media_id.")
    var media: String

    @Option(
        help:
            "Where it is written; - for standard output. Default: the name it was uploaded under.")
    var output: String?

    @Flag(help: "Write over a file that is there already.")
    var force = false

    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform { platform in
            if let output, output != "-" {
                try LocalFile.requireWritable(output, overwrites: force)
            }
            let file = try await platform.reads.download(MediaID(media))
            if output == "-" { return Terminal.output(Data(file.bytes)) }
            let path =
                output ?? file.filename.map { $0.hasPrefix(".") ? "file\($0)" : $0 } ?? "media"
            try LocalFile.write(Data(file.bytes), to: path, overwrites: force)
            try platform.done(
                Bilingual("\(path)  \(file.contentType)  \(file.bytes.count) B"),
                json: Downloaded(path: path, type: file.contentType, bytes: file.bytes.count))
        }
    }

    /// What scripts read.
    private struct Downloaded: Encodable {
        let path: String
        let type: String
        let bytes: Int
    }
}
