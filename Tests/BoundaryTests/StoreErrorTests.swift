import Boundary
import Testing

@Suite struct StoreErrorTests {
    @Test func onlyTheCodeIsCompared() {
        #expect(StoreError(.busy, reason: "a page") == StoreError(.busy, reason: "a timer"))
        #expect(StoreError(.busy, reason: "a page") != StoreError(.constraint, reason: "a page"))
        #expect(
            StoreError(.other(resultCode: 1), reason: "")
                != StoreError(.other(resultCode: 2), reason: ""))
        #expect(Set([StoreError(.busy, reason: "1"), StoreError(.busy, reason: "2")]).count == 1)
    }

    @Test(arguments: [
        (StoreError.Code.busy, true), (.constraint, false), (.cannotOpen, false),
        (.inputOutput, false), (.tooNew, false), (.notFound, false),
        (.other(resultCode: 5), false),
    ])
    func onlyABusyStoreMayTakeTheSameLater(code: StoreError.Code, isTransient: Bool) {
        #expect(StoreError(code, reason: "").isTransient == isTransient)
    }
}
