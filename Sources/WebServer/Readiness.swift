/// Whether the process can do its work, check by check; shown at `/readyz`.
package struct Readiness: Sendable {
    /// One thing that has to be well.
    package struct Check: Sendable, Encodable {
        /// A short name, such as `store`.
        package let name: String
        /// Whether it is well.
        package let ok: Bool
        /// What the operator should know; the page is open to the monitoring, so no secrets.
        package let detail: String
        /// The platform's code, where it is the platform that refuses.
        package let code: Int?

        /// A check's result.
        package init(name: String, ok: Bool, detail: String = "", code: Int? = nil) {
            self.name = name
            self.ok = ok
            self.detail = detail
            self.code = code
        }
    }

    /// All checks, in the order to show them.
    package let checks: [Check]

    /// A readiness of these checks; none at all is ready.
    package init(checks: [Check]) { self.checks = checks }

    /// Whether every check is well.
    package var isReady: Bool { checks.allSatisfy(\.ok) }
}
