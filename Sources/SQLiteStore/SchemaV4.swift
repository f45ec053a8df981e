/// What the fourth version of the schema added: the rest of an entrance, and a way to find things.
extension Schema {
    /// Which Channels account a customer came from; the customers' files that are to be fetched
    /// again, by when.
    static let mediaV4 = """
        ALTER TABLE profiles ADD COLUMN channels_scene INTEGER;
        ALTER TABLE profiles ADD COLUMN channels_name TEXT;
        CREATE INDEX inbound_media_by_next_try ON inbound_media (next_try_at)
        WHERE next_try_at IS NOT NULL;
        """
}
