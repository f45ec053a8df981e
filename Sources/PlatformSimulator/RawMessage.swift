package import ChatModel

/// A message of any type and content, as tests put it into the log: what a bot must be able to bear.
package struct RawMessage: Hashable, Sendable {
    /// Its `msgtype`; nothing else of it is looked at.
    package var type: String
    /// The row's members by name, each as JSON, `msgtype` included.
    ///
    /// One that is usually there, like `send_time`, is replaced by this; `null` leaves it out.
    package var members: [String: String]

    /// A message.
    package init(type: String, members: [String: String]) {
        self.type = type
        self.members = members
    }

    /// Whether it is an event, whose row names no parties.
    package var isEvent: Bool { type == "event" }
}

extension PlatformSimulator {
    /// The menu that servicers send when a test names no other.
    package static let sampleMenu = OutgoingBody.Menu(
        head: "请选择", items: [.click(id: "A", label: "A"), .click(id: "B", label: "B")],
        tail: "谢谢")
}
