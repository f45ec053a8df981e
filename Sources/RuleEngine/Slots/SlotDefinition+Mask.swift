extension SlotDefinition.Mask {
    /// What people see of `value`.
    ///
    /// `middle` leaves at most three characters in front and two behind, and never more than half;
    /// `all` doesn't even tell how long it is.
    package func apply(to value: String) -> String {
        switch self {
        case .all: return value.isEmpty ? "" : "***"
        case .middle:
            let count = value.count
            let front = min(3, count / 3)
            let back = min(2, count / 4, count / 2 - front)
            return value.prefix(front) + String(repeating: "*", count: count - front - back)
                + value.suffix(back)
        }
    }
}
