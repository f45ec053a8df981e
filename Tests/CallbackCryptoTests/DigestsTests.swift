import CallbackCrypto
import Testing

@Suite struct DigestsTests {
    // FIPS 180-4's example values.
    @Test func sha256() {
        #expect(
            Digests.sha256Hex(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digests.sha256Hex([])
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func shortNames() {
        // base64url of the digests above.
        #expect(Digests.sha256ShortName(Array("abc".utf8)) == "ungWv48Bz-pBQUDeXa4iI7")
        #expect(Digests.sha256ShortName([]) == "47DEQpj8HBSa-_TImW-5JC")
        for value in 0..<500 {
            let name = Digests.sha256ShortName(Array("\(value)".utf8))
            #expect(name.count == 22)
            #expect(name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
        }
    }

    @Test func randomBytesDiffer() {
        #expect(Digests.randomBytes(count: 0).isEmpty)
        #expect(Digests.randomBytes(count: 16).count == 16)
        #expect(Digests.randomBytes(count: 16) != Digests.randomBytes(count: 16))
    }
}
