package import ChatModel

extension CompiledBundle {
    /// Whether all of `conditions` hold, as they would for a rule of this bundle.
    ///
    /// One that names a schedule the bundle doesn't have never does.
    package func holds(_ conditions: [Condition], _ facts: Facts) -> Bool {
        guard let guards = try? Guard.guards(conditions, schedules, of: 0) else { return false }
        return guards.allSatisfy { $0.holds(facts, misses: facts.misses) }
    }

    /// Whether a schedule is open at `time`; one the bundle doesn't have always is.
    package func isOpen(_ name: ScheduleName, at time: Timestamp) -> Bool {
        schedule(name)?.isOpen(at: time) ?? true
    }
}
