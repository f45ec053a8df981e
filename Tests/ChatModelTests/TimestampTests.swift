import ChatModel
import Foundation
import Testing

@Suite struct TimestampTests {
    let noon = Timestamp(seconds: 1_772_424_000)

    @Test func secondsAndMilliseconds() {
        #expect(noon.milliseconds == 1_772_424_000_000)
        #expect(noon.seconds == 1_772_424_000)
        let cases: [(Int64, Int64)] = [
            (0, 0), (1, 0), (999, 0), (1000, 1), (-1, -1), (-999, -1), (-1000, -1), (-1001, -2),
        ]
        for (milliseconds, seconds) in cases {
            #expect(Timestamp(milliseconds: milliseconds).seconds == seconds, "\(milliseconds) ms")
        }
    }

    @Test func arithmetic() {
        #expect(noon + .seconds(90) - noon == .seconds(90))
        #expect(noon - .milliseconds(5) < noon)
        #expect(noon - (noon + .seconds(1)) == .seconds(-1))
        #expect(noon + .microseconds(999) == noon, "less than a millisecond is dropped")
        #expect(noon + .microseconds(-1999) == noon - .milliseconds(1), "towards zero")
    }

    @Test func wholeMillisecondsOfADuration() {
        #expect(Duration.seconds(48 * 3600).wholeMilliseconds == 172_800_000)
        #expect(Duration.nanoseconds(1_999_999).wholeMilliseconds == 1)
        #expect((Duration.zero - .milliseconds(1500)).wholeMilliseconds == -1500)
    }

    /// `send_time` is whatever the platform's JSON says: no number in it may stop the process.
    @Test func nothingOverflows() {
        let edge = Int64.max / 1000
        let ends: [Int64] = [.min, -edge, -1, 0, 1, edge, edge + 1, .max]
        for one in ends {
            let time = Timestamp(seconds: one)
            let isNegative = time.milliseconds < 0
            #expect(isNegative == (one < 0))
            for other in ends {
                let elsewhere = Timestamp(milliseconds: other)
                _ = time - elsewhere
                _ = (time + .milliseconds(other)).seconds
                _ = (time - .seconds(other)).seconds
            }
        }
        #expect(Timestamp(seconds: .max) + .seconds(1) == Timestamp(milliseconds: .max))
        #expect(Timestamp(seconds: .min) - .seconds(1) == Timestamp(milliseconds: .min))
        #expect(Timestamp(milliseconds: .max) - Timestamp(milliseconds: -1) > .seconds(1))
    }

    @Test func isANumberInJSON() throws {
        let json = try JSONEncoder().encode([noon])
        #expect(String(decoding: json, as: UTF8.self) == "[1772424000000]")
        #expect(try JSONDecoder().decode([Timestamp].self, from: json) == [noon])
    }
}
