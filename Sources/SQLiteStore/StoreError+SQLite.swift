import Boundary
import GRDB

extension StoreError {
    /// The error a caller may act on for what GRDB threw while `operation` ran.
    ///
    /// SQLite's messages name tables and columns, never bound values; errors that may quote what
    /// they could not read are not passed on.
    init(_ error: any Error, during operation: String) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            self.init(
                Self.code(for: error.resultCode),
                reason: "\(operation): \(error.message ?? "no message") "
                    + "(SQLite \(error.extendedResultCode.rawValue))")
        case is CancellationError:
            self.init(
                .other(resultCode: ResultCode.SQLITE_INTERRUPT.rawValue),
                reason: "\(operation): the task was cancelled, nothing was written")
        default:
            self.init(
                .other(resultCode: ResultCode.SQLITE_MISMATCH.rawValue),
                reason: "\(operation): a value can't be kept or read (\(type(of: error)))")
        }
    }

    /// A row that no version of this program can have written.
    static func damaged(_ place: String) -> StoreError {
        StoreError(
            .other(resultCode: ResultCode.SQLITE_CORRUPT.rawValue),
            reason: "\(place) can't be read; restore the store from a copy")
    }

    private static func code(for result: ResultCode) -> Code {
        switch result {
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
        case .SQLITE_CONSTRAINT: .constraint
        case .SQLITE_CANTOPEN, .SQLITE_NOTADB, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_READONLY:
            .cannotOpen
        case .SQLITE_IOERR, .SQLITE_FULL: .inputOutput
        default: .other(resultCode: result.rawValue)
        }
    }
}
