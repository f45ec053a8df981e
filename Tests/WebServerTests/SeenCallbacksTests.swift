import ChatModel
import Testing

@testable import WebServer

@Suite struct SeenCallbacksTests {
    let start = Timestamp(seconds: 1_700_000_000)

    @Test func knowsACallbackUntilACopyWouldBeTooOld() {
        let seen = SeenCallbacks()
        let until = start + .seconds(600)
        #expect(seen.insert("a", until: until, now: start))
        #expect(!seen.insert("a", until: until, now: until))
        #expect(seen.insert("b", until: until + .seconds(9), now: until + .seconds(1)))
        #expect(seen.count == 1)
    }

    @Test func isBounded() {
        let seen = SeenCallbacks()
        let total = SeenCallbacks.capacity + 5000
        for number in 0..<total {
            #expect(seen.insert("\(number)", until: start + .seconds(600), now: start))
        }
        #expect(seen.count == SeenCallbacks.capacity)
        // The oldest made room, the newest are known.
        #expect(!seen.insert("\(total - 1)", until: start + .seconds(600), now: start))
        #expect(seen.insert("0", until: start + .seconds(600), now: start))
    }
}
