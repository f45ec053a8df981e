import Boundary
import Testing

@Suite struct PathPartsTests {
    @Test(arguments: [
        ("a", "", "a"), ("图", "", "图"), ("-", "", "-"), ("ab.png", "", "ab.png"),
        ("rules/a", "rules", "a"), ("/a", "/", "a"), ("/a/b/", "/a", "b"), ("a/", "", "a"),
        ("./a", ".", "a"), ("a//b", "a/", "b"), ("//a", "/", "a"), ("/", "/", ""), ("", "", ""),
    ])
    func aPathHasTwoParts(path: String, folder: String, name: String) {
        #expect(PathParts(path).folder == folder)
        #expect(PathParts(path).name == name)
    }
}
