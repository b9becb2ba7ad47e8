import EngineInterface
import JSON
import Notebook
import Testing

@Suite struct ImageComparisonTests {
  private func differences(_ type: String, _ stored: String, _ now: String) -> [Difference] {
    func output(_ data: String) -> [Output] {
      [.display(MIMEBundle(data: ["text/plain": .string(data), type: .string(data)]))]
    }
    return OutputComparison.differences(stored: output(stored), now: output(now))
  }

  private func svg(_ stored: String, _ now: String) -> [Difference] {
    differences("image/svg+xml", stored, now)
  }

  @Test("drawings are compared by their elements, with the numbers in them")
  func drawings() {
    let stored = """
      <?xml version="1.0"?><!-- drawn --><svg width="10" id="a"><g fill='url(#p1)'>
        <path d="M1.5-2L3,4e1"/><text x="1.25">f = 2.5</text></g></svg>
      """
    let same = """
      <svg id="b" width="10.0000001"><g fill="url(#p2)"><path d="M 1.5 -2 L 3,40"></path>
      <text x="1.25">f  =  2.5000000001</text></g></svg>
      """
    #expect(svg(stored, same) == [])
    #expect(
      svg(stored, same.replacing("x=\"1.25\"", with: "x=\"1.5\"")) == [
        Difference(
          "image/svg+xml", "<text x>", stored: "1.25", now: "1.5", relativeError: 0.2)
      ])
    #expect(svg(stored, same.replacing("L 3", with: "L 4")).first?.row == "<path d>")
    #expect(svg(stored, same.replacing("f  =", with: "g =")).first?.row == "<text>")
    #expect(svg(stored, same.replacing("<text x", with: "<text y")).count == 1)
    #expect(svg(stored, same.replacing("text", with: "tspan")).first?.stored == "<text>")
    #expect(!svg(stored, "<svg").isEmpty, "what is no drawing is compared as text")
  }

  /// Images of 5 by 3 pixels, made with Pillow from the same colours in several forms.
  private static let images = PNGSamples.all

  @Test("the same pixels are the same image, however they are stored")
  func pixels() throws {
    let plain = try #require(Self.images["plain"])
    for (name, image) in Self.images where name.hasPrefix("plain") {
      #expect(differences("image/png", plain, image) == [], "\(name)")
    }
    let gray = try #require(Self.images["gray1"])
    for (name, image) in Self.images where name.hasPrefix("gray") {
      #expect(differences("image/png", gray, image) == [], "\(name)")
    }
    #expect(!differences("image/png", plain, gray).isEmpty)
  }

  @Test("a pixel of another colour, and another size, are told with their place")
  func otherPixels() throws {
    let plain = try #require(Self.images["plain"])
    let spot = try #require(Self.images["spot"])
    let wide = try #require(Self.images["wide"])
    let found = differences("image/png", plain, spot)
    #expect(found.map(\.row) == ["pixel (1, 3)"])
    #expect(found.first?.now == "rgb(255, 0, 0)")
    #expect(differences("image/png", plain, wide).first?.now == "6 × 3")
    let near = try #require(Self.images["near"])
    #expect(differences("image/png", plain, near) == [], "a step of a scale of colours is none")
  }

  @Test("images of which nothing is known are compared byte by byte")
  func bytes() {
    #expect(differences("image/jpeg", "AAECAw==", "AAEC\nAw==\n") == [])
    #expect(differences("image/jpeg", "AAECAw==", "AAECBA==").count == 1)
    #expect(differences("image/png", "AAECAw==", "AAECBA==").count == 1)
    #expect(differences("image/png", "no base64!", "no base64!") == [])
  }
}
