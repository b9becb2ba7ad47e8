import Testing

@testable import Display

@Suite("Numbers as text")
struct NumberFormatTests {
  @Test(
    "The shortest form is Python's repr without the .0 of whole numbers",
    arguments: [
      (-2, "-2"), (0.1, "0.1"), (1e-5, "1e-05"), (1e16, "1e+16"), (1e15, "1000000000000000"),
      (0.0001, "0.0001"), (123_456.789, "123456.789"), (1.5e-7, "1.5e-07"), (2.5e300, "2.5e+300"),
      (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
      (-0.0, "-0"), (0, "0"), (1.0 / 3, "0.3333333333333333"), (.infinity, "inf"),
      (-.infinity, "-inf"), (.nan, "nan"), (1.152921504606847e18, "1.152921504606847e+18"),
      (9_007_199_254_740_992, "9007199254740992"),
    ] as [(Double, String)])
  func shortest(_ number: Double, _ expected: String) {
    #expect(NumberFormat.shortest(number) == expected)
  }

  @Test(
    "A table shows significant digits, and whole numbers in full",
    arguments: [
      (0.7310585786300049, "0.731059"), (-0.19661193324148185, "-0.196612"),
      (1.583186751, "1.58319"), (-12, "-12"), (1e15, "1000000000000000"), (2e15, "2e+15"),
      (1_234_567.5, "1.23457e+06"), (123_456.7, "123457"), (0.00001234567, "1.23457e-05"),
      (0.000123456789, "0.000123457"), (999_999.5, "1e+06"), (0.9999999, "1"), (-0.0, "0"),
      (.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf"), (1e300, "1e+300"),
    ] as [(Double, String)])
  func significant(_ number: Double, _ expected: String) {
    #expect(NumberFormat().string(number) == expected)
  }

  @Test(
    "Precision counts significant digits and is kept between 1 and 17",
    arguments: [
      (3, "0.333"), (1, "0.3"), (0, "0.3"), (-5, "0.3"), (17, "0.3333333333333333"),
      (99, "0.3333333333333333"),
    ])
  func precision(_ precision: Int, _ expected: String) {
    #expect(NumberFormat(precision: precision).string(1.0 / 3) == expected)
  }

  @Test(
    "An apparent tie is rounded by the exact binary value",
    arguments: [
      (0.15, 1, "1"), (0.25, 1, "2"), (0.35, 1, "3"), (2.675, 3, "267"), (1.005, 3, "1"),
      (0.125, 2, "12"), (0.375, 2, "38"), (9.995, 3, "999"), (99.5, 2, "1"),
    ] as [(Double, Int, String)])
  func ties(_ number: Double, _ digits: Int, _ expected: String) {
    let decimal = Decimal(number).rounded(digits: digits, exactly: false)
    #expect(decimal.digits.map(String.init).joined() == expected)
  }
}
