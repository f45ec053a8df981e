import GRDB

/// Fills the places of a prepared statement from left to right, and executes it.
///
/// GRDB's own arguments box every value and check every row anew, which costs a step of 1000
/// messages half as much again; this is for the few statements that write a row a message.
struct RowBinder {
    private let statement: Statement
    private var place: CInt = 0
    private var failure: CInt?

    /// Begins a row of `statement`: all places are NULL.
    init(_ statement: Statement) {
        self.statement = statement
        statement.setUncheckedArguments([])
    }

    /// The next place holds a text, or NULL.
    mutating func add(_ text: String?) { bind(text?.storable) }

    /// The next place holds a number, or NULL.
    mutating func add(_ number: Int64?) { bind(number) }

    /// The next place holds a number.
    mutating func add(_ number: Int) { bind(Int64(number)) }

    /// The next place holds a number, or NULL.
    mutating func add(_ number: Double?) { bind(number) }

    /// The next place holds 1 for `true`.
    mutating func add(_ flag: Bool) { bind(flag ? 1 : 0 as Int64) }

    private mutating func bind(_ value: (some StatementBinding)?) {
        place += 1
        guard let value else { return }
        // Safe: the statement owns its handle and outlives the call; SQLite copies texts.
        let code = unsafe value.bind(to: statement.sqliteStatement, at: place)
        if code != ResultCode.SQLITE_OK.rawValue { failure = failure ?? code }
    }

    /// Executes the statement.
    func execute() throws {
        if let failure { throw DatabaseError(resultCode: ResultCode(rawValue: failure)) }
        try statement.execute()
    }
}
