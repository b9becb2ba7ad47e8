import Autodiff
import Testing

@testable import Benchmarks

@Suite("Workloads compute what they are compared with")
struct WorkloadTests {
  /// Every form of workload at a size that a debug build runs in no time.
  static let small: [Workload] = [
    Workload.all.first { $0.key == "W1" }, Workload.all.first { $0.key == "W2" },
    .chain(33), .sigmoidTanh(1_000), .product(5, 10, 3),
    Workload.all.first { $0.key == "W10a" }, .secondDifferences(50),
    Workload.all.first { $0.key == "W10b" },
  ].compactMap { $0 }

  @Test(arguments: small)
  func `a cell gives the results of a derivation by hand`(_ workload: Workload) throws {
    let outcome = try Trial(workload).outcome()
    let reference = try #require(workload.reference)
    #expect(outcome.difference(from: reference()) < Reference.tolerance)
  }

  @Test func `the net of W4 gives the same as tensors and as gates`() throws {
    let forms = Workload.all.filter { $0.group == "W4" }
    #expect(forms.count == 2)
    let outcomes = try forms.map { try Trial($0).outcome() }
    #expect(outcomes[0].difference(from: outcomes[1]) < Reference.tolerance)
  }

  @Test(arguments: ["W4", "W7a", "W7b", "W8:64", "W9", "W10d"])
  func `a cell gives the results of NumPy`(_ key: String) throws {
    try holdsAgainstNumPy(key)
  }

  @Test(.enabled(if: GateTable.gate(named: "conv2d") != nil))
  func `the convolution gives the results of NumPy`() throws { try holdsAgainstNumPy("W11") }

  private func holdsAgainstNumPy(_ key: String) throws {
    let workload = try #require(Workload.all.first { $0.key == key })
    let reference = try #require(KeptDigests.reference(workload.peerKey))
    #expect(try Trial(workload).outcome().difference(from: reference()) < Reference.tolerance)
  }

  @Test func `every workload is compared with something`() {
    for workload in Workload.all {
      #expect(
        workload.reference != nil || KeptDigests.reference(workload.peerKey) != nil,
        "\(workload.key)")
    }
  }
}

@Suite("The bench tells right from wrong")
struct BenchTests {
  @Test func `a wrong gradient is seen`() throws {
    let workload = Workload.sigmoidTanh(100)
    guard case .digest(var digest)? = workload.reference?() else { return }
    let outcome = try Trial(workload).outcome()
    digest.tensors[1][0] += digest.tensors[1][1] * 1e-8
    #expect(outcome.difference(from: .digest(digest)) > Reference.tolerance)
    digest.tensors[1][0] = .nan
    #expect(!(outcome.difference(from: .digest(digest)) < Reference.tolerance))
    #expect(outcome.difference(from: .jacobian(sum: 0, squares: 0)) == .infinity)
  }

  @Test func `a batch lasts as long as it is to and counts its calls`() {
    var calls = 0
    let plan = Measurement.Plan(batch: 0.002, repeats: 3, budget: 0.01)
    let measurement = Measurement.take(plan) { (count: Int) in
      calls += count
      Clock.sleep(1e-4 * Double(count))
    }
    #expect(measurement.samples.count == 3)
    #expect(measurement.median >= 1e-4)
    #expect(calls >= measurement.calls * 3)
  }

  @Test func `names are told apart, and every peer's name is known once`() {
    #expect(Set(Workload.all.map(\.row)).count == Workload.all.count)
    let groups = (1...11).map { "W\($0)" }
    #expect(Set(Workload.all.map(\.group)) == Set(groups))
  }

  @Test(
    arguments: [
      (4.81e-6, "4.81 µs"), (1, "1.00 s"), (0.0999, "99.9 ms"), (0.9996, "1.00 s"),
      (123e-9, "123 ns"), (1234, "1,234 s"), (0, "0.00 ns"), (5e-10, "0.50 ns"),
    ])
  func `times have three digits and a unit`(_ seconds: Double, _ text: String) {
    #expect(Report.time(seconds) == text)
  }
}
