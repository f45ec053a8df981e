/// What the fourth version of the schema added: nothing but a way to find things.
extension Schema {
    /// The customers' files that are to be fetched again, by when.
    static let mediaV4 = """
        CREATE INDEX inbound_media_by_next_try ON inbound_media (next_try_at)
        WHERE next_try_at IS NOT NULL;
        """
}
