import Testing

@testable import Autodiff

@Suite("Sparse tables")
struct SparseTableTests {
  @Test func `places are empty until taken, and again when their block was released`() {
    var table = SparseTable<Int>(capacity: 1 << 22)
    let entry = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    defer { entry.deallocate() }
    let places = [0, 511, 512, 100_000, 1 << 21, 1 << 22 - 1]
    for place in places {
      #expect(table[place] == nil)
      table.put(entry, at: place)
      #expect(table[place] == entry)
    }
    for place in places where place != 511 { table.remove(at: place) }
    table.release(keeping: 1 << 22 - 1)
    for place in places { #expect(table[place] == (place == 511 ? entry : nil)) }
    table.put(entry, at: 100_001)
    #expect(table[100_001] == entry && table[100_000] == nil)
  }
}
